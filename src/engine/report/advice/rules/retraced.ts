// A function that is compiled again and again: a static argument that changes, a shape that grows, a function that is made anew. What one program for all calls
// would take is measured: it is compiled once and run as often.
import { sentence } from "../../../core/sentence.ts";
import { flattenArgs } from "../../../transforms/args.ts";
import { jit } from "../../../transforms/jit.ts";
import type { RetraceEvent, RetraceKind } from "../../../transforms/retrace.ts";
import { runToEnd } from "../../../backends/device.ts";
import { Compiled } from "../../../backends/programs.ts";
import { Compilation } from "../../../compiler/compile.ts";
import { scalarArray } from "../../../core/arrays.ts";
import { ShapedArray } from "../../../core/aval.ts";
import type { ClosedJaxpr } from "../../../core/jaxpr.ts";
import { framePath } from "../../../core/source.ts";
import { NDArray } from "../../../core/value.ts";
import { concrete } from "../../record/values.ts";
import { summarize } from "../../record/measure.ts";
import { largestDifference } from "../../record/trial.ts";
import { staticsEdit } from "../edits.ts";
import { type Facts, aroundCall, coldCompile, engineLoad } from "../facts.ts";
import { MEASUREMENTS } from "../trials.ts";
import type { TextChange } from "../../types.ts";
import type { Candidate, Experiment, Line, Rule } from "../types.ts";
import { editOr } from "../words.ts";

type Kind = Extract<RetraceKind, "static value" | "shape" | "dtype" | "weak type" | "function made anew" | "closed-over constant">;
interface Retraced extends Candidate {
  readonly kind: Kind;
  readonly argument: string;
  readonly events: readonly RetraceEvent[];
  readonly name: string;
}
const LEAST = 3;
const KINDS: readonly Kind[] = ["static value", "shape", "dtype", "weak type", "function made anew", "closed-over constant"];

export const retraced: Rule<Retraced> = {
  name: "compiled again and again",
  comparable: false,
  find(f) {
    const { jitted, retraces } = f.context;
    const own = retraces.filter((e) => e.function === jitted.jit.name);
    return KINDS.flatMap((kind): Retraced[] => {
      const events = own.filter((e) => e.causes.some((c) => c.kind === kind));
      if (events.length < LEAST) return [];
      const argument = events[0]!.causes.find((c) => c.kind === kind)!.argument;
      const lines = mostFrequent(events.flatMap((e) => callLine(e, f)));
      const [at] = lines;
      if (!at) return [];
      const most = events.reduce((s, e) => s + e.milliseconds, 0) * 2;
      return [
        { at, others: [...lines.slice(1), siteLine(f)], kind, argument, events, name: jitted.jit.name, most, key: `retrace ${kind} ${argument}` },
      ];
    });
  },
  change: (c, f) => ({ kind: "experiment", run: (ms) => once(c, f, ms) }),
  say({ kind, argument, events, name }, o, f) {
    const n = events.length + 1;
    const load = o.notes?.load ?? 0;
    const whole = o.before[0]! - load;
    const cost = sentence("{0} compilations of {1} in this run, {2} each", n, name, `${Math.round(whole / n)} ms`);
    const { now, before } = events[0]!.causes.find((c) => c.kind === kind)!;
    const one = sentence(
      "One compilation and {0} runs of it take {1} instead of {2}.",
      ...[n, `${(o.after[0]! - load).toFixed(0)} ms`, `${whole.toFixed(0)} ms`],
    );
    switch (kind) {
      case "static value":
        return {
          text: sentence("The static argument {0} has another value at each call, and each value is compiled anew: {1}.", argument, cost),
          remedy:
            o.error === null
              ? sentence(
                  "Pass {0} as an ordinary argument (as an array: np.array({0})), and remove it from staticArgnums; what is computed from it is then written with methods, as {0}.mul(2) or np.divide. {1}",
                  argument,
                  one,
                )
              : sentence(
                  "Pass {0} as an ordinary argument (as an array: np.array({0})), and remove it from staticArgnums: it was traced so, and works. {1}",
                  argument,
                  one,
                ),
          change:
            o.error === null ? sentence("one program for all values of {0}", argument) : sentence("{0} traced as an ordinary argument", argument),
          // Only where it was traced so: elsewhere what is computed from the argument has to be written otherwise first.
          action: editOr(
            sentence("Make it an ordinary argument"),
            o.error === null ? null : declaredStatics(f),
            sentence("Copy the call"),
            `np.array(${argument})`,
          ),
        };
      case "shape":
        return {
          text: sentence(
            "The shape of {0} is another one at each call, and each shape is compiled anew: {1}. (At first {2}, then {3}.)",
            ...[argument, cost, before, now],
          ),
          remedy: sentence(
            "Give {0} a fixed length: a buffer as long as it ever gets, padded, and a mask (np.arange(length).lt(count)) for what is not there yet. {1}",
            argument,
            one,
          ),
          change: sentence("the program of the last shape for all calls"),
        };
      case "dtype":
      case "weak type":
        return {
          text: sentence(
            "The type of {0} changes from call to call, and each type is compiled anew: {1}. (At first {2}, then {3}.)",
            ...[argument, cost, before, now],
          ),
          remedy: sentence('Give {0} one type before the call: {0}.astype("float32"), or np.array(…, { dtype }). {1}', argument, one),
          change: sentence("one type for all calls"),
        };
      default:
        return {
          text: sentence("jit is called again for each call: the function is made anew, so its program is not found again: {0}.", cost),
          remedy: sentence(
            "Call jit once, outside of the loop or the function that it stands in, and pass what it closes over as arguments. {0}",
            one,
          ),
          change: sentence("one jit for all calls"),
        };
    }
  },
};
/** The static arguments of the function's jit taken out of its text. */
function declaredStatics(f: Facts): TextChange[] | null {
  const { declared, at } = f.report.function;
  return declared ? staticsEdit(f.text({ file: f.report.frames[at]!.file, line: declared.line }), declared.line, declared.endLine) : null;
}
/** The lines that called, the innermost of the person's frames. */
function callLine(e: RetraceEvent, f: Facts): Line[] {
  const stack = f.places.stack(e.frames.map((x) => ({ file: framePath(x), line: x.line, column: x.column, func: x.func })));
  const top = f.places.top(stack);
  return top ? [{ file: top.file, line: top.line }] : [];
}
function siteLine(f: Facts): Line {
  const at = f.report.frames[f.report.function.at]!;
  return { file: at.file, line: at.line };
}
function mostFrequent(lines: readonly Line[]): Line[] {
  const count = new Map<string, { line: Line; n: number }>();
  for (const line of lines) {
    const key = `${line.file}:${line.line}`;
    count.set(key, { line, n: (count.get(key)?.n ?? 0) + 1 });
  }
  return [...count.values()].sort((a, b) => b.n - a.n).map((x) => x.line);
}
/** Compiling and running one program as often as there were calls, beside compiling one for each. */
function once(c: Retraced, f: Facts, milliseconds: number): Experiment | null {
  const n = c.events.length + 1;
  const { device } = f.context.compiled;
  const last = c.events.at(-1)!;
  const dynamic = c.kind === "static value" ? tracedWithoutStatics(f) : null;
  // Programs that differ in numbers alone are one program of those numbers, though the code computes with them as JavaScript does; else it needs the value
  // for shapes or branches.
  if (c.kind === "static value" && !dynamic && !alike(c.events[0]!.jaxpr, last.jaxpr)) return null;
  const jaxpr = dynamic?.jaxpr ?? last.jaxpr;
  const operands = dynamic?.operands ?? jaxpr.inAvals.map((a) => concrete(a));
  const traces = c.events.map((e) => e.milliseconds).sort((a, b) => a - b);
  const trace = traces[traces.length >> 1]!;
  // Whole runs are compared: loading the library stays, and what a call and the host around it cost. What each compilation took was seen in the run; what one for
  // all calls takes beside those is measured now, when compiling is quicker than it was at first.
  const load = engineLoad(f);
  const around = aroundCall(f);
  const first = coldCompile(f);
  const again = againCompile(f, c.name);
  const began = performance.now();
  const before: number[] = [];
  const after: number[] = [];
  for (let m = 0; m < MEASUREMENTS; m++) {
    // Programs of the middle and the end stand for all.
    const some = [c.events[c.events.length >> 1]!, last];
    const each = some.map((e) =>
      compileAndRun(
        e.jaxpr,
        device,
        e.jaxpr.inAvals.map((a) => concrete(a)),
      ),
    );
    const mean = (of: "compile" | "run"): number => each.reduce((s, t) => s + t[of], 0) / each.length;
    const one = compileAndRun(jaxpr, device, operands);
    const dearer = Math.min(MOST_DEARER, ((dynamic?.trace ?? trace) + one.compile) / (trace + mean("compile")));
    before.push(load + first + c.events.length * again + n * (mean("run") + around));
    after.push(load + first * dearer + n * (one.run + around));
    if (performance.now() - began > 2 * milliseconds && m > 0) return null;
  }
  return { of: "run", before, after, error: dynamic?.error ?? null, notes: { load } };
}
/** How many times as dear one program for all calls may be. */
const MOST_DEARER = 4;
/** Milliseconds of a compilation after the function's first one, tracing included. */
function againCompile(f: Facts, name: string): number {
  const later = f.report.compilations.filter((x) => x.function === name && !x.causes.some((y) => y.kind === "first"));
  const all = later.reduce((s, { phases: p }) => s + (p.trace ?? 0) + (p.lower ?? 0) + (p.compile ?? 0), 0);
  return all / Math.max(1, later.length);
}
const alike = (a: ClosedJaxpr, b: ClosedJaxpr): boolean =>
  a.eqns.length === b.eqns.length &&
  a.eqns.every(
    (e, i) => e.primitive === b.eqns[i]!.primitive && e.outputs.every((v, k) => v.aval.toString() === b.eqns[i]!.outputs[k]?.aval.toString()),
  );
/** Null where the function turns an argument into a number, or asks for its value, while it is traced. */
function tracedWithoutStatics(f: Facts): ReturnType<typeof withoutStatics> {
  try {
    return withoutStatics(f);
  } catch {
    return null;
  }
}
const RUNS = 5;
function compileAndRun(jaxpr: ClosedJaxpr, device: Compiled["device"], args: readonly NDArray[]): { compile: number; run: number } {
  const start = performance.now();
  const compiled = new Compiled(new Compilation(jaxpr, undefined, undefined, device.target ?? undefined), device);
  const { loaded } = compiled;
  const ready = performance.now();
  const times: number[] = [];
  for (let i = 0; i < RUNS; i++) {
    const from = performance.now();
    for (const o of runToEnd(loaded, args)) o.release();
    times.push(performance.now() - from);
  }
  return { compile: ready - start, run: summarize(times).median };
}
/** The function with its numbers as ordinary arguments; null where it cannot be traced so: it needs them while tracing. */
function withoutStatics(f: Facts): { jaxpr: ClosedJaxpr; operands: NDArray[]; trace: number; error: number | null } | null {
  const { jitted, self, args, compiled } = f.context;
  const { statics, fun } = jitted.jit;
  if (![...statics].every((i) => args[i] === undefined || typeof args[i] === "number" || typeof args[i] === "boolean")) return null;
  const arrays = args.map((a, i) => (statics.has(i) && a !== undefined ? scalar(a as number | boolean) : a));
  const start = performance.now();
  const traced = jit(fun).traceWith(self, arrays);
  const trace = performance.now() - start;
  if (!traced.consts.every((v) => v instanceof NDArray)) return null;
  const values = flattenArgs(fun, arrays, jitted.jit.name).values.map((v) => concrete(v));
  const operands = [...(traced.consts as readonly NDArray[]), ...values];
  const changed = new Compiled(new Compilation(traced.jaxpr, undefined, undefined, compiled.compilation.target), compiled.device);
  return { jaxpr: traced.jaxpr, operands, trace, error: largestDifference(compiled, changed, f.operands, operands) };
}
const scalar = (x: number | boolean): NDArray => {
  const dtype = typeof x === "boolean" ? "bool" : "float32";
  return scalarArray(x, new ShapedArray([], dtype)) as NDArray;
};
