// How near each kernel comes to what the machine can do: its intensity (operations per byte), what bounds it, how much faster it could be at most.
import type { Device, Kernel, Report } from "../../engine/report/types.ts";
import { isShort, total } from "../kernels/figures.ts";
import type { Lookup } from "../lookup.ts";

export type Ceilings = NonNullable<Device["ceilings"]>;
export type Bound = "memory" | "cache" | "compute";
export interface Dot {
  readonly kernel: Kernel;
  /** "f32": what it computes in. */
  readonly dtype: string;
  /** Operations per byte moved; 0 for a kernel that only moves. */
  readonly intensity: number;
  /** GFLOP/s and GB/s reached; 0 where it is too short to tell. */
  readonly flops: number;
  readonly bandwidth: number;
  /** Milliseconds of one run, as the table of kernels says. */
  readonly ms: number;
  /** As short as the clock's readings around it: nothing can be said of its rates. */
  readonly isShort: boolean;
  readonly roof: Roof | null;
}
export interface Roof {
  readonly bound: Bound;
  /** The rate of what bounds it: GB/s, or GFLOP/s. */
  readonly limit: number;
  /** The part of it that is reached; above 1 where the measurement of the roof was the slower one, 0 where the kernel is too short to tell. */
  readonly reached: number;
  /** Milliseconds that the kernel could take less at most. */
  readonly saves: number;
}

export function dotsOf(r: Report, lookup: Lookup): Dot[] {
  const overhead = (r.timing?.timerOverheadNs ?? 0) / 1e6;
  return lookup.kernels
    .flatMap((k): Dot[] => {
      if (!k.time || k.calls === 0) return [];
      // The same number as in the table of kernels: one kernel has one time.
      const ms = total(k);
      const short = isShort(k, overhead);
      const moved = (k.bytesRead + k.bytesWritten) * k.calls;
      const done = k.flops * k.calls;
      const dtype = dtypeOf(k, lookup);
      const rate = (amount: number): number => (short || ms === 0 ? 0 : amount / ms / 1e6);
      const dot = { kernel: k, dtype, intensity: moved ? done / moved : 0, flops: rate(done), bandwidth: rate(moved), ms, isShort: short };
      return [{ ...dot, roof: roofOf(dot, moved, done, r.devices[k.device]?.ceilings) }];
    })
    .sort((a, b) => b.ms - a.ms);
}
/** Of its largest result: what is added up in it is mostly of that type. */
function dtypeOf(k: Kernel, lookup: Lookup): string {
  for (const id of [...k.outputs, ...k.nodes]) {
    const type = /^\(?([a-z]+\d*)/.exec(lookup.nodes.get(id)?.type ?? "")?.[1];
    if (type) return type;
  }
  return "";
}
function roofOf(d: Pick<Dot, "dtype" | "ms" | "kernel" | "isShort">, moved: number, done: number, c: Ceilings | undefined): Roof | null {
  if (!c) return null;
  const isCached = c.cache !== undefined && d.kernel.bytesRead + d.kernel.bytesWritten <= (c.cacheBytes ?? 0);
  const bandwidth = isCached ? c.cache : c.bandwidth;
  const flops = c.flops?.[d.dtype];
  const movingMs = bandwidth ? moved / bandwidth / 1e6 : 0;
  const computingMs = flops ? done / flops / 1e6 : 0;
  const least = Math.max(movingMs, computingMs);
  if (least === 0) return null;
  const bound: Bound = movingMs >= computingMs ? (isCached ? "cache" : "memory") : "compute";
  return {
    bound,
    limit: bound === "compute" ? flops! : bandwidth!,
    reached: d.isShort || d.ms === 0 ? 0 : least / d.ms,
    saves: d.isShort ? 0 : Math.max(0, d.ms - least),
  };
}
