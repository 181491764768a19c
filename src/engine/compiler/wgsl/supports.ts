// Whether a kernel has a form in WGSL, and what keeps it from one: such kernels are computed on the CPU, and the Report says so.
import { type DType, realPart } from "../../core/dtypes.ts";
import type { Kernel, Stmt } from "../kernel/ir.ts";
import type { Schedule } from "../kernel/schedule.ts";
import { postOrder, roots, statements } from "../kernel/walk.ts";
import type { Target } from "../target.ts";
import { LIBRARY } from "./functions.ts";

/** A thread that goes through more steps than this takes seconds: systems end programs whose GPU does not answer. */
const MOST_STEPS = 2 ** 24;
/** Why a scheduled kernel would keep one thread for too long, in words; null where none of its threads has so much to do. */
export function tooLong({ phases, loops }: Schedule): string | null {
  const stepsOf = (body: readonly Stmt[]): number =>
    body.reduce((sum, s) => {
      if (s.kind === "if") return sum + stepsOf(s.body);
      if (s.kind !== "loop" || loops.get(s.v)?.kind === "group") return sum;
      return sum + s.v.extent * Math.max(1, stepsOf(s.body));
    }, 0);
  const most = Math.max(0, ...phases.map((p) => stepsOf(p.body)));
  return most > MOST_STEPS ? `one thread would go through ${most} steps` : null;
}
/** Null where the kernel can be written; else the reason, in words. */
export function whyNot(kernel: Kernel, target: Target): string | null {
  const types = new Set<DType>(kernel.buffers.map((b) => realPart(b.dtype)));
  const functions = new Set<string>();
  postOrder(roots(kernel.body), (e) => {
    types.add(e.dtype);
    if (e.kind === "call" || e.kind === "unless") functions.add(e.fn);
  });
  for (const s of statements(kernel.body)) {
    if (s.kind === "set" || s.kind === "reduce") types.add(s.acc.dtype);
    if (s.kind === "fold") for (const a of s.accs) types.add(a.dtype);
    if (s.kind === "tile") return "it multiplies packed panels";
  }
  const type = [...types].find((d) => !target.dtypes.has(d));
  if (type) return `it computes in ${type}`;
  const fn = [...functions].find((f) => !Object.hasOwn(LIBRARY, f));
  return fn ? `it calls ${fn}` : null;
}
