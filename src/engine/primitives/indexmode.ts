// What gather and scatter do with indices that are out of bounds, and how JAX prints it.
export type GatherMode = "clip" | "fill_or_drop" | "promise_in_bounds" | "one_hot";
export const MODE_NAMES: Readonly<Record<GatherMode, string>> = {
  clip: "GatherScatterMode.CLIP",
  fill_or_drop: "GatherScatterMode.FILL_OR_DROP",
  promise_in_bounds: "GatherScatterMode.PROMISE_IN_BOUNDS",
  one_hot: "GatherScatterMode.ONE_HOT",
};
export const showDims = (d: readonly number[]): string => (d.length === 1 ? `(${d[0]},)` : `(${d.join(", ")})`);
/** Reads a mode as people write it: "clip", "fill", "drop", "promise_in_bounds", or JAX's enum text. */
export function parseMode(mode: string | null | undefined, otherwise: GatherMode, fn = "gather"): GatherMode {
  if (mode === null || mode === undefined) return otherwise;
  const m = String(mode).replace("GatherScatterMode.", "").toLowerCase();
  if (m === "fill" || m === "drop" || m === "fill_or_drop") return "fill_or_drop";
  if (m === "clip" || m === "promise_in_bounds") return m;
  throw new TypeError(`${fn}: mode is "${mode}", expected "clip", "fill", "drop" or "promise_in_bounds"`);
}
