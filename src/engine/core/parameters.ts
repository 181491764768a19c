// The names of a function's parameters, read from its text, for messages such as "argument x of f" and for staticArgnames.
// A scanner of just as much JavaScript as a parameter list can hold: comments, strings, templates, regular expressions, brackets.

export interface Parameters {
  /** In order; a pattern ({ a, b } or [a, b]) is called arg0, arg1, … by its place. A rest parameter comes last. */
  readonly names: readonly string[];
  /** Takes any number of arguments (a rest parameter, or a function whose text is not to be had). */
  readonly open: boolean;
}
const IDENTIFIER = /[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/uy;
const SPACE = /(?:\s+|\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\/)*/y;
const STRING = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y;
const REGEX = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/[a-z]*/y;
const NUMBER = /[\d.][\w.]*/y;

class Scanner {
  at = 0;
  /** Whether a slash here would begin a regular expression: after an operator, not after a value. */
  #operand = false;
  constructor(readonly text: string) {}
  match(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const m = pattern.exec(this.text);
    if (!m) return null;
    this.at = pattern.lastIndex;
    return m[0];
  }
  space(): void {
    this.match(SPACE);
  }
  get char(): string {
    return this.text[this.at] ?? "";
  }
  accept(token: string): boolean {
    this.space();
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }
  identifier(): string | null {
    this.space();
    return this.match(IDENTIFIER);
  }
  /** Goes over tokens until one of `ends` stands outside all brackets; says which. "" at the end of the text. */
  skipTo(ends: string): string {
    this.#operand = false;
    let depth = 0;
    for (;;) {
      this.space();
      const c = this.char;
      if (c === "" || (depth === 0 && ends.includes(c))) return c;
      if (c === '"' || c === "'") {
        if (!this.match(STRING)) this.at++;
        this.#operand = true;
      } else if (c === "`") {
        this.#template();
        this.#operand = true;
      } else if (c === "/" && !this.#operand && this.match(REGEX)) this.#operand = true;
      else if (this.match(IDENTIFIER) || this.match(NUMBER)) this.#operand = true;
      else {
        if ("([{".includes(c)) depth++;
        else if (")]}".includes(c)) depth--;
        this.#operand = ")]}".includes(c);
        this.at++;
      }
    }
  }
  #template(): void {
    this.at++;
    while (this.at < this.text.length) {
      const c = this.char;
      this.at++;
      if (c === "\\") this.at++;
      else if (c === "`") return;
      else if (c === "$" && this.char === "{") {
        this.at++;
        this.skipTo("}");
        this.at++;
      }
    }
  }
}
const OPEN: Parameters = { names: [], open: true };
function scan(text: string): Parameters {
  const s = new Scanner(text);
  // x => … and async x => …
  const first = s.identifier();
  if (first !== null) {
    if (s.accept("=>")) return { names: [first], open: false };
    if (first === "class") return OPEN;
    const before = s.at,
      second = first === "async" ? s.identifier() : null;
    if (second !== null && s.accept("=>")) return { names: [second], open: false };
    s.at = before;
  }
  // Everything before the list is keywords and a name, which may be computed or a string.
  if (s.skipTo("(") !== "(") return OPEN;
  s.at++;
  const names: string[] = [];
  for (;;) {
    s.space();
    if (s.char === ")" || s.char === "") break;
    const rest = s.accept("..."),
      name = s.identifier() ?? `arg${names.length}`;
    names.push(name);
    if (rest) return { names, open: true };
    if (s.skipTo(",)") !== ",") break;
    s.at++;
  }
  return { names, open: text.includes("[native code]") };
}
const originals = new WeakMap<object, { toString(): string }>();
/** A function that only checks and calls another one: its parameters are the other's. */
export const rememberOriginal = (wrapper: object, original: { toString(): string }): void => void originals.set(wrapper, original);
/** Gives the names that the person wrote for those that a bundler put in their place; the runner installs one per bundle. */
export type NameMapper = (fn: object, names: readonly string[]) => readonly string[];
let nameMapper: NameMapper = (_fn, names) => names;
/** Sets how names of compiled code become those that a person wrote. */
export const setNameMapper = (m: NameMapper): void => void (nameMapper = m);
const known = new WeakMap<object, Parameters>();
/** The parameters of a function. The answer is kept: its text is read once. */
export function parametersOf(fn: { toString(): string }): Parameters {
  let p = known.get(fn);
  if (!p) {
    const written = originals.get(fn) ?? fn;
    const scanned = scan(Function.prototype.toString.call(written));
    known.set(fn, (p = { ...scanned, names: nameMapper(written, scanned.names) }));
  }
  return p;
}
/** The names of a function's parameters, as its source has them. */
export const parameterNames = (fn: { toString(): string }): readonly string[] => parametersOf(fn).names;
