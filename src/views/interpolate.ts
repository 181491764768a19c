// What d3-scale asks d3-interpolate for, of numbers alone: the pages' scales map numbers to numbers, and colours, dates and transforms are 16 KB of a bundle.
// scripts/build.mjs puts this file in that package's place.
export const interpolateNumber =
  (a: number, b: number) =>
  (t: number): number =>
    a * (1 - t) + b * t;
export const interpolate = interpolateNumber;
export const interpolateRound =
  (a: number, b: number) =>
  (t: number): number =>
    Math.round(a * (1 - t) + b * t);
/** Between neighbours of a list. */
export function piecewise(between: typeof interpolateNumber, values: readonly number[]): (t: number) => number {
  const last = values.length - 1;
  return (t) => {
    const at = Math.max(0, Math.min(last - 1, Math.floor(t * last)));
    return between(values[at]!, values[at + 1]!)(t * last - at);
  };
}
