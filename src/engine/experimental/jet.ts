// jax.experimental.jet: Taylor mode. A program is gone through once with the coefficients of its inputs' power series in place of its inputs (Griewank and Walther,
// Evaluating Derivatives, 2008, chapter 13). Linear operations take each coefficient by itself, products are convolutions of coefficients; of every other operation
// y = f(u) the derivative is a program of its own, y' = f'(u)·u', whose series to one order less gives y's: one rule for all that have a derivative.
import { checkArguments } from "../core/signature.ts";
import { isInexact } from "../core/dtypes.ts";
import { ArgumentError, DTypeError, ShapeError } from "../core/errors.ts";
import { type ClosedJaxpr, type Atom, type Eqn, type Var, Literal, calledProgram, literalArray } from "../core/jaxpr.ts";
import { type Params, type Primitive, Zero } from "../core/primitive.ts";
import { leavesUpTo } from "../core/prefix.ts";
import { stage } from "../core/staging.ts";
import { bind, withSource } from "../core/trace.ts";
import type { AnyArgs, AnyFunction, Arrays, LooseArgs } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { convert, instantiate } from "../primitives/ops.ts";
import * as o from "../primitives/ops.ts";
import { flattenArgs, functionName, leafValue, requireFunction } from "../transforms/args.ts";
import { flatFunction } from "../transforms/autodiff.ts";
import { jvpFlat } from "../transforms/jvp.ts";

/** Coefficients of order 1 … n of a power series (derivatives over factorials); null is zero. None: the value is constant along the curve. */
type Series = readonly (Value | null)[];
interface Jet {
  readonly value: Value;
  readonly series: Series | null;
}
/** Options of `jet`. */
export interface JetOptions {
  /** The terms are derivatives (true, as in JAX): the coefficients of the powers times the factorial of their order. False: the coefficients themselves. */
  readonly factorialScaled?: boolean;
}
/**
 * `[value, series]`: the value of a function, and the derivatives of order 1 … n of `f(x(t))` at t = 0 along a curve `x(t)` that is given by its derivatives:
 * `series[i]` has those of argument i, `[x', x'', …]`, each of the argument's structure and shape. The result's series is `[y', y'', …]`, each of the result's
 * structure. All orders cost about n²/2 times the function, where nested `jvp` costs 2ⁿ times.
 * Throws ArgumentError where the arguments' series have different lengths, ShapeError for a term of another shape, DTypeError for an argument that is no float.
 * Source: jax.experimental.jet.jet, which gives the result's terms inside of its structure; here the terms are outside.
 * @example experimental.jet.jet((x: Array) => np.exp(x), [0], [[1, 0, 0]]) // [1, [1, 1, 1]]
 */
export function jet<A extends AnyArgs, R>(
  fn: (...args: A) => R,
  primals: LooseArgs<A>,
  series: readonly (readonly unknown[])[],
  options: JetOptions = {},
): [value: Arrays<R>, series: Arrays<R>[]] {
  checkArguments("experimental.jet.jet", [fn, primals, series, options]);
  requireFunction("jet", fn);
  const what = "jet",
    args = primals as readonly unknown[];
  if (!Array.isArray(primals) || !Array.isArray(series) || series.length !== args.length || series.some((s) => !Array.isArray(s)))
    throw new ArgumentError(`${what}: primals and series must be arrays, one entry for each argument: jet(f, [x, y], [[dx, ddx], [dy, ddy]])`);
  const order = series[0]?.length ?? 0;
  series.forEach((s, i) => {
    if (s.length !== order)
      throw new ArgumentError(`${what}: the series of argument ${i} has ${s.length} terms, that of argument 0 ${order}; they must be equally long`);
  });
  const scaled = options.factorialScaled ?? true,
    flat = flattenArgs(fn as AnyFunction, args, what),
    terms = Array.from({ length: order }, (_x, k) =>
      leavesUpTo(
        flat.tree,
        series.map((s) => s[k]),
        `${what}: the series`,
      ),
    );
  const inputs = flat.values.map((value, i): Jet => {
    if (!isInexact(value.dtype))
      throw new DTypeError(`${what} of ${functionName(fn as AnyFunction)}: an argument is ${value.aval}; series are of floats`);
    return {
      value,
      series: terms.map((t, k) => {
        const term = leafValue(t[i], () => `${what}: a term of the series`);
        if (term.shape.join() !== value.shape.join())
          throw new ShapeError(
            `${what}: term ${k + 1} of a series has shape [${term.shape.join()}], its value [${value.shape.join()}]; they must be equal`,
          );
        const typed = term.dtype === value.dtype ? term : convert(term, value.dtype);
        return scaled ? scale(typed, 1 / factorial(k + 1)) : typed;
      }),
    };
  });
  const f = flatFunction(fn as AnyFunction, flat.tree, false),
    program = stage(
      f.call,
      flat.values.map((v) => v.aval),
    ),
    outs = runSeries(program, inputs, order),
    { tree } = f.out();
  return [
    tree.unflatten(outs.map((y) => y.value)) as Arrays<R>,
    Array.from(
      { length: order },
      (_x, k) =>
        tree.unflatten(outs.map((y) => scale(instantiate(y.series?.[k] ?? new Zero(y.value.aval)), scaled ? factorial(k + 1) : 1))) as Arrays<R>,
    ),
  ];
}
const factorial = (n: number): number => (n < 2 ? 1 : n * factorial(n - 1));
const scale = (x: Value, by: number): Value => (by === 1 || !isInexact(x.dtype) ? x : o.mul(x, o.like(x, by)));
const plus = (a: Value | null, b: Value | null): Value | null => (a && b ? o.add(a, b) : (a ?? b));

function runSeries({ jaxpr, consts }: ClosedJaxpr, args: readonly Jet[], order: number): Jet[] {
  const env = new Map<Var, Jet>();
  jaxpr.constvars.forEach((v, i) => env.set(v, { value: consts[i]!, series: null }));
  jaxpr.invars.forEach((v, i) => env.set(v, args[i]!));
  const read = (a: Atom): Jet => (a instanceof Literal ? { value: literalArray(a), series: null } : env.get(a)!);
  for (const e of jaxpr.eqns) {
    const outs = withSource(e.source, () => apply(e, e.inputs.map(read), order));
    e.outputs.forEach((v, i) => env.set(v, outs[i]!));
  }
  return jaxpr.outs.map(read);
}
/** Linear in all operands together, or in those that may have a series at all (the others are indices and conditions). */
const LINEAR = new Set(
  "neg add sub add_any real imag conj complex convert_element_type broadcast_in_dim concatenate split stack unstack pad reshape squeeze rev transpose slice reduce_sum reduce_window_sum copy device_put dynamic_slice dynamic_update_slice cumsum scatter-add select_n fft".split(
    " ",
  ),
);
/** Linear in each of two operands. */
const BILINEAR = new Set(["mul", "dot_general", "conv_general_dilated"]);
function apply(e: Eqn, ins: readonly Jet[], order: number): readonly Jet[] {
  const { primitive: p, params } = e;
  if (order === 0 || ins.every((x) => x.series === null))
    return bind(
      p,
      ins.map((x) => x.value),
      params,
    ).map((value) => ({ value, series: null }));
  if (p.calls?.how === "once" && p.calls.transparent) return runSeries(calledProgram(e), ins, order);
  if (LINEAR.has(p.name)) return linear(p, params, ins, order);
  if (BILINEAR.has(p.name)) return [product((a, b) => bind(p, [a, b], params)[0]!, ins[0]!, ins[1]!, order)];
  if (p.name === "div") return [quotient(ins[0]!, ins[1]!, order)];
  return general(p, params, ins, order);
}
function linear(p: Primitive, params: Params, ins: readonly Jet[], order: number): Jet[] {
  // Operands without a series that are floats are zero in every term; whole numbers and conditions stay what they are.
  const outs = bind(
      p,
      ins.map((x) => x.value),
      params,
    ),
    terms: (readonly Value[] | null)[] = Array.from({ length: order }, (_x, k) => {
      if (!ins.some((x) => x.series?.[k])) return null;
      const of = ins.map((x) => (isInexact(x.value.dtype) ? (x.series?.[k] ?? instantiate(new Zero(x.value.aval))) : x.value));
      return bind(p, of, params);
    });
  return outs.map((value, i) => ({ value, series: isInexact(value.dtype) ? terms.map((t) => t?.[i] ?? null) : null }));
}
type Product = (a: Value, b: Value) => Value;
const at = (x: Jet, k: number): Value | null => (k === 0 ? x.value : (x.series?.[k - 1] ?? null));
/** Coefficient k of a product: the sum of all pairs of orders that add up to k, from `first` on. */
function convolved(by: Product, a: Jet, b: Jet, k: number, first = 0): Value | null {
  let sum: Value | null = null;
  for (let j = first; j <= k; j++) {
    const x = at(a, j),
      y = at(b, k - j);
    if (x && y) sum = plus(sum, by(x, y));
  }
  return sum;
}
function product(by: Product, a: Jet, b: Jet, order: number): Jet {
  return { value: by(a.value, b.value), series: Array.from({ length: order }, (_x, k) => convolved(by, a, b, k + 1)) };
}
/** y = a / b: from a = y·b, y_k = (a_k − Σ b_j y_{k−j}, j from 1 on) / b_0. */
function quotient(a: Jet, b: Jet, order: number): Jet {
  const y: { value: Value; series: (Value | null)[] } = { value: o.div(a.value, b.value), series: [] };
  for (let k = 1; k <= order; k++) {
    const known = convolved(o.mul, b, y, k, 1),
      rest = plus(at(a, k), known && o.neg(known));
    y.series.push(rest && o.div(rest, b.value));
  }
  return y;
}
/** y = f(u): coefficient k is that of order k − 1 of y' = f'(u)·u', over k. */
function general(p: Primitive, params: Params, ins: readonly Jet[], order: number): Jet[] {
  const values = ins.map((x) => x.value),
    moving = ins.flatMap((x, i) => (x.series ? [i] : [])),
    avals = values.map((v) => v.aval);
  const slopes = stage(
      (...xs) =>
        jvpFlat(
          (...us) => bind(p, us, params),
          xs.slice(0, ins.length),
          avals.map((a, i) => (moving.includes(i) ? xs[ins.length + moving.indexOf(i)]! : new Zero(a))),
          "jet",
        )[1].map(instantiate),
      [...avals, ...moving.map((i) => avals[i]!)],
    ),
    less = order - 1;
  const speed = (x: Jet): Jet => ({
    value: instantiate(x.series![0] ?? new Zero(x.value.aval)),
    series: less ? x.series!.slice(1).map((c, k) => c && scale(c, k + 2)) : null,
  });
  const now = ins.map((x) => ({ value: x.value, series: x.series && less ? x.series.slice(0, less) : null })),
    dots = runSeries(slopes, [...now, ...moving.map((i) => speed(ins[i]!))], less);
  return bind(p, values, params).map((value, i) => {
    const d = dots[i]!;
    return {
      value,
      series: isInexact(value.dtype) ? Array.from({ length: order }, (_x, k) => (at(d, k) ? scale(at(d, k)!, 1 / (k + 1)) : null)) : null,
    };
  });
}
