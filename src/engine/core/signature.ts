// The check of a public call: how many arguments, and which options. What is allowed comes from signatures.ts, which is read from the types.

interface Parameter {
  readonly name: string;
  readonly optional: boolean;
  /** The options object may stand here. */
  readonly options: boolean;
  /** A list may stand here too, as grad's argument numbers may in the place of its options. */
  readonly list: boolean;
}
export interface Signature {
  readonly parameters: readonly Parameter[];
  /** Any number of further arguments: "arrays" among which a plain object is the options, "trees" among which it may be one of them. */
  readonly rest: { readonly name: string; readonly options: "none" | "arrays" | "trees" } | null;
  readonly options: readonly string[];
}
/** The end of a call: optional arguments by position, or in one object of options at any of their places. */
export type Tail<P extends readonly unknown[], O> = [...{ [K in keyof P]?: P[K] | O | undefined }, options?: O];

/** Reads `(x, axis?*, options?*[], ...rest~) axis keepdims`. */
export function parseSignature(text: string): Signature {
  const close = text.lastIndexOf(")"),
    parts = text.slice(1, close).split(", ").filter(Boolean),
    last = parts.at(-1)?.startsWith("...") ? (parts.pop() ?? null) : null;
  return {
    parameters: parts.map((p) => ({
      name: p.replace(/[?*[\]]/g, ""),
      optional: p.includes("?"),
      options: p.includes("*"),
      list: p.endsWith("[]"),
    })),
    rest:
      last === null
        ? null
        : { name: last.replace(/^\.\.\.|[*~]/g, ""), options: last.endsWith("*") ? "arrays" : last.endsWith("~") ? "trees" : "none" },
    options: text
      .slice(close + 1)
      .split(" ")
      .filter(Boolean),
  };
}

const plain = (v: unknown): v is Readonly<Record<string, unknown>> =>
  typeof v === "object" && v !== null && Object.getPrototypeOf(v) === Object.prototype;
const letters = (s: string): string => s.replace(/_/g, "").toLowerCase();
/** Levenshtein's distance: insertions, deletions and replacements of a letter. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_x, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length]!;
}
/** The name that was meant, if one is near: the same letters (`has_aux`), one that continues it (`dim`), or two slips away. */
export function nearest(name: string, allowed: readonly string[]): string | null {
  const want = letters(name),
    ranked = allowed
      .map((option) => ({
        option,
        d: letters(option) === want ? 0 : letters(option).startsWith(want) && want.length > 2 ? 1 : distance(want, letters(option)),
      }))
      .sort((a, b) => a.d - b.d),
    best = ranked[0];
  return best && best.d <= Math.max(2, Math.floor(want.length / 3)) && best.d < want.length ? best.option : null;
}
/** Throws for an option that is not there, and names the nearest that is. */
export function refuseUnknown(fn: string, given: Readonly<Record<string, unknown>>, allowed: readonly string[]): void {
  for (const k of Object.keys(given)) {
    if (allowed.includes(k)) continue;
    const near = nearest(k, allowed);
    throw new TypeError(
      `${fn}: unknown option "${k}"; ${near ? `did you mean "${near}"?` : allowed.length ? `the options are ${allowed.join(", ")}` : "it has no options"}`,
    );
  }
}
/** `["a", "b"].map(f)` calls f with an index and the whole array too: a function of one argument may be used so. */
const fromArrayMap = (args: readonly unknown[]): boolean =>
  args.length === 3 && Array.isArray(args[2]) && (args[2] as unknown[])[args[1] as number] === args[0];

/** Checks a call; throws a TypeError that names the function and what is wrong. Values are the function's own matter. */
export function checkCall(fn: string, s: Signature, args: readonly unknown[]): void {
  const n = args.length;
  if (n === 0) return;
  const last = args[n - 1];
  if (!s.rest && n > s.parameters.length && !(s.parameters.length === 1 && fromArrayMap(args))) {
    const extra = args.slice(s.parameters.length).find((a) => a !== undefined);
    if (extra !== undefined) {
      if (plain(extra) && !s.options.length) refuseUnknown(fn, extra, []);
      const names = s.parameters.map((p) => p.name).join(", ");
      throw new TypeError(
        `${fn}: got ${n} arguments, expected ${s.parameters.some((p) => p.optional) ? "at most " : ""}${s.parameters.length}${names ? ` (${names})` : ""}` +
          (s.parameters.length === 1 ? `; as a callback write x => ${fn}(x)` : ""),
      );
    }
  }
  if (!s.options.length) return;
  const at = s.parameters[n - 1];
  // `poisson(key, 4, [3])`: the shape would be read as options that are not there.
  if (at?.name === "options" && Array.isArray(last) && !at.list)
    throw new TypeError(`${fn}: argument ${n} is an array, expected an object of options (${s.options.map((o) => `{ ${o} }`).join(", ")})`);
  if (!plain(last)) return;
  if (at?.options || (!at && s.rest?.options === "arrays")) refuseUnknown(fn, last, s.options);
  else if (!at && s.rest?.options === "trees") refuseSlip(fn, last, s.options);
}
/** The last argument may be a pytree: one entry that is nearly an option, with an option's kind of value, is a slip. */
function refuseSlip(fn: string, given: Readonly<Record<string, unknown>>, allowed: readonly string[]): void {
  const keys = Object.keys(given);
  if (keys.length !== 1 || allowed.includes(keys[0]!)) return;
  const value = given[keys[0]!];
  if (nearest(keys[0]!, allowed) && (typeof value === "boolean" || typeof value === "string" || value === null)) refuseUnknown(fn, given, allowed);
}

let rootSignature: (name: string) => Signature | null = () => null;
/** The public API says what the functions at its root take. */
export const setRootSignatures = (find: typeof rootSignature): void => void (rootSignature = find);
/** For functions that are exported as they are, at the root: checks the arguments they were called with. */
export function checkArguments(name: string, args: readonly unknown[]): void {
  const s = rootSignature(name);
  if (s) checkCall(name, s, args);
}
