/** Arguments written as `name => value`, put in the places of the parameters. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { STRING, VOID } from '../types/data-type.ts';

interface Parameter {
  readonly name: string;
  /** Absent when the argument has to be given. */
  readonly otherwise?: UnresolvedExpression;
}

const text = (value: string): UnresolvedExpression => ({ kind: 'literal', value, dataType: STRING });
const NULL: UnresolvedExpression = { kind: 'literal', value: null, dataType: VOID };

/** The functions that know the names of their parameters, as in Spark. */
const PARAMETERS: Readonly<Record<string, readonly Parameter[]>> = {
  mask: [
    { name: 'str' },
    { name: 'upperChar', otherwise: text('X') },
    { name: 'lowerChar', otherwise: text('x') },
    { name: 'digitChar', otherwise: text('n') },
    { name: 'otherChar', otherwise: NULL },
  ],
  count_min_sketch: [{ name: 'column' }, { name: 'epsilon' }, { name: 'confidence' }, { name: 'seed' }],
  explode: [{ name: 'collection' }],
  explode_outer: [{ name: 'collection' }],
  inline: [{ name: 'input' }],
  inline_outer: [{ name: 'input' }],
  posexplode: [{ name: 'collection' }],
  posexplode_outer: [{ name: 'collection' }],
};

/** The arguments in the order of the parameters, with defaults for what is not given. */
export function positionalArguments(
  functionName: string,
  written: readonly UnresolvedExpression[],
): readonly UnresolvedExpression[] {
  const parameters = PARAMETERS[functionName];
  if (parameters === undefined) throw namedArgumentsNotSupported(functionName);
  return argumentsInOrder(functionName, parameters, written);
}

/** As `positionalArguments`, for parameters that the caller knows. */
export function argumentsInOrder(
  functionName: string,
  parameters: readonly Parameter[],
  written: readonly UnresolvedExpression[],
): readonly UnresolvedExpression[] {
  const quoted = `\`${functionName}\``;
  const numPositional = written.findIndex(({ kind }) => kind === 'namedArgument');
  const given = new Map<string, UnresolvedExpression>();
  for (const [i, argument] of written.entries()) {
    if (argument.kind !== 'namedArgument') {
      if (i > numPositional)
        throw new MillraceError('UNEXPECTED_POSITIONAL_ARGUMENT', {
          routineName: quoted,
          parameterName: `\`${parameters[i]?.name ?? ''}\``,
        });
      continue;
    }
    const key = argument.key.toLowerCase();
    const index = parameters.findIndex(({ name }) => name.toLowerCase() === key);
    const parameterName = `\`${argument.key}\``;
    if (index === -1)
      throw new MillraceError('UNRECOGNIZED_PARAMETER_NAME', {
        routineName: quoted,
        argumentName: parameterName,
        proposal: parameters.map(({ name }) => `\`${name}\``).join(' '),
      });
    if (index < numPositional)
      throw new MillraceError('DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED', {
        routineName: quoted,
        parameterName,
      });
    if (given.has(key))
      throw new MillraceError('DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE', {
        routineName: quoted,
        parameterName,
      });
    given.set(key, argument.value);
  }
  return parameters.map(({ name, otherwise }, index) => {
    const value = (index < numPositional ? written[index] : given.get(name.toLowerCase())) ?? otherwise;
    if (value !== undefined) return value;
    throw new MillraceError('REQUIRED_PARAMETER_NOT_FOUND', {
      routineName: quoted,
      parameterName: `\`${name}\``,
      index: String(index),
    });
  });
}

/** The error of a named argument where none may stand. */
export function namedArgumentsNotSupported(functionName: string): MillraceError {
  return new MillraceError('NAMED_PARAMETERS_NOT_SUPPORTED', { functionName: `\`${functionName}\`` });
}
