/**
 * Text files in other encodings: their bytes become UTF-8 before a decoder of this folder sees them. Names are those of the option `encoding` (or
 * `charset`), in any letter case; what an encoding does not have becomes U+FFFD.
 */
import type { ColumnBatch } from '../types/column-batch.ts';
import type { Decoder, Encoder, FormatOptions, SchemaInferrer } from './format.ts';
import { Buffer } from 'node:buffer';
import { MillraceError } from '../errors/millrace-error.ts';
import { optionText } from '../types/options.ts';

/** Names of Java by those of the Encoding Standard. */
const LABELS: ReadonlyMap<string, string> = new Map([
  ['utf-16le', 'utf-16le'],
  ['utf-16be', 'utf-16be'],
  ['windows-1250', 'windows-1250'],
  ['windows-1251', 'windows-1251'],
  ['windows-1252', 'windows-1252'],
  ['cp1252', 'windows-1252'],
  ['iso-8859-2', 'iso-8859-2'],
  ['iso-8859-15', 'iso-8859-15'],
  ['koi8-r', 'koi8-r'],
  ['shift_jis', 'shift_jis'],
  ['euc-jp', 'euc-jp'],
  ['euc-kr', 'euc-kr'],
  ['gbk', 'gbk'],
  ['gb18030', 'gb18030'],
  ['big5', 'big5'],
]);

type Transcode = (block: Uint8Array, isLast: boolean) => Uint8Array;

const EMPTY = new Uint8Array(0);

/** The encoding of the files; undefined for UTF-8. */
export function encodingOf(options: FormatOptions): string | undefined {
  const name = (optionText(options, 'encoding') ?? optionText(options, 'charset') ?? 'utf-8').toLowerCase();
  return name === 'utf-8' || name === 'utf8' ? undefined : name;
}

/** Whether files in this encoding can be read. */
export function isKnownEncoding(name: string): boolean {
  return LABELS.has(name) || /^(utf-16|iso-8859-1|latin1|us-ascii|ascii)$/.test(name);
}

/** The decoder behind one that turns the bytes of the option's encoding into UTF-8. */
export function transcoded(options: FormatOptions, decoder: Decoder): Decoder {
  const encoding = encodingOf(options);
  if (encoding === undefined) return decoder;
  const transcode = transcoderOf(encoding);
  return {
    push: (block): ColumnBatch[] => decoder.push(transcode(block, false)),
    finish: () => [...decoder.push(transcode(EMPTY, true)), ...decoder.finish()],
  };
}

/** As `transcoded`, of an inferrer, which begins anew with each file. */
export function transcodedInferrer(options: FormatOptions, inferrer: SchemaInferrer): SchemaInferrer {
  const encoding = encodingOf(options);
  if (encoding === undefined) return inferrer;
  let transcode = transcoderOf(encoding);
  return {
    push: (block) => inferrer.push(transcode(block, false)),
    endOfFile: () => {
      inferrer.push(transcode(EMPTY, true));
      inferrer.endOfFile();
      transcode = transcoderOf(encoding);
    },
    finish: () => inferrer.finish(),
  };
}

/** The encoder before one that turns its UTF-8 into the option's encoding. */
export function transcodedEncoder(options: FormatOptions, encoder: Encoder): Encoder {
  const encoding = encodingOf(options);
  if (encoding === undefined) return encoder;
  const write = writerOf(encoding);
  return {
    header: () => Buffer.concat([encoding === 'utf-16' ? Uint8Array.of(0xfe, 0xff) : EMPTY, write(encoder.header())]),
    encode: (batch) => write(encoder.encode(batch)),
    footer: () => write(encoder.footer()),
  };
}

function writerOf(encoding: string): (bytes: Uint8Array) => Uint8Array {
  const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString();
  switch (encoding) {
    case 'iso-8859-1':
    case 'latin1':
      return (bytes) => Buffer.from(textOf(bytes).replaceAll(/[^\0-\xff]/gu, '?'), 'latin1');
    case 'us-ascii':
    case 'ascii':
      return (bytes) => Buffer.from(textOf(bytes).replaceAll(/[^\0-\x7f]/gu, '?'), 'latin1');
    case 'utf-16le':
      return (bytes) => Buffer.from(textOf(bytes), 'utf16le');
    case 'utf-16':
    case 'utf-16be':
      return (bytes) => Buffer.from(textOf(bytes), 'utf16le').swap16();
    default:
      throw new MillraceError('UNSUPPORTED_FEATURE', { feature: `Writing files in the encoding ${encoding}` });
  }
}

function transcoderOf(encoding: string): Transcode {
  switch (encoding) {
    case 'iso-8859-1':
    case 'latin1':
      return (block) => Buffer.from(Buffer.from(block.buffer, block.byteOffset, block.length).toString('latin1'));
    case 'us-ascii':
    case 'ascii':
      return (block) => {
        const text = Buffer.from(block.buffer, block.byteOffset, block.length).toString('latin1');
        return Buffer.from(text.replaceAll(/[\u0080-\u00ff]/g, '\ufffd'));
      };
    case 'utf-16':
      return markedUtf16();
    default: {
      const decoder = new TextDecoder(LABELS.get(encoding) ?? encoding, { ignoreBOM: true });
      return (block, isLast) => Buffer.from(decoder.decode(block, { stream: !isLast }));
    }
  }
}

/** UTF-16 with the mark that says its order; without one the high byte comes first, as in Java. */
function markedUtf16(): Transcode {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let first: Uint8Array = EMPTY;
  return (block, isLast) => {
    if (decoder !== undefined) return Buffer.from(decoder.decode(block, { stream: !isLast }));
    first = Buffer.concat([first, block]);
    if (first.length < 2 && !isLast) return EMPTY;
    const isLittle = first[0] === 0xff && first[1] === 0xfe;
    decoder = new TextDecoder(isLittle ? 'utf-16le' : 'utf-16be');
    return Buffer.from(decoder.decode(first, { stream: !isLast }));
  };
}
