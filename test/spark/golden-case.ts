/**
 * The stored answers of a real PySpark (answers/*.json): their shape, how they are read, and how their input is laid out as files.
 * Nothing here runs a query.
 */
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import type { Op } from './program.ts';

/** One line of input: text, or bytes when it is no UTF-8. */
export type InputLine = string | { readonly base64: string };

/** One error of a chain, outermost first. `condition` is null where Spark throws a bare Java exception. */
export interface GoldenError {
  readonly condition: string | null;
  readonly parameters?: Readonly<Record<string, string>>;
}

/** What one micro-batch did. */
export interface GoldenBatch {
  readonly id: number;
  readonly in: number;
  readonly rows: readonly string[];
  readonly eventTime?: Readonly<Record<string, string>>;
  /** Observed metrics by name. */
  readonly observed?: Readonly<Record<string, unknown>>;
  readonly state?: readonly GoldenState[];
  /** The whole progress, with `~` for what no two runs share. */
  readonly progress?: unknown;
}

/** The metrics of one stateful operator in one micro-batch. */
export interface GoldenState {
  readonly operator: string;
  readonly total: number;
  readonly updated: number;
  readonly removed: number;
  readonly dropped: number;
}

/** The end of a run: an error, said when it came, or none. */
export interface GoldenFailure {
  readonly when: 'analysis' | 'start' | 'run';
  readonly chain: readonly GoldenError[];
}

/** A streaming run: its batches in order, then perhaps an error. */
export interface GoldenRun {
  readonly batches?: readonly GoldenBatch[];
  readonly error?: GoldenFailure;
}

/** A file of input: its lines, or where it is and how young as well. */
export type InputFile =
  | readonly InputLine[]
  | { readonly path: string; readonly minute: number; readonly lines: readonly InputLine[] };

/** What is run: a program over inputs. */
export interface GoldenProgram {
  readonly schema: string;
  readonly inputs: Readonly<Record<string, readonly InputFile[]>>;
  readonly ops: readonly Op[];
  /** One refused case holds a mode that does not exist. */
  readonly outputMode: 'append' | 'update' | 'complete';
  readonly conf?: Readonly<Record<string, string>>;
  readonly options?: Readonly<Record<string, string>>;
  readonly ordered?: boolean;
  /** Default AvailableNow; `default` and `processingTime` are stopped when everything is read. */
  readonly trigger?: 'availableNow' | 'once' | 'default' | 'processingTime';
  /** Inputs that are no files. */
  readonly sources?: Readonly<
    Record<string, { readonly format: string; readonly options: Readonly<Record<string, string>> }>
  >;
  /** The whole progress of each batch is compared. */
  readonly progress?: boolean;
}

/** A query with its input and Spark's answers. README.md explains the runs. */
export interface GoldenCase extends GoldenProgram {
  readonly name: string;
  readonly about: string;
  readonly inputs: Readonly<Record<string, readonly (readonly InputLine[])[]>>;
  readonly needs?: readonly string[];
  /** Which rows come out hangs on the order of the rows within a batch, which threads and spilled state do not keep. */
  readonly firstRows?: boolean;
  readonly answer: {
    readonly whole: GoldenRun;
    readonly resumed?: GoldenRun;
    /** Every batch failed once; where that is not as `whole`. */
    readonly crashed?: GoldenRun;
    readonly oneBatch?: GoldenRun;
    readonly batch?: { readonly rows?: readonly string[]; readonly error?: GoldenFailure };
    readonly resultSchema?: string;
  };
}

/** A run of a scenario: what it changes of the program, and how many files come before it (1 unless told). */
export type ScenarioStep = Partial<GoldenProgram> & {
  readonly files?: number;
  readonly filesPerTrigger?: number | null;
};

/** Runs one after the other on one checkpoint, with Spark's answer to each. */
export interface Scenario extends GoldenProgram {
  readonly name: string;
  readonly about: string;
  /** 1 unless told; null is no limit. */
  readonly filesPerTrigger?: number | null;
  readonly steps: readonly ScenarioStep[];
  readonly answer: readonly GoldenRun[];
}

const FIRST_FILE_SECONDS = 1_700_000_000;

/** All stored cases, by name. */
export function loadCases(): GoldenCase[] {
  const folder = join(import.meta.dirname, 'answers');
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .toSorted()
    .map((file) => ({ ...JSON.parse(readFileSync(join(folder, file), 'utf8')), name: file.slice(0, -'.json'.length) }));
}

/** All stored scenarios of a file, by name. */
export function loadScenarios(name: string): readonly Scenario[] {
  const path = join(import.meta.dirname, 'scenarios', `${name}.json`);
  return JSON.parse(readFileSync(path, 'utf8')) as readonly Scenario[];
}

/** The number of input files, one per batch, of the longest input. */
export function numFiles(golden: GoldenCase): number {
  return Math.max(...Object.values(golden.inputs).map((batches) => batches.length));
}

/** Writes file number `index` of every input below `folder`, each a minute younger than the one before. */
export function addFile(golden: Pick<GoldenProgram, 'inputs'>, folder: string, index: number): void {
  for (const [input, batches] of Object.entries(golden.inputs)) {
    mkdirSync(join(folder, input), { recursive: true });
    const found = batches[index];
    if (found === undefined) continue;
    const plain = { path: `batch-${String(index).padStart(4, '0')}.json`, minute: index };
    const file = isLines(found) ? { ...plain, lines: found } : found;
    const path = join(folder, input, file.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, Buffer.concat(file.lines.map(lineBytes)));
    const seconds = FIRST_FILE_SECONDS + file.minute * 60;
    utimesSync(path, seconds, seconds);
  }
}

function isLines(file: InputFile): file is readonly InputLine[] {
  return Array.isArray(file);
}

/** Writes all files of every input. */
export function addAllFiles(golden: GoldenCase, folder: string): void {
  for (let i = 0; i < numFiles(golden); i++) addFile(golden, folder, i);
}

function lineBytes(line: InputLine): Buffer {
  const bytes = typeof line === 'string' ? Buffer.from(line, 'utf8') : Buffer.from(line.base64, 'base64');
  return Buffer.concat([bytes, Buffer.from('\n')]);
}
