// Ways to walk a shape by loops: axes that run together share one, as long as that costs no quotients and remainders.
import type { Shape } from "../../core/aval.ts";
import type { KernelContext } from "./build.ts";
import type { Kernel, Stmt } from "./ir.ts";
import { type Ix, type LoopVar, ZERO, delinearize, varIx } from "./ix.ts";
import type { BuiltKernel } from "./nest.ts";
import { postOrder, roots, statements } from "./walk.ts";

/** A way to walk a shape: consecutive axes that share one loop. */
export type Split = readonly (readonly number[])[];
const axes = (shape: Shape): number[] => shape.map((_n, i) => i).filter((i) => shape[i] !== 1);
const collapsed = (shape: Shape): Split => {
  const a = axes(shape);
  return a.length ? [a] : [];
};
const separate = (shape: Shape): Split => axes(shape).map((a) => [a]);

export interface Loops {
  readonly vars: readonly LoopVar[];
  readonly idx: readonly Ix[];
}
/** Loops over a shape, the outermost at depth + 1, and the index of each axis. */
export function loopsFor(k: KernelContext, shape: Shape, split: Split, depth: number): Loops {
  const idx = shape.map((): Ix => ZERO),
    vars = split.map((part, i) =>
      k.b.loopVar(
        part.reduce((n, a) => n * shape[a]!, 1),
        depth + i + 1,
      ),
    );
  split.forEach((part, i) =>
    delinearize(
      varIx(vars[i]!),
      part.map((a) => shape[a]!),
    ).forEach((ix, j) => (idx[part[j]!] = ix)),
  );
  return { vars, idx };
}
/** @param contiguous neighbouring iterations of the innermost loop touch neighbouring elements */
export function nestLoops(vars: readonly LoopVar[], body: Stmt[], contiguous: boolean): Stmt[] {
  return vars.reduceRight<Stmt[]>((inner, v, i) => [{ kind: "loop", v, body: inner, contiguous: contiguous && i === vars.length - 1 }], body);
}

/** The loop structure with the fewest quotients and remainders, and then the fewest loops. */
export function best(make: (outer: Split, red: Split) => BuiltKernel, outer: Shape, red: Shape): BuiltKernel {
  const first = make(collapsed(outer), collapsed(red));
  if (arithmetic(first.kernel) === 0) return first;
  const apart = make(separate(outer), separate(red)),
    floor = arithmetic(apart.kernel);
  let o = separate(outer),
    r = separate(red),
    bestSoFar = apart;
  const tryMerge = (which: "outer" | "red"): void => {
    for (let i = 0; i + 1 < (which === "outer" ? o : r).length;) {
      const s = which === "outer" ? o : r,
        merged = [...s.slice(0, i), [...s[i]!, ...s[i + 1]!], ...s.slice(i + 2)];
      const k = which === "outer" ? make(merged, r) : make(o, merged);
      if (arithmetic(k.kernel) > floor) {
        i++;
        continue;
      }
      if (which === "outer") o = merged;
      else r = merged;
      bestSoFar = k;
    }
  };
  tryMerge("outer");
  tryMerge("red");
  return bestSoFar;
}
/** Quotients and remainders in the kernel's indices. */
function arithmetic(kernel: Kernel): number {
  let count = 0;
  const inIx = (ix: Ix): void => {
    for (const { atom } of ix.terms)
      if (atom.kind === "div" || atom.kind === "mod") {
        count++;
        inIx(atom.of);
      }
  };
  for (const s of statements(kernel.body)) if (s.kind === "store") inIx(s.index);
  postOrder(roots(kernel.body), (e) => {
    if (e.kind === "load" || e.kind === "index") inIx(e.index);
  });
  return count;
}
