/** Options of readers and writers: names in any letter case, values as text. */

export class OptionMap {
  readonly #values = new Map<string, string>();

  set(name: string, value: string | number | boolean): void {
    this.#values.set(name.toLowerCase(), String(value));
  }

  setAll(options: Readonly<Record<string, string | number | boolean>>): void {
    for (const [name, value] of Object.entries(options)) this.set(name, value);
  }

  get(name: string): string | undefined {
    return this.#values.get(name.toLowerCase());
  }

  /** A copy by lower-case name. */
  toMap(): ReadonlyMap<string, string> {
    return new Map(this.#values);
  }
}
