/** Scripts and their statements. */
import { describe, expect, it } from 'vitest';
import { splitStatements } from '../../src/sql/split-statements.ts';

describe('a script', () => {
  it('is cut at semicolons outside texts, names and comments', () => {
    const script = `SELECT 'a;b' AS \`c;d\` -- one; two
      /* three; /* four; */ */ FROM t; ; SELECT "x;" ;
      -- only; a comment`;
    const { statements, rest } = splitStatements(script);
    expect(statements).toHaveLength(2);
    expect(statements[0]).toMatch(/^SELECT 'a;b'[\s\S]*FROM t$/);
    expect(statements[1]).toBe('SELECT "x;"');
    expect(rest).toBe('');
  });

  it('keeps what no semicolon ends, be it a text that never ends', () => {
    expect(splitStatements('SELECT 1; SELECT 2\n')).toEqual({ statements: ['SELECT 1'], rest: 'SELECT 2' });
    expect(splitStatements("SELECT 'a; SELECT 2;")).toEqual({ statements: [], rest: "SELECT 'a; SELECT 2;" });
    expect(splitStatements(' \n')).toEqual({ statements: [], rest: '' });
  });
});
