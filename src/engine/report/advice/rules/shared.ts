// Two jits that are called with the same arguments and compute some of the same values: one program that returns both computes those once. A function and its
// gradient are such a pair.
import { sizeOf } from "../../../core/aval.ts";
import { sentence } from "../../../core/sentence.ts";
import type { NDArray } from "../../../core/value.ts";
import { runToEnd } from "../../../backends/device.ts";
import { Compiled, compile } from "../../../backends/programs.ts";
import { Compilation } from "../../../compiler/compile.ts";
import { type Graph, GraphBuilder, type Node, isMovement } from "../../../graph/graph.ts";
import { flattenArgs } from "../../../transforms/args.ts";
import { differenceOf } from "../../record/trial.ts";
import { concrete } from "../../record/values.ts";
import type { Facts, SiblingCall } from "../facts.ts";
import { given, inlined } from "../graphs.ts";
import { inTurns, timed } from "../trials.ts";
import type { Candidate, Experiment, Rule } from "../types.ts";
import { percent, timeText, times } from "../words.ts";

interface Shared extends Candidate {
  readonly other: Compiled;
  readonly name: string;
  /** The measured program's operands first, then those that only the other one has; and where each of the other's stands in them. */
  readonly operands: readonly NDArray[];
  readonly places: readonly number[];
  /** Operations that both compute. */
  readonly count: number;
  readonly ms: number;
}
const MOST_SIBLINGS = 4;

export const shared: Rule<Shared> = {
  name: "work that two jits share",
  tolerance: 1e-5,
  find: (f) =>
    (f.context.siblings ?? []).slice(0, MOST_SIBLINGS).flatMap((s) => {
      try {
        return found(s, f) ?? [];
      } catch {
        return []; // its arguments are gone, or it cannot be traced once more
      }
    }),
  change: (c, f) => ({ kind: "experiment", run: (ms) => together(c, f, ms) }),
  say({ name, count, ms }, o, f) {
    const own = f.report.function.name;
    return {
      text:
        count === 1
          ? sentence(
              "{0} and {1} are called with the same arguments, and one operation is the same in both ({2} of the time of {0}): it is computed twice.",
              ...[own, name, percent(ms, f.total)],
            )
          : sentence(
              "{0} and {1} are called with the same arguments, and {2} operations are the same in both ({3} of the time of {0}): they are computed twice.",
              ...[own, name, count, percent(ms, f.total)],
            ),
      remedy: sentence(
        "Compute both in one jit and return both results (valueAndGrad gives a value with its gradient): one program takes {0} instead of {1} for the two, {2} times less.",
        ...[timeText(o.after[0]!), timeText(o.before[0]!), times(o.factor)],
      ),
      change: sentence("{0} and {1} as one program", own, name),
    };
  },
};
function found({ jitted, self, args }: SiblingCall, f: Facts): Shared | null {
  const { context } = f;
  const leaves = (j: typeof jitted, xs: readonly unknown[]) =>
    flattenArgs(
      j.jit.fun,
      xs.filter((_x, i) => !j.jit.statics.has(i)),
      j.jit.name,
    ).values;
  const mine = leaves(context.jitted, context.args);
  const traced = jitted.traceWith(self, args);
  const theirs = leaves(jitted, args);
  if (mine.length !== context.values.length || !theirs.some((v) => mine.includes(v))) return null;
  const other = compile(traced.jaxpr, undefined, context.compiled.device);
  const operands = [...f.operands];
  const add = (v: NDArray): number => operands.push(v) - 1;
  const consts = context.traced.consts.length;
  const places = [
    ...(traced.consts as readonly NDArray[]).map((c) => (f.operands.includes(c) ? f.operands.indexOf(c) : add(c))),
    ...theirs.map((v) => (mine.includes(v) ? consts + mine.indexOf(v) : add(concrete(v)))),
  ];
  const names = new Map<string, number>();
  const own = namesOf(f.regions[0]!.graph, (i) => i, names);
  const known = new Set(namesOf(other.compilation.graph, (i) => places[i]!, names).values());
  const both = [...own].filter(([n, id]) => known.has(id) && isWork(n)).map(([n]) => n);
  const [dearest] = [...both].sort((a, b) => f.ms(b) - f.ms(a));
  if (!dearest) return null;
  const ms = both.reduce((s, n) => s + f.ms(n), 0);
  return {
    at: f.line(dearest),
    others: both.map((n) => f.line(n)),
    other,
    name: jitted.jit.name,
    operands,
    places,
    count: both.length,
    ms,
    most: ms,
  };
}
const isWork = (n: Node): boolean => !n.is("parameter", "constant", "iota", "get") && !isMovement(n) && sizeOf(n.shape) > 1;
/**
 * A number for each value that another program may compute as well, the same for the same value.
 * @param operand which of all operands a parameter is
 */
function namesOf(graph: Graph, operand: (index: number) => number, names: Map<string, number>): Map<Node, number> {
  const own = new Map<Node, number>();
  for (const n of graph.nodes) {
    const key = n.is("parameter") ? `operand ${operand(n.attrs.index)}` : keyOf(n, own);
    if (key === null) continue;
    let id = names.get(key);
    if (id === undefined) names.set(key, (id = names.size));
    own.set(n, id);
  }
  return own;
}
function keyOf(n: Node, own: ReadonlyMap<Node, number>): string | null {
  if (n.is("callback", "while", "case", "barrier", "generic_reduce", "generic_reduce_window") || !n.inputs.every((i) => own.has(i))) return null;
  const type = n.types.map((t) => `${t.dtype}[${t.shape.join()}]`).join();
  if (n.is("constant")) return sizeOf(n.shape) > 64 ? null : `${type} ${n.attrs.value.raw().join()}`;
  const attrs = JSON.stringify(n.attrs, (_k, v: unknown) =>
    typeof v === "bigint" || (typeof v === "number" && !Number.isFinite(v)) ? String(v) : v,
  );
  return `${n.op}(${n.inputs.map((i) => own.get(i)).join()})${attrs} ${type}`;
}
/** The two programs one after the other, and one that gives the results of both. */
function together({ other, operands, places }: Shared, f: Facts, milliseconds: number): Experiment | null {
  const { compiled, traced } = f.context;
  const g = new GraphBuilder(f.report.function.name);
  const params = operands.map((v) => g.param({ shape: v.shape, dtype: v.dtype }));
  const first = compiled.compilation.graph;
  const second = other.compilation.graph;
  const outs = [
    ...inlined(g, first, given(first, params)),
    ...inlined(
      g,
      second,
      given(
        second,
        places.map((i) => params[i]!),
      ),
    ),
  ];
  const one = new Compiled(new Compilation(traced.jaxpr, undefined, g.build(outs), compiled.compilation.target), compiled.device);
  const theirs = places.map((i) => operands[i]!);
  const apart = [...runToEnd(compiled.loaded, f.operands), ...runToEnd(other.loaded, theirs)];
  const joint = runToEnd(one.loaded, operands);
  const { device } = compiled;
  const error = differenceOf(one.compilation.plan.outs, { device, outs: apart }, { device, outs: joint });
  for (const o of [...apart, ...joint]) o.release();
  const turns = inTurns([() => timed(compiled, f.operands) + timed(other, theirs), () => timed(one, operands)], milliseconds);
  return turns && { of: "call", ...turns, error, notes: { scale: f.largestResult } };
}
