/**
 * Makes a reader that only goes forward into one of ranges: what it gave is kept until it is committed, so that a range is read from it
 * once; ranges of an earlier run are asked for again.
 */
import type { JsonValue } from '../source.ts';
import type { SimpleStreamReader, SourceRows, StreamReader } from './define-source.ts';

interface Piece {
  readonly start: string;
  readonly end: string;
  readonly rows: SourceRows;
}

interface Range {
  readonly start: JsonValue;
  readonly end: JsonValue;
  readonly [name: string]: JsonValue;
}

/** The same stream as a reader of ranges. */
export function simpleReader(reader: SimpleStreamReader): StreamReader<JsonValue, Range> {
  let pieces: Piece[] = [];
  return {
    initialOffset: () => reader.initialOffset(),
    latestOffset: async (start) => {
      const { rows, end } = await reader.read(start);
      const piece = { start: JSON.stringify(start), end: JSON.stringify(end), rows };
      if (piece.start !== piece.end) pieces.push(piece);
      return end;
    },
    partitions: (start, end) => [{ start, end }],
    read: ({ start, end }) => {
      const [from, to] = [JSON.stringify(start), JSON.stringify(end)];
      const kept = pieces.find((piece) => piece.start === from && piece.end === to);
      return kept === undefined ? reader.readBetweenOffsets(start, end) : kept.rows;
    },
    commit: async (end) => {
      const last = pieces.findIndex((piece) => piece.end === JSON.stringify(end));
      pieces = pieces.slice(last + 1);
      await reader.commit?.(end);
    },
    ...(reader.waitForData === undefined
      ? {}
      : { waitForData: async (start, timeoutMs, signal) => await reader.waitForData?.(start, timeoutMs, signal) }),
    stop: () => reader.stop?.(),
  };
}
