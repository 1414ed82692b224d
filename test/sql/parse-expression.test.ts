/** SQL text to unresolved expressions: what becomes of it, and what is refused where. */
import { describe, expect, test } from 'vitest';

import type { UnresolvedExpression } from '../../src/expressions/unresolved.ts';
import { MillraceError } from '../../src/errors/millrace-error.ts';
import { unresolvedText } from '../../src/plan/explain.ts';
import { parseExpression } from '../../src/sql/parse-expression.ts';
import type { SqlParameters } from '../../src/sql/parse-context.ts';

function parse(text: string, parameters: SqlParameters = []): UnresolvedExpression {
  return parseExpression(text, { timeZone: 'UTC', parameters });
}

function errorOf(text: string, parameters: SqlParameters = []): MillraceError {
  try {
    parse(text, parameters);
  } catch (error) {
    if (error instanceof MillraceError) return error;
    throw error;
  }
  throw new Error(`${text.slice(0, 100)} is accepted`);
}

describe('precedence', () => {
  test.for([
    ['1 + 2 * 3', "'+(1, '*(2, 3))"],
    ['1 - 2 - 3', "'-('-(1, 2), 3)"],
    ['a OR b AND NOT c', "'or('a, 'and('b, 'not('c)))"],
    ['NOT a = b', "'not('=('a, 'b))"],
    ['! a AND b', "'and('not('a), 'b)"],
    ['1 | 2 ^ 3 & 4 << 5 + 6', "'|(1, '^(2, '&(3, '<<(4, '+(5, 6)))))"],
    ['-a * b', "'*('(-)('a), 'b)"],
    ['- 5', '-5'],
    ["a || 'x' + 1", "'+('concat('a, x), 1)"],
    ['a = b IS NULL', "'isnull('=('a, 'b))"],
    ['a BETWEEN 1 AND 2 AND b', "'and('between('a, 1, 2), 'b)"],
    ['a AND b AND c AND d', "'and('and('a, 'b), 'and('c, 'd))"],
    ['-a::int', "'(-)(cast('a as integer))"],
    ['a[0].b', "'a[0][b]"],
    ['a == b <> c', "'!=('=('a, 'b), 'c)"],
  ])('%s', ([text, expected]) => {
    expect(unresolvedText(parse(text ?? ''))).toBe(expected);
  });
});

describe('forms', () => {
  test.for([
    ['CASE x WHEN 1 THEN 2 ELSE 3 END', "'when('=('x, 1), 2, 3)"],
    ['TRIM(LEADING FROM a)', "'ltrim('a)"],
    ['EXTRACT(YEAR FROM a)', "'extract(YEAR, 'a)"],
    ['POSITION(a IN b)', "'locate('a, 'b)"],
    ['count(DISTINCT a, b)', "'count(DISTINCT 'a, 'b)"],
    ['first(a IGNORE NULLS)', "'first('a)"],
    ['current_date', "'current_date"],
    ['window(t, INTERVAL 90 SECONDS)', "'window('t, 90 SECONDS)"],
    ['t + INTERVAL 1 DAY', "'+('t, 86400000000)"],
    ["window(t, INTERVAL '1' HOUR, INTERVAL '10 minutes')", "'window('t, 1 HOUR, 10 minutes)"],
    ['t.*', 't.*'],
    ['a.`b c`.d', "'`a`.`b c`.`d`"],
    ['interval + 1', "'+('interval, 1)"],
    ['a AS b', "'a AS b"],
    ['(a, b + 1)', "'named_struct(a, 'a, col2, '+('b, 1))"],
    ['a IS NOT DISTINCT FROM b', "'<=>('a, 'b)"],
  ])('%s', ([text, expected]) => {
    expect(unresolvedText(parse(text ?? ''))).toBe(expected);
  });
});

describe('parameters', () => {
  const one = parse('1');
  const two = parse("'two'");

  test('are given by name', () => {
    expect(
      unresolvedText(
        parse(
          ':a + :b',
          new Map([
            ['a', one],
            ['b', two],
          ]),
        ),
      ),
    ).toBe("'+(1, two)");
  });

  test('are given in order', () => {
    expect(unresolvedText(parse('f(?, ?)', [one, two]))).toBe("'f(1, two)");
  });

  test('without a value are UNBOUND_SQL_PARAMETER', () => {
    expect(errorOf(':a')).toMatchObject({ condition: 'UNBOUND_SQL_PARAMETER', parameters: { name: 'a' } });
    expect(errorOf('f(?, ?)', [one])).toMatchObject({
      condition: 'UNBOUND_SQL_PARAMETER',
      parameters: { name: '_5' },
    });
  });
});

describe('errors', () => {
  test('name the token and show the place with a caret', () => {
    const error = errorOf('a +\n  * )');
    expect(error.condition).toBe('PARSE_SYNTAX_ERROR');
    expect(error.parameters).toEqual({ error: "')'", hint: '' });
    expect(error.hint).toBe('(line 2, pos 4)\n\n== SQL ==\n  * )\n----^^^');
  });

  test('show the neighbourhood of the place in a long line', () => {
    const { hint } = errorOf(`${'a + '.repeat(300)} )`);
    expect(hint).toContain('(line 1, pos 1201)');
    expect((hint ?? '').length).toBeLessThan(400);
  });

  test.for([
    ['', 'PARSE_EMPTY_STATEMENT'],
    ['-- nothing', 'PARSE_EMPTY_STATEMENT'],
    ['a /* b', 'UNCLOSED_BRACKETED_COMMENT'],
    ["'a", 'PARSE_SYNTAX_ERROR'],
    ['a b c', 'PARSE_SYNTAX_ERROR'],
    ["DATE '2024-02-30'", 'INVALID_TYPED_LITERAL'],
    ["UUID 'a'", 'UNSUPPORTED_TYPED_LITERAL'],
    ['300Y', 'INVALID_NUMERIC_LITERAL_RANGE'],
    ['a IN ()', 'INVALID_SQL_SYNTAX.EMPTY_IN_PREDICATE'],
    ["a LIKE b ESCAPE 'cd'", 'INVALID_ESC'],
    ["INTERVAL '1 year 2 days'", '_LEGACY_ERROR_TEMP_0029'],
    ["INTERVAL 'x' DAY", '_LEGACY_ERROR_TEMP_0026'],
    ["INTERVAL '1' DAY TO YEAR", 'INVALID_INTERVAL_FORMAT.UNSUPPORTED_FROM_TO_EXPRESSION'],
    ["TIME '25:00:00'", 'INVALID_TYPED_LITERAL'],
    ['CAST(a AS TIME(10))', 'UNSUPPORTED_TIME_PRECISION'],
  ])('%s is %s', ([text, condition]) => {
    expect(errorOf(text ?? '').condition).toBe(condition);
  });

  test.for(['(SELECT 1)', 'a IN (SELECT 1)', 'EXISTS (SELECT 1)', "a COLLATE 'X'"])('%s is refused by name', (text) => {
    expect(errorOf(text).condition).toBe('UNSUPPORTED_FEATURE');
  });
});

describe('limits', () => {
  test.for([
    ['parentheses', `${'('.repeat(10_000)}a${')'.repeat(10_000)}`],
    ['unclosed parentheses', '('.repeat(100_000)],
    ['calls', `${'f('.repeat(10_000)}a${')'.repeat(10_000)}`],
    ['NOT', `${'NOT '.repeat(10_000)}a`],
    ['signs', `${'- '.repeat(10_000)}a`],
    ['CASE', `${'CASE WHEN '.repeat(10_000)}a`],
    ['brackets', `${'a['.repeat(10_000)}`],
    ['a chain of operators', `a${' + a'.repeat(10_000)}`],
    ['a chain of casts', `a${'::int'.repeat(10_000)}`],
    ['a text that is too long', `'${'a'.repeat(5_000_000)}'`],
  ])('%s are FAILED_TO_PARSE_TOO_COMPLEX', ([, text]) => {
    expect(errorOf(text ?? '').condition).toBe('FAILED_TO_PARSE_TOO_COMPLEX');
  });

  test('long lists and long AND chains are no depth', () => {
    expect(parse(`a IN (${Array.from({ length: 50_000 }, (_, i) => i).join()})`).kind).toBe('unresolvedFunction');
    expect(parse(`a${' AND a'.repeat(50_000)}`).kind).toBe('unresolvedFunction');
  });

  test('nesting as people write it is accepted', () => {
    expect(parse(`${'('.repeat(200)}a${')'.repeat(200)}`)).toEqual(parse('a'));
  });
});
