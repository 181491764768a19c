// Code is as long as the kernel has operations: chains of every scalar operation, with and without a form in lanes, stay within a constant
// number of bytes a step, and chains of thousands neither overflow the stack nor need more locals than are alive.
import { describe, expect, test } from "vitest";
import type { DType } from "../../core/dtypes.ts";
import { GraphBuilder, type Node } from "../../graph/graph.ts";
import { BINARY, UNARY } from "../../graph/ops/scalar.ts";
import { kernelCode } from "../wasm/kernelText.ts";
import type { BinaryOp, UnaryOp } from "../../graph/ops.ts";
import { WASM } from "../target.ts";
import { buildNest } from "./nest.ts";

type Step = (b: GraphBuilder, x: Node, constant: Node) => Node;
function bytesOfChain(dtype: DType, steps: number, step: Step): number {
  const b = new GraphBuilder("chain");
  const x = b.param({ shape: [32], dtype });
  const c = b.param({ shape: [32], dtype });
  let v = x;
  for (let i = 0; i < steps; i++) v = step(b, v, c);
  const g = b.build([v]);
  return kernelCode(buildNest({ nodes: g.nodes.filter((n) => !n.is("parameter")), outputs: g.outs, name: "chain", target: WASM }).kernel, WASM)
    .length;
}
/** Types that an operation takes, one of each way to hold them. */
const CANDIDATES: readonly DType[] = ["float32", "float64", "int32", "uint8", "bfloat16", "float16"];
const returnsItsType = (op: string): boolean => !["is_finite", "complex", "real", "imag", "conj"].includes(op);
const chains: { name: string; dtype: DType; step: Step }[] = [];
for (const dtype of CANDIDATES) {
  const add = (op: string, step: Step): void => {
    try {
      bytesOfChain(dtype, 1, step);
      chains.push({ name: op, dtype, step });
    } catch {
      // not an operation on this type
    }
  };
  for (const op of Object.keys(UNARY).filter(returnsItsType) as UnaryOp[])
    add(op, (b, x, c) => b.binary(dtype === "int32" ? "xor" : "mul", b.unary(op, x), c));
  for (const op of Object.keys(BINARY).filter(returnsItsType) as BinaryOp[])
    add(op, (b, x, c) => b.binary(dtype === "int32" ? "xor" : "mul", b.binary(op, x, c), c));
}
const grows = (c: (typeof chains)[number], steps: number): void => {
  const ten = bytesOfChain(c.dtype, 10, c.step) / 10;
  const many = bytesOfChain(c.dtype, steps, c.step) / steps;
  expect(many, `${c.name} on ${c.dtype}: ${ten.toFixed(0)} bytes a step in 10 steps, ${many.toFixed(0)} in ${steps}`).toBeLessThan(ten * 1.3 + 8);
};
describe("bytes a step do not grow with the number of steps, alternating with an operation that has lanes", () => {
  test("there are chains of every kind of type", () => expect(chains.length).toBeGreaterThan(150));
  test.each(CANDIDATES)("every operation on %s, 10 and 60 steps", (dtype) => {
    for (const c of chains.filter((x) => x.dtype === dtype)) grows(c, 60);
  });
  // All of them in the whole suite, some where the laws are cut short too.
  const every = process.env.JITLENS_LAWS ? 9 : 1;
  test.each(
    chains.filter((c, i) => (c.dtype === "float32" || c.dtype === "int32") && i % every === 0).map((c) => [`${c.name} on ${c.dtype}`, c] as const),
  )("%s, 1,000 steps", (_n, c) => grows(c, 1000));
  test("operations with and without lanes in turn", () => {
    const mixed: Step = (b, x, c) => b.unary("tan", b.unary("exp", b.binary("atan2", b.unary("sqrt", b.unary("sin", x)), b.unary("lgamma", c))));
    expect(bytesOfChain("float32", 500, mixed) / 500).toBeLessThan((bytesOfChain("float32", 5, mixed) / 5) * 1.25);
  });
  test("10,000 additions are one kernel", () => {
    const step: Step = (b, x, c) => b.binary("add", x, c);
    expect(bytesOfChain("float32", 10_000, step)).toBeLessThan(10_000 * 30);
  });
});
