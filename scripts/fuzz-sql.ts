/**
 * A campaign of SQL strings: `node scripts/fuzz-sql.ts [number] [seed]`. Each is one of the golden queries with pieces cut out, doubled,
 * replaced or swapped, a sequence of their pieces, or two of them put into each other. Every string has to end in a plan or a typed error
 * within a second, and every tenth plan is run. Prints what went wrong; exits 1 then.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { MillraceError, MillraceSession } from '../src/index.ts';

const numStrings = Number(process.argv[2] ?? 100_000);
const seed = Number(process.argv[3] ?? 1);
const LIMIT_MS = 1000;
const RUN_EVERY = 10;
const FOLDER = join(import.meta.dirname, '../test/sql/cases');

/** Park and Miller's generator: the same seed gives the same campaign. */
let state = (seed % 2_147_483_646) + 1;
function below(limit: number): number {
  state = (state * 48_271) % 2_147_483_647;
  return state % limit;
}

function statementsOf(name: string): string[] {
  return readFileSync(join(FOLDER, name), 'utf8')
    .split(';;')
    .map((block) => block.replaceAll(/^-- .*\n/gm, '').trim())
    .filter((text) => text !== '');
}

const queries = readdirSync(FOLDER)
  .filter((name) => name !== 'tables.sql' && name.endsWith('.sql'))
  .flatMap(statementsOf)
  // Nothing that writes.
  .filter((text) => /^(SELECT|WITH|VALUES|FROM|TABLE|\()/i.test(text) && text.length < 2000);
const PIECE = /\d[\w.]*|\w+|'[^']*'|"[^"]*"|`[^`]*`|<=>|->|=>|<=|>=|<>|!=|\|\||\|>|::|[^\w\s]/g;
const pieces = queries.map((text) => text.match(PIECE) ?? []);
const allPieces = pieces.flat();

function pieceOf<T>(list: readonly T[]): T {
  return list[below(list.length)] as T;
}

/** Pieces by what they are, so that one can stand for another and the text still be read to its end. */
function kindOf(piece: string): string {
  if (/^\d/.test(piece)) return 'number';
  if (/^['"]/.test(piece)) return 'text';
  if (/^(?:id|g|v|d|n|ts|dt|ok|w|arr|s|m|x|y|a|b)$/i.test(piece)) return 'column';
  if (/^\w/.test(piece)) return 'word';
  return /^[-+*/%=<>!|&^]/.test(piece) ? 'operator' : 'mark';
}

const byKind = new Map<string, string[]>();
for (const piece of allPieces) {
  const known = byKind.get(kindOf(piece)) ?? [];
  known.push(piece);
  byKind.set(kindOf(piece), known);
}

/** A query in which values, columns and operators stand for others. */
function exchanged(): string {
  const parts = [...pieceOf(pieces)];
  const numChanges = 1 + below(4);
  for (let i = 0; i < numChanges; i++) {
    const at = below(parts.length);
    const kind = kindOf(parts[at] ?? '');
    if (kind === 'mark' || kind === 'word') continue;
    const isQuery = kind !== 'operator' && below(6) === 0;
    const value = below(3) === 0 ? 'NULL' : pieceOf(byKind.get(kind === 'number' ? 'column' : kind) ?? ['1']);
    parts[at] = isQuery ? `(${pieceOf(queries)})` : kind === 'operator' ? pieceOf(byKind.get(kind) ?? ['+']) : value;
  }
  return parts.join(' ');
}

function mutated(): string {
  const parts = [...pieceOf(pieces)];
  const numChanges = 1 + below(3);
  for (let i = 0; i < numChanges; i++) {
    const at = below(parts.length + 1);
    const kind = below(5);
    if (kind === 0) parts.splice(at, 1 + below(4));
    else if (kind === 1) parts.splice(at, 0, pieceOf(allPieces));
    else if (kind === 2) parts.splice(at, 1, pieceOf(allPieces));
    else if (kind === 3) parts.splice(at, 0, ...parts.slice(at, at + 1 + below(6)));
    else parts.splice(at, 1, '(', pieceOf(queries), ')');
  }
  return parts.join(' ');
}

function sequence(): string {
  return Array.from({ length: 1 + below(40) }, () => pieceOf(allPieces)).join(' ');
}

const session = MillraceSession.builder().config('spark.sql.session.timeZone', 'UTC').create();
for (const statement of statementsOf('tables.sql')) session.sql(statement);

const counts = { plans: 0, rows: 0, errors: 0, untyped: 0, slow: 0 };

function complain(kind: 'untyped' | 'slow', text: string, detail: string): void {
  counts[kind] += 1;
  if (counts[kind] <= 20) process.stdout.write(`${kind}: ${text.slice(0, 500)}\n  ${detail}\n`);
}

async function ask(text: string, isRun: boolean): Promise<void> {
  const before = performance.now();
  try {
    const result = session.sql(text);
    counts.plans += 1;
    if (isRun) {
      await result.limit(50).collect();
      counts.rows += 1;
    }
  } catch (error) {
    if (error instanceof MillraceError && error.condition !== 'INTERNAL_ERROR') counts.errors += 1;
    else complain('untyped', text, error instanceof Error ? (error.stack ?? error.message) : String(error));
  }
  const tookMs = performance.now() - before;
  if (tookMs > LIMIT_MS) complain('slow', text, `${Math.round(tookMs)} ms`);
}

for (let i = 0; i < numStrings; i++) {
  const way = below(10);
  const text = way === 0 ? sequence() : way < 4 ? mutated() : exchanged();
  await ask(text, i % RUN_EVERY === 0);
}
process.stdout.write(`${numStrings} strings: ${JSON.stringify(counts)}\n`);
process.exit(counts.untyped + counts.slow > 0 ? 1 : 0);
