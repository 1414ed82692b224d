/** The frame of an Avro file: magic, metadata with schema and codec, a mark, then blocks of records that each end with the mark. */
import { MillraceError } from '../../errors/millrace-error.ts';
import { AvroInput } from './avro-values.ts';

/** `Obj` and version 1. */
export const AVRO_MAGIC = Uint8Array.of(0x4f, 0x62, 0x6a, 1);
export const SYNC_BYTES = 16;
const MAX_HEADER_BYTES = 1 << 26;

export interface AvroHeader {
  readonly schema: string;
  readonly codec: string;
  readonly sync: Uint8Array;
  readonly sizeBytes: number;
}

/** The header at the beginning of a file; undefined when more bytes are needed. Throws DATA_CORRUPT. */
export function readAvroHeader(bytes: Uint8Array): AvroHeader | undefined {
  const known = Math.min(4, bytes.length);
  for (let i = 0; i < known; i++) if (bytes[i] !== AVRO_MAGIC[i]) throw corrupt('the first bytes are not Obj');
  const input = new AvroInput(bytes);
  const entries = new Map<string, Uint8Array>();
  try {
    input.skip(4);
    for (;;) {
      let count = input.int();
      if (count < 0) {
        count = -count;
        input.int();
      }
      if (count === 0) break;
      for (let i = 0; i < count; i++) {
        const key = input.range();
        const value = input.range();
        entries.set(text(bytes.subarray(key.start, key.end)), bytes.subarray(value.start, value.end));
      }
    }
    input.skip(SYNC_BYTES);
  } catch (error) {
    // It may go on in the next block of the file.
    if (bytes.length < MAX_HEADER_BYTES) return undefined;
    throw error;
  }
  const schema = entries.get('avro.schema');
  if (schema === undefined) throw corrupt('no schema');
  const codec = entries.get('avro.codec');
  const sizeBytes = input.position;
  return {
    schema: text(schema),
    codec: codec === undefined ? 'null' : text(codec),
    sync: bytes.slice(sizeBytes - SYNC_BYTES, sizeBytes),
    sizeBytes,
  };
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function corrupt(reason: string): MillraceError {
  return new MillraceError('DATA_CORRUPT', { what: 'an Avro file', reason });
}
