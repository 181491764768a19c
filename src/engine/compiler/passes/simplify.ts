// Algebraic simplification, constant folding and movement folding: a table of patterns, tried in order at every node.
import { sameShape, ShapedArray, sizeOf } from "../../core/aval.ts";
import { scalarArray } from "../../core/arrays.ts";
import { type DType, isComplex, isFloat, kindOf } from "../../core/dtypes.ts";
import { type GraphBuilder, type Node } from "../../graph/graph.ts";
import { foldScalars } from "../../graph/evaluate/fold.ts";
import { rowOf } from "../../graph/ops.ts";
import type { Rewrite } from "./rewrite.ts";

interface Pattern {
  readonly name: string;
  readonly apply: Rewrite;
}

/** The number that a node is everywhere, where it is a scalar constant or one spread over a shape. */
export function uniform(n: Node): number | bigint | null {
  if (n.is("constant"))
    return sizeOf(n.shape) === 1 && !isComplex(n.dtype) && kindOf(n.attrs.value.dtype) !== "k" ? n.attrs.value.dataSync()[0]! : null;
  return n.is("broadcast", "reshape") ? uniform(n.inputs[0]!) : null;
}
const isValue = (n: Node, v: number): boolean => {
  const u = uniform(n);
  return u !== null && Number(u) === v;
};
const constant = (g: GraphBuilder, value: number | bigint, dtype: DType): Node =>
  g.constant(scalarArray(kindOf(dtype) === "b" ? Boolean(value) : value, new ShapedArray([], dtype)));
const spread = (g: GraphBuilder, value: number | bigint, n: Node): Node => g.splat(constant(g, value, n.dtype), n.shape);

export const PATTERNS: readonly Pattern[] = [
  { name: "x + 0, x − 0 → x", apply: (_g, n, [x, y]) => (n.is("add", "sub") && isValue(y!, 0) ? x! : n.is("add") && isValue(x!, 0) ? y! : null) },
  { name: "x · 1, x / 1 → x", apply: (_g, n, [x, y]) => (n.is("mul", "div") && isValue(y!, 1) ? x! : n.is("mul") && isValue(x!, 1) ? y! : null) },
  {
    name: "max(x, −∞), min(x, ∞) → x",
    apply: (_g, n, [x, y]) => {
      if (!n.is("max", "min") || !isFloat(n.dtype)) return null;
      const bound = n.op === "max" ? -Infinity : Infinity;
      return isValue(y!, bound) ? x! : isValue(x!, bound) ? y! : null;
    },
  },
  {
    name: "fold constants",
    apply: (g, n, inputs) => {
      if (!rowOf(n.op).folds || !inputs.length) return null;
      const values = inputs.map(uniform);
      if (!values.every((v) => v !== null)) return null;
      const v = foldScalars(n.op, values, inputs[0]!.dtype, n.dtype);
      return v === null ? null : spread(g, v, n);
    },
  },
  {
    name: "fold a converted constant",
    apply: (g, n, [x]) => {
      if (!n.is("convert") || isComplex(n.dtype)) return null;
      const v = uniform(x!);
      if (typeof v !== "number" || !["float32", "float64", "int32", "bool"].includes(n.dtype)) return null;
      const r = n.dtype === "bool" ? Number(v !== 0) : n.dtype === "int32" ? (Number.isFinite(v) && Math.abs(v) < 2 ** 31 ? Math.trunc(v) : null) : v;
      return r === null ? null : spread(g, r, n);
    },
  },
  { name: "neg neg, not not, conj conj → identity", apply: (_g, n, [x]) => (n.is("neg", "not", "conj") && x!.op === n.op ? x!.inputs[0]! : null) },
  { name: "convert to the same type → x", apply: (_g, n, [x]) => (n.is("convert") && x!.dtype === n.dtype ? x! : null) },
  {
    name: "select by a constant",
    apply: (_g, n, [p, t, f]) => {
      if (!n.is("select")) return null;
      if (t === f) return t!;
      const v = uniform(p!);
      return v === null ? null : v ? t! : f!;
    },
  },
  {
    name: "reshape of reshape",
    apply: (g, n, [x]) => (n.is("reshape") ? (sameShape(x!.shape, n.shape) ? x! : x!.is("reshape") ? g.reshape(x.inputs[0]!, n.shape) : null) : null),
  },
  {
    name: "reshape of a spread scalar",
    apply: (g, n, [x]) => (n.is("reshape") && x!.is("broadcast") && x.inputs[0]!.shape.length === 0 ? g.splat(x.inputs[0]!, n.shape) : null),
  },
  {
    name: "transpose of transpose",
    apply: (g, n, [x]) =>
      n.is("transpose") && x!.is("transpose")
        ? g.transpose(
            x.inputs[0]!,
            n.attrs.permutation.map((p) => x.attrs.permutation[p]!),
          )
        : null,
  },
  {
    name: "transpose that moves only dimensions of size 1 → reshape",
    apply: (g, n, [x]) =>
      n.is("transpose") && n.attrs.permutation.filter((p) => x!.shape[p] !== 1).every((p, i, all) => i === 0 || all[i - 1]! < p)
        ? g.reshape(x!, n.shape)
        : null,
  },
  {
    name: "broadcast of broadcast",
    apply: (g, n, [x]) =>
      n.is("broadcast") && x!.is("broadcast")
        ? g.broadcast(
            x.inputs[0]!,
            n.shape,
            x.attrs.dims.map((d) => n.attrs.dims[d]!),
          )
        : null,
  },
  {
    name: "broadcast that changes nothing → reshape",
    apply: (g, n, [x]) =>
      n.is("broadcast") && sizeOf(n.shape) === sizeOf(x!.shape) && n.attrs.dims.every((d, i, all) => i === 0 || all[i - 1]! < d)
        ? g.reshape(x!, n.shape)
        : null,
  },
  {
    name: "slice of everything → x",
    apply: (_g, n, [x]) => (n.is("slice") && sameShape(n.shape, x!.shape) && n.attrs.strides.every((s) => s === 1) ? x! : null),
  },
  {
    name: "pad by nothing → x",
    apply: (_g, n, [x]) => (n.is("pad") && n.attrs.low.every((l, i) => l === 0 && n.attrs.high[i] === 0 && n.attrs.interior[i] === 0) ? x! : null),
  },
  {
    name: "reduce over dimensions of size 1 → reshape",
    apply: (g, n, [x]) => (n.is("reduce") && n.attrs.dims.every((d) => x!.shape[d] === 1) ? g.reshape(x!, n.shape) : null),
  },
  {
    name: "reverse of dimensions of size 1 → x",
    apply: (_g, n, [x]) => (n.is("reverse") && n.attrs.dims.every((d) => x!.shape[d] === 1) ? x! : null),
  },
  {
    name: "concatenate of one → x",
    apply: (_g, n, inputs) =>
      n.is("concatenate") ? (inputs.filter((i) => sizeOf(i.shape) > 0).length === 1 ? inputs.find((i) => sizeOf(i.shape) > 0)! : null) : null,
  },
  {
    // By columns each number of the matrix lies on another line of memory; from the left the products read it as it lies.
    name: "matrix by columns · vector → vector · matrix",
    apply: (g, n, [x, y]) => {
      if (!n.is("dot") || n.dtype !== "float32" || y!.shape.length !== 1 || x!.shape.length !== 2 || n.attrs.lhsBatch.length > 0) return null;
      const matrix = x!.is("transpose") ? x!.inputs[0]! : x!;
      const axis = x!.is("transpose") ? x!.attrs.permutation[n.attrs.lhsContract[0]!]! : n.attrs.lhsContract[0]!;
      if (axis !== 0 || y!.dtype !== matrix.dtype) return null;
      return g.node("dot", [y!, matrix], { lhsBatch: [], rhsBatch: [], lhsContract: [0], rhsContract: [0] }, n.types);
    },
  },
  {
    name: "dynamic slice at constants → slice",
    apply: (g, n, [x, ...starts]) => {
      if (!n.is("dynamic_slice")) return null;
      const at = starts.map(uniform);
      if (at.some((s) => s === null)) return null;
      const start = at.map((s, i) => Math.min(Math.max(Number(s), 0), x!.shape[i]! - n.shape[i]!));
      return g.slice(
        x!,
        start,
        start.map((s, i) => s + n.shape[i]!),
        start.map(() => 1),
      );
    },
  },
];

/** One sweep over all patterns. `fired` collects the names of those that applied. */
export function simplify(fired: (name: string) => void): Rewrite {
  return (g, n, inputs) => {
    for (const p of PATTERNS) {
      const r = p.apply(g, n, inputs);
      if (r) {
        fired(p.name);
        return r;
      }
    }
    return null;
  };
}
