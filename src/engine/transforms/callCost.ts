// What a call of a jit function costs beyond its program: flattening, look-up, results. Measured on steady calls; the report shows it as a row.
import { HostStorage, NDArray, Tracer, type Value } from "../core/value.ts";
import { flatten } from "../core/pytree.ts";
import { flattenArgs } from "./args.ts";
import type { Jitted } from "./jit.ts";
import { runProgram } from "./jitPrimitive.ts";

/** Milliseconds, medians over the repetitions. */
export interface CallCost {
  /** A whole steady call, as the user's loop sees it. */
  readonly wall: number;
  /** The compiled program alone, on arrays that are ready. */
  readonly program: number;
  /** What is left: the call itself. Never negative. */
  readonly overhead: number;
  readonly repeats: number;
  /** Leaves of the arguments and of the result: what the overhead grows with. */
  readonly leaves: { readonly in: number; readonly out: number };
}
const median = (times: number[]): number => times.sort((a, b) => a - b)[times.length >> 1]!;
const copyOf = (a: NDArray): NDArray => new NDArray(a.aval, new HostStorage(a.storage.bytes().slice()), a.literal, a.committed);
/** Arguments whose donated arrays are fresh copies, so that every repetition can give them away. */
function withCopies(args: readonly unknown[], donates: boolean): unknown[] {
  if (!donates) return [...args];
  const [leaves, tree] = flatten(args as unknown[]);
  return tree.unflatten(leaves.map((l) => (l instanceof NDArray ? copyOf(l) : l))) as unknown[];
}
/**
 * Measures steady calls of a jit function on concrete arguments. The call has been made before, so that it is traced and compiled. Its results
 * are freed at once. Callbacks and effects of the function happen at every repetition.
 */
export function callCost(
  fn: Jitted,
  args: readonly unknown[],
  options: { readonly self?: unknown; readonly repeats?: number; readonly donates?: boolean } = {},
): CallCost {
  const { self, repeats = 30, donates = false } = options,
    traced = fn.traceWith(self, args),
    dynamic = args.filter((_a, i) => !fn.jit.statics.has(i)),
    operands = [...traced.consts, ...flattenArgs(fn.jit.fun, dynamic, traced.name).values] as Value[];
  if (operands.some((v) => v instanceof Tracer)) throw new TypeError(`callCost: ${traced.name} is measured on concrete arrays, got traced ones`);
  const release = (result: unknown): void => {
    for (const v of flatten(result)[0]) if (v instanceof NDArray && !operands.includes(v)) v.delete();
  };
  const walls: number[] = [],
    programs: number[] = [];
  let out = 0;
  for (let i = 0; i < repeats; i++) {
    const own = withCopies(args, donates);
    let start = performance.now();
    const result = (fn as (...a: unknown[]) => unknown).apply(self, own);
    walls.push(performance.now() - start);
    out = flatten(result)[0].length;
    release(result);
    start = performance.now();
    const outs = runProgram(traced.jaxpr, operands as NDArray[]);
    programs.push(performance.now() - start);
    release(outs);
  }
  const wall = median(walls),
    program = Math.min(median(programs), wall);
  return { wall, program, overhead: wall - program, repeats, leaves: { in: operands.length - traced.consts.length, out } };
}
