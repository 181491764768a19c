// The micro-kernel of matrix multiplication: a 4×8 tile of the result in eight vector registers, both panels packed.
import type { BufferId, Stmt } from "../kernel/ir.ts";
import type { Ix } from "../kernel/ix.ts";
import type { KernelEmitter } from "./emitter.ts";
import { OP } from "./opcodes.ts";

export const TILE_M = 4,
  TILE_N = 8;
const VECTORS = TILE_N / 4;

/** out[4×8] = Σ_k a[k·4 + i] · b[k·8 + j]; a and b point at packed panels. */
export function emitTile(k: KernelEmitter, s: Stmt & { kind: "tile" }, address: (buffer: BufferId, ix: Ix) => number): void {
  const a = k.local("i32"),
    b = k.local("i32"),
    end = k.local("i32");
  const acc = Array.from({ length: TILE_M * VECTORS }, () => k.local("v128")),
    rows = Array.from({ length: VECTORS }, () => k.local("v128")),
    left = k.local("v128");
  const ao = address(s.a, s.aIndex);
  k.i32(ao).op("i32_add").set(a);
  const bo = address(s.b, s.bIndex);
  k.i32(bo)
    .op("i32_add")
    .tee(b)
    .i32(s.k * TILE_N * 4)
    .op("i32_add")
    .set(end);
  for (const l of acc) {
    k.i32(0).op("i32x4_splat").set(l);
  }
  k.b.u8(OP.loop).u8(0x40);
  rows.forEach((r, j) =>
    k
      .get(b)
      .memory("v128_load", j * 16)
      .set(r),
  );
  for (let i = 0; i < TILE_M; i++) {
    k.get(a)
      .memory("v128_load32_splat", i * 4)
      .set(left);
    rows.forEach((r, j) => {
      const l = acc[i * VECTORS + j]!;
      k.get(l).get(left).get(r).op("f32x4_mul").op("f32x4_add").set(l);
    });
  }
  k.get(a)
    .i32(TILE_M * 4)
    .op("i32_add")
    .set(a);
  k.get(b)
    .i32(TILE_N * 4)
    .op("i32_add")
    .tee(b)
    .get(end)
    .op("i32_lt_u");
  k.b.u8(OP.br_if).u32(0).u8(OP.end);
  acc.forEach((l, n) =>
    k
      .get(s.out)
      .get(l)
      .memory("v128_store", n * 16),
  );
}
