// The text of one C function while it is written: nested blocks of lines, in which each value is a constant that is defined once, in the block of the
// innermost loop that it depends on.

class Block {
  readonly lines: string[] = [];
  /** Values that are at hand here, by what they are. */
  readonly known = new Map<string, string>();
  constructor(
    readonly parent: Block | null,
    /** Depth of the loop that it is the body of. */
    readonly level: number,
  ) {}
}

export class CText {
  readonly root: Block;
  #block: Block;
  #next = 0;
  /**
   * @param helpers the functions of the prelude that the text calls
   * @param level depth of the loop that the whole text stands in
   */
  constructor(
    readonly helpers: Set<string>,
    level: number,
  ) {
    this.#block = this.root = new Block(null, level);
  }

  /** A name that nothing else has. */
  name(prefix: string): string {
    return `${prefix}${this.#next++}`;
  }
  line(text: string): void {
    this.#block.lines.push(text);
  }
  /** Something that is declared at the function's beginning. */
  declare(text: string): void {
    this.root.lines.unshift(text);
  }
  /** A call of a function of the prelude. */
  call(helper: string, ...args: readonly string[]): string {
    this.helpers.add(helper);
    return `${helper}(${args.join(", ")})`;
  }
  /** A constant with the value of an expression, where the text stands. */
  define(type: string, text: string): string {
    const name = this.name("t");
    this.line(`const ${type} ${name} = ${text};`);
    return name;
  }
  /** Lines between braces behind a head: a loop, a condition. */
  nest(head: string, level: number, body: () => void): void {
    const parent = this.#block;
    const block = new Block(parent, level);
    this.#block = block;
    body();
    this.#block = parent;
    parent.lines.push(`${head} {`, ...block.lines.map((l) => `  ${l}`), "}");
  }
  /** Lines between braces whose values belong to the loop around them. */
  when(head: string, body: () => void): void {
    this.nest(head, this.#block.level, body);
  }
  find(key: string): string | undefined {
    for (let b: Block | null = this.#block; b; b = b.parent) {
      const found = b.known.get(key);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  /** A value that is made once: in the block of the outermost loop that is at least as deep as `depth`, before what is being written there. */
  once(key: string, depth: number, make: () => string): string {
    const found = this.find(key);
    if (found !== undefined) return found;
    const here = this.#block;
    let home = here;
    for (let b: Block | null = here; b; b = b.parent) if (b.level >= depth && b.level < home.level) home = b;
    this.#block = home;
    const made = make();
    home.known.set(key, made);
    this.#block = here;
    return made;
  }
}
