/**
 * What operators stand between: literals, columns, calls, CASE, CAST and parentheses, followed by `.field`, `[index]` and `::type`. Calls
 * with a grammar of their own are special-forms.ts.
 */
import type { PlanReference, UnresolvedExpression } from '../expressions/unresolved.ts';
import type { NamedWindows } from './named-windows.ts';
import type { ParseContext } from './parse-context.ts';
import type { TokenCursor } from './token-cursor.ts';
import { MillraceError } from '../errors/millrace-error.ts';
import { NULL_LITERAL, booleanLiteral, call, rowOf, textLiteral } from './expression-nodes.ts';
import { isTimestampUnit } from '../functions/timestamp-units.ts';
import { atInterval, readCalendarInterval, readInterval, readIntervalLiteral } from './interval-literal.ts';
import { readCallSuffix, readNullsOption } from './call-suffix.ts';
import { identifierParts } from './constant-value.ts';
import { namesZone } from '../types/timestamp-text.ts';
import { numberLiteral } from './number-literal.ts';
import { SPECIAL_FORMS } from './special-forms.ts';
import { startsQuery, subqueryPlan } from './subquery-parser.ts';
import { CAST_FUNCTIONS, readType } from './type-reader.ts';
import { specialTime, typedLiteral } from './typed-literal.ts';

/** The rules above this one, for what stands inside parentheses. */
export interface ExpressionRules {
  expression(): UnresolvedExpression;
  value(): UnresolvedExpression;
  namedExpression(): UnresolvedExpression;
  sortItems(): UnresolvedExpression[];
  /** Reads a query; absent where none may stand. */
  readonly query: (() => PlanReference) | undefined;
  readonly windows: NamedWindows;
}

/** Functions that may be written without parentheses. */
const CALLS_WITHOUT_PARENTHESES = new Set([
  'CURRENT_DATE',
  'CURRENT_TIMESTAMP',
  'CURRENT_TIME',
  'CURRENT_USER',
  'SESSION_USER',
  'LOCALTIMESTAMP',
]);
/** Functions whose arguments are interval texts. */
const INTERVAL_FUNCTIONS = new Set(['window', 'session_window']);
const DATE_ARITHMETIC: ReadonlyMap<string, string> = new Map([
  ['TIMESTAMPADD', 'timestampadd'],
  ['DATEADD', 'timestampadd'],
  ['DATE_ADD', 'timestampadd'],
  ['TIMESTAMPDIFF', 'timestampdiff'],
  ['DATEDIFF', 'timestampdiff'],
  ['DATE_DIFF', 'timestampdiff'],
  ['TIMEDIFF', 'timestampdiff'],
]);

export class PrimaryParser {
  readonly #cursor: TokenCursor;
  readonly #context: ParseContext;
  readonly #rules: ExpressionRules;
  #numPositionalParameters = 0;
  #mayBeInterval = false;
  /** Backquoted names are patterns here. */
  readsPatterns = false;

  constructor(cursor: TokenCursor, context: ParseContext, rules: ExpressionRules) {
    this.#cursor = cursor;
    this.#context = context;
    this.#rules = rules;
  }

  parse(): UnresolvedExpression {
    const cursor = this.#cursor;
    let expression = this.#base();
    for (;;) {
      if (cursor.skip('.')) expression = this.#afterDot(expression);
      else if (cursor.skip('[')) {
        const extraction = this.#rules.value();
        cursor.expect(']');
        expression = { kind: 'unresolvedExtractValue', child: expression, extraction };
      } else if (cursor.skip('::'))
        expression = { kind: 'cast', child: expression, toType: readType(cursor), mode: 'ansi' };
      else if (cursor.at('COLLATE')) throw cursor.unsupported('COLLATE');
      else if (cursor.at(':') && cursor.peek(1).kind === 'word') throw cursor.unsupported('paths into VARIANT values');
      else return expression;
    }
  }

  #afterDot(base: UnresolvedExpression): UnresolvedExpression {
    const cursor = this.#cursor;
    if (base.kind === 'unresolvedAttribute') {
      if (cursor.skip('*')) return this.#star(base.nameParts);
      if (this.#atPattern() && base.nameParts.length === 1)
        return { kind: 'unresolvedStar', target: base.nameParts, pattern: cursor.next().value };
      const nameParts = [...base.nameParts, cursor.identifier()];
      return cursor.at('(') ? this.#call(nameParts.join('.')) : this.#named(nameParts);
    }
    return { kind: 'unresolvedExtractValue', child: base, extraction: textLiteral(cursor.identifier()) };
  }

  #base(): UnresolvedExpression {
    const cursor = this.#cursor;
    const token = cursor.peek();
    switch (token.kind) {
      case 'number':
        return numberLiteral(cursor.next().value);
      case 'text':
        return this.#text();
      case 'name':
        if (!this.#atPattern() || cursor.peek(1).symbol === '.') return this.#column();
        return { kind: 'unresolvedStar', target: [], pattern: cursor.next().value };
      case 'word':
        return this.#word(token.symbol);
      case 'mark':
        return this.#mark(token.symbol);
      case 'end':
        throw cursor.fail();
    }
  }

  /** A backquoted name that is more than a word and begins no call. */
  #atPattern(): boolean {
    const { kind, value } = this.#cursor.peek();
    const isPattern = this.readsPatterns && kind === 'name' && /\W/.test(value);
    return isPattern && !['(', '->'].includes(this.#cursor.peek(1).symbol);
  }

  #text(): UnresolvedExpression {
    const cursor = this.#cursor;
    let text = cursor.next().value;
    while (cursor.peek().kind === 'text') text += cursor.next().value;
    return textLiteral(text);
  }

  #mark(symbol: string): UnresolvedExpression {
    const cursor = this.#cursor;
    if (symbol === '(') return this.#parentheses();
    if (symbol === '*') {
      cursor.next();
      return this.#star([]);
    }
    if (symbol === '-' && cursor.peek(1).kind === 'number') {
      cursor.next();
      return numberLiteral(`-${cursor.next().value}`);
    }
    if (symbol === '?') {
      cursor.next();
      return this.#positionalParameter();
    }
    if (symbol === ':') {
      cursor.next();
      return this.#namedParameter(cursor.identifier());
    }
    throw cursor.fail();
  }

  #star(target: readonly string[]): UnresolvedExpression {
    const cursor = this.#cursor;
    if (!cursor.at('EXCEPT', '(') || startsQuery(cursor, 1)) return { kind: 'unresolvedStar', target };
    cursor.next();
    return {
      kind: 'unresolvedStar',
      target,
      except: cursor.parenthesized(() => cursor.list(() => cursor.nameParts())),
    };
  }

  #parentheses(): UnresolvedExpression {
    const cursor = this.#cursor;
    if (startsQuery(cursor))
      return { kind: 'subquery', subqueryType: 'scalar', plan: subqueryPlan(cursor, this.#rules), values: [] };
    const items = cursor.parenthesized(() => cursor.list(() => this.#rules.namedExpression()));
    if (cursor.at('->')) return this.#lambda(items);
    const [only] = items;
    return items.length === 1 && only !== undefined ? unaliased(only, cursor) : rowOf(items);
  }

  #word(symbol: string): UnresolvedExpression {
    const cursor = this.#cursor;
    if (symbol === 'NULL') return this.#constant(NULL_LITERAL);
    if (symbol === 'TRUE' || symbol === 'FALSE') return this.#constant(booleanLiteral(symbol === 'TRUE'));
    if (symbol === 'CASE') return this.#case();
    if (atInterval(cursor)) return this.#interval();
    if (cursor.peek(1).kind === 'text') {
      cursor.next();
      const isLocal = symbol === 'TIMESTAMP' && this.#context.timestampType === 'ntz';
      const text = cursor.next().value;
      const typeName = isLocal && !namesZone(text) ? 'TIMESTAMP_NTZ' : symbol;
      return specialTime(typeName, text) ?? typedLiteral(typeName, text, this.#context.timeZone);
    }
    if (cursor.at('IDENTIFIER', '(')) return this.#identifier();
    const special = SPECIAL_FORMS.get(symbol);
    if (special !== undefined && cursor.at(symbol, '(')) {
      cursor.next();
      return cursor.parenthesized(() => special(cursor, this.#rules));
    }
    if (CALLS_WITHOUT_PARENTHESES.has(symbol) && cursor.peek(1).symbol !== '(') {
      const name = cursor.next().value;
      if (cursor.at('.')) return this.#named([name]);
      return { kind: 'unresolvedAttribute', nameParts: [name], otherwise: call(symbol.toLowerCase(), []) };
    }
    return this.#column();
  }

  /** `IDENTIFIER('a.b')` or `IDENTIFIER('f')(arguments)` */
  #identifier(): UnresolvedExpression {
    const cursor = this.#cursor;
    cursor.next();
    const nameParts = identifierParts(
      cursor.parenthesized(() => this.#rules.expression()),
      this.#context,
    );
    return cursor.at('(') ? this.#call(nameParts.join('.')) : { kind: 'unresolvedAttribute', nameParts };
  }

  #constant(value: UnresolvedExpression): UnresolvedExpression {
    this.#cursor.next();
    return value;
  }

  #column(): UnresolvedExpression {
    const cursor = this.#cursor;
    const token = cursor.peek();
    const name = cursor.identifier();
    if (cursor.at('->')) return this.#lambda([{ kind: 'unresolvedAttribute', nameParts: [name] }]);
    if (!cursor.at('(')) return this.#named([name]);
    const unitCall = DATE_ARITHMETIC.get(token.symbol);
    if (unitCall !== undefined && isTimestampUnit(cursor.peek(1).symbol) && cursor.peek(2).symbol === ',')
      return this.#unitCall(unitCall);
    const written = this.#call(name);
    if (unitCall !== undefined) refuseQuotedUnit(written, name);
    return written;
  }

  /** `(unit, …)`: a unit without quotes, then ordinary arguments. */
  #unitCall(functionName: string): UnresolvedExpression {
    const cursor = this.#cursor;
    cursor.expect('(');
    const unit = textLiteral(cursor.next().value);
    cursor.expect(',');
    const args = cursor.list(() => this.#argument());
    cursor.expect(')');
    return call(functionName, [unit, ...args]);
  }

  #named(nameParts: readonly string[]): UnresolvedExpression {
    const otherwise = this.#context.variables?.(nameParts);
    const name = { kind: 'unresolvedAttribute', nameParts } as const;
    return otherwise === undefined ? name : { ...name, otherwise };
  }

  /** `-> body` behind the names of the parameters. */
  #lambda(parameters: readonly UnresolvedExpression[]): UnresolvedExpression {
    const cursor = this.#cursor;
    const argumentNames = parameters.map((parameter) => {
      const [name, ...rest] = parameter.kind === 'unresolvedAttribute' ? parameter.nameParts : [];
      if (name === undefined || rest.length > 0) throw cursor.fail();
      return name;
    });
    cursor.expect('->');
    return { kind: 'lambdaFunction', function: this.#rules.expression(), argumentNames };
  }

  /** The arguments and what may follow them. */
  #call(name: string): UnresolvedExpression {
    const cursor = this.#cursor;
    const lowerName = name.toLowerCase();
    const outer = this.#mayBeInterval;
    this.#mayBeInterval = INTERVAL_FUNCTIONS.has(lowerName);
    cursor.expect('(');
    const isDistinct = cursor.skip('DISTINCT');
    if (!isDistinct) cursor.skip('ALL');
    const isEmpty = !isDistinct && cursor.at(')');
    const args = isEmpty ? [] : cursor.list(() => this.#argument());
    this.#mayBeInterval = outer;
    const written = readNullsOption(cursor, {
      kind: 'unresolvedFunction',
      functionName: lowerName,
      arguments: args,
      isDistinct,
    });
    cursor.expect(')');
    const castType = CAST_FUNCTIONS.get(lowerName);
    const [only] = args;
    if (castType !== undefined && only !== undefined && args.length === 1)
      return { kind: 'cast', child: only, toType: castType, mode: 'ansi', isFunction: true };
    return readCallSuffix(cursor, this.#rules, written);
  }

  #argument(): UnresolvedExpression {
    const cursor = this.#cursor;
    const { kind } = cursor.peek();
    if ((kind !== 'word' && kind !== 'name') || cursor.peek(1).symbol !== '=>') return this.#rules.expression();
    const key = cursor.identifier();
    cursor.next();
    return { kind: 'namedArgument', key, value: this.#rules.expression() };
  }

  #case(): UnresolvedExpression {
    const cursor = this.#cursor;
    cursor.expect('CASE');
    const subject = cursor.at('WHEN') ? undefined : this.#rules.expression();
    const args: UnresolvedExpression[] = [];
    do {
      cursor.expect('WHEN');
      const condition = this.#rules.expression();
      args.push(subject === undefined ? condition : call('=', [subject, condition]));
      cursor.expect('THEN');
      args.push(this.#rules.expression());
    } while (cursor.at('WHEN'));
    if (cursor.skip('ELSE')) args.push(this.#rules.expression());
    cursor.expect('END');
    return call('when', args);
  }

  #interval(): UnresolvedExpression {
    if (this.#mayBeInterval) return textLiteral(readInterval(this.#cursor));
    return this.#context.hasCalendarIntervals === true
      ? readCalendarInterval(this.#cursor)
      : readIntervalLiteral(this.#cursor);
  }

  #positionalParameter(): UnresolvedExpression {
    const { parameters } = this.#context;
    const index = this.#numPositionalParameters;
    this.#numPositionalParameters += 1;
    const value = Array.isArray(parameters) ? (parameters as readonly UnresolvedExpression[])[index] : undefined;
    return value ?? unbound(`_${this.#cursor.peek(-1).start}`);
  }

  #namedParameter(name: string): UnresolvedExpression {
    const { parameters } = this.#context;
    const value =
      parameters instanceof Map ? (parameters as ReadonlyMap<string, UnresolvedExpression>).get(name) : undefined;
    return value ?? unbound(name);
  }
}

/** A unit is written without quotes where a function takes one. */
function refuseQuotedUnit(written: UnresolvedExpression, name: string): void {
  if (written.kind !== 'unresolvedFunction' || written.arguments.length !== 3) return;
  const [unit] = written.arguments;
  if (unit?.kind === 'literal' && typeof unit.value === 'string')
    throw new MillraceError('INVALID_PARAMETER_VALUE.DATETIME_UNIT', {
      functionName: `\`${name.toUpperCase()}\``,
      parameter: '`unit`',
      invalidValue: `'${unit.value}'`,
    });
}

function unbound(name: string): never {
  throw new MillraceError('UNBOUND_SQL_PARAMETER', { name });
}

function unaliased(expression: UnresolvedExpression, cursor: TokenCursor): UnresolvedExpression {
  if (expression.kind === 'alias') throw cursor.fail();
  return expression;
}
