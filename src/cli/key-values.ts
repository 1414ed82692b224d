/** Options that are given as `name=value`, again for each. */
import { MillraceError } from '../errors/millrace-error.ts';

/** `['a=1', 'b=x=y']` → `{ a: '1', b: 'x=y' }`; `command` is named when a text has no `=`. */
export function keyValues(texts: readonly string[], option: string, command: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.map((text) => {
      const at = text.indexOf('=');
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw new MillraceError('INVALID_OPTION', { option, format: command, value: text, expected: 'name=value' });
    }),
  );
}

/** Gathers the values of an option that may come again. */
export function collected(value: string, before: readonly string[]): readonly string[] {
  return [...before, value];
}
