/** The patterns of SHOW: `*` stands for any text, `|` for or; letter case does not count. */

/** True when a name matches. */
export function matchesPattern(name: string, pattern: string): boolean {
  const alternatives = pattern.toLowerCase().split('|');
  return alternatives.some((one) => matchesOne(name.toLowerCase(), one.trim()));
}

function matchesOne(name: string, pattern: string): boolean {
  const [first = '', ...parts] = pattern.split('*');
  if (parts.length === 0) return name === first;
  if (!name.startsWith(first)) return false;
  const last = parts.pop() ?? '';
  let at = first.length;
  for (const part of parts) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return name.length - at >= last.length && name.endsWith(last);
}
