/** How one element of an array is decoded; its text comes without quotes and escapes. */
export type ElementDecoder = (text: string) => unknown;

/**
 * Reads the text form of an array: `{1,NULL,"a \"b\""}`, nested, with or without bounds (`[0:1]={1,2}`).
 *
 * @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 * @throws SyntaxError when the text is not an array. The message does not quote it.
 */
export function parseArray(text: string, decode: ElementDecoder, delimiter: "," | ";"): unknown[] {
  const reader = new ArrayReader(text, decode, delimiter);
  return reader.read();
}

class ArrayReader {
  readonly #text: string;
  readonly #decode: ElementDecoder;
  readonly #delimiter: string;
  #at = 0;

  constructor(text: string, decode: ElementDecoder, delimiter: string) {
    this.#text = text;
    this.#decode = decode;
    this.#delimiter = delimiter;
  }

  read(): unknown[] {
    // Bounds other than 1 are written in front: `[2:3][0:1]={...}`. JavaScript's arrays have none.
    if (this.#text.startsWith("[")) this.#at = this.#text.indexOf("=") + 1;
    const array = this.#array();
    if (this.#at !== this.#text.length) throw notAnArray();
    return array;
  }

  #array(): unknown[] {
    if (this.#text[this.#at] !== "{") throw notAnArray();
    this.#at++;
    const items: unknown[] = [];
    if (this.#text[this.#at] === "}") {
      this.#at++;
      return items;
    }
    for (;;) {
      items.push(this.#item());
      const next = this.#text[this.#at++];
      if (next === "}") return items;
      if (next !== this.#delimiter) throw notAnArray();
    }
  }

  #item(): unknown {
    const first = this.#text[this.#at];
    if (first === "{") return this.#array();
    if (first === '"') return this.#decode(this.#quoted());
    const text = this.#bare();
    return text === "NULL" ? null : this.#decode(text);
  }

  #quoted(): string {
    const text = this.#text;
    let result = "";
    let from = this.#at + 1;
    for (let at = from; at < text.length; at++) {
      const char = text[at];
      if (char === "\\") {
        result += text.slice(from, at);
        at++;
        from = at;
      } else if (char === '"') {
        this.#at = at + 1;
        return result + text.slice(from, at);
      }
    }
    throw notAnArray();
  }

  #bare(): string {
    const from = this.#at;
    let at = from;
    while (at < this.#text.length && this.#text[at] !== this.#delimiter && this.#text[at] !== "}") at++;
    if (at === from) throw notAnArray();
    this.#at = at;
    return this.#text.slice(from, at);
  }
}

function notAnArray(): SyntaxError {
  return new SyntaxError("the server sent an array in a form that cannot be read");
}
