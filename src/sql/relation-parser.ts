/** What stands behind FROM: names, subqueries, VALUES, `range(…)`, streams with their watermark, aliases of all these, and joins. */
import type { UnresolvedExpression } from '../expressions/unresolved.ts';
import type { UnresolvedPlan } from '../plan/unresolved-plan.ts';
import type { ExpressionParser } from './expression-parser.ts';
import type { ParseContext } from './parse-context.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MAX_NESTING } from './token-cursor.ts';
import { findGenerator } from '../functions/registry.ts';
import { quoteName } from '../plan/resolve-names.ts';
import { readsStream } from '../plan/unresolved-plan.ts';
import { readInterval } from './interval-literal.ts';
import type { JoinSide } from './join-parser.ts';
import { isAliasWord } from './alias-words.ts';
import { identifierParts } from './constant-value.ts';
import { atNearest } from './nearest-join.ts';
import { commaJoin, parseJoins } from './join-parser.ts';
import { GENERATOR_INPUT } from './plan-nodes.ts';
import { rangeOf } from './range-function.ts';
import { parseSample } from './sample-parser.ts';
import { atQueryWord } from './query-words.ts';

/** The rules and names of the query around. */
export interface QueryRules {
  /** The plan of a name; throws when nothing has it. */
  relation(nameParts: readonly string[]): UnresolvedPlan;
  /** As `relation`, for STREAM; undefined when the name is no table that can be read so. */
  stream(nameParts: readonly string[]): UnresolvedPlan | undefined;
  query(): UnresolvedPlan;
  values(): UnresolvedPlan;
}

export class RelationParser {
  readonly #cursor: TokenCursor;
  readonly #context: ParseContext;
  readonly #expressions: ExpressionParser;
  readonly #rules: QueryRules;

  constructor(cursor: TokenCursor, context: ParseContext, expressions: ExpressionParser, rules: QueryRules) {
    this.#cursor = cursor;
    this.#context = context;
    this.#expressions = expressions;
    this.#rules = rules;
  }

  /** The relation after FROM; more than one is a join. */
  from(): UnresolvedPlan {
    return this.#cursor.nested(() => this.#from());
  }

  #from(): UnresolvedPlan {
    const cursor = this.#cursor;
    let relation = this.#joined(this.joinSide().plan);
    while (cursor.skip(',')) {
      const side = this.joinSide();
      relation = commaJoin(relation, side.isLateral ? side : { ...side, plan: this.#joined(side.plan) });
      if (side.isLateral) relation = this.#joined(relation);
    }
    relation = this.lateralViews(relation);
    return parseJoins(cursor, this.#expressions, relation, this.joinSide);
  }

  #joined(relation: UnresolvedPlan): UnresolvedPlan {
    return parseJoins(this.#cursor, this.#expressions, relation, this.joinSide);
  }

  /** The relation of one side of a join. */
  readonly joinSide = (): JoinSide => {
    const isLateral = this.#cursor.at('LATERAL') && this.#cursor.peek(1).symbol !== 'VIEW';
    if (isLateral) this.#cursor.next();
    return { plan: this.#relation(), isLateral };
  };

  /** `LATERAL VIEW [OUTER] generator(…) name [[AS] column, …]`, as often as it stands there. */
  lateralViews(relation: UnresolvedPlan): UnresolvedPlan {
    const cursor = this.#cursor;
    let input = relation;
    while (cursor.skip('LATERAL', 'VIEW')) {
      const isOuter = cursor.skip('OUTER');
      const token = cursor.peek();
      const generator = this.#expressions.value();
      if (generator.kind !== 'unresolvedFunction') throw cursor.unsupported('LATERAL VIEW over no function', token);
      const hasAlias = !cursor.at('AS') && (cursor.peek().kind === 'name' || this.#isAlias());
      const alias = hasAlias ? cursor.identifier() : '';
      const hasNames = cursor.skip('AS') || (hasAlias && (cursor.peek().kind === 'name' || this.#isAlias()));
      const columnNames = hasNames ? cursor.list(() => cursor.identifier()) : [];
      input = { kind: 'lateralView', input, generator, isOuter, alias, columnNames };
    }
    return input;
  }

  #isAlias(): boolean {
    const { kind, symbol } = this.#cursor.peek();
    return kind === 'word' && symbol !== 'LATERAL' && isAliasWord(symbol);
  }

  /** A relation by its name, as after TABLE. */
  named(): UnresolvedPlan {
    return this.#relationNamed(this.nameParts());
  }

  #relationNamed(nameParts: readonly string[]): UnresolvedPlan {
    const input = this.#rules.relation(nameParts);
    const hasName = input.kind === 'subqueryAlias' && input.within !== undefined;
    return hasName ? input : { kind: 'subqueryAlias', input, alias: nameParts.at(-1) ?? '' };
  }

  /** `a.b`, or `IDENTIFIER('a.b')`. */
  nameParts(): readonly string[] {
    const cursor = this.#cursor;
    if (!cursor.at('IDENTIFIER', '(')) return cursor.nameParts();
    cursor.next();
    return identifierParts(
      cursor.parenthesized(() => this.#expressions.expression()),
      this.#context,
    );
  }

  /** Reads `[AS] name [(columns)]` behind a plan, if it stands there. */
  aliased(input: UnresolvedPlan): UnresolvedPlan {
    const cursor = this.#cursor;
    const hasAs = cursor.skip('AS');
    const { kind, symbol } = cursor.peek();
    const hasName = hasAs || kind === 'name' || (kind === 'word' && isAliasWord(symbol) && !atNearest(cursor));
    if (!hasName) return input;
    const alias = cursor.identifier();
    const columnNames = cursor.at('(') ? cursor.parenthesized(() => cursor.list(() => cursor.identifier())) : undefined;
    return { kind: 'subqueryAlias', input, alias, columnNames };
  }

  #relation(): UnresolvedPlan {
    const cursor = this.#cursor;
    if (cursor.at('VALUES')) return this.#rules.values();
    const primary = this.#primary();
    const sampled = cursor.at('TABLESAMPLE', '(')
      ? parseSample(cursor, this.#context, this.#expressions, primary)
      : primary;
    return this.aliased(this.#watermarked(sampled));
  }

  #primary(): UnresolvedPlan {
    const cursor = this.#cursor;
    if (cursor.at('(')) return cursor.parenthesized(() => (this.#startsQuery() ? this.#rules.query() : this.from()));
    if (cursor.at('STREAM')) {
      if (cursor.peek(1).symbol === '(') {
        cursor.next();
        return cursor.parenthesized(() => this.#stream());
      }
      const { kind, symbol } = cursor.peek(1);
      if (kind === 'name' || (kind === 'word' && isAliasWord(symbol) && symbol !== 'AS')) {
        cursor.next();
        return this.#stream();
      }
    }
    if (this.#startsCall()) return this.#tableFunction(cursor.nameParts());
    if (!cursor.at('IDENTIFIER', '(')) return this.named();
    const nameParts = this.nameParts();
    return cursor.at('(') ? this.#tableFunction(nameParts) : this.#relationNamed(nameParts);
  }

  #stream(): UnresolvedPlan {
    const token = this.#cursor.peek();
    const nameParts = this.nameParts();
    const input = this.#rules.stream(nameParts) ?? this.#rules.relation(nameParts);
    const plan: UnresolvedPlan = { kind: 'subqueryAlias', input, alias: nameParts.at(-1) ?? '' };
    if (!readsStream(plan)) throw this.#cursor.unsupported('STREAM over a bounded relation', token);
    return plan;
  }

  /** `name(`, or `database.name(` */
  #startsCall(): boolean {
    const cursor = this.#cursor;
    if (cursor.peek().kind === 'text' || cursor.at('IDENTIFIER', '(')) return false;
    let ahead = 1;
    while (cursor.peek(ahead).symbol === '.') ahead += 2;
    return cursor.peek(ahead).symbol === '(' && cursor.peek(ahead - 1).symbol !== 'IDENTIFIER';
  }

  #startsQuery(): boolean {
    const cursor = this.#cursor;
    let ahead = 0;
    while (cursor.peek(ahead).symbol === '(' && ahead <= MAX_NESTING) ahead += 1;
    return atQueryWord(cursor, ahead);
  }

  /** `WATERMARK column DELAY OF INTERVAL …`; an expression with an alias adds a column. */
  #watermarked(input: UnresolvedPlan): UnresolvedPlan {
    const cursor = this.#cursor;
    if (!cursor.at('WATERMARK') || cursor.peek(1).symbol === 'AS') return input;
    cursor.next();
    const token = cursor.peek();
    const column = this.#expressions.namedExpression((symbol) => symbol !== 'DELAY');
    cursor.expect('DELAY', 'OF');
    const delayThreshold = readInterval(cursor);
    if (column.kind === 'alias') {
      const withColumn = { kind: 'withColumns', input, aliases: [{ name: column.name, child: column.child }] } as const;
      return { kind: 'withWatermark', input: withColumn, eventTime: quoteName([column.name]), delayThreshold };
    }
    if (column.kind !== 'unresolvedAttribute')
      throw cursor.unsupported('WATERMARK over an expression without an alias', token);
    return { kind: 'withWatermark', input, eventTime: quoteName(column.nameParts), delayThreshold };
  }

  #argument(): UnresolvedExpression {
    const cursor = this.#cursor;
    if (cursor.peek(1).symbol !== '=>') return this.#expressions.expression();
    const key = cursor.identifier();
    cursor.next();
    return { kind: 'namedArgument', key, value: this.#expressions.expression() };
  }

  #tableFunction(nameParts: readonly string[]): UnresolvedPlan {
    const cursor = this.#cursor;
    const name = nameParts.join('.');
    const args = cursor.parenthesized(() => (cursor.at(')') ? [] : cursor.list(() => this.#argument())));
    if (name.toLowerCase() !== 'range') {
      const call = {
        kind: 'unresolvedFunction',
        functionName: name,
        arguments: args,
        isDistinct: false,
        ...(findGenerator(name) === undefined ? { isTableFunction: true as const } : {}),
      } as const;
      return { kind: 'project', input: GENERATOR_INPUT, expressions: [call] };
    }
    return rangeOf(args, this.#context);
  }
}
