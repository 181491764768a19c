// A loop of the host that calls the function again and again: what the calls themselves cost beyond the program, and what the host does between two of them.
import { type Sentence, sentence } from "../../../engine/core/sentence.ts";
import { count, timeText } from "../../../engine/report/advice/words.ts";
import type { Calls, Report } from "../../../engine/report/types.ts";
import { type EstimateRule, topOf } from "./facts.ts";

const LEAST_CALLS = 100;
/** Of the whole run, in milliseconds: less is not worth a change. */
const LEAST_MS = 20;

interface Loop {
  readonly calls: Calls;
  readonly run: NonNullable<Calls["run"]>;
  /** Milliseconds in calls beyond the programs that they ran: handing arguments over, starting, and waiting to be told of the end. */
  readonly lost: number;
  readonly compiled: number;
}
function loopOf(r: Report): Loop | null {
  const { calls, timing } = r;
  if (!calls?.run || !timing || calls.count < LEAST_CALLS) return null;
  const { name } = r.function;
  const compiled = r.compilations
    .filter((c) => c.function === name)
    .reduce((s, { phases: p }) => s + (p.trace ?? 0) + (p.lower ?? 0) + (p.compile ?? 0), 0);
  // By steady calls: those of other shapes take other times, and the first one compiled.
  return { calls, run: calls.run, lost: calls.count * Math.max(0, timing.total.median - timing.program.median), compiled };
}
const counted = ({ count: n, atLeast }: Calls): string | Sentence => (atLeast ? sentence("at least {0}", count(n)) : count(n));
const places = (r: Report, { from }: Calls): { file: number; line: number }[] => from.map((f) => topOf(r, f.stack));

export const hostLoop: EstimateRule = {
  name: "host-loop",
  find(r) {
    const loop = loopOf(r);
    const { timing } = r;
    if (!loop || !timing) return [];
    const { calls, lost } = loop;
    const [at, ...others] = places(r, calls);
    if (!at || lost < LEAST_MS || lost < 0.5 * calls.count * timing.total.median) return [];
    return [
      {
        at,
        others: others.filter((o) => o.file === at.file).map((o) => o.line),
        text: sentence(
          "The host calls {0} {1} times: a call takes {2}, the program in it {3}. The rest is the overhead of the call.",
          r.function.name,
          counted(calls),
          timeText(timing.total.median),
          timeText(timing.program.median),
        ),
        remedy: sentence(
          "Put the loop inside the program: jax.lax.scan, fori_loop or while_loop in one jit. What is printed or compared at each turn becomes one of its results.",
        ),
        action: {
          label: sentence("Copy jax.lax.scan"),
          kind: "snippet",
          snippet: "state, seen = jax.lax.scan(lambda state, x: (step(state, x), loss(state)), state, xs)  # inside one jit\n",
        },
        of: "run",
        predicted: lost,
      },
    ];
  },
};
export const hostWork: EstimateRule = {
  name: "host-between-calls",
  find(r) {
    const loop = loopOf(r);
    const between = r.calls?.between;
    if (!loop || !between) return [];
    const { calls, run, compiled } = loop;
    const [at, ...others] = places(r, calls);
    const inside = Math.max(0, run.inside - compiled);
    if (!at || run.between < LEAST_MS || run.between < 2 * inside) return [];
    return [
      {
        at,
        others: others.filter((o) => o.file === at.file).map((o) => o.line),
        text: sentence(
          "Between two calls of {0} the host takes {1}, longer than the calls: of {2} calls {3} pass outside of them, and {4} inside.",
          r.function.name,
          timeText(between.median),
          counted(calls),
          timeText(run.between),
          timeText(inside),
        ),
        remedy: sentence(
          "Look at what stands between the calls: operations of jax.numpy outside jit, NumPy, printing, reading data. Computations belong into the function; data can be read ahead by another thread.",
        ),
        of: "run",
      },
    ];
  },
};
