// For users: debug.print, debug.callback, pureCallback, ioCallback, on pytrees.
import { ShapeDtypeStruct, ShapedArray } from "./core/aval.ts";
import { DTypeError } from "./core/errors.ts";
import { type TreeDef, flatten } from "./core/pytree.ts";
import { leavesUpTo } from "./core/prefix.ts";
import { bind } from "./core/trace.ts";
import type { NDArray } from "./core/value.ts";
import { type ArrayLike, asArray, castTo } from "./numpy/convert.ts";
import {
  type HostFunction,
  VMAP_METHODS,
  debugCallback,
  debugPrint,
  ioCallback as ioPrimitive,
  pureCallback as purePrimitive,
} from "./primitives/callback.ts";
import { checkArguments } from "./core/signature.ts";
import type { AnyFunction, Arrays, Leaf } from "./core/treeTypes.ts";
import { flattenArgs, functionName } from "./transforms/args.ts";

const NUMPY_OPTIONS = [
  ["edgeitems", 3],
  ["threshold", 1000],
  ["floatmode", "maxprec"],
  ["precision", 8],
  ["suppress", false],
  ["linewidth", 75],
  ["nanstr", "nan"],
  ["infstr", "inf"],
  ["sign", "-"],
  ["formatter", null],
  ["legacy", false],
  ["override_repr", null],
] as const;
const isOptions = (v: unknown): v is { ordered?: boolean } => typeof v === "object" && v !== null && Object.keys(v).length === 1 && "ordered" in v;
const isNamed = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && Object.getPrototypeOf(v) === Object.prototype;
/** Every placeholder of the text has its value: said here, where the call is, and not when the program runs. */
function checkPlaceholders(fmt: string, count: number, named: Readonly<Record<string, unknown>>): void {
  let next = 0;
  for (const [, name] of fmt
    .replaceAll("{{", "")
    .replaceAll("}}", "")
    .matchAll(/\{([^{}:!]*)[^{}]*\}/g)) {
    const at = name === "" ? next++ : /^\d+$/.test(name!) ? Number(name) : null;
    if (at !== null ? at >= count : !Object.hasOwn(named, name!.split(/[.[]/)[0]!))
      throw new TypeError(
        at !== null
          ? `debug.print: the text "${fmt}" has a placeholder for value ${at}, and ${count} values are given`
          : `debug.print: the text "${fmt}" names {${name}}, and the values given are ${Object.keys(named).join(", ") || "none"}; pass it as debug.print(text, { ${name} })`,
      );
  }
}
/** Options of debug.print, debug.callback and ioCallback. */
export interface DebugOptions {
  /** Keeps the order of the calls among each other, at the price of freedom for the compiler. */
  readonly ordered?: boolean;
}
/** pureCallback. */
export interface PureCallbackOptions {
  /** What vmap makes of it: "sequential", "expand_dims", "broadcast_all", "legacy_vectorized"; null refuses. */
  readonly vmapMethod?: string | null;
}
/** What can be printed: pytrees of arrays, numbers and texts. */
export type Printed = Leaf | string | null | undefined | readonly Printed[] | { readonly [key: string]: Printed };
/** Prints values while the program runs, also inside jit; a last argument `{ ordered: true }` keeps the order of the calls: `print("x = {x}", { x })`, `print("{} {:.2f}", a, b)`.
 * @example const lines: string[] = []; debug.setPrinter((line) => lines.push(line)); jit((x: Array) => { debug.print("x = {}", x); return x; })(np.array(3));
 * debug.setPrinter((line) => console.log(line)); lines // ["x = 3"] */
export function print(fmt: string, ...args: Printed[]): void {
  const ordered = isOptions(args.at(-1)) ? Boolean((args.pop() as { ordered?: boolean }).ordered) : false,
    named = isNamed(args.at(-1)) ? (args.pop() as Record<string, unknown>) : {};
  checkPlaceholders(fmt, args.length, named);
  const flat = flattenArgs(print as AnyFunction, [args, named], "debug.print");
  bind(debugPrint, flat.values, {
    fmt,
    hasPlaceholders: /\{/.test(fmt),
    inTree: flat.tree,
    loggingRecord: null,
    npPrintoptions: NUMPY_OPTIONS,
    ordered,
    partitioned: false,
    staticArgs: [],
  });
}
/** Calls a JavaScript function with concrete arrays while the program runs. Its result is ignored.
 * @example const seen: unknown[] = []; jit((x: Array) => { debug.callback((v: Array) => seen.push(v.item()), x); return x; })(np.array(3)); seen // [3] */
export function callback(fn: AnyFunction, ...args: (Printed | DebugOptions)[]): void;
export function callback(fn: AnyFunction, ...args: unknown[]): void {
  const ordered = isOptions(args.at(-1)) ? Boolean((args.pop() as { ordered?: boolean }).ordered) : false,
    flat = flattenArgs(fn, args, "debug.callback");
  const call: HostFunction = (...xs) => {
    fn(...(flat.tree.unflatten(xs) as unknown[]));
    return [];
  };
  bind(debugCallback, flat.values, {
    callback: Object.defineProperty(call, "name", { value: functionName(fn) }),
    effect: ordered ? "OrderedDebug" : "Debug",
    partitioned: false,
  });
}
interface Shapes {
  readonly avals: readonly ShapedArray[];
  readonly tree: TreeDef;
}
function shapesOf(what: string, shapes: unknown): Shapes {
  const [leaves, tree] = flatten(shapes, (v) => v instanceof ShapeDtypeStruct);
  return {
    tree,
    avals: leaves.map((l) =>
      l instanceof ShapeDtypeStruct
        ? l.aval
        : typeof l === "object" && l !== null && "shape" in l && "dtype" in l
          ? new ShapedArray((l as NDArray).shape, (l as NDArray).dtype)
          : (() => {
              throw new DTypeError(`${what}: the result shapes contain ${String(l)}, expected shapeDtypeStruct(shape, dtype)`);
            })(),
    ),
  };
}
/** The flat function behind a host call: results are checked against the shapes that were promised. */
function hostCall(what: string, fn: AnyFunction, inTree: TreeDef, out: Shapes): HostFunction {
  const call: HostFunction = (...xs) =>
    leavesUpTo(out.tree, fn(...(inTree.unflatten(xs) as unknown[])), `${what}: the result of ${functionName(fn)}`).map(
      (v, i) => castTo(asArray(v as ArrayLike, what), out.avals[i]!.dtype) as NDArray,
    );
  return Object.defineProperty(call, "name", { value: functionName(fn) });
}
const splitOptions = <T extends object>(args: unknown[], keys: readonly string[]): T => {
  const last = args.at(-1);
  return (isNamed(last) && Object.keys(last).length > 0 && Object.keys(last).every((k) => keys.includes(k)) ? args.pop() : {}) as T;
};
/** A JavaScript function of concrete arrays as an operation, without effects. `resultShapes`: shapeDtypeStructs, as a pytree.
 * @example jit((x: Array) => pureCallback((v: Array) => np.array(Math.hypot(3, Number(v.item()))), shapeDtypeStruct([], "float32"), x))(4) // 5 */
export function pureCallback<const S>(fn: AnyFunction, resultShapes: S, ...args: (Printed | PureCallbackOptions)[]): Arrays<S>;
export function pureCallback(fn: AnyFunction, resultShapes: unknown, ...args: unknown[]): unknown {
  checkArguments("pureCallback", [fn, resultShapes, ...args]);
  const { vmapMethod = null } = splitOptions<{ vmapMethod?: string | null }>(args, ["vmapMethod"]),
    out = shapesOf("pureCallback", resultShapes),
    flat = flattenArgs(fn, args, "pureCallback");
  if (vmapMethod !== null && !(VMAP_METHODS as readonly string[]).includes(vmapMethod))
    throw new TypeError(`pureCallback: vmapMethod is "${vmapMethod}", expected one of ${VMAP_METHODS.join(", ")}`);
  return out.tree.unflatten(
    bind(purePrimitive, flat.values, { callback: hostCall("pureCallback", fn, flat.tree, out), resultAvals: out.avals, sharding: null, vmapMethod }),
  );
}
/** A JavaScript function with effects as an operation: called exactly as often as the program says, in its order.
 * @example ioCallback((v: Array) => v, shapeDtypeStruct([], "float32"), np.array(4)) // 4 */
export function ioCallback<const S>(fn: AnyFunction, resultShapes: S, ...args: (Printed | DebugOptions)[]): Arrays<S>;
export function ioCallback(fn: AnyFunction, resultShapes: unknown, ...args: unknown[]): unknown {
  checkArguments("ioCallback", [fn, resultShapes, ...args]);
  const { ordered = false } = splitOptions<{ ordered?: boolean }>(args, ["ordered"]),
    out = shapesOf("ioCallback", resultShapes),
    flat = flattenArgs(fn, args, "ioCallback");
  return out.tree.unflatten(
    bind(ioPrimitive, flat.values, { callback: hostCall("ioCallback", fn, flat.tree, out), resultAvals: out.avals, sharding: null, ordered }),
  );
}
