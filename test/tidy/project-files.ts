/**
 * The project's own TypeScript files as text, for the tests of the house rules. TypeScript 7 has no parser to call, so a small scanner
 * blanks comments and the contents of strings, templates and regular expressions; positions stay the same in `text`, `code` and `bare`.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of package.json. */
export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** One import or re-export of another module. */
export interface ModuleImport {
  /** As written, relative imports as a path from the project's root. */
  readonly target: string;
  readonly form: 'static' | 'type' | 'dynamic';
}

export interface ProjectFile {
  /** From the project's root, with slashes. */
  readonly path: string;
  readonly text: string;
  /** Without comments. */
  readonly code: string;
  /** Without comments and without the contents of strings and regular expressions. */
  readonly bare: string;
  readonly imports: readonly ModuleImport[];
}

/** Every file below a folder whose name ends so, sorted by path. */
export function filesBelow(folder: string, ending = '.ts'): readonly ProjectFile[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending) && !name.includes('node_modules'))
    .map((name) => readProjectFile(posix.join(folder, name.replaceAll('\\', '/'))))
    .toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** The file of a path from the project's root. */
export function readProjectFile(path: string): ProjectFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const { code, bare } = blanked(text);
  return { path, text, code, bare, imports: importsOf(path, code) };
}

/** The folder of `src` a path lies in: `engine` of `src/engine/operators/filter.ts`; empty for src/index.ts. */
export function folderOf(path: string): string {
  const parts = path.split('/');
  return parts[0] === 'src' && parts.length > 2 ? (parts[1] ?? '') : '';
}

/** The 1-based line of a position. */
export function lineOf(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}

/** `file:line` of every match of a pattern in the files' bare code. */
export function placesOf(files: readonly ProjectFile[], pattern: RegExp): readonly string[] {
  return files.flatMap((file) =>
    [...file.bare.matchAll(pattern)].map(
      (match) => `${file.path}:${lineOf(file.bare, match.index)} ${match[0].trim()}`,
    ),
  );
}

const STATIC_IMPORT = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gm;
const DYNAMIC_IMPORT = /(typeof\s+)?\bimport\(\s*'([^']+)'\s*\)/g;

function importsOf(path: string, code: string): readonly ModuleImport[] {
  const found: ModuleImport[] = [];
  const resolve = (target: string): string =>
    target.startsWith('.') ? posix.join(posix.dirname(path), target) : target;
  for (const [, type, target] of code.matchAll(STATIC_IMPORT))
    found.push({ target: resolve(target ?? ''), form: type === undefined ? 'static' : 'type' });
  for (const [, type, target] of code.matchAll(DYNAMIC_IMPORT))
    found.push({ target: resolve(target ?? ''), form: type === undefined ? 'dynamic' : 'type' });
  return found;
}

/** One pass over the text: what a comment, string, template or regular expression holds becomes blanks, line ends stay. */
function blanked(text: string): { code: string; bare: string } {
  const code = text.split('');
  const bare = [...code];
  const templateDepths: number[] = [];
  let depth = 0;
  let lastToken = '';
  const blank = (target: string[], from: number, to: number): void => {
    for (let i = from; i < to; i++) if (target[i] !== '\n') target[i] = ' ';
  };
  for (let i = 0; i < text.length; i++) {
    const letter = text[i] ?? '';
    const endsTemplateHole = letter === '}' && templateDepths.at(-1) === depth;
    if (text.startsWith('//', i) || text.startsWith('/*', i) || (i === 0 && text.startsWith('#!'))) {
      const end = text[i + 1] === '*' ? text.indexOf('*/', i + 2) + 2 : endOfLine(text, i);
      blank(code, i, end);
      blank(bare, i, end);
      i = end - 1;
    } else if (letter === '`' || endsTemplateHole) {
      if (endsTemplateHole) templateDepths.pop();
      const end = endOfTemplate(text, i + 1);
      blank(bare, i + 1, end);
      if (text[end] === '$') {
        templateDepths.push(depth);
        i = end + 1;
        lastToken = '(';
      } else {
        i = end;
        lastToken = '`';
      }
    } else if (letter === "'" || letter === '"' || (letter === '/' && startsRegex(lastToken))) {
      const end = endOfLiteral(text, i, letter);
      blank(bare, i + 1, end);
      i = end;
      lastToken = '"';
    } else {
      if (letter === '{') depth++;
      if (letter === '}') depth--;
      const word = /^[A-Za-z_$][\w$]*/.exec(text.slice(i, i + 80))?.[0];
      if (letter.trim() !== '') lastToken = word ?? letter;
      if (word !== undefined) i += word.length - 1;
    }
  }
  return { code: code.join(''), bare: bare.join('') };
}

function endOfLine(text: string, position: number): number {
  const end = text.indexOf('\n', position);
  return end < 0 ? text.length : end;
}

/** The position of the closing backtick or of `${`. */
function endOfTemplate(text: string, position: number): number {
  for (let i = position; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '`' || text.startsWith('${', i)) return i;
  }
  return text.length;
}

/** The position of the closing quote or slash. */
function endOfLiteral(text: string, position: number, quote: string): number {
  let isInClass = false;
  for (let i = position + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (quote === '/' && text[i] === '[') isInClass = true;
    else if (text[i] === ']') isInClass = false;
    else if ((text[i] === quote && !isInClass) || text[i] === '\n') return i;
  }
  return text.length;
}

function startsRegex(lastToken: string): boolean {
  return lastToken === '' || /^(?:[(,=:[!&|?{};+\-*%<>~^]|return|typeof|case|in|of|await|yield)$/.test(lastToken);
}
