// The public differentiation functions: jvp, vjp, linearize, grad, Jacobians, on pytrees.
import { checkArguments } from "../core/signature.ts";
import { fromTyped } from "../core/arrays.ts";
import { isComplex, isInexact } from "../core/dtypes.ts";
import { DTypeError, ShapeError } from "../core/errors.ts";
import { evalClosed } from "../core/jaxpr.ts";
import { type Tangent, Linear, Zero } from "../core/primitive.ts";
import { type TreeDef } from "../core/pytree.ts";
import { leavesUpTo } from "../core/prefix.ts";
import type { Value } from "../core/value.ts";
import { convert, instantiate, lit } from "../primitives/ops.ts";
import type { AnyArgs, AnyFunction, Argnums, ArrayArgs, ArrayLike, Arrays, Gradient, Loose, LooseArgs } from "../core/treeTypes.ts";
import { argNumbers, argumentName, flattenArgs, flattenResult, functionName, leafValue, requireFunction } from "./args.ts";
import { jvpFlat } from "./jvp.ts";
import { linearizeFlat } from "./partial.ts";
import { backwardPass } from "./transpose.ts";

/** Turns a user's function of pytrees into one of flat values, and remembers the structure of its result. */
export function flatFunction(
  fn: AnyFunction,
  inTree: TreeDef,
  hasAux: boolean,
): { call: (...xs: Value[]) => Value[]; out: () => { tree: TreeDef; count: number; auxTree: TreeDef | null; aux: Value[] } } {
  let tree: TreeDef | null = null,
    auxTree: TreeDef | null = null,
    count = 0,
    aux: Value[] = [];
  return {
    call: (...xs) => {
      const result = fn(...(inTree.unflatten(xs) as unknown[])) as unknown;
      if (hasAux && !(Array.isArray(result) && result.length === 2))
        throw new DTypeError(
          `${functionName(fn)}: with hasAux the function must return [output, aux], got ${Array.isArray(result) ? `an array of ${result.length}` : "something else"}`,
        );
      const main = flattenResult(hasAux ? (result as unknown[])[0] : result, functionName(fn));
      tree = main.tree;
      count = main.values.length;
      if (hasAux) {
        const a = flattenResult((result as unknown[])[1], functionName(fn));
        auxTree = a.tree;
        aux = a.values;
      }
      return [...main.values, ...aux];
    },
    out: () => ({ tree: tree!, count, auxTree, aux }),
  };
}
const isOptions = (v: unknown, keys: readonly string[]): boolean =>
  typeof v === "object" &&
  v !== null &&
  Object.getPrototypeOf(v) === Object.prototype &&
  Object.keys(v).length > 0 &&
  Object.keys(v).every((k) => keys.includes(k));
const float0Zeros = (shape: readonly number[]): Value => fromTyped(new Uint8Array(shape.reduce((a, b) => a * b, 1)), shape, "float0");

function checkTangent(t: Value, p: Value, name: string, what: string): Value {
  if (t.shape.join() !== p.shape.join())
    throw new ShapeError(`${what}: the tangent of ${name} has shape [${t.shape.join()}], its value [${p.shape.join()}]; they must be equal`);
  if (t.dtype !== p.dtype && !t.weakType)
    throw new DTypeError(`${what}: the tangent of ${name} has dtype ${t.dtype}, its value ${p.dtype}; they must be equal`);
  return t.dtype === p.dtype ? t : convert(t, p.dtype);
}
/** Options of the functions that differentiate at a point. */
export interface AuxOptions {
  /** The function returns `[value, aux]`; aux is passed through, without a derivative. */
  readonly hasAux?: boolean;
}
/** Options that say yes to `hasAux`: they change what comes back. */
export interface WithAuxOptions extends AuxOptions {
  readonly hasAux: true;
}
/**
 * Value and directional derivative: `[f(x), f'(x)·t]`. With `hasAux`, `[out, tangent, aux]`.
 * Tangents have the shapes and dtypes of the primals (a weak number fits any dtype); throws ShapeError or DTypeError where they do not.
 * @example jvp((x: Array) => x.mul(x), [3], [1]) // [9, 6]
 */
export function jvp<A extends AnyArgs, R, X>(
  fn: (...args: A) => readonly [R, X],
  primals: LooseArgs<A>,
  tangents: LooseArgs<A>,
  options: WithAuxOptions,
): [value: Arrays<R>, tangent: Arrays<R>, aux: Arrays<X>];
export function jvp<A extends AnyArgs, R>(
  fn: (...args: A) => R,
  primals: LooseArgs<A>,
  tangents: LooseArgs<A>,
  options?: AuxOptions,
): [value: Arrays<R>, tangent: Arrays<R>];
export function jvp(
  fn: AnyFunction,
  primals: readonly unknown[],
  tangents: readonly unknown[],
  options: AuxOptions = {},
): [unknown, unknown, ...unknown[]] {
  checkArguments("jvp", [fn, primals, tangents, options]);
  if (!Array.isArray(primals) || !Array.isArray(tangents))
    throw new TypeError("jvp: primals and tangents must be arrays, one entry for each argument: jvp(f, [x, y], [dx, dy])");
  if (primals.length !== tangents.length)
    throw new ShapeError(`jvp: got ${primals.length} primals and ${tangents.length} tangents, expected as many of each`);
  const flat = flattenArgs(fn, primals, "jvp"),
    ts = leavesUpTo(flat.tree, tangents, "jvp: the tangents");
  const dots = flat.values.map((p, i): Tangent => {
    if (!isInexact(p.dtype)) return new Zero(p.aval);
    return checkTangent(
      leafValue(ts[i], () => "jvp: a tangent"),
      p,
      argumentName(fn, flat.paths[i]!),
      "jvp",
    );
  });
  const f = flatFunction(fn, flat.tree, options.hasAux ?? false),
    [outs, outDots] = jvpFlat(f.call, flat.values, dots),
    { tree, count, auxTree } = f.out();
  const tangent = tree.unflatten(outDots.slice(0, count).map((t, i) => (isInexact(outs[i]!.dtype) ? instantiate(t) : float0Zeros(outs[i]!.shape))));
  return auxTree ? [tree.unflatten(outs.slice(0, count)), tangent, auxTree.unflatten(outs.slice(count))] : [tree.unflatten(outs), tangent];
}
/**
 * `[f(x), fLin]`, where `fLin` maps tangents of the arguments to the tangent of the result without evaluating f again.
 * A last argument `{ hasAux: true }` adds aux: `[out, fLin, aux]`.
 * @example const [y, push] = linearize((x: Array) => x.mul(x), 3); [y, push(1)] // [9, 6]
 */
export function linearize<A extends AnyArgs, R, X>(
  fn: (...args: A) => readonly [R, X],
  ...args: [...LooseArgs<A>, WithAuxOptions]
): [value: Arrays<R>, linear: (...tangents: LooseArgs<A>) => Arrays<R>, aux: Arrays<X>];
export function linearize<A extends AnyArgs, R>(
  fn: (...args: A) => R,
  ...args: LooseArgs<A>
): [value: Arrays<R>, linear: (...tangents: LooseArgs<A>) => Arrays<R>];
export function linearize(fn: AnyFunction, ...args: unknown[]): [unknown, (...tangents: unknown[]) => unknown, ...unknown[]] {
  checkArguments("linearize", [fn, ...args]);
  const hasAux = isOptions(args.at(-1), ["hasAux"]) && (args.pop() as { hasAux?: boolean }).hasAux === true;
  const flat = flattenArgs(fn, args, "linearize"),
    f = flatFunction(fn, flat.tree, hasAux),
    active = flat.values.map((v) => isInexact(v.dtype));
  const lin = linearizeFlat(f.call, flat.values, active, functionName(fn)),
    { tree, count, auxTree } = f.out();
  const apply = (...tangents: unknown[]): unknown => {
    const ts = leavesUpTo(flat.tree, tangents, "linearize: the tangents").map((t, i) =>
      checkTangent(
        leafValue(t, () => "linearize: a tangent"),
        flat.values[i]!,
        argumentName(fn, flat.paths[i]!),
        "linearize",
      ),
    );
    const live = evalClosed(
      lin.jaxpr,
      ts.filter((_t, i) => active[i]),
    );
    let at = 0;
    return tree.unflatten(lin.nonzeroOut.slice(0, count).map((nz, i) => (nz ? live[at++]! : instantiate(new Zero(lin.outAvals[i]!)))));
  };
  const out = tree.unflatten(lin.outs.slice(0, count));
  return auxTree ? [out, apply, auxTree.unflatten(lin.outs.slice(count))] : [out, apply];
}

interface FlatVjp {
  readonly outs: readonly Value[];
  readonly pull: (cts: readonly Tangent[]) => Value[];
}
/** The flat pullback at a point: cotangents of the first outputs → cotangents of every input. */
export function vjpFlat(fn: (...xs: Value[]) => Value[], primals: readonly Value[], active: readonly boolean[], name: string): FlatVjp {
  const lin = linearizeFlat(fn, primals, active, name);
  return {
    outs: lin.outs,
    pull: (cts) => {
      const linears = lin.jaxpr.inAvals.map((a) => new Linear(a));
      const back = backwardPass(
        lin.jaxpr.jaxpr,
        lin.jaxpr.consts,
        linears,
        cts.filter((_c, i) => lin.nonzeroOut[i]),
      );
      let at = 0;
      return primals.map((p, i) => (active[i] ? instantiate(back[at++] ?? new Zero(p.aval.strengthen())) : float0Zeros(p.shape)));
    },
  };
}
/**
 * `[f(x), pullback]`; the pullback maps a cotangent of the output to a list of cotangents, one an argument, each of its argument's structure.
 * A last argument `{ hasAux: true }` adds aux: `[out, pullback, aux]`.
 * @example const [y, pull] = vjp((x: Array) => x.mul(x), 3); [y, pull(1)] // [9, [6]]
 */
export function vjp<A extends AnyArgs, R, X>(
  fn: (...args: A) => readonly [R, X],
  ...args: [...LooseArgs<A>, WithAuxOptions]
): [value: Arrays<R>, pullback: (cotangent: Loose<R>) => ArrayArgs<A>, aux: Arrays<X>];
export function vjp<A extends AnyArgs, R>(
  fn: (...args: A) => R,
  ...args: LooseArgs<A>
): [value: Arrays<R>, pullback: (cotangent: Loose<R>) => ArrayArgs<A>];
export function vjp(fn: AnyFunction, ...args: unknown[]): [unknown, (cotangent: unknown) => unknown[], ...unknown[]] {
  checkArguments("vjp", [fn, ...args]);
  const hasAux = isOptions(args.at(-1), ["hasAux"]) && (args.pop() as { hasAux?: boolean }).hasAux === true;
  const flat = flattenArgs(fn, args, "vjp"),
    f = flatFunction(fn, flat.tree, hasAux),
    active = flat.values.map((v) => isInexact(v.dtype));
  const v = vjpFlat(f.call, flat.values, active, functionName(fn)),
    { tree, count, auxTree } = f.out();
  const pullback = (cotangent: unknown): unknown[] => {
    const cts = leavesUpTo(tree, cotangent, "vjp: the cotangent").map((c, i): Tangent => {
      const out = v.outs[i]!;
      if (!isInexact(out.dtype)) return new Zero(out.aval);
      const value = leafValue(c, () => "vjp: the cotangent");
      if (value.shape.join() !== out.shape.join())
        throw new ShapeError(`vjp: the cotangent has shape [${value.shape.join()}], the output [${out.shape.join()}]; they must be equal`);
      if (value.dtype !== out.dtype && !value.weakType)
        throw new DTypeError(`vjp: the cotangent has dtype ${value.dtype}, the output ${out.dtype}; they must be equal`);
      return convert(value, out.dtype);
    });
    return flat.tree.unflatten(v.pull([...cts, ...v.outs.slice(count).map((o) => new Zero(o.aval))])) as unknown[];
  };
  const out = tree.unflatten(v.outs.slice(0, count));
  return auxTree ? [out, pullback, auxTree.unflatten(v.outs.slice(count))] : [out, pullback];
}

/** Options of grad, valueAndGrad and the Jacobians. `N` is the type of `argnums`: it decides the structure of the result. */
export interface GradOptions<N extends Argnums = Argnums> extends AuxOptions {
  /** The argument, or arguments, to differentiate with respect to. Default 0. */
  readonly argnums?: N;
  /** The function is complex-differentiable, and its arguments complex. */
  readonly holomorphic?: boolean;
  /** Integer arguments are allowed; their gradients are float0 zeros. */
  readonly allowInt?: boolean;
}
/** GradOptions with `hasAux: true`. */
export interface GradAuxOptions<N extends Argnums = Argnums> extends GradOptions<N> {
  readonly hasAux: true;
}
export const gradOptions = (o: GradOptions | number | readonly number[] | undefined): GradOptions =>
  typeof o === "number" || Array.isArray(o) ? { argnums: o as number } : ((o as GradOptions | undefined) ?? {});

/** Like `grad`, but the function returned gives `[value, gradient]`; with `hasAux`, `[[value, aux], gradient]`.
 * @example valueAndGrad((x: Array) => x.mul(x))(3) // [9, 6] */
export function valueAndGrad<A extends AnyArgs, X, const N extends Argnums = 0>(
  fn: (...args: A) => readonly [ArrayLike, X],
  options: GradAuxOptions<N>,
): (...args: LooseArgs<A>) => [value: [Value, Arrays<X>], gradient: Gradient<A, N>];
export function valueAndGrad<A extends AnyArgs, const N extends Argnums>(
  fn: (...args: A) => ArrayLike,
  argnums: N,
): (...args: LooseArgs<A>) => [value: Value, gradient: Gradient<A, N>];
export function valueAndGrad<A extends AnyArgs, const N extends Argnums = 0>(
  fn: (...args: A) => ArrayLike,
  options?: GradOptions<N>,
): (...args: LooseArgs<A>) => [value: Value, gradient: Gradient<A, N>];
export function valueAndGrad(fn: AnyFunction, options?: GradOptions | number | readonly number[]): (...args: AnyArgs) => [unknown, unknown] {
  checkArguments("valueAndGrad", [fn, options]);
  requireFunction("grad", fn);
  const { argnums = 0, hasAux = false, holomorphic = false, allowInt = false } = gradOptions(options),
    what = functionName(fn);
  return function (this: unknown, ...args: unknown[]): [unknown, unknown] {
    const nums = argNumbers("grad", "argnums", argnums, args.length, `${what} was called with`);
    const chosen = nums.map((n) => args[n]),
      names = nums.map((n) => argumentName(fn, [n]));
    const inner = (...xs: unknown[]): unknown =>
      fn.apply(
        this,
        args.map((a, i) => (nums.includes(i) ? xs[nums.indexOf(i)] : a)),
      );
    Object.defineProperty(inner, "name", { value: what });
    const flat = flattenArgs(fn, chosen, "grad"),
      f = flatFunction(inner, flat.tree, hasAux);
    const nameOf = (i: number): string => {
      const [k, ...rest] = flat.paths[i]!;
      return `${names[Number(k)]}${rest.map((r) => (typeof r === "number" ? `[${r}]` : `.${r}`)).join("")}`;
    };
    flat.values.forEach((v, i) => {
      if (isComplex(v.dtype) && !holomorphic) return;
      if (holomorphic && !isComplex(v.dtype))
        throw new DTypeError(`grad with holomorphic: ${nameOf(i)} of ${what} has dtype ${v.dtype}, expected a complex one`);
      if (!isInexact(v.dtype) && !allowInt)
        throw new DTypeError(
          `grad: ${nameOf(i)} of ${what} has dtype ${v.dtype}, expected a floating or complex one; use x.astype("float32"), differentiate another argument (argnums), or pass allowInt: true`,
        );
    });
    const v = vjpFlat(
        f.call,
        flat.values,
        flat.values.map((x) => isInexact(x.dtype)),
        what,
      ),
      { tree, count, auxTree } = f.out(),
      out = v.outs[0];
    if (count !== 1 || !out)
      throw new ShapeError(
        `grad: ${what} must return one scalar, it returned ${tree}; use jacrev for other outputs, or hasAux: true to return more beside the scalar`,
      );
    if (out.ndim !== 0)
      throw new ShapeError(`grad: ${what} must return a scalar, it returned ${out.aval}; sum it (np.sum), or use jacrev for arrays`);
    if (!isInexact(out.dtype) || (isComplex(out.dtype) && !holomorphic))
      throw new DTypeError(`grad: ${what} must return a real floating scalar, it returned ${out.aval}`);
    const grads = v.pull([lit(out.dtype, isComplex(out.dtype) ? [1, 0] : 1), ...v.outs.slice(1).map((o) => new Zero(o.aval))]);
    const trees = flat.tree.unflatten(grads) as unknown[],
      result = Array.isArray(argnums) ? trees : trees[0];
    return [auxTree ? [tree.unflatten([out]), auxTree.unflatten(v.outs.slice(1))] : tree.unflatten([out]), result];
  };
}
/**
 * The gradient of a function with a scalar result: the tree of the argument that `argnums` names (0), or a list of trees for a list of
 * positions. With `hasAux`, `[gradient, aux]`. Throws ShapeError for other results, DTypeError for integer arguments.
 * @example grad((x: Array) => x.mul(x))(3) // 6
 */
export function grad<A extends AnyArgs, X, const N extends Argnums = 0>(
  fn: (...args: A) => readonly [ArrayLike, X],
  options: GradAuxOptions<N>,
): (...args: LooseArgs<A>) => [gradient: Gradient<A, N>, aux: Arrays<X>];
export function grad<A extends AnyArgs, const N extends Argnums>(
  fn: (...args: A) => ArrayLike,
  argnums: N,
): (...args: LooseArgs<A>) => Gradient<A, N>;
export function grad<A extends AnyArgs, const N extends Argnums = 0>(
  fn: (...args: A) => ArrayLike,
  options?: GradOptions<N>,
): (...args: LooseArgs<A>) => Gradient<A, N>;
export function grad(fn: AnyFunction, options?: GradOptions | number | readonly number[]): (...args: unknown[]) => unknown {
  checkArguments("grad", [fn, options]);
  const vg = valueAndGrad(fn, options as GradOptions),
    { hasAux } = gradOptions(options);
  return function (this: unknown, ...args: unknown[]) {
    const [value, g] = vg.apply(this, args);
    return hasAux ? [g, (value as unknown as unknown[])[1]] : g;
  };
}
