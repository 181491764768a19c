// What the turns of a loop keep for the way back holds the peak of memory: each turn's values could be computed again there. The function is traced once more with
// every body of scan checkpointed, and memory and time are both measured.
import { runToEnd } from "../../../backends/device.ts";
import { sentence } from "../../../core/sentence.ts";
import { Compiled } from "../../../backends/programs.ts";
import { Compilation } from "../../../compiler/compile.ts";
import { withBodiesCheckpointed } from "../../../transforms/checkpoint.ts";
import { jit } from "../../../transforms/jit.ts";
import type { Node } from "../../../graph/graph.ts";
import type { NDArray } from "../../../core/value.ts";
import { nodeBytes, showBytes } from "../../../compiler/fusion/cost.ts";
import { summarize } from "../../record/measure.ts";
import { largestDifference } from "../../record/trial.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Experiment, Line, Rule } from "../types.ts";
import { times } from "../words.ts";

interface Kept extends Candidate {
  readonly bytes: number;
  readonly values: number;
}
const LEAST_BYTES = 2 ** 20;
const LEAST_SHARE = 0.3;

export const checkpointed: Rule<Kept> = {
  name: "kept for the way back",
  find(f) {
    const memory = f.report.memory;
    const kept = (memory?.holders ?? []).filter((h) => h.what === "residual" || h.what === "carry" || h.what === "temporary");
    const residuals = kept.filter((h) => h.what === "residual");
    const scans = [...f.nodes()].some((n) => n.is("while"));
    const backward = f.program.levels.some((l) => l.regions.some((r) => r.nodes.some((n) => n.scope.includes("transpose("))));
    if (!memory || !scans || !backward) return [];
    const own = residuals.length ? residuals : kept;
    const bytes = own.reduce((s, h) => s + h.bytes, 0);
    if (bytes < LEAST_BYTES || bytes < LEAST_SHARE * memory.peak) return [];
    const lines = linesOf(f, own);
    const [at] = lines;
    // Memory is no time: it is tried after what promises milliseconds, if there is time left.
    return at ? [{ at, others: lines.slice(1), bytes, values: own.length, most: Math.max(f.call, 0.01), key: "checkpoint" }] : [];
  },
  change: (_c, f) => ({ kind: "experiment", run: () => measured(f) }),
  say({ bytes, values }, o) {
    const [peak, lower] = [showBytes(o.before[0]!), showBytes(o.after[0]!)];
    return {
      text:
        values === 1
          ? sentence(
              "One array of {0} is kept for the way back of the gradient: residuals of every turn of the loop hold the peak of memory ({1}).",
              showBytes(bytes),
              peak,
            )
          : sentence(
              "{0} arrays of together {1} are kept for the way back of the gradient: residuals of every turn of the loop hold the peak of memory ({2}).",
              ...[values, showBytes(bytes), peak],
            ),
      remedy: sentence(
        'Compute each turn again on the way back: checkpoint(…) around the body (import { checkpoint } from "jitlens"). The peak falls to {0}, {1} times less; the call takes {2} times as long.',
        ...[lower, times(o.factor), (o.notes?.slower ?? 1).toFixed(2)],
      ),
      change: sentence("the bodies of scan checkpointed"),
      action: { label: sentence("Copy checkpoint"), kind: "snippet", snippet: "checkpoint(block)" },
    };
  },
};
function linesOf(f: Facts, holders: readonly { readonly line?: number; readonly file?: number; readonly bytes: number }[]): Line[] {
  const by = new Map<string, { at: Line; bytes: number }>();
  for (const h of holders) {
    if (h.line === undefined) continue;
    const at = { file: h.file ?? 0, line: h.line };
    const key = `${at.file}:${at.line}`;
    by.set(key, { at, bytes: (by.get(key)?.bytes ?? 0) + h.bytes });
  }
  return [...by.values()].sort((a, b) => b.bytes - a.bytes).map((x) => x.at);
}
function measured(f: Facts): Experiment | null {
  const { jitted, self, args, compiled, values } = f.context;
  const { fun, statics } = jitted.jit;
  const traced = withBodiesCheckpointed(() => jit(fun, statics.size ? { staticArgnums: [...statics] } : {}).traceWith(self, args));
  const consts = traced.consts as readonly NDArray[];
  const changed = new Compiled(new Compilation(traced.jaxpr, undefined, undefined, compiled.compilation.target), compiled.device);
  const operands = [...consts, ...values];
  const error = largestDifference(compiled, changed, f.operands, operands);
  const time = (c: Compiled, xs: readonly NDArray[]): number => {
    const start = performance.now();
    for (const o of runToEnd(c.loaded, xs)) o.release();
    return performance.now() - start;
  };
  const pairs = [0, 1, 2, 3, 4].map(() => [time(compiled, f.operands), time(changed, operands)] as const);
  const median = (side: 0 | 1): number => summarize(pairs.map((p) => p[side])).median;
  const slower = median(1) / Math.max(1e-9, median(0));
  const [before, after] = [peakOf(compiled), peakOf(changed)];
  return { of: "memory", before: [before, before, before], after: [after, after, after], error, notes: { slower, scale: 1 } };
}
/** Arguments, results, constants and the arena: what a call holds. */
function peakOf({ compilation: { plan } }: Compiled): number {
  const { graph } = plan.regions[0]!;
  const sum = (xs: readonly Node[]): number => xs.reduce((s, n) => s + nodeBytes(n), 0);
  return plan.arenaBytes + sum(graph.params) + sum(graph.outs) + plan.constants.reduce((s, v) => s + v.nbytes, 0);
}
