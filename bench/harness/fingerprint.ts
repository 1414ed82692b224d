/** Fingerprints of answers: of a list of texts, or of all lines in the files of a folder whatever their order. */
import { createReadStream, readdirSync, rmSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { crc32 } from 'node:zlib';
import type { ProgramResult } from './work.ts';

/** What the answers of two engines are compared by; undefined when the program has none. Removes the output folder. */
export async function fingerprint({
  answer,
  outputFolder,
}: Pick<ProgramResult, 'answer' | 'outputFolder'>): Promise<string | undefined> {
  if (answer !== undefined) return createHash('sha256').update(answer.join('\n')).digest('hex').slice(0, 16);
  if (outputFolder === undefined) return undefined;
  const files = readdirSync(outputFolder, { recursive: true, encoding: 'utf8' }).filter(isDataFile);
  let numLines = 0;
  let sum = 0;
  let xor = 0;
  for (const file of files) {
    for await (const line of createInterface({ input: createReadStream(path.join(outputFolder, file)) })) {
      const checksum = crc32(line);
      numLines++;
      sum += checksum;
      xor ^= checksum;
    }
  }
  rmSync(outputFolder, { recursive: true, force: true });
  return `${numLines} lines ${sum.toString(16)} ${(xor >>> 0).toString(16)}`;
}

function isDataFile(file: string): boolean {
  return /\.(?:json|csv)$/.test(file) && !file.includes('_spark_metadata') && !path.basename(file).startsWith('.');
}
