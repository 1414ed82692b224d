/** Runs a case: every engine in turn, round by round, in the same minutes; compares the answers and takes medians. */
import { startServers } from '../../test/servers/start-servers.ts';
import type { Case, Engine, ProgramResult } from './work.ts';
import { fingerprint } from './fingerprint.ts';
import { type TopicParameters, kafkaTopic, stopKafka } from './kafka-topic.ts';
import { type RecordParameters, withRecordServer } from './record-server.ts';
import { runProgram } from './run-program.ts';

/** One line of a table: what an engine did in a case. */
export interface EngineResult {
  readonly engine: string;
  readonly version: string;
  /** Median over the rounds. */
  readonly seconds?: number;
  readonly rowsPerSecond?: number;
  /** Time of this engine through the time of the first. */
  readonly timesMillrace?: number;
  /** Medians of whatever else was measured. */
  readonly numbers: Readonly<Record<string, number>>;
  readonly answer: string | undefined;
  readonly isAnswerRight: boolean;
}

/** The first engine is the one the others are compared with. */
export async function runCase(one: Case, engines: readonly Engine[], numRounds: number): Promise<EngineResult[]> {
  const taking = engines
    .filter(({ programs }) => programs.includes(one.program))
    .slice(0, one.isOursOnly === true ? 1 : undefined);
  const runs = new Map<string, Run[]>(taking.map(({ name }) => [name, []]));
  for (let round = 0; round < (one.isSingleRound === true ? 1 : numRounds); round++) {
    for (const engine of taking) {
      const result = await runWithServers(one, engine);
      runs.get(engine.name)?.push({ result, answer: await fingerprint(result) });
      process.stderr.write(`  ${one.label}, round ${round + 1}, ${engine.name}: ${described(result)}\n`);
    }
  }
  const expected = one.expected === undefined ? undefined : await fingerprint(one.expected());
  const reference = expected ?? [...runs.values()][0]?.[0]?.answer;
  const ours = median([...runs.values()][0]?.map(({ result }) => result.seconds) ?? []);
  return [...runs].map(([engine, list]) => resultOf(engine, list, { reference, ours, numRows: one.numRows }));
}

interface Run {
  readonly result: ProgramResult;
  readonly answer: string | undefined;
}

function resultOf(
  engine: string,
  runs: readonly Run[],
  {
    reference,
    ours,
    numRows,
  }: {
    readonly reference: string | undefined;
    readonly ours: number | undefined;
    readonly numRows: number | undefined;
  },
): EngineResult {
  const seconds = median(runs.map(({ result }) => result.seconds));
  const names = Object.keys(runs[0]?.result.numbers ?? {});
  const numbers = names.map(
    (name) => [name, median(runs.map(({ result }) => result.numbers?.[name])) ?? Number.NaN] as const,
  );
  return {
    engine,
    version: runs[0]?.result.version ?? '',
    ...(seconds === undefined ? {} : { seconds }),
    ...(seconds === undefined || numRows === undefined ? {} : { rowsPerSecond: Math.round(numRows / seconds) }),
    ...(seconds === undefined || ours === undefined ? {} : { timesMillrace: seconds / ours }),
    numbers: Object.fromEntries(numbers),
    answer: runs[0]?.answer,
    isAnswerRight: runs.every(({ answer }) => answer === reference),
  };
}

/** Starts what the parameters ask for: a producer for a socket, a Redis for `redis` as checkpoint. */
async function runWithServers(one: Case, engine: Engine): Promise<ProgramResult> {
  const parameters = one.parameters();
  const checkpoint = parameters['checkpoint'];
  if (parameters['source'] === 'socket')
    return withRecordServer(parameters as unknown as RecordParameters, (port) =>
      runProgram(engine, one.program, { ...parameters, port }),
    );
  if (parameters['source'] === 'kafka')
    return runProgram(engine, one.program, {
      ...parameters,
      ...(await kafkaTopic(parameters as unknown as TopicParameters)),
    });
  if (typeof checkpoint !== 'string' || !checkpoint.startsWith('redis'))
    return runProgram(engine, one.program, parameters);
  const url = await redisUrl();
  return runProgram(engine, one.program, { ...parameters, checkpoint: url + checkpoint.slice('redis'.length) });
}

let redis: ReturnType<typeof startServers> | undefined;

async function redisUrl(): Promise<string> {
  redis ??= startServers(['MILLRACE_TEST_REDIS']);
  return (await redis).addresses.MILLRACE_TEST_REDIS ?? '';
}

/** Ends the servers that cases have started. */
export async function stopServers(): Promise<void> {
  if (redis !== undefined) await (await redis).stop();
  await stopKafka();
}

function described({ seconds, numbers }: ProgramResult): string {
  const others = Object.entries(numbers ?? {}).map(([name, value]) => `${name} ${value}`);
  return [...(seconds === undefined ? [] : [`${seconds.toFixed(2)} s`]), ...others].join(', ');
}

function median(values: readonly (number | undefined)[]): number | undefined {
  const known = values.filter((value) => value !== undefined).toSorted((a, b) => a - b);
  return known[Math.floor(known.length / 2)];
}
