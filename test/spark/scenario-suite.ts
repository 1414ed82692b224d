/**
 * Scenarios: runs one after the other on one checkpoint, with more files and sometimes a changed program, against the answers of a real
 * PySpark (scenarios/*.json, made by make-scenarios.py).
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { addFile, loadScenarios } from './golden-case.ts';
import type { GoldenRun, Scenario } from './golden-case.ts';
import { expectRun, inFolder, runStream } from './golden-run.ts';
import { SCENARIO_DIFFERENCES } from './scenario-differences.ts';

/** Declares a test for each stored scenario of a file. */
export function testScenarios(file: string): void {
  const scenarios = loadScenarios(file);
  test('every listed difference is of a stored scenario', () => {
    const names = new Set(scenarios.map(({ name }) => name));
    const listed = Object.keys(SCENARIO_DIFFERENCES[file] ?? {});
    expect(listed.filter((name) => !names.has(name))).toEqual([]);
  });
  test.for(scenarios.map((scenario) => [`${scenario.name}: ${scenario.about}`, scenario] as const))(
    '%s',
    async ([, scenario]) => {
      await runScenario(scenario, SCENARIO_DIFFERENCES[file]?.[scenario.name]?.amend(scenario) ?? scenario.answer);
    },
  );
}

async function runScenario(scenario: Scenario, answer: readonly GoldenRun[]): Promise<void> {
  await inFolder(async (folder) => {
    for (const input of Object.keys(scenario.inputs)) mkdirSync(join(folder, input), { recursive: true });
    let numAdded = 0;
    for (const [i, { files = 1, ...changes }] of scenario.steps.entries()) {
      for (let n = 0; n < files; n++) addFile(scenario, folder, numAdded++);
      const program = { ...scenario, ...changes };
      // oxlint-disable-next-line no-await-in-loop
      const outcome = await runStream(program, folder, { filesPerTrigger: limitOf(program.filesPerTrigger) });
      expectRun(program, outcome, answer[i] ?? {});
    }
  });
}

function limitOf(filesPerTrigger: number | null = 1): number | undefined {
  return filesPerTrigger ?? undefined;
}
