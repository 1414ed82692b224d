/**
 * A KLL sketch of quantiles: values by level, one of level i standing for 2^i. While no more than `k` came all are kept and quantiles are
 * exact; then levels that are full are sorted and every second value goes up. Bytes as of Apache DataSketches (family 15): length of the head,
 * version, family, flags, k at 4, m at 6; the number of values at 8, the least k at 16, the number of levels at 18, where levels begin from 20,
 * the least and the greatest value, the values; little end. A sketch of one value has only that at 8.
 */

const FAMILY = 15;
const M = 8;
const HEAD_BYTES = 20;
const FLAG = { empty: 1, sorted: 2, single: 4 };

/** How values are written. */
export interface KllItems<T> {
  readonly bytes: number;
  readonly read: (view: DataView, at: number) => T;
  readonly write: (view: DataView, at: number, item: T) => void;
  readonly compare: (left: T, right: T) => number;
}

/** The values a level may have, of so many levels. */
function capacityOf(k: number, numLevels: number, level: number): number {
  const depth = numLevels - level - 1;
  return Math.max(M, Math.floor((Math.floor((2 * k * 2 ** depth) / 3 ** depth) + 1) / 2));
}

export class KllSketch<T> {
  readonly k: number;
  readonly #items: KllItems<T>;
  /** Level 0 has the latest value first. */
  #levels: T[][] = [[]];
  #count = 0;
  #least: T | undefined;
  #greatest: T | undefined;
  #leastK: number;
  /** Whether the odd or the even values go up next; alternates. */
  #side = 0;

  constructor(k: number, items: KllItems<T>) {
    this.k = k;
    this.#leastK = k;
    this.#items = items;
  }

  get count(): number {
    return this.#count;
  }

  add(item: T): void {
    this.#widen(item, item);
    this.#levels[0]?.unshift(item);
    this.#count += 1;
    this.#compact();
  }

  merge(other: KllSketch<T>): void {
    if (other.#least === undefined || other.#greatest === undefined) return;
    this.#widen(other.#least, other.#greatest);
    const { compare } = this.#items;
    other.#levels.forEach((level, i) => {
      const known = this.#levels[i] ?? [];
      this.#levels[i] = i === 0 ? [...level, ...known] : [...known, ...level].toSorted(compare);
    });
    this.#count += other.#count;
    if (other.#levels.length > 1) this.#leastK = Math.min(this.#leastK, other.#leastK);
    this.#compact();
  }

  /** The share of values that are not greater; NaN for no values. */
  rank(item: T): number {
    let weight = 0;
    this.#levels.forEach((level, i) => {
      for (const one of level) if (this.#items.compare(one, item) <= 0) weight += 2 ** i;
    });
    return weight / this.#count;
  }

  /** The least value whose rank is not less; undefined for no values. */
  quantile(rank: number): T | undefined {
    const weighted = this.#levels.flatMap((level, i) => level.map((item) => ({ item, weight: 2 ** i })));
    weighted.sort((a, b) => this.#items.compare(a.item, b.item));
    const wanted = Math.ceil(rank * this.#count);
    let weight = 0;
    for (const one of weighted) {
      weight += one.weight;
      if (weight >= wanted) return one.item;
    }
    return weighted.at(-1)?.item;
  }

  /** What it is, in words; `kind` names the type of the values and `print` writes them. */
  summary(kind: string, print: (item: T) => string): string {
    const numLevels = this.#levels.length;
    const retained = this.#levels.reduce((sum, level) => sum + level.length, 0);
    const capacity = this.#levels.reduce((sum, _, i) => sum + capacityOf(this.k, numLevels, i), 0);
    const percent = (factor: number, power: number): string =>
      `${((100 * factor) / this.#leastK ** power).toFixed(3)}%`;
    const bound = (item: T | undefined): string => (item === undefined ? 'NaN' : print(item));
    const updatable = HEAD_BYTES + (numLevels + 1) * 4 + (2 + capacity) * this.#items.bytes;
    const lines: readonly (readonly [string, unknown])[] = [
      ['K', this.k],
      ['Dynamic min K', this.#leastK],
      ['M', M],
      ['N', this.#count],
      ['Epsilon', percent(2.296, 0.9723)],
      ['Epsilon PMF', percent(2.446, 0.9433)],
      ['Empty', this.#count === 0],
      ['Estimation Mode', numLevels > 1],
      ['Levels', numLevels],
      ['Level 0 Sorted', false],
      ['Capacity Items', capacity],
      ['Retained Items', retained],
      ['Empty Garbage Items', capacity - retained],
      ['ReadOnly', 'false'],
      ['Updatable Storage Bytes', updatable],
      ['Compact Storage Bytes', this.toBytes().length],
      ['Min Item', bound(this.#least)],
      ['Max Item', bound(this.#greatest)],
    ];
    const body = lines.map(([name, value]) => `   ${name.padEnd(23)}: ${String(value)}\n`).join('');
    return `\n### Kll${kind}Sketch Summary:\n${body}### End sketch summary\n`;
  }

  toBytes(): Uint8Array {
    const { bytes: size, write } = this.#items;
    const items = this.#levels.flat();
    const head = (words: number, version: number, flags: number): number[] => [
      words,
      version,
      FAMILY,
      flags,
      this.k & 0xff,
      this.k >> 8,
      M,
      0,
    ];
    if (this.#count === 0) return Uint8Array.from(head(2, 1, FLAG.empty));
    if (this.#count === 1) {
      const bytes = new Uint8Array(8 + size);
      bytes.set(head(2, 2, FLAG.single));
      write(new DataView(bytes.buffer), 8, items[0] as T);
      return bytes;
    }
    const numLevels = this.#levels.length;
    const bytes = new Uint8Array(HEAD_BYTES + numLevels * 4 + (2 + items.length) * size);
    const view = new DataView(bytes.buffer);
    bytes.set(head(5, 1, 0));
    view.setBigInt64(8, BigInt(this.#count), true);
    view.setUint16(16, this.#leastK, true);
    bytes[18] = numLevels;
    const capacity = this.#levels.reduce((sum, _, i) => sum + capacityOf(this.k, numLevels, i), 0);
    let place = capacity - items.length;
    this.#levels.forEach((level, i) => {
      view.setInt32(HEAD_BYTES + i * 4, place, true);
      place += level.length;
    });
    const start = HEAD_BYTES + numLevels * 4;
    [this.#least as T, this.#greatest as T, ...items].forEach((item, i) => write(view, start + i * size, item));
    return bytes;
  }

  /** The sketch of bytes; undefined where they are of none. */
  static fromBytes<T>(bytes: Uint8Array, items: KllItems<T>): KllSketch<T> | undefined {
    const [, , family, flags = 0, low = 0, high = 0] = bytes;
    if (bytes.length < 8 || family !== FAMILY) return undefined;
    const sketch = new KllSketch<T>(low + high * 256, items);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    if ((flags & FLAG.empty) !== 0) return sketch;
    if ((flags & FLAG.single) !== 0) {
      if (bytes.length < 8 + items.bytes) return undefined;
      sketch.add(items.read(view, 8));
      return sketch;
    }
    const numLevels = bytes[18] ?? 0;
    const start = HEAD_BYTES + numLevels * 4;
    if (numLevels === 0 || bytes.length < start + 2 * items.bytes) return undefined;
    sketch.#count = Number(view.getBigInt64(8, true));
    sketch.#leastK = view.getUint16(16, true);
    sketch.#least = items.read(view, start);
    sketch.#greatest = items.read(view, start + items.bytes);
    const places = Array.from({ length: numLevels }, (_, i) => view.getInt32(HEAD_BYTES + i * 4, true));
    const first = places[0] as number;
    const total = Math.floor((bytes.length - start) / items.bytes) - 2;
    sketch.#levels = places.map((place, i) =>
      Array.from({ length: (places[i + 1] ?? first + total) - place }, (_, j) =>
        items.read(view, start + (2 + place - first + j) * items.bytes),
      ),
    );
    return sketch;
  }

  #widen(least: T, greatest: T): void {
    const { compare } = this.#items;
    if (this.#least === undefined || compare(least, this.#least) < 0) this.#least = least;
    if (this.#greatest === undefined || compare(greatest, this.#greatest) > 0) this.#greatest = greatest;
  }

  /** Makes room: half of the lowest full level goes up, until all levels together have no more than they may. */
  #compact(): void {
    const { compare } = this.#items;
    for (;;) {
      const numLevels = this.#levels.length;
      const capacity = this.#levels.reduce((sum, _, i) => sum + capacityOf(this.k, numLevels, i), 0);
      const retained = this.#levels.reduce((sum, level) => sum + level.length, 0);
      if (retained <= capacity) return;
      const full = this.#levels.findIndex((level, i) => level.length >= capacityOf(this.k, numLevels, i));
      const sorted = (this.#levels[full] ?? []).toSorted(compare);
      const odd = sorted.length % 2 === 1 ? sorted.splice(0, 1) : [];
      this.#side = 1 - this.#side;
      const raised = sorted.filter((_, i) => i % 2 === this.#side);
      this.#levels[full] = odd;
      this.#levels[full + 1] = [...(this.#levels[full + 1] ?? []), ...raised].toSorted(compare);
    }
  }
}
