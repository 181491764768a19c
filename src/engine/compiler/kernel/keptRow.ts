// A row kept between the stages of a kernel: where one stage adds up functions that a later one reads again (softmax's exponentials), they are written down beside
// the sum, and read instead of computed twice. A row is short enough for the first or second cache.
import { sizeOf } from "../../core/aval.ts";
import type { Node } from "../../graph/graph.ts";
import { transcendentalsOf } from "../../graph/ops.ts";
import type { KernelContext } from "./build.ts";
import { fullIndex } from "./heroes.ts";
import type { Stmt } from "./ir.ts";
import { type Ix, linearize } from "./ix.ts";

/** Elements up to which a row is kept. */
const LONGEST = 16_384;

export interface KeptRow {
  /** What writes an element down, at an index of the reduced axes. */
  store(red: readonly Ix[]): Stmt[];
  /** From here on it is read where the row is the same; elsewhere it is computed. @param depth of the loops around what reads it */
  read(depth: number): void;
}
/**
 * The values that a stage's reductions take and that are worth keeping.
 * @param outer the index of the results
 */
export function keptRows(k: KernelContext, stage: readonly Node[], outputs: readonly Node[], outer: readonly Ix[]): KeptRow[] {
  // A grid's threads share no row.
  if (k.target.parallelism.grid) return [];
  const values = new Set(stage.flatMap((h) => (h.is("reduce") ? [h.inputs[0]!] : [])));
  const isKept = (x: Node): boolean => {
    const readLater = outputs.includes(x) || [...k.inGroup].some((n) => !stage.includes(n) && n.inputs.includes(x));
    return k.inGroup.has(x) && !k.local.has(x) && x.dtype === "float32" && transcendentalsOf(x) > 0 && readLater;
  };
  return [...values].filter(isKept).flatMap((x): KeptRow[] => {
    const { dims } = (stage.find((h) => h.inputs[0] === x) as Node<"reduce">).attrs;
    const shape = dims.map((d) => x.shape[d]!);
    if (sizeOf(shape) > LONGEST) return [];
    const row = k.scratch("row", "float32", sizeOf(shape), true);
    return [
      {
        store(red) {
          k.b.of = x;
          return k.store(row, linearize(red, shape), k.at(x, fullIndex(x.shape.length, dims, outer, red)), "float32");
        },
        read(depth) {
          k.local.set(x, (idx) => {
            const others = idx.filter((_ix, d) => !dims.includes(d));
            if (!others.every((ix, i) => ix.key === outer[i]!.key)) return undefined;
            const at = linearize(
              dims.map((d) => idx[d]!),
              shape,
            );
            return k.b.freshLoad(row, at, "float32", 0, depth);
          });
        },
      },
    ];
  });
}
