/**
 * Generates a decoder for one shape of records: straight code that compares names as 32-bit words, reads the wanted values in place and
 * skips the others. The body holds only generated identifiers and numbers; nothing of the user's text. Whatever the code does not expect
 * ends the run at that record, and a slower decoder decides. A field that is missing is a name that does not match: its column gets null.
 *
 * Fragments share these variables: b bytes, v their DataView, p position, r row, h JsonByteReader, c<i> ColumnBuffer, a<i> its array,
 * w<i> its validity, t<i>/m<i> its string cache and mask.
 */
import type { ColumnKind, JsonByteReader } from './json-byte-reader.ts';
import type { ColumnBuffer } from '../column-buffer.ts';
import type { RecordShape, SeenKind } from './json-shape.ts';

/** Decodes records from `position` until `end` or until row `limit`; answers where it stopped and leaves the row count in `run.row`. */
export type GeneratedDecoder = (
  bytes: Uint8Array,
  view: DataView,
  position: number,
  end: number,
  limit: number,
  run: DecoderRun,
) => number;

/** In: the next row. Out: the row behind the last one decoded. */
export interface DecoderRun {
  row: number;
}

const ARRAY_OF_KIND: Readonly<Record<Exclude<ColumnKind, 'other'>, keyof ColumnBuffer>> = {
  boolean: 'booleans',
  integer: 'ints',
  string: 'ints',
  double: 'doubles',
  long: 'longWords',
  timestamp: 'longWords',
};
const SPECIAL_BYTES =
  '(((x^0x22222222)-0x01010101&~(x^0x22222222))|((x^0x5c5c5c5c)-0x01010101&~(x^0x5c5c5c5c))|(x-0x20202020&~x))&0x80808080';
const MAX_DIGITS: Readonly<Record<string, number>> = { long: 15, integer: 9, short: 4, byte: 2 };

type DecoderFactory = (
  reader: JsonByteReader,
  columns: readonly ColumnBuffer[],
  powers: Float64Array,
) => GeneratedDecoder;

/** Compiled code by its text: the files of a stream share shape and schema, and so the code. */
const factories = new Map<string, DecoderFactory>();
const MAX_FACTORIES = 64;

/** The decoder for a shape, or undefined where code generation is forbidden. */
export function generateDecoder(shape: RecordShape, reader: JsonByteReader): GeneratedDecoder | undefined {
  const columns = reader.wanted.map((wanted) => wanted.column);
  const source = decoderSource(shape, reader);
  let factory = factories.get(source);
  if (factory === undefined) {
    try {
      // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- the body is made of generated identifiers and numbers only
      factory = new Function('h', 'k', 'P', source) as DecoderFactory;
    } catch {
      return undefined;
    }
    if (factories.size >= MAX_FACTORIES) factories.clear();
    factories.set(source, factory);
  }
  return factory(reader, columns, POWERS);
}

const POWERS = Float64Array.from({ length: 23 }, (_, exponent) => 10 ** exponent);

/** The text of the generated function; exported for the test that looks for foreign identifiers. */
export function decoderSource(shape: RecordShape, reader: JsonByteReader): string {
  const lines = [
    '"use strict";',
    'return function(b,v,position,end,limit,run){',
    'let r=run.row,s=position,p=0,x=0,z=0;',
  ];
  reader.wanted.forEach(({ kind }, i) => {
    lines.push(`const c${i}=k[${i}],w${i}=c${i}.validity;`);
    if (kind !== 'other') lines.push(`const a${i}=c${i}.${ARRAY_OF_KIND[kind]};`);
    if (kind === 'string') lines.push(`const t${i}=c${i}.slots,m${i}=c${i}.slotMask;`);
    if (kind === 'timestamp')
      lines.push(
        `let f${i}=c${i}.minuteWord0,g${i}=c${i}.minuteWord1,i${i}=c${i}.minuteWord2,j${i}=c${i}.minuteWord3,u${i}=c${i}.minuteUtcMs;`,
      );
  });
  lines.push('while(s<end&&r<limit){p=s;');
  const inShape = new Set<number>();
  shape.fields.forEach(({ lead, index, seenKind }, place) => {
    // The first name has the opening brace: without it nothing of the record is known.
    lines.push(
      place === 0 ? `if(!(${matches(lead)}))break;{p+=${lead.length};` : `if(${matches(lead)}){p+=${lead.length};`,
    );
    const wanted = reader.wanted[index];
    if (wanted === undefined) lines.push(skipCode(seenKind));
    else {
      inShape.add(index);
      lines.push(readCode(wanted.kind, wanted.column.type.kind, index));
      if (place > 0) lines.push(`}else{c${index}.setNull(r);`);
    }
    lines.push('}');
  });
  lines.push(`if(!(${matches(shape.tail)}))break;p+=${shape.tail.length};`);
  lines.push('if(b[p]===13)p++;if(b[p]!==10)break;');
  reader.wanted.forEach((_, i) => {
    if (!inShape.has(i)) lines.push(`c${i}.setNull(r);`);
  });
  lines.push('s=p+1;r++;}', 'run.row=r;return s;}');
  return lines.join('\n');
}

/** A condition that the bytes at p are `literal`. */
function matches(literal: Uint8Array): string {
  const conditions: string[] = [];
  const { length } = literal;
  const view = new DataView(literal.buffer, literal.byteOffset, length);
  if (length < 4) literal.forEach((code, i) => conditions.push(`b[p+${i}]===${code}`));
  else {
    for (let i = 0; i + 4 <= length; i += 4) conditions.push(`v.getInt32(p+${i},true)===${view.getInt32(i, true)}`);
    if (length % 4 !== 0) conditions.push(`v.getInt32(p+${length - 4},true)===${view.getInt32(length - 4, true)}`);
  }
  return conditions.length === 0 ? 'true' : conditions.join('&&');
}

/** Skips a value nobody wants. */
function skipCode(seenKind: SeenKind): string {
  const otherwise = 'p=h.skipValue(p);if(p<0)break;';
  switch (seenKind) {
    case 'string':
      return `if(b[p]===34){p++;for(;;){x=v.getInt32(p,true);z=${SPECIAL_BYTES};if(z!==0)break;p+=4;}
p+=(31-Math.clz32(z&-z))>>>3;if(b[p]===34)p++;else{p=h.skipString(p-1);if(p<0)break;}}else{${otherwise}}`;
    case 'number':
      return `{const q=p;let d=b[p];if(d>48&&d<58){do d=b[++p];while(d>47&&d<58);if(d===46||(d|32)===101||p-q>18){p=h.skipValue(q);if(p<0)break;}}else{${otherwise}}}`;
    case 'word':
      return `x=v.getInt32(p,true);if(x===0x65757274)p+=4;else if(x===0x736c6166&&b[p+4]===101)p+=5;else{${otherwise}}`;
    default:
      return otherwise;
  }
}

/** Reads the value of wanted column i. */
function readCode(kind: ColumnKind, type: string, i: number): string {
  const otherwise = `p=h.read(${i},p,r);if(p<0)break;`;
  switch (kind) {
    case 'string':
      return stringCode(i, otherwise);
    case 'timestamp':
      return timestampCode(i, otherwise);
    case 'boolean':
      return `x=v.getInt32(p,true);if(x===0x65757274){a${i}[r]=1;w${i}[r]=1;p+=4;}else if(x===0x736c6166&&b[p+4]===101){a${i}[r]=0;w${i}[r]=1;p+=5;}else{${otherwise}}`;
    case 'integer':
    case 'long':
      return integerCode(i, type, otherwise);
    case 'double':
      return doubleCode(i, otherwise);
    default:
      return otherwise;
  }
}

function stringCode(i: number, otherwise: string): string {
  return `if(b[p]!==34){${otherwise}}else{const q=p+1;let e=q,y=${0x9e3779b9 | 0};
for(;;){x=v.getInt32(e,true);z=${SPECIAL_BYTES};if(z!==0)break;y=Math.imul(y^x,0x85ebca6b);y^=y>>>15;e+=4;}
const n=(31-Math.clz32(z&-z))>>>3,o=e+n,l=o-q;
if(b[o]!==34){${otherwise}}else{const d=n===0?0:x&(0xffffffff>>>(32-8*n));y=Math.imul(y^d^l,0x85ebca6b);y^=y>>>13;
const g=(y&m${i})*8;let id=-1;
if(t${i}[g+1]===l&&t${i}[g+2]===y&&t${i}[g]!==0){let j=0,a=q;while(a<e&&t${i}[g+3+j]===v.getInt32(a,true)){a+=4;j++;}if(a===e&&(n===0||t${i}[g+3+j]===d))id=t${i}[g]-1;}
a${i}[r]=id>=0?id:c${i}.internCached(b,q,o,y);w${i}[r]=1;p=o+1;}}`;
}

/** \`"YYYY-MM-DDTHH:MM:SS.mmmZ"\` in place, other forms by the reader. */
function timestampCode(i: number, otherwise: string): string {
  return `{let q=0;const e=p+1;
if(b[p]===34&&b[p+17]===58&&b[p+20]===46&&b[p+24]===90&&b[p+25]===34){q=1;
if(v.getInt32(e,true)!==f${i}||v.getInt32(e+4,true)!==g${i}||v.getInt32(e+8,true)!==i${i}||v.getInt32(e+12,true)!==j${i}||u${i}!==u${i}){
if(h.learnMinute(c${i},e)){f${i}=c${i}.minuteWord0;g${i}=c${i}.minuteWord1;i${i}=c${i}.minuteWord2;j${i}=c${i}.minuteWord3;u${i}=c${i}.minuteUtcMs;}else q=0;}}
if(q===1){const d=b[p+18]-48,l=b[p+19]-48,n=b[p+21]-48,o=b[p+22]-48,y=b[p+23]-48;
if(d>=0&&d<6&&l>=0&&l<10&&n>=0&&n<10&&o>=0&&o<10&&y>=0&&y<10){const a=(u${i}+d*10000+l*1000+n*100+o*10+y)*1000,g=Math.floor(a/4294967296);
a${i}[2*r]=a-g*4294967296;a${i}[2*r+1]=g;w${i}[r]=1;p+=26;}else q=0;}
if(q===0){${otherwise}f${i}=c${i}.minuteWord0;g${i}=c${i}.minuteWord1;i${i}=c${i}.minuteWord2;j${i}=c${i}.minuteWord3;u${i}=c${i}.minuteUtcMs;}}`;
}

function integerCode(i: number, type: string, otherwise: string): string {
  const store =
    type === 'long' ? `const g=Math.floor(n/4294967296);a${i}[2*r]=n-g*4294967296;a${i}[2*r+1]=g;` : `a${i}[r]=n;`;
  return `{const q=p;let d=b[p],y=0;if(d===45){y=1;d=b[++p];}const e=p;
if(d>48&&d<58){let n=0;do{n=n*10+d-48;d=b[++p];}while(d>47&&d<58);
if(p-e>${MAX_DIGITS[type] ?? 2}||d===46||(d|32)===101){p=q;${otherwise}}else{if(y===1)n=-n;${store}w${i}[r]=1;}}else{p=q;${otherwise}}}`;
}

/** Up to 15 digits and an exponent of at most 22 are exact in one division; all else goes to the reader. */
function doubleCode(i: number, otherwise: string): string {
  return `{const q=p;let d=b[p],y=0,n=0,f=0;if(d===45){y=1;d=b[++p];}const e=p;
if(d>47&&d<58){do{n=n*10+d-48;d=b[++p];}while(d>47&&d<58);
let o=(b[e]===48&&p>e+1)?1:0;
if(d===46){const g=++p;d=b[p];while(d>47&&d<58){n=n*10+d-48;d=b[++p];}f=p-g;if(f===0)o=1;}
if(o===1||p-e>15||(d|32)===101||(n===0&&y===1)){p=q;${otherwise}}else{n=f===0?n:n/P[f];a${i}[r]=y===1?-n:n;w${i}[r]=1;}}else{p=q;${otherwise}}}`;
}
