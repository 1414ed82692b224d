/**
 * Frames of AWS's event stream (`application/vnd.amazon.eventstream`), writing only:
 *
 *     total length u32 · headers length u32 · CRC-32 of these 8 bytes · headers · payload · CRC-32 of all before
 *     header: name length u8 · name · 7 (a string follows) · value length u16 · value
 */
import { crc32 } from 'node:zlib';

const STRING_HEADER = 7;
const PRELUDE_BYTES = 12;
const CRC_BYTES = 4;

/** One event, its payload in JSON. */
export function eventFrame(eventType: string, payload: string): Uint8Array {
  return frame(
    { ':message-type': 'event', ':event-type': eventType, ':content-type': 'application/x-amz-json-1.1' },
    payload,
  );
}

/** An exception that ends the stream. */
export function exceptionFrame(exceptionType: string, message: string): Uint8Array {
  return frame(
    {
      ':message-type': 'exception',
      ':exception-type': exceptionType,
      ':content-type': 'application/x-amz-json-1.1',
    },
    JSON.stringify({ message }),
  );
}

function frame(headers: Readonly<Record<string, string>>, payload: string): Uint8Array {
  const parts = Object.entries(headers).flatMap(([name, value]) => {
    const valueLength = Buffer.alloc(2);
    valueLength.writeUInt16BE(Buffer.byteLength(value));
    return [
      Buffer.from([Buffer.byteLength(name)]),
      Buffer.from(name),
      Buffer.from([STRING_HEADER]),
      valueLength,
      Buffer.from(value),
    ];
  });
  const head = Buffer.concat(parts);
  const body = Buffer.from(payload);
  const bytes = Buffer.alloc(PRELUDE_BYTES + head.length + body.length + CRC_BYTES);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(head.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  head.copy(bytes, PRELUDE_BYTES);
  body.copy(bytes, PRELUDE_BYTES + head.length);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, bytes.length - CRC_BYTES)), bytes.length - CRC_BYTES);
  return bytes;
}
