// In place of d3-interpolate: the same numbers.
import * as d3 from "d3";
import { expect, test } from "vitest";
import { interpolate, interpolateNumber, interpolateRound, piecewise } from "./interpolate.ts";

test("numbers are interpolated as d3 does", () => {
  for (const t of [-0.5, 0, 0.3, 0.5, 1, 1.7]) {
    expect(interpolateNumber(2, 7)(t)).toBe(d3.interpolateNumber(2, 7)(t));
    expect(interpolate(2, 7)(t)).toBe(d3.interpolate(2, 7)(t));
    expect(interpolateRound(2, 7)(t)).toBe(d3.interpolateRound(2, 7)(t));
    expect(piecewise(interpolateNumber, [1, 4, 5])(t)).toBe(d3.piecewise(d3.interpolateNumber, [1, 4, 5])(t));
  }
});
