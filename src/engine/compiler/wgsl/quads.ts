// The shader of an elementwise kernel whose threads have four neighbouring elements each.
import { itemsize } from "../../core/dtypes.ts";
import { QUAD, type Quads } from "../kernel/quads.ts";
import { fromBits, toBits } from "./operations.ts";
import { wgslType } from "./types.ts";
import type { Writer } from "./values.ts";

const each = Array.from({ length: QUAD }, (_v, j) => j);
/** The words of four elements of a size, and where an element lies in them. */
const shiftOf = (j: number, size: number): string => `${(8 * size * j) % 32}u`;
const maskOf = (size: number): string => `${2 ** (8 * size) - 1}u`;

/** Writes what a thread does; the variables of the grid are known, that of the innermost loop as the first of the four. */
export function writeQuads(w: Writer, { v, stores, wide }: Quads): void {
  for (const e of wide) if (e.kind === "load") w.line(`let w${e.id} = ${w.memory.loadFour(e.buffer, w.index(e.index))};`);
  stores.forEach((s, k) => {
    const size = itemsize(s.stored);
    w.line(`var s${k}: ${size === 4 ? `vec4<${wgslType(s.stored)}>` : size === 2 ? "vec2<u32>" : "u32"};`);
  });
  for (const j of each)
    w.nest("", v.depth, () => {
      w.line(`let i${v.id} = four${j > 0 ? ` + ${j}` : ""};`);
      for (const e of wide) {
        if (e.kind !== "load") continue;
        const size = itemsize(e.stored);
        const word = size === 2 ? `w${e.id}[${j >> 1}]` : `w${e.id}`;
        w.know(e, size === 4 ? `w${e.id}[${j}]` : fromBits(e.stored, `((${word} >> ${shiftOf(j, size)}) & ${maskOf(size)})`, w.use));
      }
      stores.forEach((s, k) => {
        w.define(s.value);
        const size = itemsize(s.stored);
        const value = w.value(s.value);
        if (size === 4) w.line(`s${k}[${j}] = ${value};`);
        else w.line(`s${k}${size === 2 ? `[${j >> 1}]` : ""} |= ${toBits(s.stored, value, w.use)} << ${shiftOf(j, size)};`);
      });
    });
  stores.forEach((s, k) => w.memory.storeFour(s.buffer, w.index(s.index), `s${k}`).forEach((l) => w.line(l)));
}
