// A program computed in another type of float: operations on some types are carried out in another one, arguments and results keep theirs.
import type { DType } from "../../core/dtypes.ts";
import { type GraphBuilder, type Node, isElementwise } from "../../graph/graph.ts";
import type { Rewrite } from "../../compiler/passes/rewrite.ts";

/** What is carried out in the other type; what must keep its own (carried values, routines of the library) is converted by whoever reads it. */
const MOVED = ["reduce", "dot", "broadcast", "reshape", "transpose", "slice", "concatenate", "reverse"] as const;

/** @param types what is not computed in any more @param by what is computed in instead */
export function retyped(types: ReadonlySet<DType>, by: DType): Rewrite {
  const isOne = (n: Node): boolean => types.has(n.dtype);
  const other = (g: GraphBuilder, x: Node): Node => (isOne(x) ? g.convert(x, by) : x);
  /** A value under its own type: readers that know take the one beneath. */
  const under = (x: Node): Node => (x.is("convert") && isOne(x) && x.inputs[0]!.dtype === by ? x.inputs[0]! : x);
  return (g, n, inputs) => {
    const is = n.types.some((t) => types.has(t.dtype));
    if (n.types.length !== 1 || !(is || n.inputs.some(isOne))) return null;
    if (n.is("convert")) {
      const x = under(inputs[0]!);
      // There and back again is nothing.
      return is ? g.convert(g.convert(x, by), n.dtype) : g.convert(x, n.dtype);
    }
    if (!(isElementwise(n) || n.is(...MOVED))) return null;
    const made = g.node(
      n.op,
      inputs.map((i) => other(g, under(i))),
      n.attrs,
      n.types.map((t) => (types.has(t.dtype) ? { ...t, dtype: by } : t)),
    );
    return is ? g.convert(made, n.dtype) : made;
  };
}
