// Products of matrices on a grid: where each element of a kernel's results is a sum of products whose left factor does not depend on the element's column, and
// whose right factor does not on its row, a work group computes a block of rows and columns. Its threads bring the factors of some steps into shared memory,
// once for the whole block, and each keeps a small block of sums in registers. It is found in the loops, whatever operation made them: factors may be any
// expression (a cast, a transpose, a producer that was fused), and so may be what is made of the sums.
import { type Acc, type Expr, type Stmt } from "./ir.ts";
import type { BlockShape } from "../target.ts";
import type { LoopVar } from "./ix.ts";
import type { LoopSchedule } from "./schedule.ts";
import { partIndex, strideOf } from "./strides.ts";
import { postOrder } from "./walk.ts";

type Loop = Stmt & { readonly kind: "loop" };
export interface Product {
  readonly rows: LoopVar;
  readonly columns: LoopVar;
  /** The loops that are summed over, the outermost first. */
  readonly depth: readonly LoopVar[];
  readonly left: Expr;
  readonly right: Expr;
  readonly acc: Acc;
  /** Whether neighbouring steps of the sum are neighbours in memory, for each factor: so it is read along them. */
  readonly leftAlongDepth: boolean;
  readonly rightAlongDepth: boolean;
  /** What is made of the sums, for each element. */
  readonly after: readonly Stmt[];
}
const NUMBERS: ReadonlySet<string> = new Set(["float32", "int32", "uint32"]);

/** @param grid the loops of the grid, @param body what each of its elements computes; null where that is no product, or too small a one */
export function findProduct(
  grid: readonly LoopVar[],
  body: readonly Stmt[],
  loops: ReadonlyMap<LoopVar, LoopSchedule>,
  block: BlockShape,
): Product | null {
  const [set, loop, ...after] = body;
  if (set?.kind !== "set" || loop?.kind !== "loop" || after.some((s) => s.kind !== "store")) return null;
  const depth: LoopVar[] = [];
  let inner: readonly Stmt[] = [loop];
  for (let only: Loop | null = loop; only; only = inner.length === 1 && inner[0]?.kind === "loop" ? inner[0] : null) {
    if (loops.get(only.v)?.kind !== "reduce") return null;
    depth.push(only.v);
    inner = only.body;
  }
  const [sum] = inner;
  if (inner.length !== 1 || sum?.kind !== "reduce" || sum.op !== "add" || sum.acc !== set.acc || !NUMBERS.has(sum.acc.dtype)) return null;
  if (set.value.kind !== "const" || Number(set.value.value) !== 0 || sum.value.kind !== "op" || sum.value.op !== "mul") return null;
  const [left, right] = sum.value.args;
  if (!left || !right) return null;
  const steps = depth.reduce((n, v) => n * v.extent, 1);
  // Of several loops the longest: the others are gone through by further work groups.
  const longest = (own: Expr, other: Expr): LoopVar | undefined =>
    grid.filter((v) => own.vars.has(v.id) && !other.vars.has(v.id)).sort((a, b) => b.extent - a.extent)[0];
  const rows = longest(left, right);
  const columns = longest(right, left);
  if (!rows || !columns || rows.extent < block.least || columns.extent < block.least || steps < block.least) return null;
  const along = (e: Expr): boolean => runsAlong(e, depth.at(-1)!);
  return { rows, columns, depth, left, right, acc: sum.acc, leftAlongDepth: along(left), rightAlongDepth: along(right), after };
}
function runsAlong(e: Expr, v: LoopVar): boolean {
  let found = false;
  postOrder([e], (x) => {
    if (x.kind === "load" && strideOf(partIndex(x), v) === 1) found = true;
  });
  return found;
}
