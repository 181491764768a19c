// The roofs of the machine at hand: how fast our own kernels can move and compute at best. A few small programs are timed for a fifth of a second, once a
// machine; whoever calls keeps what was found. A kernel of the person's is compared with these (the roofline view).
import { withConfig } from "../../core/config.ts";
import { fromTyped } from "../../core/arrays.ts";
import { type DType, allocate, isFloat, itemsize } from "../../core/dtypes.ts";
import type { NDArray } from "../../core/value.ts";
import { GraphBuilder } from "../../graph/graph.ts";
import { numberProgram } from "../../graph/regions.ts";
import type { Device } from "../../backends/device.ts";
import { defaultDevice } from "../../backends/devices.ts";
import { planProgram } from "../../compiler/plan/program.ts";
import type { Target } from "../../compiler/target.ts";
import type { Device as ReportDevice } from "../types.ts";

export type Ceilings = NonNullable<ReportDevice["ceilings"]>;
const BUDGET_MS = 25;
const LEAST_RUNS = 4;
/** Elements of arrays that stay in a core's caches, and of those that do not. */
const SMALL = 16_384;
const LARGE = 4 * 2 ** 20;
const SIDE = 128;
const CHAIN = 24;
/** Arrays of together so many bytes count as cached. */
const CACHED_BYTES = 2 ** 20;

interface Probe {
  readonly graph: ReturnType<GraphBuilder["build"]>;
  /** Bytes moved, or operations done, by one run. */
  readonly work: number;
}
const type = (dtype: DType, ...shape: number[]) => ({ shape, dtype });
function copyOf(elements: number): Probe {
  const g = new GraphBuilder("copy");
  const x = g.param(type("float32", elements));
  return { graph: g.build([g.binary("add", x, x)]), work: 2 * elements * itemsize("float32") };
}
function product(dtype: DType): Probe {
  const g = new GraphBuilder("product");
  const a = g.param(type(dtype, SIDE, SIDE));
  const b = g.param(type(dtype, SIDE, SIDE));
  const dot = g.node("dot", [a, b], { lhsBatch: [], rhsBatch: [], lhsContract: [1], rhsContract: [0] }, [type(dtype, SIDE, SIDE)]);
  return { graph: g.build([dot]), work: 2 * SIDE ** 3 };
}
/** Multiplications and additions of neighbouring elements: where a type has no tiled product, these are what it does fastest. */
function chain(dtype: DType): Probe {
  const g = new GraphBuilder("chain");
  const x = g.param(type(dtype, SMALL));
  let y = g.binary("mul", x, x);
  for (let i = 1; i < CHAIN; i++) y = g.binary(i % 2 ? "add" : "mul", y, x);
  return { graph: g.build([y]), work: CHAIN * SMALL };
}
/** Work per nanosecond, of the fastest run: the one that nothing interrupted. */
function best({ graph, work }: Probe, device: Device, target: Target): number {
  const plan = planProgram(numberProgram(graph, graph.name), undefined, target);
  const loaded = device.load({ traced: graph, plan });
  const args = graph.params.map((p) => values(p.shape, p.dtype));
  let least = Infinity;
  const end = performance.now() + BUDGET_MS;
  for (let runs = 0; runs < LEAST_RUNS || performance.now() < end; runs++) {
    let inside = 0;
    let from = 0;
    const outs = loaded.run(args, (k, at = performance.now()) => {
      if (k >= 0) from = at;
      else inside += at - from;
    });
    for (const o of outs) o.release();
    if (inside > 0) least = Math.min(least, inside);
  }
  return Number.isFinite(least) ? work / (1e6 * least) : 0;
}
function values(shape: readonly number[], dtype: DType): NDArray {
  const data = allocate(
    dtype,
    shape.reduce((a, b) => a * b, 1),
  );
  for (let i = 0; i < data.length; i++) data[i] = isFloat(dtype) ? 0.5 + (i % 64) / 64 : i % 64;
  return fromTyped(data, shape, dtype, false);
}
/** Names of types as profiles write them. */
const TYPES: Readonly<Record<string, DType>> = { f32: "float32", f64: "float64" };

export function measureCeilings(device: Device, target: Target): Ceilings {
  const start = performance.now();
  const flops = Object.fromEntries(
    Object.entries(TYPES)
      .filter(([, dtype]) => target.dtypes.has(dtype))
      .map(([name, dtype]) => [name, Math.max(best(product(dtype), device, target), best(chain(dtype), device, target))]),
  );
  const cache = best(copyOf(SMALL), device, target);
  const bandwidth = best(copyOf(LARGE), device, target);
  const took = Math.round(performance.now() - start);
  return {
    bandwidth,
    cache,
    cacheBytes: CACHED_BYTES,
    flops,
    from: `JitLens's own kernels on ${device.adapter?.().name ?? "this machine"}, ${new Date().toISOString().slice(0, 10)}, in ${took} ms: arrays of ${(LARGE * 4) / 2 ** 20} MiB and ${(SMALL * 4) / 2 ** 10} KiB added, products of ${SIDE}×${SIDE} matrices, chains of ${CHAIN} operations`,
  };
}
/** Those that were kept from an earlier run, where they are whole; else measured now. Null for a device that has no target. */
export function machineCeilings(kept: unknown, device: Device = defaultDevice()): Ceilings | null {
  if (isCeilings(kept)) return kept;
  const { target } = device;
  return target ? withConfig({ native: "off" }, () => measureCeilings(device, target)) : null;
}
function isCeilings(c: unknown): c is Ceilings {
  const sensible = (n: unknown): boolean => typeof n === "number" && n > 0 && n < 1e6;
  if (typeof c !== "object" || c === null) return false;
  const { bandwidth, cache, cacheBytes, flops, from } = c as Partial<Ceilings>;
  const rates = typeof flops === "object" && flops !== null ? Object.values(flops) : [];
  return (
    sensible(bandwidth) && sensible(cache) && cacheBytes === CACHED_BYTES && rates.length > 0 && rates.every(sensible) && typeof from === "string"
  );
}
