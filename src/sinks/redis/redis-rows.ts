/**
 * Rows as the commit script of the Redis sink reads them: per row its size behind that, the number of its parts, then each part with its length
 * before it, all as four bytes, big end first. A hash is its key, the number of fields to set, their names and values, then the fields to remove (nulls);
 * an entry of a stream its fields and values; an element of a sorted set its score and member.
 */
import type { ColumnBatch } from '../../types/column-batch.ts';
import type { SqlColumn } from '../../storage/jdbc/dialect.ts';
import type { StructType } from '../../types/data-type.ts';
import type { Value } from '../../types/vector.ts';
import type { RedisSinkOptions } from './redis-sink-options.ts';
import { Buffer } from 'node:buffer';
import { present } from '../../errors/assert.ts';
import { MillraceError } from '../../errors/millrace-error.ts';
import { jsonTextOfRow, jsonTextOfValue } from '../../types/json-text.ts';
import { plainText } from '../../types/value-text.ts';
import { valueAt } from '../../types/vector.ts';
import { tableLayout } from '../jdbc/table-layout.ts';

/** Chunks end with the row that reaches this size. */
const CHUNK_BYTES = 1 << 20;

type Part = string | Uint8Array;

/** Makes the chunks of a batch. */
export class RedisRows {
  readonly #options: RedisSinkOptions;
  readonly #columns: readonly SqlColumn[];
  readonly #schema: StructType;
  readonly #zone: string;
  #parts: Buffer[] = [];
  #sizeBytes = 0;
  numRows = 0;

  constructor(options: RedisSinkOptions, schema: StructType, zone: string) {
    this.#options = options;
    this.#schema = schema;
    this.#columns = tableLayout({ schema, keyColumns: options.keyColumns, declaredTypes: new Map() });
    this.#zone = zone;
  }

  /** Adds rows; gives the chunks that are full. */
  *add(batch: ColumnBatch): Generator<Buffer> {
    for (let row = 0; row < batch.numRows; row++) {
      this.#write(this.#partsOf(batch, row));
      this.numRows++;
      if (this.#sizeBytes >= CHUNK_BYTES) yield this.#taken();
    }
  }

  /** The last chunk; undefined when there is none. */
  rest(): Buffer | undefined {
    return this.#sizeBytes === 0 ? undefined : this.#taken();
  }

  #taken(): Buffer {
    const chunk = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#sizeBytes = 0;
    return chunk;
  }

  #write(parts: readonly Part[]): void {
    const buffers = parts.map((part) =>
      typeof part === 'string' ? Buffer.from(part) : Buffer.from(part.buffer, part.byteOffset, part.length),
    );
    const size = buffers.reduce((sum, { length }) => sum + 4 + length, 4);
    const row = Buffer.allocUnsafe(4 + size);
    row.writeUInt32BE(size, 0);
    row.writeUInt32BE(buffers.length, 4);
    let at = 8;
    for (const buffer of buffers) {
      row.writeUInt32BE(buffer.length, at);
      row.set(buffer, at + 4);
      at += 4 + buffer.length;
    }
    this.#parts.push(row);
    this.#sizeBytes += row.length;
  }

  #partsOf(batch: ColumnBatch, row: number): readonly Part[] {
    if (this.#options.dataType === 'sortedSet') return this.#element(batch, row);
    const set: Part[] = [];
    const removed: Part[] = [];
    const key: string[] = [this.#options.key];
    for (const column of this.#columns) {
      const value = this.#valueOf(batch, row, column);
      if (column.isKey) key.push(value === null ? '' : Buffer.from(value).toString());
      if (value === null) removed.push(column.name);
      else set.push(column.name, value);
    }
    if (this.#options.dataType === 'stream') return set.length > 0 ? set : ['', ''];
    return [key.join(':'), String(set.length), ...set, ...removed];
  }

  #element(batch: ColumnBatch, row: number): readonly Part[] {
    const { scoreColumn = '', memberColumn } = this.#options;
    const score = this.#named(batch, row, scoreColumn);
    const text = score === null ? 'NULL' : String(score);
    const isNumber = SCORES.has(text) || (text !== '' && Number.isFinite(Number(text)));
    if (!isNumber)
      throw new MillraceError('INCOMPATIBLE_SINK_TABLE', {
        tableName: this.#options.key,
        reason: `the column ${scoreColumn} has the score ${text}, which is no number`,
        tableColumns: 'score, member',
        rowColumns: this.#schema.fields.map(({ name }) => name).join(', '),
      });
    const zone = this.#zone;
    const member =
      memberColumn === undefined ? jsonTextOfRow(batch, row, { zone }) : this.#named(batch, row, memberColumn);
    return [SCORES.get(text) ?? text, member ?? ''];
  }

  #named(batch: ColumnBatch, row: number, name: string): Part | null {
    const column = this.#columns.find((one) => one.name === name && one.path.length === 1);
    return this.#valueOf(batch, row, present(column, 'a column of the schema'));
  }

  #valueOf(batch: ColumnBatch, row: number, { path, type, isJson }: SqlColumn): Part | null {
    const [index, child] = path;
    const whole = valueAt(present(batch.columns[index], 'a column per field'), row);
    const value = child === undefined || whole === null ? whole : ((whole as readonly (Value | null)[])[child] ?? null);
    if (value === null) return null;
    const declared = present(this.#schema.fields[index], 'a field per column').dataType;
    if (isJson) return jsonTextOfValue(value, declared, { zone: this.#zone });
    return type.kind === 'binary' ? (value as Uint8Array) : plainText(value, type, this.#zone);
  }
}

/** As Redis writes them. */
const SCORES: ReadonlyMap<string, string> = new Map([
  ['Infinity', 'inf'],
  ['-Infinity', '-inf'],
]);
