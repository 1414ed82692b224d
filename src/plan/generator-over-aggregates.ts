/** A generator in the select list of an aggregation: it makes rows of each group, of what its arguments are once the group is aggregated. */
import type { Literal, NamedExpression } from '../expressions/expression.ts';
import type { GeneratorCall, LogicalPlan } from './logical-plan.ts';
import type { GeneratorCalls } from './resolve-generator.ts';
import { present } from '../errors/assert.ts';
import { isConstant } from '../expressions/constant.ts';
import { toAttribute } from '../expressions/expression.ts';
import { outputOf } from './logical-plan.ts';
import { aliasOf } from './alias.ts';
import { containsAggregate } from './resolve-expressions.ts';
import { severalGenerators } from './resolve-generator.ts';

/** True when the result of an aggregate is an argument of a generator. */
export function readsAggregates(generators: GeneratorCalls): boolean {
  return generators.calls.some(({ generator }) => generator.arguments.some(containsAggregate));
}

/**
 * The list as GROUP BY sees it: in place of the columns of a generator, what it reads that is not constant, under the names Spark has
 * for these.
 */
export function withGeneratorInputs(
  list: readonly NamedExpression[],
  generators: GeneratorCalls,
): readonly NamedExpression[] {
  return list.flatMap((item) => {
    const call = generators.calls.find(({ generated }) => generated.some(({ id }) => id === item.id));
    if (call === undefined) return [item];
    if (call.generated[0]?.id !== item.id) return [];
    return inputsOf(call.generator).filter(
      (input) => input.kind === 'alias' && !isConstant(input.child),
    ) as NamedExpression[];
  });
}

function inputsOf({ arguments: args }: GeneratorCall): readonly (NamedExpression | Literal)[] {
  return args.map((argument, i) => (argument.kind === 'literal' ? argument : aliasOf(argument, `_gen_input_${i}`)));
}

/**
 * The plan of a select list over an aggregation. `aggregate` makes the aggregation that puts out the expressions it is given, after what
 * is grouped by: the list, with the generator's arguments in place of its columns.
 */
export function generateOverAggregates(
  generators: GeneratorCalls,
  list: readonly NamedExpression[],
  aggregate: (expressions: readonly NamedExpression[]) => LogicalPlan,
): LogicalPlan {
  const [call] = generators.calls;
  if (call === undefined) return aggregate(list);
  if (generators.calls.length > 1) throw severalGenerators(generators.calls.map(({ generator }) => generator));
  const { generator, generated } = call;
  const made = new Set(generated.map(({ id }) => id));
  const others = list.filter(({ id }) => !made.has(id));
  const inputs = inputsOf(generator);
  const computed = inputs.filter((input) => input.kind === 'alias');
  const below = aggregate([...others, ...computed]);
  const args = inputs.map((input) => (input.kind === 'alias' ? toAttribute(input) : input));
  const passed = outputOf(below);
  let at = passed.length - others.length - computed.length;
  const keys = passed.slice(0, at);
  const columns = list.map((item) =>
    made.has(item.id) ? toAttribute(item) : present(passed[at++], 'a column per item'),
  );
  const child = {
    kind: 'generate',
    child: below,
    passed,
    generator: { ...generator, arguments: args },
    generated,
  } as const;
  return { kind: 'project', child, expressions: [...keys, ...columns] };
}
