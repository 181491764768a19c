// The micro-kernel of matrix multiplication: a tile of the result in vector registers, both panels packed. Its shape is the target's.
import type { Stmt } from "../kernel/ir.ts";
import type { Address } from "./addresses.ts";
import type { Asm, Instr } from "./asm.ts";

const LANES = 4;
const BYTES = 4;

/**
 * out[i · columns + j] = (or += where it `adds`) Σ_k a[i · aRow + k · aStep] · b[k · bStep + j] over `k` steps of float32; columns are whole vectors.
 */
export function emitTile(
  a: Asm,
  left: Address,
  right: Address,
  out: Address,
  { rows, columns, aRow, aStep, bStep, k: depth, adds }: Omit<Stmt & { readonly kind: "tile" }, "kind">,
  level: number,
): void {
  const across = columns / LANES;
  const sums = Array.from({ length: rows * across }, () => a.variable("v128"));
  const lp = a.variable("i32");
  const rp = a.variable("i32");
  const pointer = (at: Address): Instr => (at.offset ? a.op("i32_add", at.base, a.i32(at.offset)) : at.base);
  a.write(lp, pointer(left));
  a.write(rp, pointer(right));
  const end = a.op("i32_add", a.read(rp), a.i32(depth * bStep * BYTES));
  for (const s of sums) a.write(s, a.splat("f32x4_splat", a.f32(0)));
  a.nest("loop", level + 1, () => {
    const row = Array.from({ length: across }, (_x, j) => a.load("v128_load", a.read(rp), j * LANES * BYTES));
    for (let i = 0; i < rows; i++) {
      const spread = a.load("v128_load32_splat", a.read(lp), i * aRow * BYTES);
      row.forEach((r, j) => {
        const s = sums[i * across + j];
        if (s) a.write(s, a.op("f32x4_add", a.read(s), a.op("f32x4_mul", spread, r)));
      });
    }
    a.write(lp, a.op("i32_add", a.read(lp), a.i32(aStep * BYTES)));
    a.write(rp, a.op("i32_add", a.read(rp), a.i32(bStep * BYTES)));
    return a.op("i32_lt_u", a.read(rp), end);
  });
  sums.forEach((s, n) => {
    const at = out.offset + n * LANES * BYTES;
    a.store("v128_store", out.base, at, adds ? a.op("f32x4_add", a.load("v128_load", out.base, at), a.read(s)) : a.read(s));
  });
}
