/**
 * The contract between the harness, the works and the engines. A work is a list of cases; a case is one program with parameters, which
 * every engine that has the program runs in a process of its own. A program takes its parameters as JSON in its last argument and prints
 * its result as JSON in its last line.
 */

/** Up to so many rows the answer is also computed with plain loops. */
export const MAX_ORACLE_ROWS = 200_000;

/** What the command line asks for. */
export interface BenchOptions {
  /** Rows of the works that are measured by throughput. */
  readonly numRows: number;
  /** Small enough for a minute in all, no peers. */
  readonly isSmoke: boolean;
}

/** The programs there are; an engine has those it can run. */
export type ProgramName = 'seed' | 'high-cardinality' | 'files' | 'latency' | 'state' | 'group' | 'kafka';

export interface Case {
  readonly label: string;
  readonly program: ProgramName;
  /** Makes the input if needed; called right before the first run. */
  readonly parameters: () => Readonly<Record<string, unknown>>;
  /** For rows per second; absent where time does not depend on the speed of the engine. */
  readonly numRows?: number;
  /** Only ours: how we grow with size is no comparison. */
  readonly isOursOnly?: boolean;
  /** One run is enough, because it measures many times in itself. */
  readonly isSingleRound?: boolean;
  /** The right answer, where it can be had without an engine. Else the answers of all engines have to be equal. */
  readonly expected?: () => Pick<ProgramResult, 'answer' | 'outputFolder'>;
}

export interface Work {
  /** For `--only`. */
  readonly name: string;
  readonly title: string;
  cases(options: BenchOptions): readonly Case[];
}

/** What a program prints. */
export interface ProgramResult {
  readonly version: string;
  /** From the start of the query to its end, without the start of the process. */
  readonly seconds?: number;
  /** The answer, as texts in order; equal for all engines. */
  readonly answer?: readonly string[];
  /** A folder with the lines of the answer, compared as a whole whatever their order. */
  readonly outputFolder?: string;
  /** Whatever else was measured. */
  readonly numbers?: Readonly<Record<string, number>>;
}

/** A way to run programs: ourselves or a peer. */
export interface Engine {
  readonly name: string;
  readonly programs: readonly ProgramName[];
  /** Makes the engine ready to run; downloads into .cache/ on first use. Throws with what is missing. */
  install(): void;
  /** Command and arguments in front of the parameters. */
  command(program: ProgramName): readonly [command: string, ...args: string[]];
}
