// What the kernel table says of a kernel beyond its own fields.
import { expect, test } from "vitest";
import type { Kernel, Node } from "../../engine/report/types.ts";
import { Lookup } from "../lookup.ts";
import { layerOf, mean, off, plain, slowest } from "./figures.ts";

const kernel = (more: Partial<Kernel>): Kernel => ({
  id: "k",
  name: "k",
  label: "k",
  kind: "loop",
  region: "r",
  device: 0,
  nodes: ["a", "b", "c"],
  outputs: [],
  bytesRead: 0,
  bytesWritten: 0,
  flops: 0,
  calls: 1,
  lines: [],
  ...more,
});
function lookup(scopes: readonly string[]): Lookup {
  const nodes = scopes.map((scope, i): Node => ({ id: "abc"[i]!, op: "add", category: "elementwise", type: "f32[2]", inputs: [], scope }));
  const levels = [{ name: "fused", regions: [{ id: "r", name: "f", parent: null, nodes, parameters: [], outputs: [] }] }];
  return new Lookup({ files: [], frames: [], stacks: [], programs: [{ id: "p", arguments: [], results: [], levels }] } as never);
}
test("one call, and how far the prediction is off", () => {
  const k = kernel({ calls: 4, predicted: 1, time: { min: 1, median: 2, spread: 0 } });
  expect([mean(k), off(k), off(kernel({ predicted: 1 })), slowest(k)]).toEqual([0.5, 2, null, null]);
});
test("the layer that most operations stand in, and the pass", () => {
  expect(layerOf(kernel({}), lookup(["jvp(loss)/layer1", "jvp(loss)/layer1", "jvp(loss)"]))).toEqual({ scope: "loss/layer1", backward: false });
  expect(layerOf(kernel({}), lookup(["transpose(jvp(loss))/layer1", "transpose(jvp(loss))/layer1", "jvp(loss)"]))).toEqual({
    scope: "loss/layer1",
    backward: true,
  });
  expect(layerOf(kernel({}), lookup(["", "", ""]))).toEqual({ scope: "", backward: false });
  expect(plain("transpose(jvp(vmap(f)))/g")).toBe("f/g");
});
