/** The JSON paths of get_json_object: `$.name`, `['name']`, `[0]`, `[*]`, `.*`, with Hive's rules for what a wildcard returns. */
import type { JsonNode } from './json-tree.ts';
import { jsonText } from './json-value.ts';

type Step =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'every' }
  | { readonly kind: 'everyField' };

const STEP = /\.\*|\[\*\]|\.([^.[]+)|\['([^']*)'\]|\[(\d+)\]/y;

/** The steps of a path; undefined when the path is malformed. */
export function parseJsonPath(path: string): readonly Step[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: Step[] = [];
  let at = 1;
  while (at < path.length) {
    STEP.lastIndex = at;
    const match = STEP.exec(path);
    if (match === null) return undefined;
    at += match[0].length;
    const name = match[1] ?? match[2];
    if (match[0] === '.*') steps.push({ kind: 'everyField' });
    else if (match[0] === '[*]' || name === '*') steps.push({ kind: 'every' });
    else if (name !== undefined) steps.push({ kind: 'name', name });
    else steps.push({ kind: 'index', index: Number(match[3]) });
  }
  return steps;
}

/** What the path finds, as text; null when it finds nothing. */
export function evaluateJsonPath(node: JsonNode, steps: readonly Step[]): string | null {
  const found = select(node, steps);
  if (found.length === 0) return null;
  const [only] = found;
  const hasWildcard = steps.some((step) => step.kind === 'every');
  if (only !== undefined && found.length === 1) {
    if (only.kind === 'string' && !hasWildcard) return only.text;
    return jsonText(only, true);
  }
  return jsonText({ kind: 'array', items: found }, true);
}

function select(node: JsonNode, steps: readonly Step[]): readonly JsonNode[] {
  const [step, ...rest] = steps;
  if (step === undefined) return [node];
  switch (step.kind) {
    case 'name': {
      if (node.kind !== 'object') return [];
      const entry = node.entries.find((candidate) => candidate.name === step.name);
      return entry === undefined || entry.value.kind === 'null' ? [] : select(entry.value, rest);
    }
    case 'index': {
      const item = node.kind === 'array' ? node.items[step.index] : undefined;
      return item === undefined ? [] : select(item, rest);
    }
    case 'every':
      return node.kind === 'array' ? node.items.flatMap((item) => select(item, rest)) : [];
    case 'everyField':
      return [];
  }
}
