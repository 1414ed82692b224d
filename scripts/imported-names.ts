/** The relative imports of a TypeScript file with every use of their names: what lazy-chunks.ts needs to know of a file. Reads, changes nothing. */
import path from 'node:path';
import { parseSync } from 'rolldown/utils';

/** A use of an imported name. A `callee` follows `new` or is called, a `shorthand` stands for a property of its name too. */
export interface UsedName {
  readonly start: number;
  readonly end: number;
  readonly name: string;
  readonly kind: 'plain' | 'callee' | 'shorthand';
}

export interface ImportedModule {
  /** The imported file. */
  readonly file: string;
  /** Where the declaration stands. */
  readonly start: number;
  readonly end: number;
  readonly names: readonly { readonly name: string; readonly uses: readonly UsedName[] }[];
  /** Whether no name is used before the importing file has been loaded. */
  readonly waits: boolean;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [key: string]: unknown;
}

interface Use extends UsedName {
  /** Whether it is met while the file is loaded. */
  readonly isEarly: boolean;
}

/** All relative imports and re-exports of values. */
export function importsOf(file: string, code: string): readonly ImportedModule[] {
  const { program, errors } = parseSync(file, code);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const body = program.body as unknown as readonly Node[];
  const targetOf = ({ source }: Node): string | undefined => {
    const value = (source as { readonly value?: unknown } | null | undefined)?.value;
    return typeof value === 'string' && value.startsWith('.') ? path.resolve(path.dirname(file), value) : undefined;
  };
  const declarations = body.flatMap((node) => {
    const target = targetOf(node);
    return target === undefined || node['importKind'] === 'type' || node['exportKind'] === 'type'
      ? []
      : [{ node, target }];
  });
  const locals = new Set(declarations.flatMap(({ node }) => specifiersOf(node).map(({ local }) => local)));
  const { uses, bound } = usesOf(body, locals);
  return declarations.map(({ node, target }) => {
    const specifiers = specifiersOf(node);
    const names = specifiers.map(({ local, name }) => ({ name, uses: uses.filter((use) => use.name === local) }));
    const waits =
      node.type === 'ImportDeclaration' &&
      specifiers.length > 0 &&
      specifiers.every(({ local, name }) => name !== '*' && !bound.has(local)) &&
      names.every((one) => one.uses.every((use) => !use.isEarly));
    return { file: target, start: node.start, end: node.end, names, waits };
  });
}

function specifiersOf(node: Node): readonly { readonly local: string; readonly name: string }[] {
  if (node.type !== 'ImportDeclaration') return [];
  return (node['specifiers'] as readonly Node[])
    .filter((specifier) => specifier['importKind'] !== 'type')
    .map((specifier) => {
      const imported = specifier['imported'] as { readonly name: string } | undefined;
      return { local: (specifier['local'] as { readonly name: string }).name, name: imported?.name ?? '*' };
    });
}

const FUNCTIONS = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression']);

/** Wrappers of TypeScript around an expression; all its other nodes are types. */
const TYPED = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression', 'TSInstantiationExpression']);

/** Where the names are used, and which of them a file binds a second time somewhere. */
function usesOf(body: readonly Node[], names: ReadonlySet<string>): { uses: Use[]; bound: Set<string> } {
  const uses: Use[] = [];
  const bound = new Set<string>();
  const visit = (node: Node, isEarly: boolean, kind: UsedName['kind']): void => {
    if (node.type === 'Identifier') {
      const name = node['name'] as string;
      if (names.has(name)) uses.push({ start: node.start, end: node.end, name, kind, isEarly });
      return;
    }
    if (node.type === 'ImportDeclaration' || (node.type.startsWith('TS') && !TYPED.has(node.type))) return;
    if (node.type === 'VariableDeclarator') note(node['id']);
    if (FUNCTIONS.has(node.type)) for (const one of [node['id'], ...(node['params'] as unknown[])]) note(one);
    if (node.type === 'CatchClause') note(node['param']);
    const isLater = FUNCTIONS.has(node.type) || (node.type === 'PropertyDefinition' && node['static'] !== true);
    for (const [key, value] of Object.entries(node)) {
      if (isNoUse(node, key)) continue;
      for (const child of Array.isArray(value) ? value : [value]) {
        if (!isNode(child)) continue;
        visit(child, isEarly && !(isLater && key !== 'key'), kindOf(node, key));
      }
    }
  };
  const note = (pattern: unknown): void => {
    if (!isNode(pattern)) return;
    if (pattern.type === 'Identifier') bound.add(pattern['name'] as string);
    else if (pattern.type === 'Property') note(pattern['value']);
    else if (pattern.type === 'AssignmentPattern') note(pattern['left']);
    else if (pattern.type === 'RestElement') note(pattern['argument']);
    else
      for (const key of ['properties', 'elements'])
        for (const one of (pattern[key] as unknown[] | undefined) ?? []) note(one);
  };
  for (const node of body) visit(node, true, 'plain');
  return { uses, bound };
}

/** Names of properties, members, labels and declarations are no uses. */
function isNoUse(node: Node, key: string): boolean {
  if (key === 'typeAnnotation' || key === 'returnType' || key === 'typeParameters' || key === 'typeArguments')
    return true;
  if (key === 'property') return node.type === 'MemberExpression' && node['computed'] !== true;
  if (key === 'key') return node['computed'] !== true;
  if (key === 'label') return true;
  return node.type === 'ExportSpecifier' && key === 'exported';
}

function kindOf(node: Node, key: string): UsedName['kind'] {
  if (key === 'callee') return 'callee';
  return node.type === 'Property' && node['shorthand'] === true && key === 'value' ? 'shorthand' : 'plain';
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
