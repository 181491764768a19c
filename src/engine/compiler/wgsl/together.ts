// Reductions that the threads of a work group share: each gathers what its iterations give, and the parts become one in shared memory, always in the same
// order.
import { neutral } from "../../core/neutral.ts";
import type { Split } from "../kernel/grid.ts";
import type { Acc, Fold, Stmt } from "../kernel/ir.ts";
import type { LoopVar } from "../kernel/ix.ts";
import type { Carry, LoopSchedule } from "../kernel/schedule.ts";
import { fromBits, reduction, toBits } from "./operations.ts";
import { constantText, wgslType } from "./types.ts";
import { Writer } from "./values.ts";

/** Accumulators that change together: what changes nothing, and how parts become one. */
export interface Joined {
  readonly accs: readonly Acc[];
  readonly identity: (w: Writer) => string[];
  /** Writes lines that join `from` to the variables `to`. */
  readonly join: (w: Writer, to: readonly string[], from: readonly string[]) => void;
}
const ofCarry = ({ acc, op }: Carry): Joined => ({
  accs: [acc],
  identity: (w) => [constantText(neutral(op, acc.dtype), acc.dtype, w.use)],
  join: (w, [to = ""], [x = ""]) => w.line(`${to} = ${reduction(op, acc.dtype, to, x, w.use)};`),
});
export const ofFold = (f: Fold): Joined => ({
  accs: f.accs,
  identity(w) {
    for (const e of f.identity) w.define(e);
    return f.identity.map((e) => w.value(e));
  },
  join(w, to, from) {
    w.nest("", Math.max(...f.joined.map((e) => e.depth)), () => {
      f.left.forEach((a, i) => w.line(`let a${a.id} = ${to[i]};`));
      f.right.forEach((a, i) => w.line(`let a${a.id} = ${from[i]};`));
      for (const e of f.joined) w.define(e);
      f.joined.forEach((e, i) => w.line(`${to[i]} = ${w.value(e)};`));
    });
  },
});
export const joinedOf = (loop: LoopSchedule | undefined): Joined[] => [...(loop?.carries.map(ofCarry) ?? []), ...(loop?.folds.map(ofFold) ?? [])];
export const named = (prefix: string, { accs }: Joined): string[] => accs.map((a) => `${prefix}${a.id}`);
/** Declares variables that hold what changes nothing. */
export function begin(w: Writer, prefix: string, j: Joined): string[] {
  const names = named(prefix, j);
  j.identity(w).forEach((text, i) => w.line(`var ${names[i]} = ${text};`));
  return names;
}
/** An array of shared memory for each accumulator. */
export function sharedArrays(w: Writer, name: string, { accs }: Joined, size: number): string[] {
  return accs.map((a, i) => {
    const type = wgslType(a.dtype);
    const array = `${name}${i || ""}_${type}`;
    if (!w.shared.some(([known]) => known === array)) w.shared.push([array, type, size]);
    return array;
  });
}
const at = (arrays: readonly string[], index: string): string[] => arrays.map((a) => `${a}[${index}]`);
/** Lines that assign values to places, one each. */
export const assign = (w: Writer, to: readonly string[], from: readonly string[]): void => to.forEach((t, i) => w.line(`${t} = ${from[i]};`));

/** Parts that one thread adds up. */
const FOLDED = 8;
/**
 * Joins what each thread gathered, in variables of `prefix`, to the accumulators, in all threads alike: the first threads join eight parts each, then every
 * thread those. The order is the same in each run.
 */
export function gather(w: Writer, j: Joined, prefix: string, parts: number, group: number): void {
  const arrays = sharedArrays(w, "parts", j, group);
  const sums = Math.ceil(parts / FOLDED);
  const k = `k${w.names++}`;
  assign(w, at(arrays, "thread"), named(prefix, j));
  w.line("workgroupBarrier();");
  if (sums > 1) {
    w.nest(`if (thread < ${sums}u)`, w.block.level, () =>
      w.nest(`for (var ${k} = thread + ${sums}u; ${k} < ${parts}u; ${k} += ${sums}u)`, w.block.level, () =>
        j.join(w, at(arrays, "thread"), at(arrays, k)),
      ),
    );
    w.line("workgroupBarrier();");
  }
  w.nest(`for (var ${k} = 0u; ${k} < ${sums > 1 ? sums : parts}u; ${k}++)`, w.block.level, () => j.join(w, named("a", j), at(arrays, k)));
  w.line("workgroupBarrier();");
}

/** Words that parts of sums take for each part. */
const wordsOf = (all: readonly Joined[]): number => all.reduce((n, j) => n + j.accs.length, 0);
/** Leaves what a work group gathered, in the accumulators, to the next phase: as the part of the number `part`. */
export function leave(w: Writer, all: readonly Joined[], part: string): void {
  let word = 0;
  for (const acc of all.flatMap((j) => j.accs)) {
    const to = w.memory.partial(`${part} * ${wordsOf(all)} + ${word++}`, true);
    w.line(`if (thread == 0u) { ${to} = ${toBits(acc.dtype, `a${acc.id}`, w.use)}; }`);
  }
}
/** Joins parts that the phase before has left to the accumulators. @param from the first one's number, @param count how many, as texts */
export function collect(w: Writer, all: readonly Joined[], from: string, count: string, parts: number, group: number): void {
  let word = 0;
  for (const j of all) {
    const mine = begin(w, "p", j);
    const turn = `k${w.names++}`;
    w.nest(`for (var ${turn} = i32(thread); ${turn} < ${count}; ${turn} += ${group})`, w.block.level, () => {
      const left = j.accs.map((acc, i) => fromBits(acc.dtype, w.memory.partial(`(${from} + ${turn}) * ${wordsOf(all)} + ${word + i}`, false), w.use));
      j.join(w, mine, left);
    });
    word += j.accs.length;
    gather(w, j, "p", Math.min(group, parts), group);
  }
}
/** Work groups that share a reduction: each leaves its part; then the parts are joined, and what is made of the whole is stored. */
export function writeSplit(
  w: Writer,
  { parts, first }: Split,
  all: readonly Joined[],
  body: readonly Stmt[],
  group: number,
  statement: (s: Stmt) => void,
  together: () => void,
): void {
  for (const s of body) if (s.kind === "set") statement(s);
  if (first) {
    // The accumulators' own values join in once: in the second phase.
    for (const j of all) assign(w, named("a", j), j.identity(w));
    together();
    return leave(w, all, "at");
  }
  collect(w, all, `at * ${parts}`, String(parts), parts, group);
  for (const s of body) if (s.kind === "store") statement(s);
}
/** Iterations of one loop, by the threads of the work group in turn. */
export const turns = (vars: readonly LoopVar[]): number => vars.reduce((n, v) => n * v.extent, 1);
