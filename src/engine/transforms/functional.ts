// Transformations of functions that are made of the others: transposes of linear functions, hoisted closures, gradients given in place.
import { checkArguments } from "../core/signature.ts";
import { isInexact } from "../core/dtypes.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import { type ClosedJaxpr, evalClosed } from "../core/jaxpr.ts";
import { Linear, type Tangent, Zero } from "../core/primitive.ts";
import { type TreeDef, flatten } from "../core/pytree.ts";
import { leavesUpTo } from "../core/prefix.ts";
import { evalTrace, withName, withTrace } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { convert, instantiate } from "../primitives/ops.ts";
import type { AbstractArgs, AnyArgs, AnyFunction, Argnums, ArrayArgs, Arrays, Gradient, Loose, LooseArgs } from "../core/treeTypes.ts";
import { argNumbers, flattenArgs, flattenAvals, functionName, leafValue } from "./args.ts";
import { type AuxOptions, type WithAuxOptions, vjp } from "./autodiff.ts";
import { stageTree } from "./custom.ts";
import { customVjp } from "./customVjp.ts";
import { backwardPass } from "./transpose.ts";

interface StagedTree {
  readonly jaxpr: ClosedJaxpr;
  readonly consts: readonly Value[];
  readonly inTree: TreeDef;
  readonly outTree: TreeDef;
}
/** Stages a function of pytrees; what it closes over comes as leading inputs. */
function stageFunction(fn: AnyFunction, args: readonly unknown[], what: string): StagedTree {
  const { tree, avals } = flattenAvals(fn, args, what),
    staged = stageTree((xs) => fn(...xs), { tree, values: avals.map((aval) => ({ aval })) }, functionName(fn));
  return { ...staged, inTree: tree };
}
/** The transpose of a linear function: maps cotangents of its result to a list of cotangents, one an argument. Arguments may be stand-ins.
 * @example linearTranspose((x: Array) => x.mul(3), shapeDtypeStruct([], "float32"))(2) // [6] */
export function linearTranspose<A extends AnyArgs, R>(fn: (...args: A) => R, ...primals: AbstractArgs<A>): (cotangent: Loose<R>) => ArrayArgs<A> {
  const s = stageFunction(fn, primals, "linearTranspose"),
    n = s.consts.length,
    avals = s.jaxpr.inAvals.slice(n);
  avals.forEach((a) => {
    if (!isInexact(a.dtype))
      throw new DTypeError(
        `linearTranspose: ${functionName(fn)} takes an argument of type ${a}; only floating and complex arguments can be transposed`,
      );
  });
  return (cotangent) => {
    const cts = leavesUpTo(s.outTree, cotangent, "linearTranspose: the cotangent").map((c, i): Tangent => {
      const v = leafValue(c, () => "linearTranspose: the cotangent"),
        out = s.jaxpr.outAvals[i]!;
      if (v.shape.join() !== out.shape.join())
        throw new ShapeError(
          `linearTranspose: the cotangent has shape [${v.shape.join()}], the output of ${functionName(fn)} ${out}; they must be equal`,
        );
      return convert(v, out.dtype);
    });
    const back = backwardPass(s.jaxpr.jaxpr, s.jaxpr.consts, [...s.consts, ...avals.map((a) => new Linear(a))], cts).slice(n);
    return s.inTree.unflatten(back.map((t, i) => instantiate(t ?? new Zero(avals[i]!)))) as ArrayArgs<A>;
  };
}
/** `[converted, consts]`: the function with the floating values it closes over as trailing arguments, `converted(...args, ...consts)`.
 * @example const a = np.array(2); const [f, consts] = closureConvert((x: Array) => x.mul(a), 1); [f(3, ...consts), consts.length] // [6, 0] */
export function closureConvert<A extends AnyArgs, R>(
  fn: (...args: A) => R,
  ...exampleArgs: AbstractArgs<A>
): [converted: (...args: [...LooseArgs<A>, ...Value[]]) => Arrays<R>, consts: Value[]] {
  const s = stageFunction(fn, exampleArgs, "closureConvert"),
    hoisted = s.consts.map((c) => isInexact(c.dtype));
  const converted = (...args: unknown[]): Arrays<R> => {
    const own = args.slice(0, exampleArgs.length),
      given = args.slice(exampleArgs.length) as Value[],
      flat = flattenArgs(fn, own, "closureConvert");
    let at = 0;
    return s.outTree.unflatten(evalClosed(s.jaxpr, [...s.consts.map((c, i) => (hoisted[i] ? given[at++]! : c)), ...flat.values])) as Arrays<R>;
  };
  return [converted, s.consts.filter((_c, i) => hoisted[i])];
}
/** A function that gives its own reverse derivative: it returns `[value, pullback]`, the pullback maps a cotangent to one cotangent an argument.
 * @example grad(customGradient((x: Array) => [x.mul(x), (g: Array) => [g.mul(7)]]))(3) // 7 */
export function customGradient<A extends AnyArgs, R>(
  fn: (...args: A) => readonly [value: R, pullback: (cotangent: Arrays<R>) => unknown],
): (...args: LooseArgs<A>) => Arrays<R> {
  let pull: StagedTree | null = null;
  const value = (...args: A): unknown => fn(...args)[0];
  const wrapped = customVjp(Object.defineProperty(value, "name", { value: functionName(fn) }) as AnyFunction);
  wrapped.defvjp(
    (...args: AnyArgs) => {
      const r = fn(...(args as A)) as readonly [unknown, AnyFunction];
      if (!Array.isArray(r) || r.length !== 2 || typeof r[1] !== "function")
        throw new DTypeError(`customGradient: ${functionName(fn)} must return [value, pullback]`);
      // What the pullback closes over is what the backward pass needs: its residuals.
      pull = stageFunction(
        (ct: unknown) => {
          const g = (r[1] as AnyFunction)(ct) as unknown;
          return args.length === 1 && !(Array.isArray(g) && g.length === 1) ? [g] : g;
        },
        [r[0]],
        "customGradient",
      );
      return [r[0], [...pull.consts]];
    },
    (residuals: Value[], ct: unknown) => {
      const p = pull!;
      return p.outTree.unflatten(
        evalClosed(p.jaxpr, [...residuals, ...flatten(ct)[0].map((c) => leafValue(c, () => "customGradient"))]),
      ) as unknown[];
    },
  );
  return wrapped as (...args: LooseArgs<A>) => Arrays<R>;
}
export interface NamedCallOptions {
  /** The name; by default the function's own. */
  readonly name?: string;
}
/** Runs a function under a name: its operations show it in their name stack.
 * @example namedCall((x: Array) => x.mul(2), { name: "twice" })(np.array(3)) // 6 */
export function namedCall<F extends AnyFunction>(fn: F, options: NamedCallOptions = {}): F {
  checkArguments("namedCall", [fn, options]);
  const name = options.name ?? functionName(fn);
  return Object.defineProperty(
    function (this: unknown, ...args: unknown[]) {
      return withName("scope", name, () => fn.apply(this, args) as unknown);
    },
    "name",
    { value: name },
  ) as unknown as F;
}
/** Computes while tracing: operations on concrete values inside `fn` are carried out now instead of being written down.
 * @example ensureCompileTimeEval(() => np.add(1, 2)) // 3 */
export const ensureCompileTimeEval = <R>(fn: () => R): R => withTrace(evalTrace, fn);
export interface FwdAndBwdOptions<N extends Argnums = Argnums> extends AuxOptions {
  /** The argument, or arguments, whose cotangents backward gives. Default 0. */
  readonly argnums?: N;
}
/** The residuals of a forward pass, as a function of the cotangent. */
export type Pullback<R> = (cotangent: Loose<R>) => unknown[];
/** `[forward, backward]`: forward gives `[value, residuals]`, backward(residuals, cotangent) the cotangents of the chosen arguments.
 * @example const [forward, backward] = fwdAndBwd((x: Array) => x.mul(x), { argnums: 0 }); const [y, saved] = forward(3); [y, backward(saved, 1)] // [9, 6] */
export function fwdAndBwd<A extends AnyArgs, R, X, const N extends Argnums = 0>(
  fn: (...args: A) => readonly [R, X],
  options: FwdAndBwdOptions<N> & WithAuxOptions,
): [
  forward: (...args: LooseArgs<A>) => [value: Arrays<R>, residuals: Pullback<R>, aux: Arrays<X>],
  backward: (residuals: Pullback<R>, cotangent: Loose<R>) => Gradient<A, N>,
];
export function fwdAndBwd<A extends AnyArgs, R, const N extends Argnums = 0>(
  fn: (...args: A) => R,
  options?: FwdAndBwdOptions<N>,
): [
  forward: (...args: LooseArgs<A>) => [value: Arrays<R>, residuals: Pullback<R>],
  backward: (residuals: Pullback<R>, cotangent: Loose<R>) => Gradient<A, N>,
];
export function fwdAndBwd(fn: AnyFunction, options: FwdAndBwdOptions = {}): [AnyFunction, AnyFunction] {
  checkArguments("fwdAndBwd", [fn, options]);
  const { argnums = 0, hasAux = false } = options;
  const forward = (...args: unknown[]): unknown[] => {
    const nums = argNumbers("fwdAndBwd", "argnums", argnums, args.length, `${functionName(fn)} was called with`);
    const chosen = (...xs: unknown[]): unknown => fn(...args.map((a, i) => (nums.includes(i) ? xs[nums.indexOf(i)] : a))),
      [out, pull, aux] = vjp(chosen, ...nums.map((n) => args[n]), ...(hasAux ? [{ hasAux: true }] : [])) as unknown[];
    return hasAux ? [out, pull, aux] : [out, pull];
  };
  return [
    forward,
    (pull: Pullback<unknown>, ct: unknown) => {
      const g = pull(ct);
      return Array.isArray(argnums) ? g : g[0];
    },
  ];
}
