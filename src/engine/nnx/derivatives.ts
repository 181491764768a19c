// Derivatives along directions and pullbacks, of functions of modules.
import { StructureError } from "../core/errors.ts";
import type { AnyFunction } from "../core/treeTypes.ts";
import { type AuxOptions, jvp as engineJvp, vjp as engineVjp } from "../transforms/autodiff.ts";
import { type GraphDef, flattenGraph, unflattenGraph } from "./graph.ts";
import { finish, named, runPure, valuesOf } from "./transforms.ts";

/** A function of modules as one of arrays, `[out, [aux, structure, arrays]]`, and what its call was given. */
function opened(
  fn: AnyFunction,
  primals: readonly unknown[],
  what: string,
  hasAux: boolean,
): { def: GraphDef; leaves: unknown[]; indices: Map<object, number>; pure: AnyFunction } {
  const indices = new Map<object, number>(),
    [def, slots] = flattenGraph(primals, { loose: true, indices });
  const pure = named((...leaves: unknown[]): [unknown, [GraphDef, unknown[]]] => {
    const run = runPure(fn, undefined, def, leaves);
    if (hasAux && !(Array.isArray(run.out) && run.out.length === 2))
      throw new StructureError(`${what}: with hasAux the function must return [output, aux]`);
    const [defOut, out] = run.after();
    return [hasAux ? (run.out as unknown[])[0] : run.out, [defOut, valuesOf(out)]];
  }, fn);
  return { def, leaves: valuesOf(slots), indices, pure };
}
const auxOf = (result: unknown): unknown => (result as readonly unknown[])[1];
/**
 * As `jvp`, over functions of modules: `[out, tangent]`, with `hasAux` `[out, tangent, aux]`. Tangents have the structure of the primals, such as
 * `tree.map(np.zerosLike, model)` for a module. Variables that the function sets are set. Source: flax.nnx.jvp.
 * @example nnx.jvp((x: Array) => x.mul(x), [np.array(3)], [np.array(1)]) // [9, 6]
 */
export function jvp(fn: AnyFunction, primals: readonly unknown[], tangents: readonly unknown[], options: AuxOptions = {}): unknown[] {
  const { hasAux = false } = options,
    { def, leaves, indices, pure } = opened(fn, primals, "nnx.jvp", hasAux),
    [tangentDef, slots] = flattenGraph(tangents, { loose: true });
  if (!tangentDef.equals(def))
    throw new StructureError("nnx.jvp: primals and tangents have different structures; make a module's by tree.map over it");
  const [out, tangent, [defOut, after]] = engineJvp(pure as never, leaves as never, valuesOf(slots) as never, { hasAux: true }) as unknown as [
    unknown,
    unknown,
    [GraphDef, unknown[]],
  ];
  const result = finish(defOut, after, indices);
  return hasAux ? [out, tangent, auxOf(result)] : [out, tangent];
}
/**
 * As `vjp`, over functions of modules: `[out, pullback]`, with `hasAux` `[out, pullback, aux]`. The pullback gives a list, one an argument, of the arguments'
 * structure: a module whose variables hold cotangents. Variables that the function sets are set. Source: flax.nnx.vjp.
 * @example const m = new nnx.Linear(1, 1, { useBias: false, kernelInit: nnx.initializers.ones, rngs: new nnx.Rngs(0) }); const [y,
 * pullback] = nnx.vjp((l: nnx.Linear) => l.call(np.array([3])), [m]); (pullback as (ct: Array) => [nnx.Linear])(y as Array)[0].kernel.value // [[9]]
 */
export function vjp(fn: AnyFunction, primals: readonly unknown[], options: AuxOptions = {}): unknown[] {
  const { hasAux = false } = options,
    { def, leaves, indices, pure } = opened(fn, primals, "nnx.vjp", hasAux);
  const [out, pull, [defOut, after]] = engineVjp(pure as never, ...(leaves as never[]), { hasAux: true } as never) as unknown as [
    unknown,
    (ct: unknown) => unknown[],
    [GraphDef, unknown[]],
  ];
  const result = finish(defOut, after, indices),
    pullback = (cotangent: unknown): unknown[] => unflattenGraph(def, pull(cotangent)) as unknown[];
  return hasAux ? [out, pullback, auxOf(result)] : [out, pullback];
}
/**
 * A function with some of its first arguments given, such as a train step with its model and optimizer: what they hold is read and set at each call.
 * Source: flax.nnx.cached_partial, which also remembers how its arguments are taken apart.
 * @example nnx.cachedPartial((a: number, b: number) => a + b, 1)(2) // 3
 */
export const cachedPartial = <A extends unknown[], B extends unknown[], R>(fn: (...args: [...A, ...B]) => R, ...cachedArgs: A): ((...args: B) => R) =>
  named((...args: B) => fn(...cachedArgs, ...args), fn);
