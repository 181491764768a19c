// Kernels as people read them: the scheduled loop nest, and the WebAssembly made of it.
import { expect, test } from "vitest";
import * as jl from "../../index.ts";
import type { Value } from "../../core/value.ts";
import { compileJaxpr } from "../compile.ts";
import type { Kernel } from "../kernel/ir.ts";
import { kernelText } from "../kernel/text.ts";
import { WASM } from "../target.ts";
import { watText } from "./kernelText.ts";

const np = jl.numpy;
const kernel = (f: (...xs: never[]) => unknown, ...shape: number[]): Kernel => {
  const k = compileJaxpr(jl.makeJaxpr(f as never)(jl.shapeDtypeStruct(shape, "float32"))).plan.kernels[0];
  if (!k) throw new Error("no kernel");
  return k.kernel;
};
test("loops say what they are", () => {
  expect(
    kernelText(
      kernel((x: Value) => np.cbrt(x.mul(2)).sum({ axis: 1 }), 8, 64),
      WASM,
    ),
  ).toMatchInlineSnapshot(`
    "reduce_add_mul_cbrt(in b0: float32[512], out b5: float32[8])
      for i in 0 … 7: parallel
        a0 = 0
        for j in 0 … 63: lanes(4 × 4), reduce
          v0 = cbrt(mul(b0[64·i + j], 2))  (scalars and lanes)
          a0 = add(a0, v0)
        b5[i] = a0"
  `);
});
test("several stages over the same rows", () => {
  expect(
    kernelText(
      kernel((x: Value) => jl.nn.softmax(x), 8, 64),
      WASM,
    ),
  ).toMatch(/for i in 0 … 7: parallel\n[^]*: lanes\(4 × 4\), reduce\n[^]*: lanes\(4\)/);
});
test("the function in WebAssembly's notation", () => {
  expect(
    watText(
      kernel((x: Value) => x.add(1), 8),
      WASM,
    ),
  ).toMatchInlineSnapshot(`
    "(local i32, v128, i32)
    i32.const 0
    local.set 2
    f32.const 1
    f32x4.splat
    local.set 3
    loop
      local.get 2
      i32.const 2
      i32.shl
      local.set 4
      local.get 0
      local.get 4
      i32.add
      local.get 1
      local.get 4
      i32.add
      v128.load
      local.get 3
      f32x4.add
      v128.store
      local.get 2
      i32.const 4
      i32.add
      local.set 2
      local.get 2
      i32.const 8
      i32.lt_u
      br_if 0
    end"
  `);
});
test("calls have names, blocks end", () => {
  const text = watText(
    kernel((x: Value) => np.cbrt(x), 9),
    WASM,
  );
  expect(text.match(/call \$cbrt/g)).toHaveLength(5);
  expect(text.match(/^ *loop$/gm)?.length).toBe(text.match(/^ *end$/gm)?.length);
  // A tangent is computed in lanes, and called only where an argument is too large for that.
  const tangent = watText(
    kernel((x: Value) => np.tan(x), 9),
    WASM,
  );
  expect(tangent).toMatch(/call \$tan/);
  expect(tangent.match(/^ *(loop|block|if)\b/gm)?.length).toBe(tangent.match(/^ *end$/gm)?.length);
});
