// Running sums, products, extrema along an axis; what depends on them elementwise is computed in the same pass.
import { sameShape, type Shape } from "../../core/aval.ts";
import { type DType, isComplex, isHalf, realPart } from "../../core/dtypes.ts";
import { neutral } from "../../core/neutral.ts";
import type { Node } from "../../graph/graph.ts";
import { Accumulators, foldInto } from "./accumulators.ts";
import { KernelContext, Unfusable } from "./build.ts";
import { combine } from "./heroes.ts";
import type { Expr, Stmt } from "./ir.ts";
import { linearize, sum, varIx } from "./ix.ts";
import { type Split, loopsFor, nestLoops } from "./loops.ts";
import type { BuiltKernel, GroupSpec } from "./nest.ts";
import { type Scalar, isPair, realUnary } from "./scalar.ts";

export const withoutAxis = (n: Node<"cumulative">): Shape => n.shape.map((m, i) => (i === n.attrs.axis ? 1 : m));
/** Throws Unfusable where the group holds more than fits into one pass. */
export function attemptCumulative(spec: GroupSpec, nodes: readonly Node[], outerSplit: Split): BuiltKernel {
  if (nodes.length > 1) throw new Unfusable("two cumulative operations do not share a pass");
  const n = nodes[0] as Node<"cumulative">,
    { axis, reverse, kind } = n.attrs,
    k = new KernelContext(new Set(spec.nodes), spec.target),
    size = n.shape[axis]!;
  k.b.of = n;
  const outer = loopsFor(k, withoutAxis(n), outerSplit, 0),
    depth = outer.vars.length,
    step = k.b.loopVar(size, depth + 1),
    v = varIx(step),
    along = reverse ? sum([[v, -1]], size - 1) : v;
  const idx = outer.idx.map((ix, i) => (i === axis ? along : ix)),
    all = [...outer.vars, step];
  // Half types run in float32, as sums of them do.
  const wide = isHalf(n.dtype) ? "float32" : n.dtype,
    acc = new Accumulators(k, [wide]),
    before = acc.at(depth + 1, all)[0]!,
    element = k.at(n.inputs[0]!, idx),
    x = isPair(element) ? element : k.b.cast(element, wide);
  const join = (p: Scalar, q: Scalar): Scalar => (kind === "logsumexp" ? logAddExp(k, p as Expr, q as Expr) : combine(k, kind, p, q));
  const init = kind === "logsumexp" ? k.b.const(-Infinity, wide) : initial(k, kind, wide);
  // On a grid it is a fold, whose running values threads compute in parts.
  const isFold = spec.target.parallelism.grid;
  const after = isFold ? acc : new Accumulators(k, [wide]),
    value = after.at(depth + 1, all)[0]!;
  const next = isFold
    ? [foldInto(acc, [x], [init], ([p], [q]) => [join(p!, q!)], depth + 1, all)]
    : [...after.set([join(before, x)]), ...acc.set([value])];
  // Fusion has made sure that it is read where the loops are: the same element may be written as another index expression.
  k.local.set(n, () => (isPair(value) ? value : k.b.cast(value, n.dtype)));
  const stores: Stmt[] = [];
  for (const out of spec.outputs) {
    if (!sameShape(out.shape, n.shape)) throw new Unfusable(`the output [${out.shape.join()}] has another shape than the cumulative operation`);
    stores.push(...k.store(k.buffer(out, "out"), linearize(idx, out.shape), k.at(out, idx), out.dtype));
  }
  const body = [...acc.set([init]), ...nestLoops([step], [...next, ...stores], false)];
  return { kernel: { name: spec.name, buffers: k.buffers, body: nestLoops(outer.vars, body, axis !== n.shape.length - 1) }, nodes: k.nodes };
}
function initial(k: KernelContext, kind: "add" | "mul" | "max" | "min", d: DType): Scalar {
  const v = neutral(kind, isComplex(d) ? realPart(d) : d);
  return isComplex(d) ? [k.b.const(v, realPart(d)), k.b.const(kind === "max" || kind === "min" ? v : 0, realPart(d))] : k.b.const(v, d);
}
/** log(eˣ + eʸ), exact at −∞. */
function logAddExp(k: KernelContext, x: Expr, y: Expr): Expr {
  const m = k.b.op("max", [x, y], x.dtype),
    d = k.b.op("neg", [k.b.op("abs", [k.b.op("sub", [x, y], x.dtype)], x.dtype)], x.dtype);
  const r = k.b.op("add", [m, realUnary("log1p")(k.b, realUnary("exp")(k.b, d))], x.dtype);
  const infinite = k.b.binary("eq", k.b.op("abs", [m], x.dtype), k.b.const(Infinity, x.dtype));
  return k.b.select(infinite, m, r);
}
