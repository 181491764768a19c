// Implicit functions for users: linear solves and roots, differentiated by the equations they satisfy.
import { DTypeError } from "../core/errors.ts";
import { evalClosed } from "../core/jaxpr.ts";
import { type Tangent, Zero, isZero } from "../core/primitive.ts";
import { flatten } from "../core/pytree.ts";
import { leavesUpTo } from "../core/prefix.ts";
import { stage } from "../core/staging.ts";
import { bind } from "../core/trace.ts";
import type { Value } from "../core/value.ts";
import { byRole, linearSolvePrimitive } from "../control/linearSolve.ts";
import { type Staged, stageFunction } from "../control/stage.ts";
import { type ArrayLike, asArray } from "../numpy/convert.ts";
import { instantiate, neg } from "../primitives/ops.ts";
import type { AnyArgs, AnyFunction, Arrays, Loose } from "../core/treeTypes.ts";
import { flattenArgs } from "../transforms/args.ts";
import { customJvpCall } from "../transforms/custom.ts";
import { linearTranspose } from "../transforms/functional.ts";
import { jvpFlat } from "../transforms/jvp.ts";
import { linearizeFlat } from "../transforms/partial.ts";

const one = (x: unknown, what: string): ReturnType<typeof flattenArgs> => flattenArgs((v: unknown) => v, [x], what);
/** customRoot. */
export interface CustomRootOptions {
  /** `solve` gives `[root, aux]`. What has no derivative rule, the auxiliary part, is a constant. */
  readonly hasAux?: boolean;
}
export interface CustomLinearSolveOptions {
  /** Solves the transposed system: transposeSolve(vecmat, b). Reverse mode needs it. */
  readonly transposeSolve?: ((vecmat: AnyFunction, b: AnyArgs[number]) => unknown) | null;
  /** The matrix is its own transpose: `solve` serves both. */
  readonly symmetric?: boolean;
  /** `solve` returns [x, aux]. */
  readonly hasAux?: boolean;
}
/**
 * x with matvec(x) = b, found by `solve(matvec, b)`. Derivatives come from the equation: forward ones need `solve` only, reverse ones
 * `transposeSolve(vecmat, b)`, or `symmetric: true`. With `hasAux`, solve returns [x, aux].
 * @example lax.customLinearSolve((x: Array) => x.mul(2), np.array(6), (_matvec, b: Array) => b.div(2), { symmetric: true }) // 3
 */
export function customLinearSolve<const B, F extends (x: NoInfer<Arrays<B>>) => NoInfer<Loose<B>>>(
  matvec: F,
  b: B,
  solve: (matvec: F, b: Arrays<B>) => Loose<B>,
  options?: CustomLinearSolveOptions,
): Arrays<B>;
export function customLinearSolve<const B, X, F extends (x: NoInfer<Arrays<B>>) => NoInfer<Loose<B>>>(
  matvec: F,
  b: B,
  solve: (matvec: F, b: Arrays<B>) => readonly [Loose<B>, X],
  options: CustomLinearSolveOptions & { readonly hasAux: true },
): [Arrays<B>, Arrays<X>];
export function customLinearSolve(matvec: AnyFunction, b: unknown, solve: AnyFunction, options: CustomLinearSolveOptions = {}): unknown {
  const flat = one(b, "lax.customLinearSolve: b"),
    avals = flat.values.map((v) => v.aval),
    stage1 = (fn: AnyFunction): Staged => stageFunction(fn, flat.tree, avals),
    mat = stage1(matvec);
  mat.outAvals.forEach((a, i) => {
    if (a.shape.join() !== avals[i]?.shape.join())
      throw new DTypeError(`lax.customLinearSolve: matvec maps ${avals[i]} to ${a}; a linear system needs equal shapes`);
  });
  const vecmat = options.symmetric ? mat : stage1((x: unknown) => linearTranspose(matvec, x)(x)[0]);
  const solved = stage1((v: unknown) => solve(matvec, v)),
    transposed = options.symmetric
      ? solved
      : options.transposeSolve
        ? stage1((v: unknown) => options.transposeSolve!((x: unknown) => linearTranspose(matvec, x)(x)[0], v))
        : null;
  const staged = { matvec: mat, vecmat, solve: solved, transposeSolve: transposed };
  const consts = [mat, vecmat, solved, transposed].flatMap((s) => s?.consts ?? []);
  const outs = bind(linearSolvePrimitive, [...consts, ...flat.values], {
    constLengths: byRole((r) => staged[r]?.consts.length ?? 0),
    jaxprs: byRole((r) => staged[r]?.jaxpr ?? null),
  });
  return solved.outTree.unflatten(outs);
}
/**
 * x with f(x) = 0, found by `solve(f, initialGuess)`. Derivatives come from the implicit function theorem: `tangentSolve(g, y)` solves
 * g(x) = y for the linear g that is f's derivative at the root.
 * @example lax.customRoot((x: Array) => x.mul(x).sub(2), np.array(1), (f, x0) => lax.foriLoop(0, 6, (_i, x: Array) => x.sub(f(x).div(x.mul(2))), x0), (g, y) => y.div(g(np.array(1)))) // 1.414
 */
export function customRoot<const X0, F extends (x: NoInfer<Arrays<X0>>) => NoInfer<Loose<X0>>>(
  f: F,
  initialGuess: X0,
  solve: (f: F, initialGuess: Arrays<X0>) => Loose<X0>,
  tangentSolve: (g: (x: Arrays<X0>) => Arrays<X0>, y: Arrays<X0>) => Loose<X0>,
): Arrays<X0>;
/** With `hasAux`, `solve` gives `[root, aux]`, and so does customRoot. */
export function customRoot<const X0, F extends (x: NoInfer<Arrays<X0>>) => NoInfer<Loose<X0>>, Aux>(
  f: F,
  initialGuess: X0,
  solve: (f: F, initialGuess: Arrays<X0>) => readonly [root: Loose<X0>, aux: Aux],
  tangentSolve: (g: (x: Arrays<X0>) => Arrays<X0>, y: Arrays<X0>) => Loose<X0>,
  options: CustomRootOptions & { readonly hasAux: true },
): [root: Arrays<X0>, aux: Arrays<Aux>];
export function customRoot(
  f: AnyFunction,
  initialGuess: unknown,
  solve: AnyFunction,
  tangentSolve: AnyFunction,
  _options: CustomRootOptions = {},
): unknown {
  const guess = one(initialGuess, "lax.customRoot: the initial guess"),
    avals = guess.values.map((v) => v.aval),
    n = avals.length,
    F = stageFunction(f, guess.tree, avals),
    S = stageFunction((x: unknown) => solve(f, x), guess.tree, avals),
    nF = F.consts.length;
  const call = stage(
    (...xs) => evalClosed(S.jaxpr, xs.slice(nF)),
    [...F.consts, ...S.consts, ...guess.values].map((v) => v.aval),
    "custom_root",
  );
  const jvp = Object.defineProperty(
    (primals: readonly Value[], tangents: readonly Tangent[]): [Value[], Tangent[]] => {
      const outs = bind(customJvpCall, primals, params),
        root = outs.slice(0, n),
        consts = primals.slice(0, nF),
        dots = tangents.slice(0, nF),
        none = outs.map((v): Tangent => new Zero(v.aval.strengthen()));
      if (dots.every(isZero)) return [[...outs], none];
      const [, moved] = jvpFlat((...c) => evalClosed(F.jaxpr, [...c, ...root]), consts, dots),
        lin = linearizeFlat((...x) => evalClosed(F.jaxpr, [...consts, ...x]), root);
      const [tree] = guess.tree.children,
        g = (y: unknown): unknown => {
          const live = evalClosed(
            lin.jaxpr,
            leavesUpTo(tree!, y, "lax.customRoot").map((v) => asArray(v as ArrayLike)),
          );
          let at = 0;
          return tree!.unflatten(lin.nonzeroOut.map((nz, i) => (nz ? live[at++]! : instantiate(new Zero(lin.outAvals[i]!)))));
        };
      const solved = flatten(tangentSolve(g, tree!.unflatten(moved.map((t) => neg(instantiate(t))))))[0].map((v) => asArray(v as ArrayLike));
      return [[...outs], none.map((z, i) => (i < n ? solved[i]! : z))];
    },
    "name",
    { value: "custom_root" },
  );
  const params = { name: "custom_root", callJaxpr: call, jvp, numConsts: 0, symbolicZeros: false };
  return S.outTree.unflatten(bind(customJvpCall, [...F.consts, ...S.consts, ...guess.values], params));
}
