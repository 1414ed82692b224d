/** Results as a table for people and as JSON, with the machine they were measured on. */
import { mkdirSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { EngineResult } from './run-case.ts';

/** The results of one case. */
export interface CaseReport {
  readonly work: string;
  readonly label: string;
  readonly results: readonly EngineResult[];
}

/** What was measured where. */
export interface Report {
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGb: number;
    /** Average of the last minute, at the end: above 0 other work took part. */
    readonly load: number;
    readonly node: string;
    readonly date: string;
  };
  readonly numRounds: number;
  readonly cases: readonly CaseReport[];
}

export function reportOf(cases: readonly CaseReport[], numRounds: number): Report {
  const machine = {
    cpu: os.cpus()[0]?.model.trim() ?? '',
    cores: os.cpus().length,
    memoryGb: Math.round(os.totalmem() / 2 ** 30),
    load: Math.round((os.loadavg()[0] ?? 0) * 10) / 10,
    node: process.version,
    date: new Date().toISOString(),
  };
  return { machine, numRounds, cases };
}

/** The cases of a work as a Markdown table. */
export function tableOf(title: string, cases: readonly CaseReport[]): string {
  const names = [...new Set(cases.flatMap(({ results }) => results.flatMap(({ numbers }) => Object.keys(numbers))))];
  const head = ['case', 'engine', 'seconds', 'rows/s', '× millrace', ...names, 'answer'];
  const lines = cases.flatMap(({ label, results }) =>
    results.map((result) => [
      label,
      result.version === '' ? result.engine : `${result.engine} (${result.version})`,
      shown(result.seconds, 2),
      shown(result.rowsPerSecond, 0),
      shown(result.timesMillrace, 2),
      ...names.map((name) => shown(result.numbers[name], 2)),
      result.answer === undefined ? 'none' : result.isAnswerRight ? 'equal' : 'DIFFERS',
    ]),
  );
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [`## ${title}`, '', row(head), row(head.map(() => '---')), ...lines.map(row), ''].join('\n');
}

/** Writes the report as JSON. */
export function writeReport(report: Report, file: string): void {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
}

function shown(value: number | undefined, numDigits: number): string {
  if (value === undefined) return '';
  const factor = 10 ** numDigits;
  return String(Math.round(value * factor) / factor);
}
