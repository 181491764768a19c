// Kernels of a grid are predicted by their bytes and operations, at the adapter's rates.
import { expect, test } from "vitest";
import { GraphBuilder } from "../../graph/graph.ts";
import { roofCost } from "./roofs.ts";

const type = (...shape: number[]) => ({ shape, dtype: "float32" as const });
const roofs = { bandwidth: 100, cache: 1000, cacheBytes: 2 ** 20, flops: 2000 };
test("a sum waits for memory, a product of large matrices for arithmetic, a small kernel for its start", () => {
  const g = new GraphBuilder("f");
  const [x, y] = [g.param(type(1000, 1000)), g.param(type(1000, 1000))];
  const sum = g.binary("add", x, y);
  const dot = g.node("dot", [x, y], { lhsBatch: [], rhsBatch: [], lhsContract: [1], rhsContract: [0] }, [type(1000, 1000)]);
  const traffic = { bytesRead: 8e6, bytesWritten: 4e6 };
  expect(roofCost([sum], traffic, roofs, 5000).ms).toBeCloseTo(0.12 + 0.005, 6);
  expect(roofCost([dot], traffic, roofs, 5000).ms).toBeCloseTo(1 + 0.005, 2);
  expect(roofCost([sum], { bytesRead: 800, bytesWritten: 400 }, { ...roofs, flops: 1e9 }, 5000).ms).toBeCloseTo(0.005, 5);
});
test("the operations' shares are their work", () => {
  const g = new GraphBuilder("f");
  const x = g.param(type(64));
  const [sum, sine] = [g.binary("add", x, x), g.unary("sin", x)];
  const { nodes } = roofCost([sum, sine], { bytesRead: 256, bytesWritten: 512 }, roofs, 0);
  expect(nodes.get(sine)! / nodes.get(sum)!).toBeGreaterThan(5);
});
