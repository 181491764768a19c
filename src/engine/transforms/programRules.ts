// The rules of primitives that call one program (jit, remat): every transformation transforms the program and calls that.
import type { ClosedJaxpr } from "../core/jaxpr.ts";
import { type Primitive, type Tangent, Zero, isLinear, isZero } from "../core/primitive.ts";
import { bind } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { frontAxis } from "../primitives/ops.ts";
import { batchJaxpr } from "./batching.ts";
import { jvpJaxpr } from "./jvp.ts";
import { transposeJaxpr } from "./transpose.ts";

/** Derivative, transpose and batching. `withInputs` gives the parameters for a program with other inputs than the first one had. */
export function programRules<P extends { readonly jaxpr: ClosedJaxpr }>(
  self: () => Primitive<P>,
  withInputs: (params: P, jaxpr: ClosedJaxpr) => P,
): Pick<Primitive<P>, "jvp" | "transpose" | "batch"> {
  return {
    jvp: (primals, tangents, p) => {
      const nonzero = tangents.map((t) => !isZero(t)),
        { jaxpr, nonzeroOut } = jvpJaxpr(p.jaxpr, nonzero),
        n = p.jaxpr.outAvals.length,
        outs = bind(self(), [...primals, ...tangents.filter((t): t is Value => !isZero(t))], withInputs(p, jaxpr));
      let at = n;
      return [outs.slice(0, n), p.jaxpr.outAvals.map((a, i): Tangent => (nonzeroOut[i] ? outs[at++]! : new Zero(a.strengthen())))];
    },
    transpose: (cts, args, p) => {
      const linear = args.map(isLinear),
        nonzero = cts.map((c) => !isZero(c)),
        jaxpr = transposed(p.jaxpr, linear, nonzero),
        known = args.filter((a): a is Value => !isLinear(a)),
        outs = bind(self(), [...known, ...cts.filter((c): c is Value => !isZero(c))], withInputs(p, jaxpr));
      let at = 0;
      return args.map((_a, i) => (linear[i] ? outs[at++]! : null));
    },
    batch: (args, dims, p, batch) => {
      const { jaxpr, batchedOut } = batchJaxpr(
        p.jaxpr,
        batch,
        dims.map((d) => d !== null),
      );
      return [
        bind(
          self(),
          args.map((a, i) => frontAxis(a, dims[i]!)),
          { ...p, jaxpr },
        ),
        batchedOut.map((b) => (b ? 0 : null)),
      ];
    },
  };
}

const transposes = new WeakMap<ClosedJaxpr, Map<string, ClosedJaxpr>>();
/** Transposed programs are kept, so that a training step's backward pass is staged once. */
function transposed(c: ClosedJaxpr, linear: readonly boolean[], nonzero: readonly boolean[]): ClosedJaxpr {
  const key = [...linear, null, ...nonzero].map((b) => (b === null ? "|" : +b)).join("");
  let by = transposes.get(c);
  if (!by) transposes.set(c, (by = new Map()));
  let t = by.get(key);
  if (!t) by.set(key, (t = transposeJaxpr(c, linear, nonzero)));
  return t;
}
