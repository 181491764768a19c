// What a kernel of a grid costs. Its threads hide the time of single instructions behind one another, so that either memory or arithmetic is what it waits
// for: the longer of both, at the rates that the adapter's own kernels reached, and the time of starting it.
import type { Node } from "../../graph/graph.ts";
import { flops, transcendentals } from "../fusion/cost.ts";
import type { KernelCost } from "./kernelCost.ts";
import type { Traffic } from "./traffic.ts";

export interface Roofs {
  /** Bytes in a nanosecond: of arrays that no cache holds, and of those that together have fewer than `cacheBytes`. */
  readonly bandwidth: number;
  readonly cache: number;
  readonly cacheBytes: number;
  /** Operations of float32 in a nanosecond. */
  readonly flops: number;
}
/** An ordinary GPU's, for where nothing was measured. */
const ORDINARY_GPU: Roofs = { bandwidth: 200, cache: 400, cacheBytes: 2 ** 20, flops: 5000 };
/** Of what was measured of a machine; the ordinary one's for the rest. */
export const roofsOf = (measured: Partial<Omit<Roofs, "flops">> & { readonly flops?: Readonly<Record<string, number>> } = {}): Roofs => ({
  bandwidth: measured.bandwidth ?? ORDINARY_GPU.bandwidth,
  cache: measured.cache ?? ORDINARY_GPU.cache,
  cacheBytes: measured.cacheBytes ?? ORDINARY_GPU.cacheBytes,
  flops: measured.flops?.f32 ?? ORDINARY_GPU.flops,
});
/** Operations that a function of the library, or one that arithmetic stands for, takes. */
const FUNCTION = 8;

/** @param launch nanoseconds of starting a kernel, of as many dispatches as it takes */
export function roofCost(
  nodes: readonly Node[],
  { bytesRead, bytesWritten }: Pick<Traffic, "bytesRead" | "bytesWritten">,
  roofs: Roofs,
  launch: number,
): KernelCost {
  const bytes = bytesRead + bytesWritten;
  const moved = bytes / (bytes < roofs.cacheBytes ? roofs.cache : roofs.bandwidth);
  const work = nodes.map((n) => [n, (flops(n) + FUNCTION * transcendentals(n)) / roofs.flops] as const);
  const computed = work.reduce((sum, [, ns]) => sum + ns, 0);
  return { ms: (Math.max(moved, computed) + launch) / 1e6, nodes: new Map(work) };
}
