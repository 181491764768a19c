// Costs of library routines: by the steps that their kind takes, not by the bytes that go in, and by what runs them.
import { expect, test } from "vitest";
import { GraphBuilder, type Node } from "../../graph/graph.ts";
import { ORDINARY } from "./table.ts";
import { routineCost, routineOf } from "./routines.ts";

function routine(
  name: string,
  shapes: number[] | number[][],
  params: Record<string, unknown> = {},
  dtype: "float32" | "complex64" = "float32",
): Node<"library"> {
  const g = new GraphBuilder(name);
  const operands = (Array.isArray(shapes[0]) ? shapes : [shapes]).map((s) => g.param({ shape: s as number[], dtype }));
  const [out] = g.library(name, operands, params, [operands[0]!.type]);
  const call = out!.is("library") ? out! : out!.inputs[0]!;
  if (!call.is("library")) throw new Error("no routine");
  return call;
}
const ns = (...args: Parameters<typeof routine>): number => routineOf(routine(...args)).ns;

test("a sort by digits goes by elements, and takes longer with places", () => {
  const sort = { dimension: 0, numKeys: 1 };
  const one = ns("sort", [2 ** 16], sort);
  expect(ns("sort", [2 ** 20], sort) / one).toBeCloseTo(16, 0);
  expect(ns("sort", [[2 ** 16], [2 ** 16]], sort)).toBeGreaterThan(1.4 * one);
  // Short rows have their tables each.
  expect(ns("sort", [4096, 16], { dimension: 1, numKeys: 1 })).toBeGreaterThan(2 * one);
  expect(routineOf(routine("sort", [2 ** 16], sort, "complex64")).by).toBe("plain");
});
test("a transform goes by n log n of each axis", () => {
  const fft = (shape: number[], fftLengths: number[]): number => ns("fft", shape, { fftLengths, fftType: "FFT" }, "complex64");
  expect(fft([256, 256], [256, 256]) / fft([256, 256], [256])).toBeCloseTo(2, 1);
  expect(fft([2 ** 20], [2 ** 20]) / fft([2 ** 10], [2 ** 10])).toBeGreaterThan(1024);
});
test("factors of large real matrices are made in lanes, and cost less than twice as many of smaller ones", () => {
  for (const name of ["cholesky", "lu"]) {
    expect(routineOf(routine(name, [48, 48])).by).toBe("plain");
    expect(routineOf(routine(name, [64, 64])).by).toBe("lanes");
    expect(routineOf(routine(name, [64, 64], {}, "complex64")).by).toBe("plain");
    expect(ns(name, [64, 64])).toBeLessThan(ns(name, [48, 48]));
    expect(ns(name, [7, 128, 128]) / ns(name, [128, 128])).toBeCloseTo(7, 0);
  }
  expect(ns("svd", [50, 50])).toBeGreaterThan(10 * ns("cholesky", [50, 50]));
  expect(
    ns("triangular_solve", [
      [256, 256],
      [256, 256],
    ]),
  ).toBeGreaterThan(
    2 *
      ns("triangular_solve", [
        [256, 256],
        [256, 1],
      ]),
  );
});
test("what JavaScript takes on a machine says nothing of lanes", () => {
  const cost = (name: string, n: number): number =>
    routineCost(
      [routine(name, [n, n])],
      { bytesRead: 0, bytesWritten: 0, arrays: [], again: new Set(), parts: new Set(), idle: 0 },
      { ...ORDINARY, launch: 0, routines: { lanes: 1, plain: 3 } },
    ).ms;
  expect(1e6 * cost("qr", 64)).toBeCloseTo(3 * ns("qr", [64, 64]), 3);
  expect(1e6 * cost("lu", 64)).toBeCloseTo(ns("lu", [64, 64]), 3);
});
