/**
 * `millrace sql`: statements from the command line, a file or standard input, one after the other. Rows go to standard output. A SELECT over
 * a stream, and queries that statements have started, run until they end or Ctrl-C drains them.
 */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import type { DataFrame } from '../../api/data-frame.ts';
import { MillraceSession } from '../../api/session.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { splitStatements } from '../../sql/split-statements.ts';
import { keyValues } from '../key-values.ts';
import { untilSignal } from '../signals.ts';

export interface SqlCommandOptions {
  readonly execute?: string;
  readonly file?: string;
  readonly set: readonly string[];
  readonly json?: boolean;
}

const PROMPT = 'millrace> ';
const PROMPT_GOING_ON = '       -> ';
/** Rows of a printed table; with --json all rows are printed. */
const MAX_TABLE_ROWS = 1000;

export async function runSql(options: SqlCommandOptions): Promise<void> {
  const builder = MillraceSession.builder().appName('millrace sql');
  for (const [name, value] of Object.entries(keyValues(options.set, 'set', 'millrace sql')))
    builder.config(name, value);
  const session = builder.getOrCreate();
  try {
    const isTyped = options.execute === undefined && options.file === undefined && process.stdin.isTTY;
    for await (const statement of statementsOf(options)) {
      const done = runStatement(session, statement, options.json === true);
      // A script ends with its first error; who types reads it and goes on.
      await (isTyped ? done.catch((error: unknown) => process.stderr.write(`${String(error)}\n`)) : done);
    }
    await drained(session);
  } finally {
    await session.stop();
  }
}

async function* statementsOf({ execute, file }: SqlCommandOptions): AsyncGenerator<string> {
  if (execute === undefined && file === undefined) {
    yield* typedStatements();
    return;
  }
  const { statements, rest } = splitStatements(execute ?? (await readFile(file ?? '', 'utf8')));
  yield* statements;
  if (rest !== '') yield rest;
}

/** The statements of standard input, each as soon as its `;` has come. Prompts only where a person types. */
async function* typedStatements(): AsyncGenerator<string> {
  const isTyped = process.stdin.isTTY;
  const lines = createInterface({ input: process.stdin, output: process.stderr, terminal: isTyped });
  const prompt = (text: string): void => {
    if (!isTyped) return;
    lines.setPrompt(text);
    lines.prompt();
  };
  let pending = '';
  prompt(PROMPT);
  for await (const line of lines) {
    pending += `${line}\n`;
    const { statements, rest } = splitStatements(pending);
    if (statements.length > 0) {
      yield* statements;
      pending = rest === '' ? '' : `${rest}\n`;
    }
    prompt(pending.trim() === '' ? PROMPT : PROMPT_GOING_ON);
  }
  const { rest } = splitStatements(pending);
  if (rest !== '') yield rest;
}

async function runStatement(session: MillraceSession, statement: string, isJson: boolean): Promise<void> {
  const answer = session.sql(statement);
  if (answer.isStreaming) {
    await startPrinting(answer, isJson);
    return;
  }
  if (isJson) {
    for (const line of await answer.toJSON().collect()) process.stdout.write(`${line}\n`);
    return;
  }
  if (hasColumns(answer)) await answer.show(MAX_TABLE_ROWS, false);
  else await answer.collect();
}

/** False for a statement whose answer is empty. Where the columns are not known before the first action, there are some. */
function hasColumns(answer: DataFrame): boolean {
  try {
    return answer.columns.length > 0;
  } catch (error) {
    if (error instanceof MillraceError && error.condition === 'SCHEMA_NOT_INFERRED_YET') return true;
    throw error;
  }
}

/** A stream is printed as its batches come. */
async function startPrinting(answer: DataFrame, isJson: boolean): Promise<void> {
  const writer = answer.writeStream.outputMode('update');
  if (!isJson) {
    await writer.format('console').start();
    return;
  }
  await writer
    .foreachBatch(async (batch) => {
      for (const line of await batch.toJSON().collect()) process.stdout.write(`${line}\n`);
    })
    .start();
}

/** Resolves when all started queries have ended, or when the user asks for the end; fails when a query does. */
async function drained(session: MillraceSession): Promise<void> {
  const { active } = session.streams;
  if (active.length === 0) return;
  await Promise.race([untilSignal(), Promise.all(active.map((query) => query.awaitTermination()))]);
}
