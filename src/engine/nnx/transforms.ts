// jit, grad, remat and control flow over functions of modules. Each takes the modules among the arguments apart, runs the engine's transformation
// over the arrays, and sets the variables that the function set.
import { StructureError } from "../core/errors.ts";
import { parametersOf } from "../core/parameters.ts";
import { type PathEntry, showPath } from "../core/pytree.ts";
import type { AnyFunction, ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import * as lax from "../lax/index.ts";
import { checkpoint, type CheckpointOptions } from "../transforms/checkpoint.ts";
import { jit as engineJit, type JitOptions as EngineJitOptions } from "../transforms/jit.ts";
import { type AuxOptions, valueAndGrad as engineValueAndGrad } from "../transforms/autodiff.ts";
import { evalShape as engineEvalShape } from "../transforms/inspect.ts";
import { setArgumentNames } from "../transforms/args.ts";
import { type Filter, toPredicate } from "./filters.ts";
import { type GraphDef, type Slot, byIndex, flattenGraph, unflattenGraph } from "./graph.ts";
import { fromFlatState } from "./state.ts";
import { Pytree } from "./module.ts";
import { Param, Variable } from "./variable.ts";

/** The same parameters, name and text as another function: what messages and lenses call it by. */
export function named<F extends AnyFunction>(fn: F, like: AnyFunction): F {
  return Object.defineProperty(fn, "name", { value: like.name, configurable: true });
}
/** A function of modules that ran on arrays. */
export interface Run {
  readonly out: unknown;
  readonly args: readonly unknown[];
  /** [result, arguments] as a structure, with the leaves that are new. */
  readonly after: () => [GraphDef, Slot[]];
  /** The indices of the modules and variables that the arguments brought. */
  readonly indices: () => Map<object, number>;
  /** The value that a place had before. */
  readonly before: (slot: Slot) => unknown;
}
/** Runs a function of modules on arrays: [result, arguments] as a structure and the leaves that are new. */
export function runPure(fn: AnyFunction, self: unknown, def: GraphDef, leaves: readonly unknown[], everything = false): Run {
  const made = new Map<number, object>(),
    args = unflattenGraph(def, leaves, undefined, made) as unknown[],
    before = new Map([...made.values()].filter((o) => o instanceof Variable).map((v) => [v, v.value])),
    indices = new Map([...made].map(([i, o]) => [o, i])),
    out = fn.apply(self, args) as unknown;
  return {
    out,
    args,
    after: () => flattenGraph([out, args], { loose: true, indices, ...(everything ? {} : { before }) }),
    indices: () => indices,
    before: (slot) => (slot.variable ? before.get(slot.variable) : slot.value),
  };
}
export const valuesOf = (slots: readonly Slot[]): unknown[] => slots.map((s) => s.value);
/** The result of a call, with the variables of its arguments set. */
export function finish(def: GraphDef, leaves: readonly unknown[], indices: ReadonlyMap<object, number>): unknown {
  return finishPair(def, leaves, indices)[0];
}
/** Both parts of what a run left. */
export const finishPair = (def: GraphDef, leaves: readonly unknown[], indices: ReadonlyMap<object, number>): [unknown, unknown] =>
  unflattenGraph(def, leaves, byIndex(indices)) as [unknown, unknown];

/** Options of `nnx.jit`. */
export type JitOptions = Pick<EngineJitOptions, "staticArgnums" | "staticArgnames" | "inline" | "cacheSize">;
const asList = <T>(v: T | readonly T[] | undefined): readonly T[] => (v === undefined ? [] : Array.isArray(v) ? (v as readonly T[]) : [v as T]);
/**
 * As `jit`, for functions of modules: variables that the function sets are set when the call returns, and modules that it makes are given back.
 * A program is compiled once for each structure of the modules and each type of the arrays. `nnx.jit(fn, options)`; also as a decorator of methods:
 * `@nnx.jit`, whose module is then an argument like any other. Source: flax.nnx.jit.
 * @example const m = new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) }); nnx.jit((l: nnx.Linear, x: Array) => l.call(x))(m, np.ones([2])).shape // [3]
 */
export function jit<F extends AnyFunction>(fn: F, options?: JitOptions | ClassMethodDecoratorContext): F {
  const isMethod = typeof options === "object" && "kind" in options && "addInitializer" in options,
    p = (isMethod ? {} : (options ?? {})) as JitOptions,
    { names } = parametersOf(fn),
    statics = new Set([
      ...asList(p.staticArgnums).map((i) => (i < 0 ? i + names.length : i)),
      ...asList(p.staticArgnames).map((n) => {
        const i = names.indexOf(n);
        if (i < 0) throw new StructureError(`nnx.jit: staticArgnames names "${n}", but the parameters are ${names.join(", ") || "none"}`);
        return i;
      }),
    ]);
  const pure = named(function (
    this: unknown,
    def: GraphDef,
    leaves: Readonly<Record<string, unknown>>,
    fixed: readonly unknown[],
  ): [GraphDef, unknown[]] {
    const whole = (self: unknown, ...args: unknown[]): unknown =>
      fn.apply(
        self ?? this,
        args.map((a, i) => (statics.has(i) ? fixed[i] : a)),
      ) as unknown;
    const [defOut, slots] = runPure(whole, undefined, def, Object.values(leaves)).after();
    return [defOut, valuesOf(slots)];
  }, fn);
  setArgumentNames(pure, shownSlot);
  const compiled = engineJit(pure, {
    staticArgnums: 2,
    ...(p.inline === undefined ? {} : { inline: p.inline }),
    ...(p.cacheSize === undefined ? {} : { cacheSize: p.cacheSize }),
  });
  const call = function (this: unknown, ...args: unknown[]): unknown {
    const indices = new Map<object, number>(),
      node = this instanceof Pytree,
      [def, slots] = flattenGraph([node ? this : null, ...args.map((a, i) => (statics.has(i) ? null : a))], { loose: true, indices }),
      leaves = Object.fromEntries(slots.map((s, i) => [slotName(i, s.path, names), s.value])),
      fixed = args.map((a, i) => (statics.has(i) ? a : null)),
      [defOut, out] = compiled.call(node ? undefined : this, def, leaves as never, fixed) as [GraphDef, unknown[]];
    return finish(defOut, out, indices);
  };
  return named(call as F, fn);
}
/** A leaf by the path that people know: `model.layers[0].kernel`. The number keeps the order. */
const slotName = (i: number, path: readonly PathEntry[], names: readonly string[]): string =>
  `${String(i).padStart(5, "0")} ${path[0] === 0 ? "this" : (names[Number(path[0]) - 1] ?? `argument ${Number(path[0]) - 1}`)}${showPath(path.slice(1))}`;
const shownSlot = (path: readonly PathEntry[]): string | null => /^\d{5,} (.*)$/s.exec(String(path.at(-1)))?.[1] ?? null;

/** An argument to differentiate by, and which of its variables. Source: flax.nnx.DiffState. */
export class DiffState {
  constructor(
    readonly argnum: number,
    readonly filter: Filter,
  ) {}
}
/** Options of `nnx.grad` and `nnx.valueAndGrad`. */
export interface GradOptions extends AuxOptions {
  /** The arguments to differentiate by; of a module, its Params. A DiffState names others. Default 0. */
  readonly argnums?: number | DiffState | readonly (number | DiffState)[];
}
type Gradients = unknown;
function differentiated(fn: AnyFunction, options: GradOptions, what: string): (...args: unknown[]) => [unknown, Gradients] {
  const given = options.argnums ?? 0,
    several = Array.isArray(given),
    wanted = asList<number | DiffState>(given as number | DiffState).map((n) => (typeof n === "number" ? new DiffState(n, Param) : n));
  return function (this: unknown, ...args: unknown[]): [unknown, Gradients] {
    const indices = new Map<object, number>(),
      [def, slots] = flattenGraph(args, { loose: true, indices });
    const which = slots.map((s) =>
      wanted.findIndex((w) => {
        const n = w.argnum < 0 ? w.argnum + args.length : w.argnum;
        return (
          s.path[0] === n && (s.variable === null ? args[n] === s.value || !isNodeTree(args[n]) : toPredicate(w.filter)(s.path.slice(1), s.variable))
        );
      }),
    );
    wanted.forEach((w, k) => {
      if (!which.includes(k))
        throw new StructureError(
          `${what}: argument ${w.argnum} has no variable to differentiate by; name others with new nnx.DiffState(${w.argnum}, filter)`,
        );
    });
    const pure = named((diff: readonly unknown[], rest: readonly unknown[]): [unknown, [unknown, GraphDef, unknown[]]] => {
      let d = 0,
        r = 0;
      const run = runPure(
          fn,
          this,
          def,
          which.map((k) => (k >= 0 ? diff[d++] : rest[r++])),
        ),
        pair = options.hasAux ? (run.out as readonly unknown[]) : [run.out, null];
      if (options.hasAux && !(Array.isArray(pair) && pair.length === 2))
        throw new StructureError(`${what}: with hasAux the function must return [loss, aux]`);
      const [defOut, out] = run.after();
      return [pair[0], [pair[0], defOut, valuesOf(out)]];
    }, fn);
    const values = valuesOf(slots),
      [[, [, defOut, out]], g] = engineValueAndGrad(pure as never, { hasAux: true })(
        values.filter((_v, i) => which[i]! >= 0) as never,
        values.filter((_v, i) => which[i]! < 0) as never,
      ) as unknown as [[unknown, [unknown, GraphDef, unknown[]]], unknown[]];
    let at = 0;
    const found = slots.map((s, i) => (which[i]! >= 0 ? ([s, which[i]!, g[at++]] as const) : null)).filter((f) => f !== null);
    const gradients = wanted.map((_w, k) =>
      fromFlatState<unknown>(
        found.filter(([, w]) => w === k).map(([s, , value]) => [s.path.slice(1), s.variable ? s.variable.replace(value) : value] as const),
      ),
    );
    return [finish(defOut, out, indices), several ? gradients : gradients[0]];
  };
}
const isNodeTree = (v: unknown): boolean => flattenGraph(v)[1].some((s) => s.variable !== null);
/**
 * As `grad`, by the Params of a module: the gradient is a state of the module's variables. Variables that the function sets are set.
 * With `hasAux`, `[gradient, aux]`. Source: flax.nnx.grad.
 * @example const m = new nnx.Linear(2, 1, { rngs: new nnx.Rngs(0) }); nnx.toPureDict(nnx.grad((l: nnx.Linear) => l.call(np.ones([2])).sum())(m) as never) // { bias: [1], kernel: [[1], [1]] }
 */
export function grad<F extends AnyFunction>(fn: F, options: GradOptions = {}): (...args: Parameters<F>) => Gradients {
  const f = differentiated(fn, options, "nnx.grad");
  return named((...args: Parameters<F>) => {
    const [out, g] = f(...args);
    return options.hasAux ? [g, (out as unknown[])[1]] : g;
  }, fn);
}
/** As `nnx.grad`, with the value: `[value, gradient]`; with `hasAux`, `[[value, aux], gradient]`. Source: flax.nnx.value_and_grad.
 * @example const m = new nnx.Linear(1, 1, { rngs: new nnx.Rngs(0), useBias: false, kernelInit: nnx.initializers.ones }); nnx.valueAndGrad((l: nnx.Linear) => l.call(np.array([3])).sum())(m)[0] // 3 */
export function valueAndGrad<F extends AnyFunction>(fn: F, options: GradOptions = {}): (...args: Parameters<F>) => [ReturnType<F>, Gradients] {
  return named(differentiated(fn, options, "nnx.valueAndGrad"), fn) as (...args: Parameters<F>) => [ReturnType<F>, Gradients];
}
/** As `checkpoint`, over functions of modules: values are computed again for the gradient instead of kept. Source: flax.nnx.remat.
 * @example nnx.remat((x: Array) => np.square(x))(np.array(3)) // 9 */
export function remat<F extends AnyFunction>(fn: F, options: CheckpointOptions = {}): F {
  const call = function (this: unknown, ...args: unknown[]): unknown {
    const indices = new Map<object, number>(),
      [def, slots] = flattenGraph(args, { loose: true, indices });
    const pure = named((leaves: readonly unknown[]): [GraphDef, unknown[]] => {
      const [defOut, out] = runPure(fn, this, def, leaves).after();
      return [defOut, valuesOf(out)];
    }, fn);
    const [defOut, out] = checkpoint(pure, options)(valuesOf(slots));
    return finish(defOut, out, indices);
  };
  return named(call as F, fn);
}
/** The shapes and dtypes of what a function makes, module or tree, without computing it: its arrays are ShapeDtypeStructs. Source: flax.nnx.eval_shape.
 * @example String(nnx.evalShape((m: nnx.Linear, x: Array) => m.call(x), new nnx.Linear(2, 3, { rngs: new nnx.Rngs(0) }), np.ones([4, 2])))
 * // "ShapeDtypeStruct(shape=(4, 3), dtype=float32)" */
export function evalShape<F extends AnyFunction>(fn: F, ...args: Parameters<F>): ReturnType<F> {
  const [def, slots] = flattenGraph(args, { loose: true });
  const [defOut, out] = engineEvalShape(
    ((leaves: readonly unknown[]) => {
      const [d, s] = flattenGraph(runPure(fn, undefined, def, leaves).out, { loose: true });
      return [d, valuesOf(s)];
    }) as AnyFunction,
    valuesOf(slots),
  ) as [GraphDef, unknown[]];
  return unflattenGraph(defOut, out) as ReturnType<F>;
}
type Branch = AnyFunction;
function chosen(
  run: (branches: ((leaves: unknown) => unknown)[], leaves: unknown[]) => unknown,
  branches: readonly Branch[],
  operands: unknown[],
  what: string,
): unknown {
  const indices = new Map<object, number>(),
    [def, slots] = flattenGraph(operands, { loose: true, indices }),
    defs: GraphDef[] = [];
  const out = run(
    branches.map((b, i) =>
      named((leaves: unknown) => {
        const [d, s] = runPure(b, undefined, def, leaves as unknown[], true).after();
        defs[i] = d;
        return valuesOf(s);
      }, b),
    ),
    valuesOf(slots),
  ) as unknown[];
  const first = defs.find((d) => d !== undefined)!;
  if (defs.some((d) => d !== undefined && !d.equals(first)))
    throw new StructureError(`${what}: the branches give results, or leave modules, of different structures; expected the same of each`);
  return finish(first, out, indices);
}
/** As `lax.cond`, over functions of modules: variables are set by the branch that is taken. Source: flax.nnx.cond.
 * @example nnx.cond(np.array(true), (x: Array) => x.add(1), (x: Array) => x, np.array(1)) // 2 */
export function cond<A extends unknown[], R>(pred: ArrayLike, trueFn: (...operands: A) => R, falseFn: (...operands: A) => R, ...operands: A): R {
  return chosen(([f, t], leaves) => lax.cond(pred, t as never, f as never, leaves), [falseFn, trueFn], operands, "nnx.cond") as R;
}
/** As `lax.switch`, over functions of modules. Source: flax.nnx.switch.
 * @example nnx.switch(np.int32(1), [(x: Array) => x, (x: Array) => x.mul(10)], np.array(2)) // 20 */
function switch_<A extends unknown[], R>(index: ArrayLike, branches: readonly ((...operands: A) => R)[], ...operands: A): R {
  return chosen((list, leaves) => lax.switch(index, list as never[], leaves), branches, operands, "nnx.switch") as R;
}
export { switch_ as switch };
function looped<T>(
  init: T,
  what: string,
  run: (def: GraphDef, step: (fn: AnyFunction, leaves: unknown[], ...before: unknown[]) => unknown[], leaves: unknown[]) => unknown[],
): T {
  const indices = new Map<object, number>(),
    [def, slots] = flattenGraph([init], { loose: true, indices });
  const step = (fn: AnyFunction, leaves: unknown[], ...before: unknown[]): unknown[] => {
    const made = new Map<number, object>(),
      [value] = unflattenGraph(def, leaves, undefined, made) as [unknown],
      [after, out] = flattenGraph([fn(...before, value)], { loose: true, indices: new Map([...made].map(([i, o]) => [o, i])) });
    if (!after.equals(def)) throw new StructureError(`${what}: the body gives another structure than it takes; modules must stay as they are`);
    return valuesOf(out);
  };
  const out = run(def, step, valuesOf(slots));
  return (unflattenGraph(def, out, byIndex(indices)) as [T])[0];
}
/** As `lax.whileLoop`, with modules in the value. Source: flax.nnx.while_loop.
 * @example nnx.whileLoop((x: Array) => x.lt(10), (x: Array) => x.mul(2), np.array(1)) // 16 */
export function whileLoop<T>(condFn: (value: T) => ArrayLike, bodyFn: (value: T) => T, init: T): T {
  return looped(
    init,
    "nnx.whileLoop",
    (def, step, leaves) =>
      lax.whileLoop(
        ((l: unknown[]) => condFn((unflattenGraph(def, l) as [T])[0])) as never,
        ((l: unknown[]) => step(bodyFn, l)) as never,
        leaves as never,
      ) as unknown[],
  );
}
/** As `lax.foriLoop`, with modules in the value. Source: flax.nnx.fori_loop.
 * @example nnx.foriLoop(0, 3, (_i: Array, x: Array) => x.mul(2), np.array(1)) // 8 */
export function foriLoop<T>(lower: ArrayLike, upper: ArrayLike, body: (i: Value, value: T) => T, init: T): T {
  return looped(
    init,
    "nnx.foriLoop",
    (_def, step, leaves) => lax.foriLoop(lower, upper, ((i: Value, l: unknown[]) => step(body, l, i)) as never, leaves as never) as unknown[],
  );
}
