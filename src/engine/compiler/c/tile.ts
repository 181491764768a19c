// The micro-kernel of matrix multiplication in C: a tile of the result in vector registers. Its products and sums are fused (one rounding instead of two)
// where the processor does that, which is the one place where native code gives other bits than WebAssembly (docs/NUMERICS.md).
import type { Stmt } from "../kernel/ir.ts";
import type { VectorWidth as Width } from "../target.ts";
import type { CText } from "./text.ts";

/**
 * out[i · columns + j] = (or += where it `adds`) Σ_k a[i · aRow + k · aStep] · b[k · bStep + j] over `k` steps of float32; columns are whole vectors, of four at least.
 */
export function emitTile(c: CText, a: string, b: string, out: string, s: Omit<Stmt & { readonly kind: "tile" }, "kind">, widest: Width): void {
  const width = ([16, 8, 4] as const).find((w) => w <= widest && s.columns % w === 0);
  if (width === undefined) throw new Error(`a tile of ${s.columns} columns does not fall into vectors`);
  const across = s.columns / width;
  const v = `f32x${width}`;
  const columns = Array.from({ length: across }, (_x, j) => j);
  const rows = Array.from({ length: s.rows }, (_x, i) => i);
  c.when("", () => {
    c.line(`const f32 *pa = (const f32 *)(${a}), *pb = (const f32 *)(${b});`);
    c.line(`f32 *const po = (f32 *)(${out});`);
    for (const i of rows) c.line(`${v} ${columns.map((j) => `c${i}_${j} = {0}`).join(", ")};`);
    c.when(`for (i64 k = 0; k < ${s.k}; k++, pa += ${s.aStep}, pb += ${s.bStep})`, () => {
      for (const j of columns) c.line(`const ${v} r${j} = *(const ${v}_u *)(pb + ${j * width});`);
      for (const i of rows) {
        c.line(`const ${v} x${i} = ${c.call(`splat_f32x${width}`, `pa[${i * s.aRow}]`)};`);
        for (const j of columns) c.line(`c${i}_${j} = ${c.call(`fma_f32x${width}`, `x${i}`, `r${j}`, `c${i}_${j}`)};`);
      }
    });
    for (const i of rows)
      for (const j of columns) {
        const at = `*(${v}_u *)(po + ${i * s.columns + j * width})`;
        c.line(`${at} = ${s.adds ? `${at} + ` : ""}c${i}_${j};`);
      }
  });
}
