// Loops that count say how often they turn; those that test what they compute do not.
import { expect, test } from "vitest";
import * as jl from "../index.ts";
import { compileJaxpr } from "../compiler/compile.ts";
import type { Value } from "../core/value.ts";
import { turnsOf } from "./turns.ts";

const turns = (f: (x: Value) => unknown): (number | null)[] =>
  compileJaxpr(jl.makeJaxpr(f as never)(jl.shapeDtypeStruct([4, 3], "float32"))).graph.nodes.flatMap((n) => (n.is("while") ? [turnsOf(n)] : []));
test("the number of turns of a loop", () => {
  expect(turns((x) => jl.lax.foriLoop(2, 7, (_i: Value, c: Value) => c.mul(2), x))).toEqual([5]);
  expect(turns((x) => jl.lax.scan((c: Value, r: Value) => [c.add(r), c.sum()] as [Value, Value], jl.numpy.zeros([3]), x))).toEqual([4]);
  expect(turns((x) => jl.lax.foriLoop(3, 1, (_i: Value, c: Value) => c.mul(2), x))).toEqual([0]);
  expect(turns((x) => jl.lax.whileLoop((c: Value) => c.sum().lt(100), (c: Value) => c.mul(2), x))).toEqual([null]);
  expect(turns((x) => jl.lax.foriLoop(0, x.sum().astype("int32"), (_i: Value, c: Value) => c.mul(2), x))).toEqual([null]);
});
