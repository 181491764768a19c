// jax.test_util: derivatives held against finite differences.
import { leavesOf } from "./core/pytree.ts";
import { mapTree } from "./core/prefix.ts";
import type { Value } from "./core/value.ts";
import { type ArrayLike, asArray } from "./numpy/convert.ts";
import * as np from "./numpy/index.ts";
import * as random from "./random/index.ts";
import { jvp, vjp } from "./transforms/autodiff.ts";

type Fn = (...args: never[]) => unknown;
export interface CheckOptions {
  /** Absolute and relative tolerance; JAX's default for float32 is 2e-2, for float64 1e-5. */
  readonly atol?: number;
  readonly rtol?: number;
  /** The step of the central difference. */
  readonly eps?: number;
}
const call = (f: Fn, args: readonly unknown[]): unknown => (f as (...a: unknown[]) => unknown)(...args);
const isWide = (args: readonly unknown[]): boolean => leavesOf(args).every((a) => asArray(a as ArrayLike).dtype === "float64");
/** Random directions of the arguments' shapes: drawn from a fixed key, so that a failure comes again. */
function directions(like: unknown): unknown {
  let seed = 0;
  return mapTree(((x: ArrayLike) => random.normal(random.key(seed++), asArray(x).shape, asArray(x).dtype)) as never, like);
}
const step = (args: unknown, d: unknown, h: number): readonly unknown[] =>
  mapTree(((x: ArrayLike, t: Value) => asArray(x).add(t.mul(h))) as never, args, d) as readonly unknown[];
function difference(f: Fn, args: readonly unknown[], d: unknown, eps: number): unknown {
  return mapTree(((hi: Value, lo: Value) => hi.sub(lo).div(2 * eps)) as never, call(f, step(args, d, eps)), call(f, step(args, d, -eps)));
}
function expectClose(what: string, got: unknown, want: unknown, { atol, rtol }: { atol: number; rtol: number }): void {
  const wants = leavesOf(want) as Value[];
  (leavesOf(got) as Value[]).forEach((g, i) => {
    if (!np.allclose(g, wants[i]!, { atol, rtol }).item())
      throw new Error(`${what}: output ${i} is ${g.toString()}, the finite difference gives ${wants[i]!.toString()} (atol ${atol}, rtol ${rtol})`);
  });
}
function settings(args: readonly unknown[], o: CheckOptions): { atol: number; rtol: number; eps: number } {
  const wide = isWide(args),
    tolerance = wide ? 1e-5 : 2e-2;
  return { atol: o.atol ?? tolerance, rtol: o.rtol ?? tolerance, eps: o.eps ?? (wide ? 1e-4 : 1e-2) };
}
/** Throws where jvp's tangent differs from the central difference along a random direction.
 * @example testUtil.checkJvp((x: Array) => np.sin(x), [np.array(0.5)]) // undefined */
export function checkJvp(f: Fn, args: readonly unknown[], options: CheckOptions = {}): void {
  const s = settings(args, options),
    d = directions(args) as never,
    tangent = jvp(f as never, args as never, d)[1];
  expectClose("checkJvp", tangent, difference(f, args, d, s.eps), s);
}
/** Throws where vjp is not the transpose of the central difference: ⟨ct, f′(x)·d⟩ = ⟨vjp(ct), d⟩ for random ct and d.
 * @example testUtil.checkVjp((x: Array) => np.sin(x), [np.array(0.5)]) // undefined */
export function checkVjp(f: Fn, args: readonly unknown[], options: CheckOptions = {}): void {
  const s = settings(args, options),
    d = directions(args),
    [out, pullback] = vjp(f as never, ...(args as never[])) as unknown as [unknown, (ct: unknown) => readonly unknown[]],
    ct = directions(out),
    dot = (a: unknown, b: unknown): Value =>
      leavesOf(mapTree(((x: Value, y: Value) => np.sum(x.mul(y))) as never, a, b)).reduce<Value>((m, v) => m.add(v as Value), np.zeros([]));
  expectClose("checkVjp", dot([...pullback(ct)], d), dot(difference(f, args, d, s.eps), ct), s);
}
/** Both modes, to `order` derivatives deep. `modes` leaves one out.
 * @example testUtil.checkGrads((x) => np.sin(x), [np.array(0.5)], 2) // undefined */
export function checkGrads(
  f: Fn,
  args: readonly unknown[],
  order: number,
  modes: readonly ("fwd" | "rev")[] = ["fwd", "rev"],
  options: CheckOptions = {},
): void {
  if (modes.includes("fwd")) checkJvp(f, args, options);
  if (modes.includes("rev")) checkVjp(f, args, options);
  if (order <= 1) return;
  const d = directions(args);
  if (modes.includes("fwd")) checkGrads(((...xs: unknown[]) => jvp(f as never, xs as never, d as never)[1]) as Fn, args, order - 1, modes, options);
  if (modes.includes("rev")) {
    const ct = directions(call(f, args));
    const pulled = (...xs: unknown[]): unknown => (vjp(f as never, ...(xs as never[])) as unknown as [unknown, (c: unknown) => unknown])[1](ct);
    checkGrads(pulled as Fn, args, order - 1, modes, options);
  }
}
