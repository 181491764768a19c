// A loop that runs while the function is traced: its body stands in the program once for each turn, and each copy is compiled. The body is cut out and compiled
// once, and run as often as it stands there.
import { runToEnd } from "../../../backends/device.ts";
import { sentence } from "../../../core/sentence.ts";
import { Compiled } from "../../../backends/programs.ts";
import { Compilation } from "../../../compiler/compile.ts";
import { type Atom, ClosedJaxpr, type Eqn, Jaxpr, Var } from "../../../core/jaxpr.ts";
import { framePath } from "../../../core/source.ts";
import { concrete } from "../../record/values.ts";
import { type Facts, coldCompile, engineLoad } from "../facts.ts";
import { MEASUREMENTS } from "../trials.ts";
import type { Candidate, Experiment, Line, Rule } from "../types.ts";
import { timeText, times } from "../words.ts";

interface Unrolled extends Candidate {
  readonly turns: number;
  /** Where the first of the equations of the second turn stands, and how many a turn has. */
  readonly start: number;
  readonly length: number;
  readonly all: number;
}
const LEAST_TURNS = 8;
const LEAST_EQUATIONS = 60;

export const unrolled: Rule<Unrolled> = {
  name: "loop while tracing",
  comparable: false,
  find(f) {
    const { eqns } = f.context.traced.jaxpr;
    if (eqns.length < LEAST_EQUATIONS) return [];
    const found = repeated(eqns);
    if (!found) return [];
    const compile = coldCompile(f);
    const lines = linesOf(found.frames, f);
    const [at] = lines;
    return at ? [{ ...found, at, others: lines.slice(1), all: eqns.length, most: compile * 0.9, key: "unrolled" }] : [];
  },
  change: (c, f) => ({ kind: "experiment", run: () => cutOut(c, f) }),
  say({ turns, length, all }, o) {
    const runs = o.notes?.run ?? 1;
    const load = o.notes?.load ?? 0;
    const [whole, one] = [o.before[0]! - load, o.after[0]! - load];
    const words = [timeText(one), times(whole / one)];
    return {
      text: sentence(
        "This loop is unrolled: it runs while the function is traced, so {0} copies of its body ({1} equations each, of {2} in all) are traced and compiled one by one, {3} for it.",
        ...[turns, length, all, `${whole.toFixed(0)} ms`],
      ),
      remedy:
        runs > 1.2
          ? sentence(
              "Write it as lax.scan (over an array) or lax.foriLoop: the body is traced and compiled once, which takes {0}, {1} times less; the run takes {2} times as long.",
              ...[...words, times(runs)],
            )
          : sentence(
              "Write it as lax.scan (over an array) or lax.foriLoop: the body is traced and compiled once, which takes {0}, {1} times less; the run takes no longer.",
              ...words,
            ),
      change: sentence("the body of one turn compiled alone, and run once for each turn"),
      action: {
        label: sentence("Copy lax.scan"),
        kind: "snippet",
        snippet: "const [last] = lax.scan((h, x) => [cell(h, x), null], h0, xs);",
      },
    };
  },
};
const stackKey = (e: Eqn): string => e.source.frames.map((x) => `${framePath(x)}:${x.line}:${x.column}`).join();
/** The frames that all copies of a repeated piece share: the loop's and those above it. */
interface Repeated {
  readonly turns: number;
  readonly start: number;
  readonly length: number;
  readonly frames: Eqn["source"]["frames"];
}
function repeated(eqns: readonly Eqn[]): Repeated | null {
  const places = new Map<string, number[]>();
  eqns.forEach((e, i) => {
    if (!e.source.frames.length) return;
    const key = `${e.primitive.name} ${e.outputs.map((v) => v.aval.toString()).join()} ${stackKey(e)}`;
    const list = places.get(key);
    if (list) list.push(i);
    else places.set(key, [i]);
  });
  // The number of turns that most equations agree on.
  const votes = new Map<number, number[][]>();
  for (const list of places.values()) if (list.length >= LEAST_TURNS) votes.set(list.length, [...(votes.get(list.length) ?? []), list]);
  const [best] = [...votes].sort((a, b) => b[0] * b[1].length - a[0] * a[1].length);
  if (!best || best[0] * best[1].length < eqns.length / 2) return null;
  const [turns, lists] = best;
  const start = Math.min(...lists.map((l) => l[1]!));
  const length = Math.min(...lists.map((l) => l[2]!)) - start;
  if (length < 1) return null;
  const stacks = lists.map((l) => eqns[l[0]!]!.source.frames);
  const shortest = stacks.reduce((a, b) => (b.length < a.length ? b : a));
  let common = shortest;
  for (const s of stacks)
    // One line may call the body at several columns.
    while (common.length && !s.slice(-common.length).every((x, i) => x.line === common[i]!.line && framePath(x) === framePath(common[i]!)))
      common = common.slice(1);
  return { turns, start, length, frames: common.length ? common : shortest };
}
function linesOf(frames: Eqn["source"]["frames"], f: Facts): Line[] {
  const stack = f.places.stack(frames.map((x) => ({ file: framePath(x), line: x.line, column: x.column, func: x.func })));
  if (stack === undefined) return [];
  return f.places.stacks[stack]!.map((i) => ({ file: f.places.frames[i]!.file, line: f.places.frames[i]!.line }));
}
/** Compiling the whole program, and compiling the equations of one turn alone. */
function cutOut({ turns, start, length }: Unrolled, f: Facts): Experiment | null {
  const { traced, compiled } = f.context;
  const { eqns, jaxpr } = traced.jaxpr;
  const body = eqns.slice(start, start + length);
  const made = new Set<Var>(body.flatMap((e) => e.outputs));
  const isFree = (a: Atom): a is Var => a instanceof Var && !made.has(a);
  const free = [...new Set(body.flatMap((e) => e.inputs.filter(isFree)))];
  const inside = new Set(body);
  const later = new Set<Atom>([...eqns.filter((e) => !inside.has(e)).flatMap((e) => e.inputs), ...jaxpr.outs]);
  const outs = [...made].filter((v) => later.has(v));
  if (!outs.length) return null;
  const one = new ClosedJaxpr(new Jaxpr([], free, body, outs, "turn"), []);
  const rest = (eqns.length - turns * length) / Math.max(1, eqns.length);
  // A run of the file loads the library first; all of the program was traced. Compiling here is quicker than it was the first time, on both sides.
  const load = engineLoad(f);
  const trace = f.report.phases?.trace ?? 0;
  const build = (j: ClosedJaxpr): { ms: number; c: Compiled } => {
    const from = performance.now();
    const c = new Compiled(new Compilation(j, undefined, undefined, compiled.compilation.target), compiled.device);
    void c.loaded;
    return { ms: performance.now() - from, c };
  };
  const before: number[] = [];
  const after: number[] = [];
  let run = 1;
  for (let m = 0; m < MEASUREMENTS; m++) {
    const whole = build(traced.jaxpr);
    const turn = build(one);
    before.push(load + trace + whole.ms);
    // What stands outside of the loop is compiled either way.
    after.push(load + (trace * length) / eqns.length + turn.ms + Math.max(0, rest) * (trace + whole.ms));
    if (m < MEASUREMENTS - 1) continue;
    const args = free.map((v) => concrete(v.aval));
    const time = (k: () => void): number => {
      const list = Array.from({ length: 9 }, () => {
        const from = performance.now();
        k();
        return performance.now() - from;
      });
      return list.sort((a, b) => a - b)[2]!;
    };
    const each = time(() => {
      for (let i = 0; i < turns; i++) for (const o of runToEnd(turn.c.loaded, args)) o.release();
    });
    run =
      each /
      Math.max(
        1e-6,
        time(() => runToEnd(whole.c.loaded, f.operands).forEach((o) => o.release())),
      );
  }
  return { of: "run", before, after, error: null, notes: { run, load } };
}
