// Control flow for users: cond, switch, whileLoop, foriLoop, scan, map, associativeScan, on pytrees.
import { bodiesAreCheckpointed, checkpoint } from "../transforms/checkpoint.ts";
import { ShapedArray } from "../core/aval.ts";
import { scalarArray } from "../core/arrays.ts";
import { type DType, canonicalize, isInteger } from "../core/dtypes.ts";
import { ArgumentError, DTypeError, ShapeError, StructureError } from "../core/errors.ts";
import { type PathEntry, type TreeDef, tupleOf } from "../core/pytree.ts";
import { bind } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { agreeBranches, convertResult, stageLoop } from "../control/agree.ts";
import { condPrimitive } from "../control/cond.ts";
import { scanPrimitive } from "../control/scan.ts";
import { shareConsts, stageFunction } from "../control/stage.ts";
import { whilePrimitive } from "../control/while.ts";
import { type ArrayLike, asArray, castTo, options, sizeArgument } from "../numpy/convert.ts";
import * as o from "../primitives/ops.ts";
import type { AnyFunction, ArrayArgs, Arrays, Loose } from "../core/treeTypes.ts";
import { describe, flattenArgs, flattenResult, functionName } from "../transforms/args.ts";
import { concreteOf } from "../transforms/jvp.ts";
import { type Ref, meetingRefs, valuesOf, withValues, write } from "../transforms/references.ts";

/** A function with the values of references of outside as its first argument, which it gives back after its result. */
const withRefs = (refs: readonly Ref[], f: AnyFunction): AnyFunction =>
  Object.defineProperty((now: readonly Value[], ...xs: unknown[]) => withValues(refs, now, () => f(...xs) as unknown), "name", { value: f.name });
function choose(
  what: string,
  index: Value,
  names: readonly string[],
  branches: readonly AnyFunction[],
  operands: readonly unknown[],
  note = "",
): unknown {
  return meetingRefs((refs) => {
    if (!refs.length) return chooseStaged(what, index, names, branches, operands, note);
    const [out, last] = chooseStaged(
      what,
      index,
      names,
      branches.map((b) => withRefs(refs, b)),
      [valuesOf(refs), ...operands],
      note,
    ) as [unknown, Value[]];
    write(refs, last);
    return out;
  });
}
function chooseStaged(
  what: string,
  index: Value,
  names: readonly string[],
  branches: readonly AnyFunction[],
  operands: readonly unknown[],
  note: string,
): unknown {
  const flat = flattenArgs(branches[0]!, operands, what),
    avals = flat.values.map((v) => v.aval);
  const staged = agreeBranches(
    what,
    branches.map((b, i) => ({
      name: names[i]!,
      staged: stageFunction(b, flat.tree, avals),
      convert: (types) =>
        stageFunction(
          Object.defineProperty(
            (...xs: unknown[]) => {
              const { values, tree } = flattenResult(b(...xs), functionName(b));
              return tree.unflatten(values.map((v, k) => convertResult(v, types[k]!)));
            },
            "name",
            { value: b.name },
          ),
          flat.tree,
          avals,
        ),
    })),
    note,
  );
  const { jaxprs, consts } = shareConsts(staged);
  return staged[0]!.outTree.unflatten(bind(condPrimitive, [index, ...consts, ...flat.values], { branches: jaxprs }));
}
/** A function among the arguments of control flow. */
function checkFunction(what: string, name: string, f: unknown): void {
  if (typeof f !== "function") throw new DTypeError(`${what}: ${name} is ${describe(f)}, expected a function`);
}
/**
 * trueFn(...operands) where the predicate (a scalar) holds, else falseFn(...operands); only one is computed, both are traced.
 * Throws DTypeError where the branches' results differ in structure, shape or dtype.
 * @example lax.cond(true, (x: Array) => x.add(1), (x: Array) => x.sub(1), np.array(5)) // 6
 */
export function cond<const Ops extends readonly unknown[], R>(
  predicate: ArrayLike,
  trueFn: (...operands: ArrayArgs<Ops>) => R,
  falseFn: (...operands: ArrayArgs<Ops>) => Loose<NoInfer<R>>,
  ...operands: Ops
): Arrays<R>;
export function cond(predicate: ArrayLike, trueFn: AnyFunction, falseFn: AnyFunction, ...operands: unknown[]): unknown {
  const p = asArray(predicate, "lax.cond", "the predicate");
  if (p.ndim !== 0)
    throw new ShapeError(`lax.cond: the predicate is ${p.aval}, expected a scalar; use np.where for arrays, or reduce it with np.any or np.all`);
  checkFunction("lax.cond", "trueFn", trueFn);
  checkFunction("lax.cond", "falseFn", falseFn);
  const index = o.convert(p.dtype === "bool" ? p : o.ne(p, o.like(p, 0)), "int32");
  return choose("lax.cond", index, ["branch 0", "branch 1"], [falseFn, trueFn], operands, " (branch 0 is falseFn, branch 1 trueFn)");
}
/** branches[index](...operands), for a scalar integer index; an index out of range is clamped. Results agree as in cond.
 * @example lax.switch(1, [(x: Array) => x, (x: Array) => x.neg()], np.array(5)) // -5 */
function switch_<const Ops extends readonly unknown[], Branch extends (...operands: NoInfer<ArrayArgs<Ops>>) => unknown>(
  index: ArrayLike,
  branches: readonly Branch[],
  ...operands: Ops
): Arrays<ReturnType<Branch>>;
function switch_(index: ArrayLike, branches: readonly AnyFunction[], ...operands: unknown[]): unknown {
  const i = typeof index === "number" && Number.isInteger(index) ? o.lit("int32", index) : asArray(index, "lax.switch", "the index");
  if (!i.dtype.includes("int")) throw new DTypeError(`lax.switch: the index has dtype ${i.dtype}, expected an integer`);
  if (i.ndim !== 0) throw new ShapeError(`lax.switch: the index is ${i.aval}, expected a scalar; vmap the switch over an array of indices`);
  if (!Array.isArray(branches) || !branches.length)
    throw new ShapeError("lax.switch: there is no branch; expected an array of at least one function");
  branches.forEach((b, k) => checkFunction("lax.switch", `branch ${k}`, b));
  if (branches.length === 1) return branches[0]!(...operands);
  return choose(
    "lax.switch",
    o.min(o.max(castTo(i, "int32"), o.lit("int32", 0)), o.lit("int32", branches.length - 1)),
    branches.map((_b, k) => `branch ${k}`),
    branches,
    operands,
  );
}
export { switch_ as switch };

interface FlatInit {
  readonly tree: TreeDef;
  readonly values: Value[];
  readonly paths: PathEntry[][];
}
function flattenInit(what: string, init: unknown): FlatInit {
  const flat = flattenArgs((carry: unknown) => carry, [init], what);
  return { tree: flat.tree.children[0]!, values: flat.values, paths: flat.paths.map((p) => p.slice(1)) };
}
/**
 * Runs `bodyFn` on a value while `condFn` (→ one bool scalar) holds. The value keeps its structure, shapes and dtypes.
 * Differentiable in forward mode only: the number of steps is not known.
 * @example lax.whileLoop((x: Array) => x.lt(100), (x: Array) => x.mul(2), 1) // 128
 */
export function whileLoop<const Init>(
  condFn: (value: NoInfer<Arrays<Init>>) => ArrayLike,
  bodyFn: (value: NoInfer<Arrays<Init>>) => NoInfer<Loose<Init>>,
  init: Init,
): Arrays<Init>;
export function whileLoop(condFn: AnyFunction, bodyFn: AnyFunction, init: unknown): unknown {
  return loopWhile("lax.whileLoop", condFn, bodyFn, init);
}
function loopWhile(what: string, condFn: AnyFunction, bodyFn: AnyFunction, init: unknown): unknown {
  return meetingRefs((refs) => {
    if (!refs.length) return loopStaged(what, condFn, bodyFn, init);
    const [cond, body] = [condFn, bodyFn].map((f) => withRefs(refs, f));
    const [out, last] = loopStaged(
      what,
      ([v, now]: [unknown, Value[]]) => (cond!(now, v) as [unknown])[0],
      ([v, now]: [unknown, Value[]]) => body!(now, v) as unknown,
      [init, valuesOf(refs)],
    ) as [unknown, Value[]];
    write(refs, last);
    return out;
  });
}
function loopStaged(what: string, condFn: AnyFunction, bodyFn: AnyFunction, init: unknown): unknown {
  checkFunction(what, "the condition", condFn);
  checkFunction(what, "the body", bodyFn);
  const flat = flattenInit(what, init),
    inTree = tupleOf(flat.tree),
    { values, staged } = stageLoop(
      what,
      flat,
      (avals) => stageFunction(bodyFn, inTree, avals),
      (t) => t,
    ),
    c = stageFunction(
      condFn,
      inTree,
      values.map((v) => v.aval),
    );
  if (c.outTree.kind !== "leaf" || c.outAvals[0]!.dtype !== "bool" || c.outAvals[0]!.ndim)
    throw new DTypeError(
      `${what}: the condition returns ${c.outTree.kind === "leaf" ? String(c.outAvals[0]) : String(c.outTree)}, expected one bool scalar`,
    );
  return staged.outTree.unflatten(
    bind(whilePrimitive, [...c.consts, ...staged.consts, ...values], {
      condJaxpr: c.jaxpr,
      condNconsts: c.consts.length,
      bodyJaxpr: staged.jaxpr,
      bodyNconsts: staged.consts.length,
    }),
  );
}
/** The dtype of a loop's counter: that of the bounds, where they are arrays. */
function counterType(what: string, lower: Value, upper: Value): DType {
  for (const [name, v] of [
    ["lower", lower],
    ["upper", upper],
  ] as const) {
    if (v.ndim !== 0) throw new ShapeError(`${what}: ${name} is ${v.aval}, expected a scalar integer`);
    if (!isInteger(v.dtype)) throw new DTypeError(`${what}: ${name} has dtype ${v.dtype}, expected an integer`);
  }
  if (lower.dtype === upper.dtype) return lower.dtype;
  if (lower.weakType || upper.weakType) return lower.weakType ? upper.dtype : lower.dtype;
  throw new DTypeError(`${what}: lower and upper must have equal types, got ${lower.dtype} and ${upper.dtype}; convert one with astype`);
}
/** A bound of a loop: an integer is a weak one, as beside an array. */
const boundOf = (x: ArrayLike, name: string): Value =>
  typeof x === "number" && Number.isInteger(x) ? scalarArray(x, new ShapedArray([], canonicalize("int64"), true)) : asArray(x, "lax.foriLoop", name);
export interface ForiLoopOptions {
  /** How many steps stand in one turn of the compiled loop; true: all, and there is no loop. Only where both bounds are known. */
  readonly unroll?: number | boolean;
}
/** body(i, value) for i from lower to upper − 1. With bounds that are known (numbers, concrete arrays) it is a scan, and differentiable in reverse.
 * @example lax.foriLoop(0, 4, (i: Array, x: Array) => x.add(i), 0) // 6 */
export function foriLoop<const Init>(
  lower: ArrayLike,
  upper: ArrayLike,
  body: (i: Value, value: NoInfer<Arrays<Init>>) => NoInfer<Loose<Init>>,
  init: Init,
  options?: ForiLoopOptions,
): Arrays<Init>;
export function foriLoop(lower: ArrayLike, upper: ArrayLike, body: AnyFunction, init: unknown, ...rest: unknown[]): unknown {
  const { unroll } = options<ForiLoopOptions>("lax.foriLoop", ["unroll"], rest);
  checkFunction("lax.foriLoop", "the body", body);
  const a = boundOf(lower, "lower"),
    b = boundOf(upper, "upper"),
    dtype = counterType("lax.foriLoop", a, b),
    from = concreteOf(a),
    to = concreteOf(b);
  if (from && to) {
    const start = from.item(),
      length = Math.max(0, Number(to.item()) - Number(start));
    const [[, out]] = scanNamed(
      "lax.foriLoop",
      ([i, v]: [Value, unknown]) => [[o.add(i, o.like(i, 1)), body(i, v)], null],
      [scalarArray(start, new ShapedArray([], dtype)), init],
      null,
      { length, ...(unroll === undefined ? {} : { unroll }) },
    ) as [[Value, unknown], null];
    return out;
  }
  if (unroll !== undefined && stepsTogether("lax.foriLoop", unroll, 1) > 1)
    throw new ArgumentError("lax.foriLoop: unroll is for bounds that are known while tracing (numbers, arrays of outside); leave it out here");
  const [, , out] = loopWhile(
    "lax.foriLoop",
    ([i, n]: [Value, Value]) => o.lt(i, n),
    ([i, n, v]: [Value, Value, unknown]) => [o.add(i, o.like(i, 1)), n, body(i, v)],
    [castTo(a, dtype), castTo(b, dtype), init],
  ) as [Value, Value, unknown];
  return out;
}
export interface ScanOptions {
  /** The number of steps; needed where `xs` holds no array. */
  readonly length?: number | null;
  /** Goes from the last x to the first; ys stay in the order of xs. */
  readonly reverse?: boolean;
  /** How many steps stand in one turn of the compiled loop, those that are left over after it; true: all, and there is no loop. The value is the same. */
  readonly unroll?: number | boolean;
}
/**
 * f(carry, x) → [carry, y] over the leading axis of xs; gives [last carry, stacked ys]. The carry keeps its structure, shapes and dtypes;
 * throws DTypeError where it does not, ShapeError where leading axes differ.
 * @example lax.scan((carry: Array, x: Array): [Array, Array] => [carry.add(x), carry], np.array(0), np.array([1, 2, 3])) // [6, [0, 1, 3]]
 */
export function scan<const Init, Y, const Xs = null>(
  f: (carry: NoInfer<Arrays<Init>>, x: NoInfer<Arrays<Xs>>) => readonly [carry: NoInfer<Loose<Init>>, y: Y],
  init: Init,
  xs?: Xs,
  options?: ScanOptions,
): [carry: Arrays<Init>, ys: Arrays<Y>];
export function scan(f: AnyFunction, init: unknown, xs: unknown = null, ...rest: unknown[]): [unknown, unknown] {
  return scanNamed("lax.scan", f, init, xs, ...rest);
}
function scanNamed(what: string, f: AnyFunction, init: unknown, xs: unknown, ...rest: unknown[]): [unknown, unknown] {
  return meetingRefs((refs) => {
    if (!refs.length) return scanStaged(what, f, init, xs, ...rest);
    const inner = withRefs(refs, f);
    const step = ([carry, now]: [unknown, Value[]], x: unknown): unknown => {
      const [[next, y], last] = inner(now, carry, x) as [[unknown, unknown], Value[]];
      return [[next, last], y];
    };
    const [[carry, last], ys] = scanStaged(what, Object.defineProperty(step, "name", { value: f.name }), [init, valuesOf(refs)], xs, ...rest) as [
      [unknown, Value[]],
      unknown,
    ];
    write(refs, last);
    return [carry, ys];
  });
}
/** How many steps one turn makes. */
function stepsTogether(what: string, unroll: number | boolean, length: number): number {
  if (typeof unroll === "boolean") return unroll ? Math.max(1, length) : 1;
  if (!Number.isInteger(unroll) || unroll < 1)
    throw new ArgumentError(`${what}: unroll is ${unroll}, expected true, false or an integer of at least 1`);
  return unroll;
}
function scanStaged(what: string, f: AnyFunction, init: unknown, xs: unknown, ...rest: unknown[]): [unknown, unknown] {
  const p = options<ScanOptions>(what, ["length", "reverse", "unroll"], rest);
  checkFunction(what, "the body", f);
  const fx = flattenArgs((x: unknown) => x, [xs], `${what}: xs`),
    flat = flattenInit(`${what}: the initial carry`, init),
    lengths = fx.values.map((v) => {
      if (v.ndim === 0) throw new ShapeError(`${what}: xs holds a scalar ${v.aval}; every array needs a leading axis to scan over`);
      return v.shape[0]!;
    });
  const length = p.length ?? lengths[0];
  if (length === undefined) throw new ShapeError(`${what}: xs holds no array; give { length }`);
  if (!Number.isInteger(length) || length < 0) throw new ShapeError(`${what}: length is ${String(length)}, expected an integer of at least 0`);
  if (lengths.some((n) => n !== length))
    throw new ShapeError(
      `${what}: the leading axes have sizes ${lengths.join(", ")}${p.length === undefined || p.length === null ? "" : ` and length is ${p.length}`}; they must be equal`,
    );
  const slices = fx.values.map((v) => v.aval.withShape(v.aval.shape.slice(1))),
    inTree = tupleOf(flat.tree, fx.tree.children[0]!);
  const body = Object.defineProperty(
    (c: unknown, x: unknown) => {
      const r = (bodiesAreCheckpointed() ? checkpoint(f) : f)(c, x) as unknown;
      if (!Array.isArray(r) || r.length !== 2)
        throw new StructureError(
          `${what}: the body must return a pair [carry, y], got ${Array.isArray(r) ? `an array of ${r.length}` : describe(r)}`,
        );
      return r;
    },
    "name",
    { value: f.name },
  );
  const { values, staged } = stageLoop(
    what,
    flat,
    (avals) => stageFunction(body, inTree, [...avals, ...slices]),
    (t) => t.children[0]!,
  );
  const outs = bind(scanPrimitive, [...staged.consts, ...values, ...fx.values], {
    jaxpr: staged.jaxpr,
    length,
    numConsts: staged.consts.length,
    numCarry: values.length,
    reverse: p.reverse ?? false,
    unroll: stepsTogether(what, p.unroll ?? 1, length),
  });
  return staged.outTree.unflatten(outs) as [unknown, unknown];
}
export interface MapOptions {
  /** How many examples a compiler may treat together. The value is the same. */
  readonly batchSize?: number | null;
}
/** f(x) for each x along the leading axis of xs, one after the other; gives the stacked results. `vmap` computes them together.
 * @example lax.map((x: Array) => x.mul(x), np.array([1, 2, 3])) // [1, 4, 9] */
export function map<const Xs, R>(f: (x: NoInfer<Arrays<Xs>>) => R, xs: Xs, options?: MapOptions): Arrays<R>;
export function map(f: AnyFunction, xs: unknown, opts?: MapOptions): unknown {
  const size = opts?.batchSize;
  if (size !== undefined && size !== null) sizeArgument("lax.map", "batchSize", size);
  return scan((_c: null, x: unknown) => [null, f(x)], null, xs)[1];
}
