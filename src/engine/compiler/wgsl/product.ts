// A product of matrices as a compute shader: a block of rows and columns a work group.
import type { Product } from "../kernel/blocks.ts";
import type { Expr, Stmt } from "../kernel/ir.ts";
import type { LoopVar } from "../kernel/ix.ts";
import type { Target } from "../target.ts";
import { spread } from "./spread.ts";
import { wgslType, zeroText } from "./types.ts";
import type { Writer } from "./values.ts";

/**
 * A block of a product. In turns the threads bring the factors of some steps into shared memory, and each adds their products to its sums; what is beyond
 * the edges counts as 0 and is not stored.
 */
export function writeProduct(
  w: Writer,
  p: Product,
  grid: readonly LoopVar[],
  { block: b, parallelism: { group } }: Target,
  statement: (s: Stmt) => void,
): readonly [number, number] {
  if (!b) throw new Error("the target has no blocks");
  const type = wgslType(p.acc.dtype);
  const others = grid.filter((v) => v !== p.rows && v !== p.columns);
  const across = Math.ceil(p.columns.extent / b.columns);
  const down = Math.ceil(p.rows.extent / b.rows);
  const count = others.reduce((n, v) => n * v.extent, across * down);
  const groups = spread(count);
  w.shared.push(["left", type, b.rows * b.depth], ["right", type, b.columns * b.depth]);
  w.open(Math.max(0, ...others.map((v) => v.depth)), new Set(others.map((v) => v.id)));
  w.line(`let at = i32(${groups[1] > 1 ? `work.x + work.y * ${groups[0]}u` : "work.x"});`);
  if (groups[0] * groups[1] !== count) w.line(`if (at >= ${count}) { return; }`);
  w.line(`let column = (at % ${across}) * ${b.columns};`);
  w.line(`let row = ((at / ${across}) % ${down}) * ${b.rows};`);
  if (others.length > 0) w.line(`let other = at / ${across * down};`);
  w.decode("other", others);
  const wide = b.columns / b.each;
  w.line(`let mine = i32(thread) / ${wide} * ${b.each};`);
  w.line(`let own = i32(thread) % ${wide} * ${b.each};`);
  const each = Array.from({ length: b.each }, (_v, k) => k);
  const sum = (r: number, c: number): string => `t${r * b.each + c}`;
  for (const r of each) for (const c of each) w.line(`var ${sum(r, c)} = ${zeroText(type)};`);
  const steps = p.depth.reduce((n, v) => n * v.extent, 1);
  w.nest(`for (var step = 0; step < ${steps}; step += ${b.depth})`, p.depth.at(-1)!.depth, () => {
    bring(w, group, "left", p.left, p.rows, "row", b.rows, p.leftAlongDepth, p.depth, b.depth);
    bring(w, group, "right", p.right, p.columns, "column", b.columns, p.rightAlongDepth, p.depth, b.depth);
    w.line("workgroupBarrier();");
    w.nest(`for (var k = 0; k < ${b.depth}; k++)`, p.depth.at(-1)!.depth, () => {
      for (const r of each) w.line(`let x${r} = left[k * ${b.rows} + mine + ${r}];`);
      for (const c of each) w.line(`let y${c} = right[k * ${b.columns} + own + ${c}];`);
      for (const r of each) for (const c of each) w.line(`${sum(r, c)} = ${sum(r, c)} + x${r} * y${c};`);
    });
    w.line("workgroupBarrier();");
  });
  w.line(`var sums = array<${type}, ${b.each ** 2}>(${each.flatMap((r) => each.map((c) => sum(r, c))).join(", ")});`);
  w.nest(`for (var e = 0; e < ${b.each ** 2}; e++)`, Math.max(p.rows.depth, p.columns.depth), () => {
    w.line(`let i${p.rows.id} = row + mine + e / ${b.each};`);
    w.line(`let i${p.columns.id} = column + own + e % ${b.each};`);
    w.line(`if (i${p.rows.id} >= ${p.rows.extent} || i${p.columns.id} >= ${p.columns.extent}) { continue; }`);
    w.line(`let a${p.acc.id} = sums[e];`);
    for (const s of p.after) statement(s);
  });
  return groups;
}
/** Brings a factor of the next steps into shared memory, step by step there; read in the order in which it lies in memory. */
function bring(
  w: Writer,
  group: number,
  to: string,
  factor: Expr,
  v: LoopVar,
  from: string,
  extent: number,
  alongDepth: boolean,
  depth: readonly LoopVar[],
  steps: number,
): void {
  const all = depth.reduce((n, d) => n * d.extent, 1);
  const type = wgslType(factor.dtype);
  w.nest(`for (var e = i32(thread); e < ${extent * steps}; e += ${group})`, depth.at(-1)!.depth, () => {
    w.line(`let place = ${alongDepth ? `e / ${steps}` : `e % ${extent}`};`);
    w.line(`let k = ${alongDepth ? `e % ${steps}` : `e / ${extent}`};`);
    w.line(`let i${v.id} = ${from} + place;`);
    w.line("let at_step = step + k;");
    w.line(`var factor = ${zeroText(type)};`);
    w.nest(`if (i${v.id} < ${v.extent} && at_step < ${all})`, depth.at(-1)!.depth, () => {
      w.decode("at_step", depth);
      w.define(factor);
      w.line(`factor = ${w.value(factor)};`);
    });
    w.line(`${to}[k * ${extent} + place] = factor;`);
  });
}
