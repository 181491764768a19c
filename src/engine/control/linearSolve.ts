// A linear solve given as functions: differentiated by the equation it solves, not through the solver's steps.
import { type ClosedJaxpr, evalClosed } from "../core/jaxpr.ts";
import { type Primitive, type Tangent, Zero, type Linear, definePrimitive, isLinear, isZero } from "../core/primitive.ts";
import { printJaxpr } from "../core/print.ts";
import { bind } from "../core/trace.ts";
import type { NDArray, Value } from "../core/value.ts";
import { lowerInto } from "../graph/lower.ts";
import { addTangents, frontAxis, instantiate, neg, spreadBatch } from "../primitives/ops.ts";
import { batchJaxpr } from "../transforms/batching.ts";
import { runShared } from "../transforms/jitPrimitive.ts";
import { jvpJaxpr } from "../transforms/jvp.ts";

/** The four functions by name, in the order of their constants among the operands; the right side comes last. */
const ROLES = ["matvec", "vecmat", "solve", "transposeSolve"] as const;
type Role = (typeof ROLES)[number];
type ByRole<T> = Readonly<Record<Role, T>>;
export interface LinearSolveParams {
  readonly constLengths: ByRole<number>;
  readonly jaxprs: ByRole<ClosedJaxpr | null>;
}
function split<T>(args: readonly T[], p: LinearSolveParams): ByRole<T[]> & { b: T[] } {
  let at = 0;
  const parts = ROLES.map((r) => args.slice(at, (at += p.constLengths[r])));
  return { matvec: parts[0]!, vecmat: parts[1]!, solve: parts[2]!, transposeSolve: parts[3]!, b: args.slice(at) };
}
const TRANSPOSED: ByRole<Role> = { matvec: "vecmat", vecmat: "matvec", solve: "transposeSolve", transposeSolve: "solve" };
const snake = (r: Role): string => (r === "transposeSolve" ? "transpose_solve" : r);

export const linearSolvePrimitive: Primitive<LinearSolveParams> = definePrimitive<LinearSolveParams>({
  name: "custom_linear_solve",
  calls: { how: "parts", programs: ["jaxprs"] },
  multipleResults: true,
  abstract: (_a, p) => p.jaxprs.solve!.outAvals,
  impl: (args, p) => {
    const s = split(args as readonly NDArray[], p);
    return runShared(p.jaxprs.solve!, [...s.solve, ...s.b]);
  },
  jvp: (primals, dots, p) => {
    const outs = bind(linearSolvePrimitive, primals, p),
      s = split(primals, p),
      d = split(dots, p),
      n = s.b.length,
      x = outs.slice(0, n);
    // A x = b gives A dx = db − dA x.
    let rhs: Tangent[] = d.b;
    if (d.matvec.some((t) => !isZero(t))) {
      const live = d.matvec.map((t: Tangent): boolean => !isZero(t)),
        { jaxpr, nonzeroOut } = jvpJaxpr(p.jaxprs.matvec!, [...live, ...x.map(() => false)]),
        r = evalClosed(jaxpr, [...s.matvec, ...x, ...d.matvec.filter((t): t is Value => !isZero(t))]);
      let at = p.jaxprs.matvec!.outAvals.length;
      rhs = rhs.map((t, i) => (nonzeroOut[i] ? addTangents(t, neg(r[at++]!)) : t));
    }
    if (rhs.every((t) => isZero(t))) return [outs, outs.map((v) => new Zero(v.aval.strengthen()))];
    const dx = bind(linearSolvePrimitive, [...primals.slice(0, -n), ...rhs.map(instantiate)], p);
    return [outs, outs.map((v, i): Tangent => (i < n ? dx[i]! : new Zero(v.aval.strengthen())))];
  },
  transpose: (cts, args, p) => {
    const s = split<Value | Linear>(args, p);
    const turned: LinearSolveParams = { constLengths: byRole((r) => p.constLengths[TRANSPOSED[r]]), jaxprs: byRole((r) => p.jaxprs[TRANSPOSED[r]]) };
    if (!turned.jaxprs.solve)
      throw new Error(
        "customLinearSolve: the solve cannot be transposed (reverse-mode differentiation) without transposeSolve; give one, or symmetric: true",
      );
    const n = s.b.length,
      consts = ROLES.flatMap((r) => s[TRANSPOSED[r]] as Value[]),
      back = bind(linearSolvePrimitive, [...consts, ...cts.slice(0, n).map(instantiate)], turned);
    // Constants have no cotangents, nor has a part of the right side that is not linear: it is the zero tangent of a given value.
    return [...consts.map(() => null), ...s.b.map((b, i) => (isLinear(b) ? back[i]! : null))];
  },
  batch: (args, dims, p, batch) => {
    const flags = split(
        dims.map((d) => d !== null),
        p,
      ),
      fronts = args.map((a, i) => frontAxis(a, dims[i]!)),
      parts = split(fronts, p);
    const spread = parts.b.map((v, i) => (flags.b[i] ? v : spreadBatch(v, null, batch.size)));
    const jaxprs = byRole((r) => p.jaxprs[r] && batchJaxpr(p.jaxprs[r], batch, [...flags[r], ...parts.b.map(() => true)], true).jaxpr);
    const outs = bind(linearSolvePrimitive, [...ROLES.flatMap((r) => parts[r]), ...spread], { ...p, jaxprs });
    return [outs, outs.map(() => 0)];
  },
  lower: (g, inputs, p) => {
    const s = split(inputs, p),
      { jaxpr, consts } = p.jaxprs.solve!;
    return lowerInto(
      g,
      jaxpr,
      consts.map((c) => g.constant(c as NDArray)),
      [...s.solve, ...s.b],
    );
  },
  printParams: (p) => ({
    constLengths: `_LinearSolveTuple(${ROLES.map((r) => `${snake(r)}=${p.constLengths[r]}`).join(", ")})`,
    jaxprs: `_LinearSolveTuple(${ROLES.map((r) => `${snake(r)}=${p.jaxprs[r] ? printJaxpr(p.jaxprs[r].jaxpr) : "None"}`).join(", ")})`,
  }),
});
function byRole<T>(f: (r: Role) => T): ByRole<T> {
  return { matvec: f("matvec"), vecmat: f("vecmat"), solve: f("solve"), transposeSolve: f("transposeSolve") };
}
export { byRole };
