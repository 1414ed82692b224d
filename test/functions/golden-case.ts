/** Reads the answers of make-goldens.py and runs their cases through coercion and compilation. */
import { readFileSync } from 'node:fs';
import type { Expression } from '../../src/expressions/expression.ts';
import type { EvaluationContext } from '../../src/functions/define-function.ts';
import type { DataType } from '../../src/types/data-type.ts';
import type { Value } from '../../src/types/vector.ts';
import { valueCast } from '../../src/expressions/cast.ts';
import { compileExpression } from '../../src/expressions/compile.ts';
import { nextAttributeId } from '../../src/expressions/expression.ts';
import { makeCast, resolveCall } from '../../src/expressions/type-coercion.ts';
import { parseJson } from '../../src/functions/json-value.ts';
import { columnBatch } from '../../src/types/column-batch.ts';
import { STRING, field, struct } from '../../src/types/data-type.ts';
import { parseType } from '../../src/types/schema.ts';
import { vectorOf } from '../../src/types/vector-builder.ts';
import { valueAt } from '../../src/types/vector.ts';

export interface GoldenCase {
  readonly name: string;
  readonly args: readonly (readonly [string, string | null])[];
  readonly column?: string;
  readonly type?: string;
  readonly text?: string | null;
  readonly error?: string;
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface Mode {
  readonly ansi: boolean;
  readonly timeZone: string;
}

export function readGoldens(file: string): GoldenCase[] {
  return JSON.parse(readFileSync(new URL(`goldens/${file}`, import.meta.url), 'utf8')) as GoldenCase[];
}

/** The value of an argument; nested types are given as JSON. */
export function argumentValue(type: DataType, text: string | null, context: EvaluationContext): Value | null {
  if (text === null) return null;
  if (type.kind === 'array' || type.kind === 'map' || type.kind === 'struct')
    return parseJson(text, type, context.timeZone).value;
  return valueCast(STRING, type, 'ansi')(text, context);
}

export function contextOf(mode: Mode): EvaluationContext {
  return { ...mode, batchTimestampMicros: 1_600_000_000_000_000n, seed: 7 };
}

/** Builds the call of a case over the given arguments. */
export function resolveCase(golden: GoldenCase, args: readonly Expression[], mode: Mode): Expression {
  const [name = '', target] = golden.name.split(/:(.*)/s);
  if (target === undefined) return resolveCall(name, args, mode);
  const [child] = args;
  if (child === undefined) throw new TypeError('a cast has an argument');
  return makeCast(child, parseType(target), name === 'cast' ? 'ansi' : 'try', mode);
}

export function literals(golden: GoldenCase, mode: Mode): Expression[] {
  return golden.args.map(([typeText, text]) => {
    const dataType = typeText === 'VOID' ? ({ kind: 'void' } as const) : parseType(typeText);
    const value = argumentValue(dataType, text, contextOf(mode));
    return { kind: 'literal', value, dataType, nullable: value === null };
  });
}

/** Evaluates a resolved call on one row and gives its cast to string. */
export function evaluateLiteral(call: Expression, mode: Mode): string | null {
  const batch = columnBatch(struct([]), [], 1);
  return asText(call.dataType, valueAt(compileExpression(call, [])(batch, contextOf(mode)), 0), mode);
}

export function asText(type: DataType, value: Value | null, mode: Mode): string | null {
  if (value === null) return null;
  return valueCast(type, STRING, 'ansi')(value, contextOf(mode)) as string;
}

/** Calls the function over columns: the arguments in rows 0, 2 and 3, nulls in row 1. Arguments in `keep` stay literals. */
export function evaluateColumns(
  golden: GoldenCase,
  keep: readonly number[],
  mode: Mode,
): { readonly texts: (string | null)[]; readonly type: DataType } {
  const all = literals(golden, mode);
  const attributes = all.map((literal, i) => ({
    kind: 'attribute' as const,
    id: nextAttributeId(),
    name: `c${i}`,
    qualifier: [],
    dataType: literal.dataType,
    nullable: true,
  }));
  const columns = all.map((literal) => {
    const value = literal.kind === 'literal' ? literal.value : null;
    return vectorOf(literal.dataType, [value, null, value, value]);
  });
  const schema = struct(attributes.map((attribute) => field(attribute.name, attribute.dataType)));
  const call = resolveCase(
    golden,
    all.map((literal, i) => (keep.includes(i) ? literal : (attributes[i] ?? literal))),
    mode,
  );
  const result = compileExpression(call, attributes)(columnBatch(schema, columns, 4), contextOf(mode));
  const texts = [0, 2, 3].map((row) => asText(call.dataType, valueAt(result, row), mode));
  return { texts, type: call.dataType };
}
