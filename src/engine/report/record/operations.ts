// What the operation table says of graph nodes, in the Report's words.
import { ShapedArray } from "../../core/aval.ts";
import type { Node, TensorType } from "../../graph/graph.ts";
import { categoryOf } from "../../graph/ops.ts";
import type { Category } from "../types.ts";

export const graphCategory = (n: Node): Category => categoryOf(n);
/** From the lightest to the heaviest: an equation that becomes a product and a reshape is a product. */
const WEIGHT: readonly Category[] = [
  "other",
  "input",
  "movement",
  "elementwise",
  "reduction",
  "control",
  "library",
  "callback",
  "collective",
  "contraction",
];
export const heaviest = (a: Category, b: Category): Category => (WEIGHT.indexOf(a) >= WEIGHT.indexOf(b) ? a : b);
export const showShort = (t: TensorType): string => new ShapedArray(t.shape, t.dtype).toString();
