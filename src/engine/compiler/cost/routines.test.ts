// Costs of library routines: by the steps that their kind takes, not by the bytes that go in.
import { expect, test } from "vitest";
import { GraphBuilder, type Node } from "../../graph/graph.ts";
import { routineNs } from "./routines.ts";

const routine = (name: string, shape: number[], params: Record<string, unknown> = {}): Node<"library"> => {
  const g = new GraphBuilder(name);
  const x = g.param({ shape, dtype: "float32" });
  const [out] = g.library(name, [x], params, [x.type]);
  const call = out!.is("library") ? out! : out!.inputs[0]!;
  if (!call.is("library")) throw new Error("no routine");
  return call;
};
test("a sort goes by the length of what is sorted", () => {
  const rows = routineNs(routine("sort", [32, 4096], { dimension: 1, numKeys: 1 }));
  const columns = routineNs(routine("sort", [32, 4096], { dimension: 0, numKeys: 1 }));
  expect((rows - 5000) / (columns - 5000)).toBeCloseTo(Math.log2(4096) / Math.log2(32), 6);
});
test("factorizations go by the cube of a matrix, and by the number of matrices", () => {
  const one = routineNs(routine("cholesky", [50, 50])) - 5000;
  expect((routineNs(routine("cholesky", [100, 100])) - 5000) / one).toBeCloseTo(8, 6);
  expect((routineNs(routine("cholesky", [7, 50, 50])) - 5000) / one).toBeCloseTo(7, 6);
  expect(routineNs(routine("svd", [50, 50])) - 5000).toBeGreaterThan(10 * one);
});
