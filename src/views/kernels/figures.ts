// What the kernel table says of a kernel beyond its own fields: the time of one call, how far the prediction is off, the layer that it belongs to.
import type { Kernel } from "../../engine/report/types.ts";
import type { Lookup } from "../lookup.ts";

export const total = (k: Kernel): number => k.time?.median ?? 0;
export const mean = (k: Kernel): number => (k.time && k.calls ? k.time.median / k.calls : 0);
export const moved = (k: Kernel): number => k.bytesRead + k.bytesWritten;
/** Per millisecond of the time that all calls took. */
export const perMs = (v: number, k: Kernel): number => (total(k) ? (v * k.calls) / total(k) : 0);
const CERTAIN = 4;
/** As short as the clock readings around its calls: nothing can be said of its rates. @param overhead of one reading, milliseconds */
export const isShort = (k: Kernel, overhead: number): boolean => total(k) < CERTAIN * overhead * Math.max(1, k.calls);
/** The slowest run that was measured, where the source kept the runs. */
export const slowest = (k: Kernel): number | null => {
  const { samples } = (k.time ?? {}) as { readonly samples?: readonly number[] };
  return samples?.length ? samples.reduce((a, b) => Math.max(a, b)) : null;
};
/** Measured over predicted: 2 is twice as slow as was thought. Null where one of the two is missing. */
export const off = (k: Kernel): number | null => (k.time && k.predicted ? k.time.median / k.predicted : null);

export interface Layer {
  /** The part of the name stack that most of its operations stand in; "" where they stand in none. */
  readonly scope: string;
  readonly backward: boolean;
}
/** Where the kernel belongs: the commonest name stack of its operations, without the transformations' own words. */
export function layerOf(k: Kernel, lookup: Lookup): Layer {
  const count = new Map<string, number>();
  let backward = 0;
  let known = 0;
  for (const id of k.nodes) {
    const n = lookup.nodes.get(id);
    if (!n || n.category === "input") continue;
    known++;
    if (n.scope.includes("transpose(")) backward++;
    const scope = plain(n.scope);
    count.set(scope, (count.get(scope) ?? 0) + 1);
  }
  const [scope = ""] = [...count].sort((a, b) => b[1] - a[1])[0] ?? [];
  return { scope, backward: backward * 2 > known };
}
/** "transpose(jvp(loss))/layer1" is of loss/layer1. */
export const plain = (scope: string): string =>
  scope.replace(/(?:transpose|jvp|vmap|checkpoint|rematted_computation|jit|pjit)\(/g, "").replaceAll(")", "");
