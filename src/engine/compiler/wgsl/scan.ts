// Running values along a row. A work group goes through it tile by tile: its threads bring what is to be joined into shared memory, each joins a stretch of
// its own, then what the stretches before it gave; and what follows from the running values is stored in the order of memory.
import type { Scan } from "../kernel/grid.ts";
import type { Stmt } from "../kernel/ir.ts";
import { assign, begin, collect, gather, leave, named, ofFold, sharedArrays } from "./together.ts";
import { zeroText, wgslType } from "./types.ts";
import type { Writer } from "./values.ts";

/** Neighbouring elements of a tile that one thread joins. */
const STRETCH = 8;
/** Threads' stretches that are joined by one thread. */
const FOLDED = 8;
/** Stretches begin a word apart from a multiple of the banks of shared memory. */
const padded = (i: string): string => `${i} + ${i} / ${STRETCH}`;

/** @param element the number of the row, a text; its accumulators hold what they start from */
export function writeScan(
  w: Writer,
  { v, fold, after, parts, length, first }: Scan,
  element: string,
  group: number,
  statement: (s: Stmt) => void,
): void {
  const j = ofFold(fold);
  const i = `i${v.id}`;
  const tile = group * STRETCH;
  const arrays = (name: string, size: number): ((index: string) => string[]) => {
    const all = sharedArrays(w, name, j, size);
    return (index) => all.map((a) => `${a}[${index}]`);
  };
  const values = (to: readonly string[]): void => {
    for (const e of fold.values) w.define(e);
    assign(
      w,
      to,
      fold.values.map((e) => w.value(e)),
    );
  };
  const part = parts > 1 ? `at % ${parts}` : "0";
  w.line(`let begun = (${part}) * ${length};`);
  w.line(`let end = min(begun + ${length}, ${v.extent});`);
  if (first) {
    assign(w, named("a", j), j.identity(w));
    begin(w, "p", j);
    w.nest(`for (var ${i} = begun + i32(thread); ${i} < end; ${i} += ${group})`, v.depth, () => {
      const own = fold.accs.map((a) => `x${a.id}`);
      fold.accs.forEach((a) => w.line(`var x${a.id} = ${zeroText(wgslType(a.dtype))};`));
      values(own);
      j.join(w, named("p", j), own);
    });
    gather(w, j, "p", Math.min(group, length), group);
    return leave(w, [j], "at");
  }
  if (parts > 1) collect(w, [j], `(${element}) * ${parts}`, part, parts, group);
  const held = arrays("run", tile + tile / STRETCH);
  const totals = arrays("parts", group);
  const sums = arrays("sums", group / FOLDED);
  // What all before the tile gave.
  const before = named("c", j);
  j.accs.forEach((a, n) => w.line(`var ${before[n]} = a${a.id};`));
  w.nest(`for (var tile = begun; tile < end; tile += ${tile})`, w.block.level, () => {
    w.nest(`for (var e = i32(thread); e < ${tile}; e += ${group})`, v.depth, () => {
      w.line(`let ${i} = tile + e;`);
      const own = j.accs.map((a) => `x${a.id}`);
      j.identity(w).forEach((text, n) => w.line(`var ${own[n]} = ${text};`));
      w.nest(`if (${i} < end)`, v.depth, () => values(own));
      assign(w, held(padded("e")), own);
    });
    w.line("workgroupBarrier();");
    const mine = begin(w, "p", j);
    w.line(`let stretch = i32(thread) * ${STRETCH + 1};`);
    w.nest(`for (var k = stretch; k < stretch + ${STRETCH}; k++)`, w.block.level, () => {
      j.join(w, mine, held("k"));
      assign(w, held("k"), mine);
    });
    assign(w, totals("thread"), mine);
    w.line("workgroupBarrier();");
    w.nest(`if (thread < ${group / FOLDED}u)`, w.block.level, () => {
      const sum = begin(w, "q", j);
      w.nest(`for (var k = thread * ${FOLDED}u; k < thread * ${FOLDED}u + ${FOLDED}u; k++)`, w.block.level, () => j.join(w, sum, totals("k")));
      assign(w, sums("thread"), sum);
    });
    w.line("workgroupBarrier();");
    const start = named("q", j);
    start.forEach((q, n) => w.line(`var ${q} = ${before[n]};`));
    w.nest(`for (var k = 0u; k < thread / ${FOLDED}u; k++)`, w.block.level, () => j.join(w, start, sums("k")));
    w.nest(`for (var k = thread / ${FOLDED}u * ${FOLDED}u; k < thread; k++)`, w.block.level, () => j.join(w, start, totals("k")));
    w.nest(`for (var k = stretch; k < stretch + ${STRETCH}; k++)`, w.block.level, () => {
      const sum = named("x", j);
      start.forEach((q, n) => w.line(`var ${sum[n]} = ${q};`));
      j.join(w, sum, held("k"));
      assign(w, held("k"), sum);
    });
    w.line("workgroupBarrier();");
    assign(w, before, held(padded(String(tile - 1))));
    w.nest(`for (var e = i32(thread); e < ${tile}; e += ${group})`, v.depth, () => {
      w.line(`let ${i} = tile + e;`);
      w.line(`if (${i} >= end) { break; }`);
      held(padded("e")).forEach((h, n) => w.line(`let a${j.accs[n]?.id} = ${h};`));
      after.forEach(statement);
    });
    w.line("workgroupBarrier();");
  });
}
