/**
 * A growing list of slots in one Int32Array: what a JavaScript array of numbers would be, without boxing and with a typed view.
 */
export class SlotList {
  #slots = new Int32Array(8);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(slot: number): void {
    if (this.#length === this.#slots.length) {
      const slots = new Int32Array(this.#length * 2);
      slots.set(this.#slots);
      this.#slots = slots;
    }
    this.#slots[this.#length++] = slot;
  }

  /** Adds slots at the end. */
  pushAll(slots: Int32Array): void {
    const length = this.#length + slots.length;
    if (length > this.#slots.length) {
      const grown = new Int32Array(Math.max(length, this.#length * 2));
      grown.set(this.#slots.subarray(0, this.#length));
      this.#slots = grown;
    }
    this.#slots.set(slots, this.#length);
    this.#length = length;
  }

  /** Takes the last slot; the list must not be empty. */
  pop(): number {
    this.#length--;
    return this.#slots[this.#length] as number;
  }

  /** The slots; valid until the list changes. */
  view(): Int32Array {
    return this.#slots.subarray(0, this.#length);
  }

  /** A list of these slots, which are copied. */
  static of(slots: Int32Array): SlotList {
    const list = new SlotList();
    list.pushAll(slots);
    return list;
  }

  /** Empties the list; a large one gives its memory back. */
  clear(): void {
    this.#length = 0;
    if (this.#slots.length > 1 << 20) this.#slots = new Int32Array(8);
  }
}
