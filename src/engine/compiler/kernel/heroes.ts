// Reductions of every kind, described alike: the shape that is reduced, how accumulators start, and how an element joins them.
import { sizeOf, type Shape } from "../../core/aval.ts";
import { neutral } from "../../core/neutral.ts";
import { type DType, isComplex, isFloat, isHalf, realPart } from "../../core/dtypes.ts";
import { type Graph, type Node, type ReduceKind, type WindowAttrs } from "../../graph/graph.ts";
import { type KernelContext, Unfusable } from "./build.ts";
import type { Expr, ReduceOp } from "./ir.ts";
import { type Ix, add, addConst, div, mod, scale, sum } from "./ix.ts";
import { type Scalar, elementwise, isPair, realBinary } from "./scalar.ts";

export interface Reduction {
  /** Shape of the results, and of what is reduced for each of them. */
  readonly outer: Shape;
  readonly red: Shape;
  readonly accs: readonly DType[];
  readonly init: (k: KernelContext) => Scalar[];
  /** The contribution of one element; for simple reductions its value, else the new accumulators. */
  readonly simple: { readonly op: ReduceOp; readonly value: (k: KernelContext, out: readonly Ix[], red: readonly Ix[]) => Expr } | null;
  readonly step: (k: KernelContext, accs: readonly Scalar[], out: readonly Ix[], red: readonly Ix[]) => Scalar[];
  /** The same as values that an associative computation joins to the accumulators; null for simple ones, which have an operation. */
  readonly joins: {
    readonly values: (k: KernelContext, out: readonly Ix[], red: readonly Ix[]) => Scalar[];
    readonly join: (k: KernelContext, left: readonly Scalar[], right: readonly Scalar[]) => Scalar[];
  } | null;
  readonly finish: (k: KernelContext, accs: readonly Scalar[], result: number) => Scalar;
  /** The last axis that runs along memory is a reduced one. */
  readonly along: "red" | "outer";
}
const HEROES: ReadonlySet<string> = new Set(["reduce", "arg_reduce", "generic_reduce", "reduce_window", "generic_reduce_window", "dot", "conv"]);
export const isReduction = (n: Node): boolean => HEROES.has(n.op);

/** Half types accumulate in float32. */
const wide = (d: DType): DType => (isHalf(d) ? "float32" : d);
/** x ∘ y. Half types are combined in float32 and rounded. */
export function combine(k: KernelContext, kind: ReduceKind, x: Scalar, y: Scalar): Scalar {
  if (!isPair(x) && isHalf(x.dtype)) return k.b.cast(combine(k, kind, k.b.cast(x, "float32"), k.b.cast(y as Expr, "float32")) as Expr, x.dtype);
  if (!isPair(x))
    return kind === "and" || kind === "or" || kind === "xor" ? k.b.op(kind, [x, y as Expr], x.dtype) : realBinary(kind)(k.b, x, y as Expr);
  const [a, b] = x,
    [c, d] = y as readonly [Expr, Expr],
    o = (op: "add" | "sub" | "mul", p: Expr, q: Expr): Expr => k.b.op(op, [p, q], p.dtype);
  if (kind === "add") return [o("add", a, c), o("add", b, d)];
  if (kind === "mul") return [o("sub", o("mul", a, c), o("mul", b, d)), o("add", o("mul", a, d), o("mul", b, c))];
  const first = k.b.op(
    "or",
    [k.b.binary(kind === "max" ? "gt" : "lt", a, c), k.b.op("and", [k.b.binary("eq", a, c), k.b.binary(kind === "max" ? "gt" : "lt", b, d)], "bool")],
    "bool",
  );
  return k.choose(first, x, y);
}
const zeroOf = (k: KernelContext, d: DType, v: number | bigint): Scalar =>
  isComplex(d) ? [k.b.const(v, realPart(d)), k.b.const(0, realPart(d))] : k.b.const(v, d);
const back = (k: KernelContext, s: Scalar, d: DType): Scalar => (isPair(s) ? s : k.b.cast(s, d));
/** The index of an operand by those of the results and of the reduced axes. */
export const fullIndex = (rank: number, dims: readonly number[], out: readonly Ix[], red: readonly Ix[]): Ix[] => {
  let o = 0;
  return Array.from({ length: rank }, (_x, i) => (dims.includes(i) ? red[dims.indexOf(i)]! : out[o++]!));
};

/** One accumulator, one kind. */
function plain(
  d: DType,
  kind: ReduceKind,
  outer: Shape,
  red: Shape,
  along: "red" | "outer",
  value: (k: KernelContext, out: readonly Ix[], red: readonly Ix[]) => Scalar,
  acc: DType = wide(d),
): Reduction {
  const isSimple = !isComplex(d) && !isHalf(acc);
  return {
    outer,
    red,
    along,
    accs: [acc],
    init: (k) => [zeroOf(k, acc, neutral(kind, acc))],
    joins: isSimple ? null : { values: (k, o, r) => [value(k, o, r)], join: (k, [a], [b]) => [combine(k, kind, a!, b!)] },
    simple: !isSimple ? null : { op: kind, value: (k, o, r) => k.b.cast(value(k, o, r) as Expr, acc) },
    step: (k, [a], o, r) => [combine(k, kind, a!, value(k, o, r))],
    finish: (k, [a]) => back(k, a!, d),
  };
}
/** How a hero node reduces. */
export function reductionOf(n: Node): Reduction {
  if (n.is("reduce")) {
    const x = n.inputs[0]!,
      { dims, kind } = n.attrs,
      last = lastLong(x.shape);
    return plain(
      n.dtype,
      kind,
      n.shape,
      dims.map((d) => x.shape[d]!),
      dims.includes(last) ? "red" : "outer",
      (k, o, r) => k.at(x, fullIndex(x.shape.length, dims, o, r)),
    );
  }
  if (n.is("dot")) {
    const [x, y] = n.inputs as [Node, Node],
      a = n.attrs,
      nb = a.lhsBatch.length;
    const lf = x.shape.map((_s, i) => i).filter((i) => !a.lhsBatch.includes(i) && !a.lhsContract.includes(i)),
      rf = y.shape.map((_s, i) => i).filter((i) => !a.rhsBatch.includes(i) && !a.rhsContract.includes(i));
    const columns = rf.reduce((p, i) => p * y.shape[i]!, 1);
    return plain(
      n.dtype,
      n.dtype === "bool" ? "or" : "add",
      n.shape,
      a.lhsContract.map((d) => x.shape[d]!),
      columns >= 4 ? "outer" : "red",
      (k, o, r) => {
        const xi: Ix[] = [],
          yi: Ix[] = [];
        a.lhsBatch.forEach((d, i) => (xi[d] = o[i]!));
        a.rhsBatch.forEach((d, i) => (yi[d] = o[i]!));
        lf.forEach((d, i) => (xi[d] = o[nb + i]!));
        rf.forEach((d, i) => (yi[d] = o[nb + lf.length + i]!));
        a.lhsContract.forEach((d, i) => (xi[d] = r[i]!));
        a.rhsContract.forEach((d, i) => (yi[d] = r[i]!));
        return multiply(k, k.at(x, xi), k.at(y, yi), wide(n.dtype));
      },
    );
  }
  if (n.is("conv")) return convolution(n);
  if (n.is("reduce_window")) {
    const x = n.inputs[0]!,
      a = n.attrs;
    const element: Parameters<typeof plain>[5] = (k, o, r) =>
      windowed(
        k,
        a,
        x.shape,
        o,
        r,
        (src) => k.at(x, src),
        () => zeroOf(k, n.dtype, neutral(a.kind, n.dtype)),
      );
    // Windows are summed in their own type, as XLA does: half types round at each step.
    return plain(n.dtype, a.kind, n.shape, a.window, "outer", element, n.dtype);
  }
  if (n.is("generic_reduce", "generic_reduce_window")) return generic(n);
  if (n.is("arg_reduce")) return argReduce(n);
  throw new Error(`${n.op} is not a reduction`);
}
const lastLong = (shape: Shape): number => {
  let i = shape.length - 1;
  while (i > 0 && shape[i] === 1) i--;
  return i;
};
function multiply(k: KernelContext, x: Scalar, y: Scalar, d: DType): Scalar {
  return isPair(x) ? combine(k, "mul", x, y) : k.b.op(d === "bool" ? "and" : "mul", [k.b.cast(x, d), k.b.cast(y as Expr, d)], d);
}
/** Reads a window element: `outside` where the window hangs over the edge or falls between dilated elements. */
function windowed(
  k: KernelContext,
  a: WindowAttrs,
  shape: Shape,
  out: readonly Ix[],
  red: readonly Ix[],
  read: (src: Ix[]) => Scalar,
  outside: () => Scalar,
): Scalar {
  let inside: Expr | null = null;
  const src = out.map((o, i) => {
    const at = addConst(
        sum([
          [o, a.strides[i]!],
          [red[i]!, a.windowDilation[i]!],
        ]),
        -a.padding[i]![0],
      ),
      step = a.baseDilation[i]!,
      size = shape[i]! === 0 ? 0 : (shape[i]! - 1) * step + 1;
    inside = k.both(inside, k.within(at, 0, size));
    const safe = k.safe(at, size);
    if (step === 1) return safe;
    inside = k.both(inside, k.b.binary("eq", k.b.index(mod(safe, step)), k.b.const(0, "int32")));
    return div(safe, step);
  });
  if (sizeOf(shape) === 0) return outside();
  const v = read(src);
  return inside ? k.choose(inside, v, outside()) : v;
}
function convolution(n: Node<"conv">): Reduction {
  const [x, w] = n.inputs as [Node, Node],
    a = n.attrs,
    rank = n.shape.length - 2;
  const cin = w.shape[a.rhsSpec[1]!]!,
    cout = n.shape[a.outSpec[1]!]!,
    perGroup = cout / a.featureGroups,
    perBatch = cout / a.batchGroups,
    batch = n.shape[a.outSpec[0]!]!;
  const spatial = a.rhsSpec.slice(2).map((d) => w.shape[d]!),
    inputs = a.lhsSpec.slice(2).map((d) => x.shape[d]!);
  const attrs: WindowAttrs = { window: spatial, strides: a.strides, padding: a.padding, baseDilation: a.lhsDilation, windowDilation: a.rhsDilation };
  return plain(n.dtype, "add", n.shape, [cin, ...spatial], "outer", (k, o, r) => {
    const f = o[a.outSpec[1]!]!,
      xi: Ix[] = [],
      wi: Ix[] = [];
    xi[a.lhsSpec[0]!] = a.batchGroups > 1 ? add(scale(div(f, perBatch), batch), o[a.outSpec[0]!]!) : o[a.outSpec[0]!]!;
    xi[a.lhsSpec[1]!] = a.featureGroups > 1 ? add(scale(div(f, perGroup), cin), r[0]!) : r[0]!;
    wi[a.rhsSpec[0]!] = f;
    wi[a.rhsSpec[1]!] = r[0]!;
    for (let i = 0; i < rank; i++) wi[a.rhsSpec[i + 2]!] = r[i + 1]!;
    const left = windowed(
      k,
      attrs,
      inputs,
      a.outSpec.slice(2).map((d) => o[d]!),
      r.slice(1),
      (src) => {
        src.forEach((s, i) => (xi[a.lhsSpec[i + 2]!] = s));
        return k.at(x, xi);
      },
      () => zeroOf(k, x.dtype, 0),
    );
    return multiply(k, left, k.at(w, wi), wide(n.dtype));
  });
}
/** Evaluates a graph of scalars (a reducer's body) inside a kernel. */
export function evalScalarGraph(k: KernelContext, g: Graph, args: readonly Scalar[]): Scalar[] {
  const env = new Map<Node, Scalar>();
  const read = (n: Node): Scalar => {
    const s = env.get(n);
    if (s === undefined) throw new Unfusable(`${n.op} stands in a reducer`);
    return s;
  };
  g.params.forEach((p, i) => env.set(p, args[i]!));
  // Producers stand before consumers.
  for (const n of g.nodes) {
    if (env.has(n)) continue;
    if (n.is("constant")) env.set(n, k.at(n, []));
    else if (n.is("broadcast", "reshape", "barrier")) env.set(n, read(n.inputs[0]!));
    else env.set(n, elementwise(k.b, n, n.inputs.map(read)));
  }
  return g.outs.map(read);
}
function generic(n: Node<"generic_reduce" | "generic_reduce_window">): Reduction {
  const count = n.types.length,
    xs = n.inputs.slice(0, count),
    inits = n.inputs.slice(count),
    window = n.is("generic_reduce_window") ? (n.attrs as WindowAttrs) : null;
  const dims = window ? [] : (n.attrs as { dims: readonly number[] }).dims,
    body = n.attrs.body;
  const values = (k: KernelContext, o: readonly Ix[], r: readonly Ix[]): Scalar[] =>
    xs.map((x, i) =>
      window
        ? windowed(
            k,
            window,
            x.shape,
            o,
            r,
            (src) => k.at(x, src),
            () => k.at(inits[i]!, []),
          )
        : k.at(x, fullIndex(x.shape.length, dims, o, r)),
    );
  const join = (k: KernelContext, left: readonly Scalar[], right: readonly Scalar[]): Scalar[] => evalScalarGraph(k, body, [...left, ...right]);
  return {
    outer: n.shape,
    red: window ? window.window : dims.map((d) => xs[0]!.shape[d]!),
    along: "outer",
    accs: n.types.map((t) => t.dtype),
    simple: null,
    init: (k) => inits.map((i) => k.at(i, [])),
    joins: { values, join },
    step: (k, accs, o, r) => join(k, accs, values(k, o, r)),
    finish: (_k, accs, i) => accs[i]!,
  };
}
function argReduce(n: Node<"arg_reduce">): Reduction {
  const x = n.inputs[0]!,
    { axis, kind } = n.attrs,
    d = x.dtype;
  return {
    outer: n.shape,
    red: [x.shape[axis]!],
    along: axis === lastLong(x.shape) ? "red" : "outer",
    accs: [d, "int32"],
    simple: null,
    init: (k) => [k.b.const(neutral(kind, d), d), k.b.const(0, "int32")],
    joins: {
      values: (k, o, r) => [k.at(x, fullIndex(x.shape.length, [axis], o, r)), k.b.index(r[0]!)],
      join: (k, left, right) => laterBest(k, kind, left as Expr[], right as Expr[]),
    },
    step: (k, [best, at], o, r) => {
      const v = k.at(x, fullIndex(x.shape.length, [axis], o, r)) as Expr,
        b = best as Expr,
        i = k.b.index(r[0]!);
      let better = k.b.binary(kind === "max" ? "gt" : "lt", v, b);
      if (isFloat(d)) better = k.b.op("and", [k.b.binary("eq", b, b), k.b.op("or", [better, k.b.binary("ne", v, v)], "bool")], "bool");
      return [k.b.select(better, v, b), k.b.select(better, i, at as Expr)];
    },
    finish: (k, accs) => k.b.cast(accs[1] as Expr, n.dtype),
  };
}
/** The better one of two elements and where it stands; of equal ones, and of NaNs, the first. */
function laterBest(k: KernelContext, kind: "max" | "min", [v, i]: readonly Expr[], [w, j]: readonly Expr[]): Scalar[] {
  const { b } = k;
  const both = (x: Expr, y: Expr): Expr => b.op("and", [x, y], "bool");
  const either = (x: Expr, y: Expr): Expr => b.op("or", [x, y], "bool");
  const before = b.binary("lt", j!, i!);
  let second = either(b.binary(kind === "max" ? "gt" : "lt", w!, v!), both(b.binary("eq", w!, v!), before));
  if (isFloat(v!.dtype)) {
    const [nan, other] = [b.binary("ne", v!, v!), b.binary("ne", w!, w!)];
    second = b.select(nan, both(other, before), either(other, second));
  }
  return [b.select(second, w!, v!), b.select(second, j!, i!)];
}
