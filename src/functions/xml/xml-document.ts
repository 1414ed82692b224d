/**
 * XML text as a tree, for XPath: elements, attributes, text, comments. Names keep their prefixes; of the DTD only entities Java knows without
 * one are taken, and no external ones ever. Depth and size are bounded by the text.
 */

/** A node; the root has the kind `root` and no name. */
export interface XmlNode {
  readonly kind: 'root' | 'element' | 'attribute' | 'text' | 'comment';
  readonly name: string;
  /** Of texts, comments and attributes. */
  readonly value: string;
  readonly parent: XmlNode | undefined;
  readonly children: XmlNode[];
  readonly attributes: XmlNode[];
  /** Its place in the order of the document. */
  readonly order: number;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
const NAME = /[:A-Z_a-z\u00C0-\uFFFD][-.:\w\u00B7\u00C0-\uFFFD]*/y;
const MAX_DEPTH = 4096;

/** The document of a text; undefined where it is not well-formed. */
export function parseXml(text: string): XmlNode | undefined {
  return new Reader(text).document();
}

class Reader {
  readonly #text: string;
  #at = 0;
  #order = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): XmlNode | undefined {
    const root = this.#node('root', undefined, '', '');
    let open: XmlNode = root;
    let depth = 0;
    if (this.#text.startsWith('<?xml') && !this.#skipTo('?>')) return undefined;
    while (this.#at < this.#text.length) {
      if (this.#text[this.#at] !== '<') {
        if (!this.#readText(open)) return undefined;
      } else if (this.#starts('</')) {
        const name = this.#name();
        this.#space();
        if (open.kind === 'root' || name !== open.name || !this.#starts('>')) return undefined;
        open = open.parent ?? root;
        depth -= 1;
      } else if (
        this.#starts('<!--') ||
        this.#starts('<![CDATA[') ||
        this.#text.startsWith('<!', this.#at) ||
        this.#text.startsWith('<?', this.#at)
      ) {
        if (!this.#readSpecial(open)) return undefined;
      } else {
        if (open.kind === 'root' && root.children.some(({ kind }) => kind === 'element')) return undefined;
        const element = this.#readElement(open);
        if (element === undefined || depth >= MAX_DEPTH) return undefined;
        if (element !== 'closed') [open, depth] = [element, depth + 1];
      }
    }
    return open === root && root.children.some(({ kind }) => kind === 'element') ? root : undefined;
  }

  #node(kind: XmlNode['kind'], parent: XmlNode | undefined, name: string, value: string): XmlNode {
    return { kind, name, value, parent, children: [], attributes: [], order: this.#order++ };
  }

  #starts(part: string): boolean {
    if (!this.#text.startsWith(part, this.#at)) return false;
    this.#at += part.length;
    return true;
  }

  #skipTo(part: string): boolean {
    const end = this.#text.indexOf(part, this.#at);
    if (end >= 0) this.#at = end + part.length;
    return end >= 0;
  }

  #space(): void {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at += 1;
  }

  #name(): string | undefined {
    NAME.lastIndex = this.#at;
    const found = NAME.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  #readText(open: XmlNode): boolean {
    const next = this.#text.indexOf('<', this.#at);
    const end = next < 0 ? this.#text.length : next;
    const value = this.#decoded(this.#text.slice(this.#at, end));
    this.#at = end;
    if (open.kind === 'root') return value !== undefined && value.trim() === '';
    if (value !== undefined) this.#addText(open, value);
    return value !== undefined;
  }

  /** Neighbouring texts are one. */
  #addText(open: XmlNode, value: string): void {
    const last = open.children.at(-1);
    if (last?.kind === 'text') open.children[open.children.length - 1] = { ...last, value: last.value + value };
    else open.children.push(this.#node('text', open, '', value));
  }

  /** Comments, CDATA, processing instructions and the DTD. */
  #readSpecial(open: XmlNode): boolean {
    const start = this.#at;
    const before = this.#text.slice(Math.max(0, start - 9), start);
    if (before.endsWith('<!--')) {
      if (!this.#skipTo('-->')) return false;
      open.children.push(this.#node('comment', open, '', this.#text.slice(start, this.#at - 3)));
      return true;
    }
    if (before.endsWith('<![CDATA[')) {
      if (!this.#skipTo(']]>') || open.kind === 'root') return false;
      this.#addText(open, this.#text.slice(start, this.#at - 3));
      return true;
    }
    return this.#skipTo(this.#text.startsWith('<?', start) ? '?>' : '>');
  }

  #readElement(open: XmlNode): XmlNode | 'closed' | undefined {
    this.#at += 1;
    const name = this.#name();
    if (name === undefined) return undefined;
    const element = this.#node('element', open, name, '');
    open.children.push(element);
    for (;;) {
      this.#space();
      if (this.#starts('/>')) return 'closed';
      if (this.#starts('>')) return element;
      const attribute = this.#name();
      this.#space();
      if (attribute === undefined || !this.#starts('=')) return undefined;
      this.#space();
      const quote = this.#text[this.#at];
      const end = quote === '"' || quote === "'" ? this.#text.indexOf(quote, this.#at + 1) : -1;
      const value = end < 0 ? undefined : this.#decoded(this.#text.slice(this.#at + 1, end));
      if (value === undefined || element.attributes.some((one) => one.name === attribute)) return undefined;
      this.#at = end + 1;
      element.attributes.push(this.#node('attribute', element, attribute, value));
    }
  }

  #decoded(text: string): string | undefined {
    if (!text.includes('&')) return text.replaceAll('\r\n', '\n');
    let isKnown = true;
    const decoded = text.replaceAll(
      /&(?:#x([0-9a-fA-F]+);|#(\d+);|(\w+);)?/g,
      (_, hex?: string, digits?: string, name?: string) => {
        const code = hex === undefined ? Number(digits ?? Number.NaN) : Number.parseInt(hex, 16);
        if (code <= 0x10ffff) return String.fromCodePoint(code);
        const entity = ENTITIES[name ?? ''];
        if (entity === undefined) isKnown = false;
        return entity ?? '';
      },
    );
    return isKnown ? decoded : undefined;
  }
}
