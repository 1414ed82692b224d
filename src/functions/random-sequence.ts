/** Random numbers that follow from a seed alone (xorshift128 over 32-bit words, seeded by splitmix32). Not for secrets. */
export class RandomSequence {
  readonly #state = new Uint32Array(4);

  constructor(seed: number) {
    let mix = seed >>> 0;
    for (let i = 0; i < 4; i++) {
      mix = (mix + 0x9e3779b9) >>> 0;
      let word = mix;
      word = Math.imul(word ^ (word >>> 16), 0x21f0aaad);
      word = Math.imul(word ^ (word >>> 15), 0x735a2d97);
      this.#state[i] = word ^ (word >>> 15);
    }
  }

  /** A number from 0 to below 1 with 53 random bits. */
  next(): number {
    return ((this.#word() >>> 5) * 67_108_864 + (this.#word() >>> 6)) / 9_007_199_254_740_992;
  }

  /** A number of the standard normal distribution. */
  nextNormal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  /** A UUID of version 4. */
  nextUuid(): string {
    const hex = Array.from({ length: 4 }, () => this.#word().toString(16).padStart(8, '0')).join('');
    const variant = ((Number.parseInt(hex.charAt(16), 16) & 3) | 8).toString(16);
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
  }

  #word(): number {
    const state = this.#state;
    let last = state[3] as number;
    const first = state[0] as number;
    state[3] = state[2] as number;
    state[2] = state[1] as number;
    state[1] = first;
    last ^= last << 11;
    last ^= last >>> 8;
    state[0] = last ^ first ^ (first >>> 19);
    return state[0];
  }
}
