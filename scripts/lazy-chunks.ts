/**
 * Which code of the package is loaded when it is first used, and the plugin of the bundle that makes it so. The sources import it like
 * everything else; here each use of such an import, in code that runs later than the import, becomes a call that loads the chunk, at once
 * (Node loads modules with `require` too), so nothing in the sources need be asynchronous for it. An import that is used while its file is
 * loaded, as the class behind `extends`, stays what it is, and so does one for a file that is in the chunk itself.
 */
import type { Plugin } from 'rolldown';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { type ImportedModule, type UsedName, importsOf } from './imported-names.ts';

/** The chunk of everything a query needs; files that are not part of the import proper load it with their own imports. */
const ENGINE = 'engine';

/** The files that each chunk is loaded for; what only they need comes along. */
export const LAZY_CHUNKS: Readonly<Record<string, readonly string[]>> = {
  [ENGINE]: [
    'api/aligned-plan',
    'checkpoint/open-checkpoint',
    'engine/batch-execution',
    'engine/late-row',
    'engine/metrics',
    'engine/progress',
    'engine/query-execution',
    'engine/start-query',
    'engine/worker-query',
    'errors/error-conditions',
    'expressions/scalar-call',
    'functions/registry',
    'functions/user-function',
    'plan/explain',
    'plan/first-rows',
    'plan/resolve-names',
    'plan/with-user-functions',
    'source/custom/custom-source',
    'sql/parse-expression',
    'state/changelog-state-store',
    'state/disk-spill',
    'types/json-text',
    'types/schema',
    'workers/worker-pool',
  ],
  joins: ['engine/plan-join'],
  'rare-plans': [
    'engine/operators/recursion',
    'engine/operators/window',
    'plan/optimizer/decorrelate',
    'plan/resolve-pivot',
    'plan/resolve-recursion',
    'plan/resolve-unpivot',
    'plan/resolve-window-function',
    'plan/resolve-within-group',
  ],
  sessions: ['engine/operators/session-aggregate', 'engine/operators/session-window'],
  spilling: ['engine/operators/spilling-operator', 'engine/operators/state-partitions'],
  'state-of-users': [
    'engine/operators/flat-map-groups-with-state',
    'engine/operators/transform-with-state',
    'engine/stateful/processor-stores',
  ],
  threads: ['engine/parallel-runner'],
  sql: ['api/run-show', 'api/run-statement', 'sql/parse-statement'],
  functions: ['functions/rare-functions'],
  json: ['formats/json/json-format'],
  csv: ['formats/csv/csv-format'],
  parquet: ['formats/parquet/parquet-format'],
  avro: ['formats/avro/avro-format'],
  text: ['formats/binary-file/binary-file-format', 'formats/text/text-format'],
  files: ['source/file/file-source-provider'],
  'file-sink': ['sinks/file/file-sink'],
  delivery: ['sinks/delivery/delivery-sink'],
  jdbc: ['source/jdbc/jdbc-source', 'sinks/jdbc/jdbc-sink'],
  kafka: ['source/kafka/kafka-source', 'sinks/kafka/kafka-sink'],
  kinesis: ['source/kinesis/kinesis-source', 'sinks/kinesis/kinesis-sink'],
  rate: ['source/rate-micro-batch/rate-micro-batch-source', 'source/rate/rate-source'],
  recording: ['source/recording/recorded-source', 'source/recording/recording-source'],
  redis: ['checkpoint/redis-checkpoint'],
  'redis-sink': ['sinks/redis/redis-sink'],
  s3: ['storage/s3-object-store'],
  socket: ['source/socket/socket-source'],
  console: ['sinks/console/show-table', 'sinks/console/console-sink'],
  'state-reader': ['api/state-reader/state-data-source', 'api/state-reader/state-metadata-source'],
};

const RUNTIME = 'lazy-chunks-runtime';

/** The entry of a chunk as an input of the bundler. */
export function chunkEntry(chunk: string): string {
  return `lazy-chunk:${chunk}`;
}

/** What is loaded how: the files of the import proper, and which imports of which files wait. */
export class LazyEdges {
  /** Files that are loaded by an import of the package, as absolute paths. */
  readonly core: ReadonlySet<string>;
  readonly #imports = new Map<string, readonly ImportedModule[]>();
  readonly #chunkOf = new Map<string, string>();
  readonly #filesOf = new Map<string, ReadonlySet<string>>();

  constructor(sources: string, entry: string) {
    for (const [chunk, files] of Object.entries(LAZY_CHUNKS))
      for (const file of files) this.#chunkOf.set(path.join(sources, `${file}.ts`), chunk);
    const isCut = ({ file, waits }: ImportedModule): boolean => waits && this.#chunkOf.has(file);
    this.core = this.#reached([entry], isCut);
    for (const chunk of Object.keys(LAZY_CHUNKS)) {
      const own = [...this.#chunkOf].filter(([, name]) => name === chunk).map(([file]) => file);
      this.#filesOf.set(
        chunk,
        this.#reached(own, (edge) => isCut(edge) && this.#chunkOf.get(edge.file) !== chunk),
      );
    }
  }

  /** The chunk that each waiting import of a file is for; every other import is as written. */
  waitingImports(file: string): readonly { readonly imported: ImportedModule; readonly chunk: string }[] {
    return this.#importsOf(file).flatMap((imported) => {
      const chunk = this.#chunkOf.get(imported.file);
      if (chunk === undefined || !imported.waits || this.core.has(imported.file)) return [];
      if (!this.core.has(file) && (chunk === ENGINE || this.#filesOf.get(chunk)?.has(file) === true)) return [];
      return [{ imported, chunk }];
    });
  }

  /** The files only a chunk has, and those it shares with others. */
  filesOf(chunk: string): ReadonlySet<string> {
    return this.#filesOf.get(chunk) ?? new Set();
  }

  /** The names that are read from a chunk, by file. */
  namesOf(chunk: string): ReadonlyMap<string, ReadonlySet<string>> {
    const names = new Map<string, Set<string>>();
    for (const file of this.#imports.keys())
      for (const { imported, chunk: wanted } of this.waitingImports(file)) {
        if (wanted !== chunk) continue;
        const ofFile = names.get(imported.file) ?? new Set();
        names.set(imported.file, ofFile);
        for (const { name } of imported.names) ofFile.add(name);
      }
    return names;
  }

  #importsOf(file: string): readonly ImportedModule[] {
    const known = this.#imports.get(file);
    if (known !== undefined) return known;
    const imports = importsOf(file, readFileSync(file, 'utf8'));
    this.#imports.set(file, imports);
    return imports;
  }

  #reached(from: readonly string[], isCut: (edge: ImportedModule) => boolean): ReadonlySet<string> {
    const found = new Set<string>();
    const open = [...from];
    for (let file = open.pop(); file !== undefined; file = open.pop()) {
      if (found.has(file)) continue;
      found.add(file);
      for (const edge of this.#importsOf(file)) if (!isCut(edge)) open.push(edge.file);
    }
    return found;
  }
}

/** Makes the waiting imports of the sources calls, and the entries of the chunks. */
export function lazyChunks(edges: LazyEdges): Plugin {
  return {
    name: 'lazy-chunks',
    resolveId: (id) => (id === RUNTIME || id.startsWith(chunkEntry('')) ? `\0${id}` : null),
    load(id) {
      if (id === `\0${RUNTIME}`) return runtime();
      return id.startsWith(`\0${chunkEntry('')}`) ? entryOf(edges, id.slice(1 + chunkEntry('').length)) : null;
    },
    transform(code, id) {
      const waiting = edges.core.has(id) || id.endsWith('.ts') ? edges.waitingImports(id) : [];
      return waiting.length === 0 ? null : { code: withCalls(code, waiting), map: null };
    },
  };
}

/** One function per chunk. Chunks lie in `lazy/`, beside the folder of the file that has this code. */
function runtime(): string {
  const functions = Object.keys(LAZY_CHUNKS).map((chunk) => {
    const name = identifierOf(chunk);
    return `let ${name};\nexport function load_${name}() { return (${name} ??= load('../lazy/${chunk}.js')); }\n`;
  });
  return `import { createRequire } from 'node:module';\nconst load = createRequire(import.meta.url);\n${functions.join('')}`;
}

function entryOf(edges: LazyEdges, chunk: string): string {
  return [...edges.namesOf(chunk)]
    .map(([file, names]) => {
      const list = [...names].map((name) => `${name} as ${exportedName(file, name)}`).join(', ');
      return `export { ${list} } from ${JSON.stringify(file)};\n`;
    })
    .join('');
}

/** The code with every use of a waiting name replaced by a call; lines stay where they are. */
function withCalls(code: string, waiting: ReturnType<LazyEdges['waitingImports']>): string {
  const edits = waiting.flatMap(({ imported, chunk }, index) => {
    const load = `load_${identifierOf(chunk)}`;
    const lines = code.slice(imported.start, imported.end).split('\n').length - 1;
    const isFirst = waiting.findIndex((other) => other.chunk === chunk) === index;
    const declaration = isFirst ? `import { ${load} } from '${RUNTIME}';` : '';
    const uses = imported.names.flatMap(({ name, uses: places }) =>
      places.map((use) => ({ ...use, text: callText(use, `${load}().${exportedName(imported.file, name)}`) })),
    );
    return [{ start: imported.start, end: imported.end, text: declaration + '\n'.repeat(lines) }, ...uses];
  });
  return edits
    .toSorted((one, other) => other.start - one.start)
    .reduce((text, { start, end, text: replacement }) => text.slice(0, start) + replacement + text.slice(end), code);
}

function callText({ kind, name }: UsedName, call: string): string {
  if (kind === 'shorthand') return `${name}: ${call}`;
  return kind === 'callee' ? `(${call})` : call;
}

function exportedName(file: string, name: string): string {
  return `${identifierOf(path.basename(file, '.ts'))}_${name}`;
}

function identifierOf(text: string): string {
  return text.replaceAll(/\W/g, '_');
}
