import { describe, expect, test } from 'vitest';
import { MillraceError } from '../../src/errors/millrace-error.ts';
import { formatNumber, parseFormatted, parseNumberFormat } from '../../src/functions/number-format.ts';

function conditionOf(format: string): string {
  try {
    parseNumberFormat(format);
    return 'none';
  } catch (error) {
    return error instanceof MillraceError ? error.condition : String(error);
  }
}

describe('number formats', () => {
  test.for([
    ['', 'INVALID_FORMAT.EMPTY'],
    ['$', 'INVALID_FORMAT.WRONG_NUM_DIGIT'],
    ['9$', 'INVALID_FORMAT.CUR_MUST_BEFORE_DIGIT'],
    ['.$9', 'INVALID_FORMAT.CUR_MUST_BEFORE_DEC'],
    ['9,,9', 'INVALID_FORMAT.CONT_THOUSANDS_SEPS'],
    ['9.9,9', 'INVALID_FORMAT.THOUSANDS_SEPS_MUST_BEFORE_DEC'],
    ['SS9', 'INVALID_FORMAT.WRONG_NUM_TOKEN'],
    ['9x', 'INVALID_FORMAT.UNEXPECTED_TOKEN'],
  ] as const)('%s is %s', ([format, condition]) => {
    expect(conditionOf(format)).toBe(condition);
  });

  test('what is written by a format is read by it', () => {
    for (const text of ['S99,999.99', '$0000.0', '999PR', 'MI9.99']) {
      const format = parseNumberFormat(text);
      const scale = format.fraction ?? 0;
      for (const number of [7n, -7n, 999n]) {
        const written = formatNumber(number, scale, format);
        if (text === '$0000.0' && number < 0n) continue;
        expect(parseFormatted(written.trim(), format), `${text} ${number} "${written}"`).toBe(number);
      }
    }
  });
});
