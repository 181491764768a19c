// The time axis: which stretch is shown, how it is moved and zoomed, and what stands at its ticks.
import { type ScaleLinear, scaleLinear } from "d3";
import type { Range } from "./model.ts";

const LEAST_MS = 1e-6;
const clamp = (v: number, from: number, to: number): number => Math.max(from, Math.min(to, v));

/** The stretch, zoomed about a time that stays where it is. */
export function zoomed(r: Range, about: number, factor: number, whole: Range): Range {
  const length = clamp((r.to - r.from) / factor, LEAST_MS, 1.1 * (whole.to - whole.from));
  const part = (about - r.from) / (r.to - r.from);
  return inside({ from: about - part * length, to: about + (1 - part) * length }, whole);
}
export const moved = (r: Range, by: number, whole: Range): Range => inside({ from: r.from + by, to: r.to + by }, whole);
/** At least a part of the whole stays in sight. */
function inside(r: Range, whole: Range): Range {
  const length = r.to - r.from;
  const room = 0.05 * (whole.to - whole.from);
  const from = clamp(r.from, Math.min(whole.from - room, whole.from - 0.9 * length), Math.max(whole.from, whole.to - 0.1 * length));
  return { from, to: from + length };
}
/** A stretch with a little air on both sides. */
export const withAir = (r: Range): Range => {
  const air = Math.max(LEAST_MS, 0.02 * (r.to - r.from));
  return { from: r.from - air, to: r.to + air };
};
export const scaleOf = (r: Range, left: number, right: number): ScaleLinear<number, number> =>
  scaleLinear()
    .domain([r.from, r.to])
    .range([left, Math.max(left + 50, right)]);

const UNITS: readonly (readonly [name: string, ms: number])[] = [
  ["s", 1000],
  ["ms", 1],
  ["µs", 1e-3],
  ["ns", 1e-6],
];
/** Ticks with one unit for all. Where the stretch is short and late, they count from a time that is said once. */
export function ticksOf(
  r: Range,
  most: number,
): { readonly ticks: readonly { readonly at: number; readonly text: string }[]; readonly base: string | null } {
  const length = r.to - r.from;
  const isLate = Math.abs(r.from) > 200 * length;
  const base = isLate ? Math.floor(r.from / length) * length : 0;
  const scale = scaleLinear().domain([r.from - base, r.to - base]);
  const places = scale.ticks(Math.max(2, most));
  const step = places.length > 1 ? places[1]! - places[0]! : length;
  const [unit, size] = UNITS.find(([, ms]) => length >= 2 * ms) ?? UNITS.at(-1)!;
  const digits = clamp(Math.ceil(-Math.log10(step / size) - 1e-9), 0, 6);
  return {
    ticks: places.map((v) => ({ at: v + base, text: `${isLate && v > 0 ? "+" : ""}${(v / size).toFixed(digits)} ${unit}` })),
    base: isLate ? `${base.toFixed(4)} ms` : null,
  };
}
