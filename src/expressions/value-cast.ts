/** The cast of one value that is not null; what the files of casts hand to each other. */
import type { EvaluationContext } from '../functions/define-function.ts';
import type { Value } from '../types/vector.ts';

export type ValueCast = (value: Value, context: EvaluationContext) => Value | null;
