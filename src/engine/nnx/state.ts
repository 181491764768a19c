// A module split into its structure and its state, and put together again. A state is plain nested objects, with variables where the module has them:
// a pytree, which optimizers, tree.map and checkpoints take as it is.
import { StructureError } from "../core/errors.ts";
import { type PathEntry, registerPytreeNode, showPath } from "../core/pytree.ts";
import type { AnyFunction } from "../core/treeTypes.ts";
import { Value } from "../core/value.ts";
import { type Filter, toPredicate } from "./filters.ts";
import { GraphDef, type NodeDef, type Slot, flattenGraph, unflattenGraph } from "./graph.ts";
import { Pytree } from "./module.ts";
import { Variable } from "./variable.ts";

type Setting = AnyFunction | string | number | boolean | null | undefined;
/** The variables of a module `M`, by the names of its fields. */
export type State<M = Pytree> =
  M extends Variable<unknown>
    ? M
    : M extends Value
      ? M
      : M extends readonly (infer E)[]
        ? { [index: number]: State<E> }
        : M extends object
          ? { [K in keyof M as [M[K]] extends [Setting] ? never : K]: State<M[K]> }
          : never;
/** Leaves with their paths, in order. Source: flax.nnx.FlatState. */
export type FlatState = readonly (readonly [path: readonly PathEntry[], leaf: unknown])[];

type Nested = { [key: PathEntry]: unknown };
const isNested = (v: unknown): v is Nested =>
  typeof v === "object" && v !== null && !(v instanceof Variable) && !(v instanceof Value) && Object.getPrototypeOf(v) === Object.prototype;
/** The leaves of a state, with their paths. Source: nnx.to_flat_state.
 * @example nnx.toFlatState({ layer: { w: 1, b: 2 } }) // [[["layer", "w"], 1], [["layer", "b"], 2]] */
export function toFlatState(state: unknown): FlatState {
  const out: (readonly [readonly PathEntry[], unknown])[] = [];
  const walk = (v: unknown, path: readonly PathEntry[]): void => {
    if (isNested(v)) for (const [k, x] of Object.entries(v)) walk(x, [...path, k]);
    else out.push([path, v]);
  };
  walk(state, []);
  return out;
}
/** The state of leaves with paths. Source: nnx.from_flat_state.
 * @example nnx.fromFlatState([[["layer", "w"], 1], [["layer", "b"], 2]]) // { layer: { w: 1, b: 2 } } */
export function fromFlatState<S = Nested>(flat: FlatState): S {
  if (flat.length === 1 && flat[0]![0].length === 0) return flat[0]![1] as S;
  const root: Nested = {};
  for (const [path, leaf] of flat) {
    let at = root;
    path.forEach((k, i) => {
      if (i === path.length - 1) at[k] = leaf;
      else at = (at[k] ??= {}) as Nested;
    });
  }
  return root as S;
}
/** What stands for a leaf in a state: a variable of its own with the value, or the array. */
const entryOf = (s: Slot): unknown => (s.variable ? s.variable.replace(s.value) : s.value);

/** Leaves divided by the first filter that holds for each. */
function divide(what: string, leaves: FlatState, filters: readonly Filter[], rest: boolean): FlatState[] {
  const tests = filters.map(toPredicate),
    parts: (readonly [readonly PathEntry[], unknown])[][] = tests.map(() => []);
  for (const leaf of leaves) {
    const i = tests.findIndex((t) => t(leaf[0], leaf[1]));
    if (i >= 0) parts[i]!.push(leaf);
    else if (!rest)
      throw new StructureError(
        `${what}: no filter holds for ${showPath(leaf[0])}; end with "..." to take everything that is left, or with a filter for it`,
      );
  }
  return parts;
}
const leavesOf = (node: unknown): FlatState => flattenGraph(node)[1].map((s) => [s.path, entryOf(s)] as const);

/**
 * `[graphdef, state]`, or with filters `[graphdef, ...states]`, one a filter: each leaf goes to the first that holds for it.
 * The states hold variables of their own. Throws StructureError where no filter holds for a leaf. Source: flax.nnx.split.
 * @example const m = new nnx.Linear(1, 1, { rngs: new nnx.Rngs(0) }); const [, state] = nnx.split(m); Object.keys(state) // ["bias", "kernel"]
 */
export function split<M>(node: M, ...filters: Filter[]): [graphdef: GraphDef, state: State<M>, ...more: State<M>[]] {
  const [def, slots] = flattenGraph(node),
    leaves = slots.map((s) => [s.path, entryOf(s)] as const),
    [first, ...more] = divide("nnx.split", leaves, filters.length ? filters : [true], false).map((part) => fromFlatState<State<M>>(part));
  return [def, first!, ...more];
}
/** A state together with the structure that it is of: `nnx.merge(...)` makes a module of it, or of several of one structure. Source: flax.nnx.GraphState. */
export class GraphState<M = unknown> {
  constructor(
    readonly graphdef: GraphDef,
    readonly state: State<M>,
  ) {}
}
registerPytreeNode<GraphState>(
  GraphState,
  (s) => [[s.graphdef, s.state], null],
  (_aux, [def, state]) => new GraphState(def as GraphDef, state as never),
);
/**
 * As `split`, with the structure in each state: a `GraphState`, or a list of them where there are several filters; they are pytrees, and `merge` takes them.
 * Throws StructureError where no filter holds for a leaf. Source: flax.nnx.unpack.
 * @example const m = new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) }); nnx.merge<nnx.Linear>(nnx.unpack(m)).call(np.ones([2])).shape // [3]
 */
export function unpack<M>(node: M): GraphState<M>;
export function unpack<M>(node: M, filter: Filter): GraphState<M>;
export function unpack<M>(node: M, ...filters: Filter[]): GraphState<M>[];
export function unpack<M>(node: M, ...filters: Filter[]): GraphState<M> | GraphState<M>[] {
  const [def, ...states] = split(node, ...filters),
    out = states.map((s) => new GraphState<M>(def, s));
  return out.length === 1 ? out[0]! : out;
}
const valueOf = (entry: unknown): unknown => (entry instanceof Variable ? entry.value : entry);
function pathsOf(def: GraphDef): (readonly PathEntry[])[] {
  const out: (readonly PathEntry[])[] = [];
  const walk = (d: NodeDef, path: readonly PathEntry[]): void => {
    if (d.kind === "leaf" || d.kind === "variable") out.push(path);
    else if (d.kind !== "ref" && d.kind !== "static") for (const [k, c] of d.entries) walk(c, [...path, k]);
  };
  walk(def.root, []);
  return out;
}
const key = (path: readonly PathEntry[]): string => path.map(String).join("\0");
/** A new module of a structure and states, which together must have every leaf; throws StructureError for one that is missing. Source: flax.nnx.merge.
 * @example const m = new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) }); (nnx.merge(...nnx.split(m)) as nnx.Linear).call(np.ones([2])).shape // [3] */
export function merge<M = unknown>(graphdef: GraphDef | { readonly graphdef: GraphDef; readonly state: unknown }, ...states: unknown[]): M {
  if (!(graphdef instanceof GraphDef))
    return merge(graphdef.graphdef, graphdef.state, ...states.map((s) => (s instanceof GraphState ? (s as { readonly state: unknown }).state : s)));
  const given = new Map(states.flatMap(toFlatState).map(([path, leaf]) => [key(path), leaf]));
  const leaves = pathsOf(graphdef).map((path) => {
    const k = key(path);
    if (!given.has(k)) throw new StructureError(`nnx.merge: the states have nothing at ${showPath(path)}; give all the states that split made`);
    return valueOf(given.get(k));
  });
  return unflattenGraph(graphdef, leaves) as M;
}
/** The structure of a module. Source: flax.nnx.graphdef.
 * @example const m = new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) }); nnx.merge<nnx.Linear>(nnx.graphdef(m), nnx.state(m)).call(np.zeros([1, 2]))
 * // [[0, 0, 0]] */
export const graphdef = (node: unknown): GraphDef => flattenGraph(node)[0];
/** The variables of a module as a state; with filters, only those that one holds for. Several filters give a list of states. Source: flax.nnx.state.
 * @example Object.keys(nnx.state(new nnx.Linear(1, 1, { rngs: new nnx.Rngs(0) }))) // ["bias", "kernel"] */
export function state<M>(node: M): State<M>;
export function state<M>(node: M, filter: Filter): State<M>;
export function state<M>(node: M, ...filters: Filter[]): State<M>[];
export function state<M>(node: M, ...filters: Filter[]): State<M> | State<M>[] {
  const parts = divide("nnx.state", leavesOf(node), filters.length ? filters : [true], true).map((p) => fromFlatState<State<M>>(p));
  return parts.length === 1 ? parts[0]! : parts;
}
/** Another name of state. Source: flax.nnx.variables. */
export const variables = state;
/** Sets the variables of a module to those of states (a state may have a part of them). Throws StructureError for a place that the module has not. Source: flax.nnx.update.
 * @example const m = new nnx.Linear(1, 1, { rngs: new nnx.Rngs(0) }); nnx.update(m, { bias: np.array([5]) }); m.bias!.value // [5] */
export function update(node: unknown, ...states: unknown[]): void {
  const places = new Map(flattenGraph(node)[1].map((s) => [key(s.path), s]));
  for (const [path, leaf] of states.flatMap(toFlatState)) {
    const slot = places.get(key(path));
    if (!slot)
      throw new StructureError(
        `nnx.update: the module has nothing at ${showPath(path) || "the root"}; its structure is another one than the state's`,
      );
    if (slot.variable) slot.variable.value = valueOf(leaf);
    else {
      const parent = path.slice(0, -1).reduce<unknown>((o, k) => (o instanceof Map ? o.get(k) : (o as Nested)[k]), node) as Nested;
      parent[path.at(-1)!] = valueOf(leaf);
    }
  }
}
/** Takes variables out of a module, and gives them as a state. Source: flax.nnx.pop.
 * @example const m = new nnx.Linear(1, 1, { rngs: new nnx.Rngs(0) }); const taken = nnx.pop(m, nnx.PathContains("bias")); [Object.keys(taken),
 * Object.keys(nnx.state(m))] // [["bias"], ["kernel"]] */
export function pop<M>(node: M, filter: Filter): State<M> {
  const test = toPredicate(filter),
    taken: (readonly [readonly PathEntry[], unknown])[] = [];
  for (const s of flattenGraph(node)[1]) {
    if (!s.variable || !test(s.path, s.variable)) continue;
    taken.push([s.path, s.variable]);
    const parent = s.path.slice(0, -1).reduce<unknown>((o, k) => (o as Nested)[k], node) as Nested;
    Reflect.deleteProperty(parent, s.path.at(-1)!);
  }
  return fromFlatState<State<M>>(taken);
}
/** A module with variables of its own and the same values. Source: flax.nnx.clone.
 * @example nnx.clone(new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) })).call(np.ones([2])).shape // [3] */
export function clone<M>(node: M): M {
  const [def, slots] = flattenGraph(node);
  return unflattenGraph(
    def,
    slots.map((s) => s.value),
  ) as M;
}
/** A state divided by filters. Throws StructureError where none holds for a leaf. Source: flax.nnx.split_state.
 * @example nnx.splitState({ w: 1, b: 2 }, nnx.PathContains("w"), "...") // [{ w: 1 }, { b: 2 }] */
export const splitState = (state: unknown, ...filters: Filter[]): unknown[] =>
  divide("nnx.splitState", toFlatState(state), filters, false).map((p) => fromFlatState<unknown>(p));
/** The part of a state that a filter holds for; several filters give a list. Source: flax.nnx.filter_state.
 * @example nnx.filterState({ w: 1, b: 2 }, nnx.PathContains("w")) // { w: 1 } */
export function filterState(state: unknown, ...filters: Filter[]): unknown {
  const parts = divide("nnx.filterState", toFlatState(state), filters, true).map((p) => fromFlatState<unknown>(p));
  return parts.length === 1 ? parts[0] : parts;
}
/** States put together; of two leaves at one place the last stays. Source: flax.nnx.merge_state.
 * @example nnx.mergeState({ w: 1 }, { b: 2 }) // { w: 1, b: 2 } */
export const mergeState = (...states: unknown[]): unknown => fromFlatState(states.flatMap(toFlatState));
/** A function of path and leaf, applied to every leaf of a state. Source: flax.nnx.map_state.
 * @example nnx.mapState((path, leaf) => `${path.join(".")} is ${String(leaf)}`, { layer: { w: 1 } }) // { layer: { w: "layer.w is 1" } } */
export const mapState = (fn: (path: readonly PathEntry[], leaf: unknown) => unknown, state: unknown): unknown =>
  fromFlatState(toFlatState(state).map(([path, leaf]) => [path, fn(path, leaf)] as const));
/** The state with arrays in place of variables. Source: flax.nnx.to_pure_dict, flax.nnx.pure.
 * @example nnx.toPureDict(nnx.state(new nnx.Linear(1, 2, { kernelInit: nn.initializers.ones, rngs: new nnx.Rngs(0) }))) // { bias: [0, 0], kernel:
 * [[1, 1]] } */
export const toPureDict = (state: unknown): unknown => mapState((_path, leaf) => valueOf(leaf), state);
/** Another name of toPureDict. */
export const pure = toPureDict;
/** Sets the variables of a state to the arrays of a pure dictionary. Throws StructureError for a place that the state has not. Source: flax.nnx.replace_by_pure_dict.
 * @example const m = new nnx.Linear(1, 1, { rngs: new nnx.Rngs(0) }), s = nnx.state(m); nnx.replaceByPureDict(s, { bias: np.array([5]) }); s.bias!.value
 * // [5] */
export function replaceByPureDict(state: unknown, pureDict: unknown): void {
  const places = new Map(toFlatState(state).map(([path, leaf]) => [key(path), leaf]));
  for (const [path, leaf] of toFlatState(pureDict)) {
    const v = places.get(key(path));
    if (!(v instanceof Variable)) throw new StructureError(`nnx.replaceByPureDict: the state has no variable at ${showPath(path)}`);
    v.value = leaf;
  }
}
/** A dictionary whose keys are numbers again where they read as integers, as after loading one from a file of text keys. Source: flax.nnx.restore_int_paths.
 * @example nnx.restoreIntPaths({ layers: { "0": 1 } }) // { layers: { 0: 1 } } */
export const restoreIntPaths = (dict: unknown): unknown =>
  fromFlatState(toFlatState(dict).map(([path, leaf]) => [path.map((k) => (/^\d+$/.test(String(k)) ? Number(k) : k)), leaf] as const));
/** `[graphdef, flat state]`. Source: flax.nnx.flatten.
 * @example const [, flat] = nnx.flatten(new nnx.Linear(1, 1, { rngs: new nnx.Rngs(0) })); flat.map(([path]) => path) // [["bias"], ["kernel"]] */
export function flatten(node: unknown): [graphdef: GraphDef, flat: FlatState] {
  const [def, slots] = flattenGraph(node);
  return [def, slots.map((s) => [s.path, entryOf(s)] as const)];
}
/** A module of a structure and a (flat) state. Source: flax.nnx.unflatten.
 * @example const m = new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) }); nnx.unflatten<nnx.Linear>(...nnx.flatten(m)).call(np.ones([2])).shape // [3] */
export const unflatten = <M = unknown>(graphdef: GraphDef, flat: FlatState | object): M =>
  merge(graphdef, Array.isArray(flat) ? fromFlatState(flat as FlatState) : flat);
/** Every module, variable and array below with its path, each once; what is inside before what is around. Source: flax.nnx.iter_graph.
 * @example [...nnx.iterGraph(new nnx.Linear(1, 1, { rngs: new nnx.Rngs(0) }))].map(([path]) => path) // [["kernel"], ["bias"], []] */
export function* iterGraph(node: unknown): Generator<[path: readonly PathEntry[], value: unknown]> {
  const seen = new Set<unknown>();
  function* walk(v: unknown, path: readonly PathEntry[]): Generator<[readonly PathEntry[], unknown]> {
    if (typeof v !== "object" || v === null || seen.has(v)) return;
    const open = v instanceof Pytree || Array.isArray(v) || isNested(v);
    if (!open && !(v instanceof Variable) && !(v instanceof Value)) return;
    seen.add(v);
    if (open) for (const [k, x] of Object.entries(v)) yield* walk(x, [...path, k]);
    yield [path, v];
  }
  yield* walk(node, []);
}
/** The places at which one module or variable stands more than once. Source: flax.nnx.find_duplicates.
 * @example nnx.findDuplicates(new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) })) // [] */
export function findDuplicates(node: unknown): (readonly PathEntry[])[][] {
  const places = new Map<object, (readonly PathEntry[])[]>();
  const walk = (v: unknown, path: readonly PathEntry[]): void => {
    if (typeof v !== "object" || v === null || v instanceof Value) return;
    const shared = v instanceof Pytree || v instanceof Variable;
    if (shared) {
      const list = places.get(v);
      if (list) return void list.push(path);
      places.set(v, [path]);
    }
    if (v instanceof Variable || !(v instanceof Pytree || Array.isArray(v) || isNested(v))) return;
    for (const [k, x] of Object.entries(v)) walk(x, [...path, k]);
  };
  walk(node, []);
  return [...places.values()].filter((p) => p.length > 1);
}
