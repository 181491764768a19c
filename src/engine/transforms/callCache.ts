// The cache of a jit function: finds the trace for a call in one walk over its arguments, however many traces there are.
// Traces are grouped by what is not an array (structure, static values, `this`, configuration); in a group a hash of the arrays' types finds one.
import type { ShapedArray } from "../core/aval.ts";
import type { TreeDef } from "../core/pytree.ts";
import { NDArray, Value } from "../core/value.ts";
import { leafValue } from "./args.ts";
import { equalStatic, identityOf } from "./retrace.ts";

type Typed = { readonly aval: ShapedArray };
/** What a call is apart from its arrays. */
export interface CallContext {
  readonly config: string;
  readonly axes: string;
  readonly self: unknown;
  readonly statics: readonly unknown[];
}
interface Held<E> {
  /** The types of the leaves, as numbers. */
  readonly ids: readonly number[];
  readonly entry: E;
}
class Group<E> {
  readonly traces = new Map<number, Held<E>[]>();
  last: Held<E> | null = null;
  constructor(
    readonly context: CallContext,
    readonly tree: TreeDef,
  ) {}
  isFor(c: CallContext): boolean {
    const own = this.context;
    return c.config === own.config && c.axes === own.axes && c.self === own.self && sameStatics(c.statics, own.statics);
  }
  find(leaves: readonly Typed[]): E | undefined {
    const { last } = this;
    if (last && sameTypes(leaves, last.ids)) return last.entry;
    const found = this.traces.get(hashOf(leaves))?.find((h) => sameTypes(leaves, h.ids));
    if (found) this.last = found;
    return found?.entry;
  }
}
function sameStatics(a: readonly unknown[], b: readonly unknown[]): boolean {
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i]) && !equalStatic(a[i], b[i])) return false;
  return true;
}
function sameTypes(leaves: readonly Typed[], ids: readonly number[]): boolean {
  for (let i = 0; i < ids.length; i++) if (leaves[i]!.aval.id !== ids[i]) return false;
  return true;
}
function hashOf(leaves: readonly Typed[]): number {
  let h = 0;
  for (const v of leaves) h = (Math.imul(h, 31) + v.aval.id) | 0;
  return h;
}
/** The groups that are tried one after the other, latest first; beyond them a text finds the group. */
const TRIED = 16;

export interface Found<E> {
  readonly entry: E;
  readonly leaves: Value[];
  /** A leaf is a tracer: the call is part of a transformation. */
  readonly traced: boolean;
}
export class CallCache<E> {
  /** Latest first. */
  readonly #groups: Group<E>[] = [];
  readonly #byText = new Map<string, Group<E>[]>();
  #size = 0;
  get size(): number {
    return this.#size;
  }
  /** The trace for these arguments (those that are not static), with their leaves; or null. */
  find(context: CallContext, args: readonly unknown[]): Found<E> | null {
    const groups = this.#groups,
      n = Math.min(groups.length, TRIED);
    for (let i = 0; i < n; i++) {
      const g = groups[i]!;
      if (!g.isFor(context)) continue;
      const leaves: unknown[] = [];
      if (!g.tree.collect(args, leaves)) continue;
      const { values, traced } = toValues(leaves),
        entry = g.find(values);
      if (entry === undefined) return null;
      if (i) this.#toFront(i);
      return { entry, leaves: values, traced };
    }
    return null;
  }
  /** The trace for leaves whose structure is known: where the groups are too many to be tried. */
  findFlat(context: CallContext, tree: TreeDef, leaves: readonly Typed[]): E | undefined {
    const g = this.#groupOf(context, tree);
    if (!g) return undefined;
    this.#toFront(this.#groups.indexOf(g));
    return g.find(leaves);
  }
  add(context: CallContext, tree: TreeDef, ids: readonly number[], entry: E): void {
    let g = this.#groupOf(context, tree);
    if (!g) {
      g = new Group(context, tree);
      this.#groups.unshift(g);
      const text = textOf(context, tree);
      this.#byText.set(text, [...(this.#byText.get(text) ?? []), g]);
    }
    let h = 0;
    for (const id of ids) h = (Math.imul(h, 31) + id) | 0;
    g.traces.set(h, [...(g.traces.get(h) ?? []), { ids, entry }]);
    this.#size++;
  }
  remove(entry: E): void {
    for (const [at, g] of this.#groups.entries())
      for (const [h, held] of g.traces) {
        const rest = held.filter((x) => x.entry !== entry);
        if (rest.length === held.length) continue;
        this.#size--;
        if (g.last?.entry === entry) g.last = null;
        if (rest.length) g.traces.set(h, rest);
        else g.traces.delete(h);
        if (!g.traces.size) {
          this.#groups.splice(at, 1);
          const text = textOf(g.context, g.tree),
            others = (this.#byText.get(text) ?? []).filter((o) => o !== g);
          if (others.length) this.#byText.set(text, others);
          else this.#byText.delete(text);
        }
        return;
      }
  }
  clear(): void {
    this.#groups.length = 0;
    this.#byText.clear();
    this.#size = 0;
  }
  #groupOf(context: CallContext, tree: TreeDef): Group<E> | undefined {
    return this.#byText.get(textOf(context, tree))?.find((g) => g.isFor(context));
  }
  #toFront(i: number): void {
    if (i > 0) this.#groups.unshift(...this.#groups.splice(i, 1));
  }
}
/** Numbers and typed arrays among the leaves become arrays, in place; and whether one is a tracer. */
function toValues(leaves: unknown[]): { values: Value[]; traced: boolean } {
  let traced = false;
  for (let i = 0; i < leaves.length; i++) {
    const v = leaves[i];
    if (v instanceof NDArray) continue;
    if (v instanceof Value) traced = true;
    else leaves[i] = leafValue(v, () => "an argument");
  }
  return { values: leaves as Value[], traced };
}
const textOf = (c: CallContext, tree: TreeDef): string =>
  `${c.config}|${c.axes}|${typeof c.self === "object" && c.self !== null ? identityOf(c.self) : typeof c.self}|${c.statics.map(staticText).join()}|${tree.inner()}`;
/** Equal static values have equal texts; different ones may share one. */
function staticText(v: unknown): string {
  if (typeof v === "function") return `f${identityOf(v)}`;
  if (typeof v !== "object" || v === null) return `${typeof v}:${Object.is(v, -0) ? "-0" : String(v)}`;
  return Array.isArray(v) ? `[${v.map(staticText).join()}]` : "object";
}
