// A loop of the host that calls the function and reads what came back before it calls again: the time is that of the calls and of the reading, not of the
// kernels. The same turns are run by one program with the loop inside.
import { runToEnd } from "../../../backends/device.ts";
import { sentence } from "../../../core/sentence.ts";
import { Compiled } from "../../../backends/programs.ts";
import { Compilation } from "../../../compiler/compile.ts";
import { ShapedArray } from "../../../core/aval.ts";
import type { ClosedJaxpr } from "../../../core/jaxpr.ts";
import { NDArray, type Value } from "../../../core/value.ts";
import { GraphBuilder, type Graph, type Node } from "../../../graph/graph.ts";
import { lowerClosed } from "../../../graph/lower.ts";
import { numberProgram } from "../../../graph/regions.ts";
import { vmap } from "../../../transforms/vectorize.ts";
import { jit } from "../../../transforms/jit.ts";
import { concrete } from "../../record/values.ts";
import { filled } from "../build.ts";
import { given, inlined } from "../graphs.ts";
import type { Facts } from "../facts.ts";
import { MEASUREMENTS } from "../trials.ts";
import type { Candidate, Experiment, Line, Rule } from "../types.ts";
import { count, timeText, times } from "../words.ts";

interface HostLoop extends Candidate {
  readonly count: number;
  /** How many cases the host goes over; 1 where it is one loop. */
  readonly cases: number;
  /** The most turns of one case. */
  readonly longest: number;
  readonly reads: boolean;
  /** Whether calls take arrays that the host hands to them anew, such as batches. */
  readonly fed: boolean;
}
/** Whether a line says that it reads values, or cannot be looked at: iterators of batches read their own. */
const isReading = (text: string): boolean =>
  text === "" || /\.(?:item|tolist|data|dataSync|toString|raw)\(|\b(?:Number|String|Boolean|if|while)\s*\(|`/.test(text);
const LEAST_CALLS = 100;
const TURNS = 64;
const ROUNDS = 5;
/** Of the whole run: less is not worth a change. */
const LEAST_MS = 2;

export const hostLoop: Rule<HostLoop> = {
  name: "loop on the host",
  comparable: false,
  find(f) {
    const { calls } = f.report;
    if (!calls?.run || calls.count < LEAST_CALLS || f.total <= 0) return [];
    const top = (stack: number): Line => {
      const frame = f.report.frames[f.report.stacks[stack]![0]!]!;
      return { file: frame.file, line: frame.line };
    };
    const read = calls.readBacks?.find((r) => r.count >= calls.count / 2 && isReading(f.lineText(top(r.stack))));
    const fed = calls.fed === true;
    // Where nothing is waited for, or batches are made, what the host does between two calls is its own work: it would be left.
    const all = calls.run.inside + (read && !fed ? calls.run.between : 0);
    // What the kernels do not take is what the loop itself costs.
    const lost = all - calls.count * f.total;
    if (lost < 0.5 * all) return [];
    const lines = [...(read ? [top(read.stack)] : []), ...calls.from.map((x) => top(x.stack))];
    const [at] = lines;
    return at
      ? [
          {
            at,
            others: lines.slice(1),
            count: calls.count,
            cases: calls.cases?.count ?? 1,
            longest: calls.cases?.longest ?? calls.count,
            reads: read !== undefined,
            fed,
            most: lost,
            key: "host loop",
          },
        ]
      : [];
  },
  change: (c, f) => ({ kind: "experiment", run: () => inside(c, f) }),
  say({ count: calls, cases, reads, fed }, o, f) {
    const side = (o.notes?.cases ?? 1) > 1;
    const { name } = f.report.function;
    const words = [name, count(calls), timeText(o.before[0]! / calls), timeText(f.total)];
    return {
      text: reads
        ? sentence(
            "The host calls {0} {1} times and waits at each turn to read a value back (item()): a turn costs {2}, the program itself {3}. The rest is the overhead of the calls and of the round trip through the host.",
            ...words,
          )
        : sentence(
            "The host calls {0} {1} times: a turn costs {2}, the program itself {3}. The rest is the overhead of the calls and of the round trip through the host.",
            ...words,
          ),
      remedy: side
        ? sentence(
            "Put the loop inside the program, over all {0} cases at once: lax.whileLoop (or lax.foriLoop, lax.scan) in one jit, on arrays with a leading axis (or by vmap), until all of them are done. {1} turns inside one program take {2}, {3} times less.",
            ...[count(cases), count(calls), timeText(o.after[0]!), times(o.factor)],
          )
        : !reads || fed
          ? sentence(
              "Put the loop inside the program: lax.scan (or lax.foriLoop) in one jit, over the state that each call hands to the next and, where each call takes others, over the batches side by side in one array. {0} turns inside one program take {1}, {2} times less.",
              ...[count(calls), timeText(o.after[0]!), times(o.factor)],
            )
          : sentence(
              "Put the loop inside the program: lax.whileLoop (or lax.foriLoop, lax.scan) in one jit, and vmap or arrays with a leading axis where the host goes over many cases. {0} turns inside one program take {1}, {2} times less.",
              ...[count(calls), timeText(o.after[0]!), times(o.factor)],
            ),
      change: side
        ? sentence("a loop over {0} cases side by side in one program", count(cases))
        : sentence("{0} turns in one program with a loop, counted for {1}", TURNS, count(calls)),
      // Where nothing is read, nothing that is read can end the loop: its turns are counted. Where each turn takes a batch, batches end it.
      action:
        (reads && !fed) || side
          ? {
              label: sentence("Copy lax.whileLoop"),
              kind: "snippet",
              snippet: "const result = lax.whileLoop((x) => error(x).gt(1e-5), (x) => step(x), x0);",
            }
          : {
              label: sentence("Copy lax.scan"),
              kind: "snippet",
              snippet: `const [last, outputs] = lax.scan((state, batch) => ${/^[A-Za-z_$][\w$]*$/.test(name) ? name : "step"}(state, batch), state0, batches);`,
            },
    };
  },
};
function inside(c: HostLoop, f: Facts): Experiment | null {
  const { jitted, self, args } = f.context;
  const { count } = c;
  const { looped, operands, turns, cases } = sideBySide(c, f) ?? oneLoop(f);
  // What the host does between two calls it does for each; a program of its own is called once.
  const { between } = f.report.calls ?? {};
  const host = c.reads && !c.fed && between ? Math.max(between.min, between.median - between.spread / 2) : 0;
  const once = Math.max(0, f.call - f.total);
  const before: number[] = [];
  const after: number[] = [];
  const call = jitted as unknown as (this: unknown, ...a: unknown[]) => unknown;
  const called = (n: number): number => {
    const from = performance.now();
    for (let i = 0; i < n; i++) call.apply(self, [...args]);
    return performance.now() - from;
  };
  const device = (): number => {
    const from = performance.now();
    for (const o of runToEnd(looped.loaded, operands)) o.release();
    return performance.now() - from;
  };
  for (let i = 0; i < 40; i++) device();
  called(2 * TURNS);
  for (let m = 0; m < MEASUREMENTS; m++) {
    const times = Array.from({ length: ROUNDS }, () => [called(TURNS), device()] as const);
    const quick = (k: 0 | 1): number => times.map((t) => t[k]).sort((a, b) => a - b)[1]!;
    before.push((quick(0) / TURNS + host) * count);
    // Cases side by side go on until the last of them is done.
    after.push(quick(1) * (cases > 1 ? 1 : count / turns) + once);
  }
  return before[0]! - after[0]! < LEAST_MS ? null : { of: "run", before, after, error: null, notes: { cases } };
}
/** The turns of one program, of one case or of several side by side. */
interface Looped {
  readonly looped: Compiled;
  readonly operands: readonly NDArray[];
  readonly turns: number;
  readonly cases: number;
}
function compiledLoop(jaxpr: ClosedJaxpr, turns: number, f: Facts): Compiled {
  const { compiled } = f.context;
  return new Compiled(new Compilation(jaxpr, undefined, loopOf(lowerClosed(jaxpr), turns), compiled.compilation.target), compiled.device);
}
const oneLoop = (f: Facts): Looped => ({
  looped: compiledLoop(f.context.traced.jaxpr, TURNS, f),
  operands: f.operands,
  turns: TURNS,
  cases: 1,
});
/** All cases in one program, each making its part of the turns; null where the function cannot be mapped over them. */
function sideBySide({ cases, longest }: HostLoop, f: Facts): Looped | null {
  const { jitted, self, args } = f.context;
  if (cases < 2 || !args.every((a) => a instanceof NDArray) || jitted.jit.statics.size > 0) return null;
  try {
    const stacked = args.map((a) => concrete(new ShapedArray([cases, ...a.shape], a.dtype)));
    const mapped = vmap(jitted.jit.fun as (...xs: Value[]) => unknown) as (...xs: unknown[]) => unknown;
    const traced = jit(mapped).traceWith(self, stacked);
    const turns = longest;
    return { looped: compiledLoop(traced.jaxpr, turns, f), operands: [...(traced.consts as readonly NDArray[]), ...stacked], turns, cases };
  } catch {
    return null;
  }
}
/** The program as the body of a loop: what it gives back is taken again where it has the type of an argument. */
function loopOf(body: Graph, turns: number): Graph {
  const type = { shape: [], dtype: "int32" } as const;
  const cond = new GraphBuilder("turns");
  const counter = cond.param(type);
  body.params.forEach((p) => cond.param(p.type));
  body.outs.forEach((o) => cond.param(o.type));
  const going = cond.build([cond.compare("lt", counter, filled(cond, turns, "int32"))]);
  const g = new GraphBuilder("turn");
  const at = g.param(type);
  const params = body.params.map((p) => g.param(p.type));
  body.outs.forEach((o) => g.param(o.type));
  const outs = inlined(g, body, given(body, params));
  // Results take the place of the arguments that they are like, in order.
  const carried = [...params];
  let from = 0;
  for (const o of outs.slice(0, Math.max(1, outs.length - 1))) {
    const i = body.params.findIndex((p, k) => k >= from && p.type.dtype === o.dtype && p.shape.join() === o.shape.join());
    if (i < 0) break;
    carried[i] = o;
    from = i + 1;
  }
  const turn = g.build([g.binary("add", at, filled(g, 1, "int32")), ...carried, ...outs]);
  const main = new GraphBuilder(body.name);
  const mains = body.params.map((p) => main.param(p.type));
  const start = [filled(main, 0, "int32"), ...mains, ...body.outs.map((o) => empty(main, o))];
  const types = start.map((n) => n.type);
  const loop = main.node("while", start, { cond: going, body: turn }, types);
  const results = main.results(loop).slice(1 + mains.length);
  const graph = main.build(results);
  numberProgram(graph);
  return graph;
}
const empty = (g: GraphBuilder, like: Node): Node => filled(g, 0, like.dtype, like.shape);
