// Loops over the parts that an extent falls into: what templates of products and convolutions are made of.
import type { KernelContext } from "./build.ts";
import type { Stmt } from "./ir.ts";
import { type Ix, addConst, constIx, varIx } from "./ix.ts";

/** A part of an extent: which one it is, counted in whole parts, and how long it is. */
export type Part = (at: Ix, size: number) => Stmt[];

/** A loop over the whole parts of an extent, and what is left. */
export function eachPart(k: KernelContext, extent: number, step: number, depth: number, body: Part): Stmt[] {
  const part = (count: number, first: number, size: number): Stmt[] => {
    if (count === 0 || size === 0) return [];
    if (count === 1) return body(constIx(first), size);
    const v = k.b.loopVar(count, depth);
    return [{ kind: "loop", v, body: body(addConst(varIx(v), first), size), contiguous: false }];
  };
  const whole = Math.floor(extent / step);
  return [...part(whole, 0, step), ...part(1, whole, extent % step)];
}
/** A loop over single elements. */
export function along(k: KernelContext, extent: number, depth: number, contiguous: boolean, body: (at: Ix) => Stmt[]): Stmt {
  const v = k.b.loopVar(extent, depth);
  return { kind: "loop", v, body: body(varIx(v)), contiguous };
}
