// Why a function was traced again: exact comparison with the nearest trace that exists.
import type { ShapedArray } from "../core/aval.ts";
import { type ClosedJaxpr, Literal } from "../core/jaxpr.ts";
import type { TreeDef } from "../core/pytree.ts";
import type { Frame } from "../core/source.ts";
import type { Value } from "../core/value.ts";

export interface TraceKey {
  readonly tree: TreeDef;
  readonly avals: readonly ShapedArray[];
  readonly statics: readonly unknown[];
  readonly self: unknown;
  readonly config: string;
  readonly names: readonly string[];
  readonly staticNames: readonly string[];
}
export type RetraceKind =
  | "first call"
  | "shape"
  | "dtype"
  | "weak type"
  | "static value"
  | "tree structure"
  | "configuration"
  | "this"
  | "closed-over tracer"
  | "closed-over constant"
  | "function made anew"
  | "evicted";
export interface RetraceCause {
  readonly kind: RetraceKind;
  /** The argument and path, `x.w[0]`. */ readonly argument: string;
  readonly before: string;
  readonly now: string;
}
/** One tracing of a function by `jit`: what a row of the report's compilations is made of. */
export interface RetraceEvent {
  readonly function: string;
  readonly causes: readonly RetraceCause[];
  /** The innermost of the user's frames at the call, and all of them. */
  readonly frame: Frame | undefined;
  readonly frames: readonly Frame[];
  /** Where its `jit` stands. */
  readonly madeAt: Frame | undefined;
  /** What tracing took. */
  readonly milliseconds: number;
  /** Counts the traces of this jit function from 0. */
  readonly index: number;
  /** The types that the function was called with: `x: f32[3], params.w: f32[4,4], n = 2`. */
  readonly signature: string;
  /** The program; what compiling it cost, once that was done, is asked of the compiler by it. */
  readonly jaxpr: ClosedJaxpr;
}
/** The types of a call, as people read them. */
export function signatureOf(key: TraceKey): string {
  const arrays = key.avals.map((a, i) => `${key.names[i]}: ${a}${a.weakType ? " (weak)" : ""}`),
    statics = key.statics.map((s, i) => `${key.staticNames[i]} = ${show(s)}`);
  return [...arrays, ...statics].join(", ");
}

/** What differs between two keys, most specific first. */
function differences(now: TraceKey, before: TraceKey): RetraceCause[] {
  const causes: RetraceCause[] = [];
  if (now.config !== before.config) causes.push({ kind: "configuration", argument: "", before: before.config, now: now.config });
  if (now.self !== before.self) causes.push({ kind: "this", argument: "this", before: "another object", now: "this object" });
  now.statics.forEach((s, i) => {
    if (!Object.is(s, before.statics[i]) && !equalStatic(s, before.statics[i]))
      causes.push({ kind: "static value", argument: now.staticNames[i] ?? `static argument ${i}`, before: show(before.statics[i]), now: show(s) });
  });
  if (!now.tree.equals(before.tree))
    return [
      ...causes,
      {
        kind: "tree structure",
        argument: structureDifference(now.tree, before.tree, now.names),
        before: before.tree.toString(),
        now: now.tree.toString(),
      },
    ];
  now.avals.forEach((a, i) => {
    const b = before.avals[i]!,
      argument = now.names[i]!;
    if (a.shape.join() !== b.shape.join()) causes.push({ kind: "shape", argument, before: b.toString(), now: a.toString() });
    else if (a.dtype !== b.dtype) causes.push({ kind: "dtype", argument, before: b.toString(), now: a.toString() });
    else if (a.weakType !== b.weakType)
      causes.push({ kind: "weak type", argument, before: `${b}${b.weakType ? " (weak)" : ""}`, now: `${a}${a.weakType ? " (weak)" : ""}` });
  });
  return causes;
}
/** The parameter whose subtree differs. */
function structureDifference(now: TreeDef, before: TreeDef, names: readonly string[]): string {
  const i = now.children.findIndex((c, k) => before.children[k]?.inner() !== c.inner());
  if (i < 0) return "the number of arguments";
  const at = now.children.slice(0, i).reduce((n, c) => n + c.leafCount, 0);
  return names[at]?.split(/[.[]/)[0] ?? `argument ${i}`;
}
export function equalStatic(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((x, i) => equalStatic(x, b[i]));
  if (a && b && typeof a === "object" && typeof b === "object") {
    const eq = (a as { equals?: (o: unknown) => boolean }).equals;
    if (typeof eq === "function") return eq.call(a, b);
    if (Object.getPrototypeOf(a) !== Object.prototype || Object.getPrototypeOf(b) !== Object.prototype) return false;
    const ka = Object.keys(a),
      kb = Object.keys(b);
    return ka.length === kb.length && ka.every((k) => equalStatic((a as Record<string, unknown>)[k], (b as Record<string, unknown>)[k]));
  }
  return false;
}
const show = (v: unknown): string => {
  try {
    const text = typeof v === "function" ? `function ${v.name}` : typeof v === "bigint" ? `${v}n` : (JSON.stringify(v) ?? String(v));
    return text.length > 200 ? `${text.slice(0, 200)}…` : text;
  } catch {
    return String(v);
  }
};
export const sameKey = (a: TraceKey, b: TraceKey): boolean => differences(a, b).length === 0;

/** The causes of a miss: the differences from the cached trace that differs least, the latest one winning ties. */
export function explainMiss(key: TraceKey, cached: readonly TraceKey[]): RetraceCause[] {
  let best: RetraceCause[] | null = null;
  for (const c of cached) {
    const d = differences(key, c);
    if (d.length && (!best || weight(d) <= weight(best))) best = d;
  }
  return best ?? [{ kind: "first call", argument: "", before: "", now: "" }];
}
/** Numbers for objects: to know one again without holding it. (A WeakRef would hold it until the current task ends.) */
const identities = new WeakMap<object, number>();
let nextIdentity = 0;
export function identityOf(o: object): number {
  let i = identities.get(o);
  if (i === undefined) identities.set(o, (i = nextIdentity++));
  return i;
}
/** What a trace left behind, for the next one of the same function made anew: types and identities of its constants, not their memory. */
export interface TraceMemory {
  readonly key: TraceKey;
  readonly constants: readonly { readonly type: string; readonly identity: number }[];
  readonly literals: readonly string[];
}
export const remember = (key: TraceKey, jaxpr: ClosedJaxpr, consts: readonly Value[]): TraceMemory => ({
  key,
  constants: consts.map((c) => ({ type: c.aval.toString(), identity: identityOf(c) })),
  literals: jaxpr.eqns.flatMap((e) => e.inputs.flatMap((a) => (a instanceof Literal ? [String(a.value)] : []))),
});
/** Why a function that was wrapped by jit again, at the same place, had to be traced again: its arguments, what it closes over, or only that it is new. */
export function explainNewFunction(name: string, now: TraceMemory, before: TraceMemory): RetraceCause[] {
  const anew: RetraceCause = {
    kind: "function made anew",
    argument: name,
    before: "the jit made here earlier, with its own cache",
    now: "a new jit with an empty one; call jit once, outside the loop or function",
  };
  const other = differences(now.key, before.key);
  if (other.length) return [...other, anew];
  const changed = now.constants.flatMap((c, i): RetraceCause[] => {
    const b = before.constants[i];
    return !b
      ? [{ kind: "closed-over constant", argument: `constant ${i}`, before: "none", now: c.type }]
      : b.type !== c.type || b.identity !== c.identity
        ? [{ kind: "closed-over constant", argument: `constant ${i}`, before: b.type, now: b.type === c.type ? `another ${c.type}` : c.type }]
        : [];
  });
  const numbers = now.literals.flatMap((l, i): RetraceCause[] =>
    before.literals.length === now.literals.length && before.literals[i] !== l
      ? [{ kind: "closed-over constant", argument: "a number written into the program", before: before.literals[i]!, now: l }]
      : [],
  );
  return [...changed, ...numbers, anew];
}
/** A program that closes over a traced value cannot be kept: the value ends with its transformation. */
export const passingCause = (name: string, types: readonly string[]): RetraceCause => ({
  kind: "closed-over tracer",
  argument: name,
  before: `a program that closed over ${types.join(", ")} of a transformation that has ended`,
  now: "another one; pass the value as an argument instead",
});

/** A structural change outweighs any number of leaf changes. */
const weight = (d: readonly RetraceCause[]): number => d.reduce((n, c) => n + (c.kind === "tree structure" ? 100 : 1), 0);
/** The cause of a trace as a sentence.
 * @example profiler.showCause({ kind: "dtype", argument: "x", before: "f32[3]", now: "i32[3]" }) // "dtype of x: now i32[3], before f32[3]" */
export const showCause = (c: RetraceCause): string =>
  c.kind === "first call"
    ? "the first call"
    : c.kind === "evicted"
      ? `the trace was dropped from the cache, which holds ${c.before}; raise jit's cacheSize, or call with fewer different types`
      : `${c.kind} of ${c.argument || "the program"}: now ${c.now}, before ${c.before}`;
