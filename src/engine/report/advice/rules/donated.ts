// An argument that the caller puts the result in the place of (`state = step(state, x)`): each call makes another array of that type, and what of it stays the same
// is copied there. Given away, the result is written where the argument is.
import { flatten } from "../../../core/pytree.ts";
import { sentence } from "../../../core/sentence.ts";
import { ClosedJaxpr } from "../../../core/jaxpr.ts";
import { runToEnd } from "../../../backends/device.ts";
import { Compiled } from "../../../backends/programs.ts";
import { Compilation } from "../../../compiler/compile.ts";
import { memoryNs } from "../../../compiler/cost/table.ts";
import { showBytes } from "../../../compiler/fusion/cost.ts";
import { takers } from "../../../compiler/plan/takers.ts";
import { bytesOf } from "../../../graph/graph.ts";
import { Operands } from "../../record/operands.ts";
import { largestDifference } from "../../record/trial.ts";
import { replacedArguments } from "../callText.ts";
import type { Facts } from "../facts.ts";
import { inTurns, timed } from "../trials.ts";
import type { Candidate, Experiment, Line, Rule } from "../types.ts";
import { joined, shapeText, times } from "../words.ts";

interface Donated extends Candidate {
  /** Positions of the function's arguments. */
  readonly argnums: readonly number[];
  /** By input of the program. */
  readonly mask: readonly boolean[];
  readonly names: readonly string[];
  readonly shape: string;
  readonly bytes: number;
  readonly call: Line;
}
/** Less is in a cache, and copied in no time. */
const LEAST_BYTES = 2 ** 16;

export const donated: Rule<Donated> = {
  name: "argument that the result replaces",
  find(f) {
    const { traced, jitted } = f.context;
    if (f.target.parallelism.grid || traced.donated.some(Boolean) || !f.report.calls) return [];
    const call = callLine(f);
    const statics = jitted.jit.statics;
    const argnums = call ? replacedArguments(f.text(call), call, f.report.function.name).filter((i) => !statics.has(i)) : [];
    if (!call || argnums.length === 0) return [];
    const { params, outs } = f.context.compiled.compilation.plan;
    const mask = maskOf(f, argnums);
    const taken = takers(params, outs, mask).flatMap((p, result) => (p === null ? [] : [{ p, result }]));
    // What no result has the type of is given away for nothing: an argument is given as a whole, or not.
    if (!taken.length || taken.length < mask.filter(Boolean).length) return [];
    const bytes = taken.reduce((s, { p }) => s + bytesOf(params[p]!), 0);
    if (bytes < LEAST_BYTES) return [];
    const { graph } = f.regions[0]!;
    const largest = taken.reduce((a, b) => (bytesOf(params[b.p]!) > bytesOf(params[a.p]!) ? b : a));
    return [
      {
        at: f.line(graph.outs[largest.result]!),
        others: [call],
        argnums,
        mask,
        names: argnums.map((i) => parameterName(f, i)),
        shape: shapeText(params[largest.p]!.shape),
        bytes,
        call,
        most: memoryNs(f.costs, bytes, bytes) / 1e6,
      },
    ];
  },
  change: (c, f) => ({ kind: "experiment", run: (milliseconds) => inPlace(c, f, milliseconds) }),
  say({ argnums, names, shape, bytes, call }, o) {
    const list = joined(names);
    return {
      text: sentence(
        "Line {0} puts the result in the place of {1}, but each call makes another array {2} for it ({3} in all), and what does not change is copied there.",
        ...[call.line, list, shape, showBytes(bytes)],
      ),
      remedy: sentence(
        "Donate {0}: with donateArgnums the result is written where the argument is, and {1} less are held. {2} times faster. What was passed cannot be used afterwards.",
        ...[list, showBytes(bytes), times(o.factor)],
      ),
      change: sentence("{0} donated", list),
      action: { label: sentence("Copy the option"), kind: "snippet", snippet: `{ donateArgnums: [${argnums.join(", ")}] }` },
    };
  },
};
/** The line that calls the function most often. */
function callLine({ report: { calls, stacks, frames } }: Facts): Line | null {
  const most = [...(calls?.from ?? [])].sort((a, b) => b.count - a.count)[0];
  const frame = most && frames[stacks[most.stack]![0]!];
  return frame ? { file: frame.file, line: frame.line } : null;
}
/** How many inputs each argument is made of; none where it is static. */
const leavesOf = ({ context: { jitted, args } }: Facts): number[] =>
  args.map((a, i) => (jitted.jit.statics.has(i) ? 0 : flatten([a] as unknown[])[0].length));
/** Captured values come first, then the parts of each argument in turn. */
const maskOf = (f: Facts, argnums: readonly number[]): boolean[] => [
  ...f.context.traced.consts.map(() => false),
  ...leavesOf(f).flatMap((count, i) => Array<boolean>(count).fill(argnums.includes(i))),
];
/** As the function calls it: of an argument with parts the name before them. */
function parameterName(f: Facts, argnum: number): string {
  const before = leavesOf(f)
    .slice(0, argnum)
    .reduce((s, n) => s + n, 0);
  return f.program.arguments[before]?.name.replace(/[.[].*/, "") ?? `argument ${argnum}`;
}
/** Both programs on copies that were made before, so that neither has the warmer memory. */
function inPlace({ mask }: Donated, f: Facts, milliseconds: number): Experiment | null {
  const { traced, compiled: base } = f.context;
  const program = new ClosedJaxpr(traced.jaxpr.jaxpr, traced.jaxpr.consts, mask);
  const changed = new Compiled(new Compilation(program, undefined, undefined, base.compilation.target), base.device);
  const operands = new Operands(changed, f.operands);
  if (!operands.given) return null;
  const error = largestDifference(base, changed, f.operands);
  const given = (): number => {
    const args = operands.fresh();
    const start = performance.now();
    const outs = runToEnd(changed.loaded, args, undefined, operands.given);
    const took = performance.now() - start;
    for (const o of outs) o.release();
    return took;
  };
  const kept = (): number => {
    const args = operands.fresh();
    const took = timed(base, args);
    args.forEach((a, i) => a !== f.operands[i] && a.delete());
    return took;
  };
  const times = inTurns([kept, given], milliseconds);
  return times && { of: "call", ...times, error, notes: { scale: f.largestResult } };
}
