// Reads MLIR text from left to right: blanks and comments are skipped, errors name the line and what was expected there.
import { JitLensError } from "../../core/errors.ts";

/** A StableHLO text that cannot be read: it breaks the grammar, or has an operation or type that the engine lacks. */
export class StableHLOError extends JitLensError {}

const BLANK = /(?:\s+|\/\/[^\n]*)*/y;
const WORD = /[A-Za-z_][\w.$-]*/y;
/** What may end a string, or keep the next character from doing so: strings of megabytes hold constants, which a pattern would go through by recursion. */
const STRING_MARK = /["\\]/g;
/** The place behind the string that begins at `at`, or −1 where it does not end. */
function stringEnd(text: string, at: number): number {
  STRING_MARK.lastIndex = at + 1;
  for (let m = STRING_MARK.exec(text); m; m = STRING_MARK.exec(text)) {
    if (m[0] === '"') return m.index + 1;
    STRING_MARK.lastIndex = m.index + 2;
  }
  return -1;
}
const VALUE = /%[\w$.-]+(?:#\d+)?/y;
const CLOSE: Readonly<Record<string, string>> = { "(": ")", "[": "]", "{": "}", "<": ">" };
/** Attributes, types and regions inside one another, at most. */
const MAX_DEPTH = 200;

export class Scanner {
  #at = 0;
  #depth = 0;
  /** A place whose line is known: lines are counted from there on. */
  #known = { at: 0, line: 1 };
  constructor(
    readonly text: string,
    firstLine = 1,
  ) {
    this.#known.line = firstLine;
  }
  /** The line where the next thing stands. */
  get line(): number {
    this.#skip();
    if (this.#at < this.#known.at) this.#known = { at: 0, line: 1 };
    let { line } = this.#known;
    for (let i = this.#known.at; i < this.#at; i++) if (this.text.charCodeAt(i) === 10) line++;
    this.#known = { at: this.#at, line };
    return line;
  }
  get done(): boolean {
    this.#skip();
    return this.#at >= this.text.length;
  }
  fail(expected: string): never {
    const line = this.line;
    const rest = this.text.slice(this.#at, this.#at + 40).split("\n")[0]!;
    throw new StableHLOError(`StableHLO text, line ${line}: got ${rest === "" ? "the end" : JSON.stringify(rest)}, expected ${expected}`);
  }
  #skip(): void {
    BLANK.lastIndex = this.#at;
    BLANK.exec(this.text);
    this.#at = BLANK.lastIndex;
  }
  /** What a sticky pattern finds here, or null. */
  match(pattern: RegExp): RegExpExecArray | null {
    this.#skip();
    pattern.lastIndex = this.#at;
    const m = pattern.exec(this.text);
    if (m) this.#at = pattern.lastIndex;
    return m;
  }
  is(text: string): boolean {
    this.#skip();
    return this.text.startsWith(text, this.#at);
  }
  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.#at += text.length;
    return true;
  }
  expect(text: string): void {
    if (!this.accept(text)) this.fail(JSON.stringify(text));
  }
  /** A name with dots: `stablehlo.add`, `dims`. */
  word(): string | null {
    return this.match(WORD)?.[0] ?? null;
  }
  /** Looks at the next word and leaves it. */
  peekWord(): string | null {
    const before = this.#at;
    const word = this.word();
    this.#at = before;
    return word;
  }
  /** The name of a value: `%3`, `%arg0`, `%5#1`. */
  value(): string {
    return this.match(VALUE)?.[0] ?? this.fail("a value such as %3");
  }
  string(): string | null {
    if (!this.is('"')) return null;
    const start = this.#at;
    const end = stringEnd(this.text, start);
    if (end < 0) return this.fail("a string that ends");
    this.#at = end;
    const inside = this.text.slice(start + 1, end - 1);
    if (!inside.includes("\\")) return inside;
    return inside.replace(/\\(["\\nt]|[0-9A-Fa-f]{2})/g, (_all, c: string) => (c.length === 2 ? String.fromCharCode(parseInt(c, 16)) : unescaped(c)));
  }
  /** Items with commas between them, from the opening mark to the closing one. */
  list<T>(open: string, item: () => T): T[] {
    this.expect(open);
    const close = CLOSE[open]!;
    const items: T[] = [];
    while (!this.accept(close)) {
      if (items.length) this.expect(",");
      items.push(item());
    }
    return items;
  }
  /** The text between a mark and the one that closes it. Arrows and strings count as neither. */
  balanced(open: string): string {
    this.expect(open);
    const start = this.#at;
    const stack = [CLOSE[open]!];
    for (let i = start; i < this.text.length; i++) {
      const c = this.text[i]!;
      if (c === '"') {
        const end = stringEnd(this.text, i);
        if (end < 0) break;
        i = end - 1;
      } else if (c === "-" && this.text[i + 1] === ">") i++;
      else if (c in CLOSE) stack.push(CLOSE[c]!);
      else if (c === stack.at(-1)) {
        stack.pop();
        if (stack.length === 0) {
          this.#at = i + 1;
          return this.text.slice(start, i);
        }
      }
    }
    return this.fail(`a ${CLOSE[open]} that closes what opens here`);
  }
  /** Runs a rule that can be inside itself. */
  inside<T>(rule: () => T): T {
    if (++this.#depth > MAX_DEPTH) this.fail(`at most ${MAX_DEPTH} levels of nesting`);
    const result = rule();
    this.#depth--;
    return result;
  }
}
const unescaped = (c: string): string => (c === "n" ? "\n" : c === "t" ? "\t" : c);
