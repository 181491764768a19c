// How a product falls into tiles and blocks: numbers alone.
import type { TileShape } from "../target.ts";

/** Up to so many rows, packing the right operand takes longer than reading it where it lies. */
export const FEW_ROWS = 8;
/** Tiles of one or two rows are wider: a line of memory is read at once. */
export const tileFor = (rows: number, shape: TileShape): TileShape => ({
  ...shape,
  rows: Math.min(rows, shape.rows),
  columns: rows > 2 ? shape.columns : 2 * shape.columns,
});
/** Results of few columns: narrow tiles have more rows. V8 before 13 holds six of them in registers. */
export const tileForColumns = (columns: number, shape: TileShape): TileShape => (columns <= NARROW ? { ...shape, rows: 6, columns: NARROW } : shape);
const NARROW = 4;
/** Panels of rows that are packed at once where rows lie side by side. */
export const PANELS = 8;
const LINE = 16;
/** A line of the cache more than a large panel has: panels that are powers of two apart would fall on the same lines. */
export const apart = (elements: number): number => (elements % 128 === 0 ? elements + LINE : elements);
/** Blocks of at most `most` elements, in whole steps, that an extent falls into about evenly. */
export function blockOf(extent: number, most: number, step: number): number {
  const steps = Math.ceil(extent / step);
  const blocks = Math.ceil(steps / Math.max(1, Math.floor(most / step)));
  return Math.ceil(steps / blocks) * step;
}
