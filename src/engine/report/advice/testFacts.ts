// For tests of rules: a function and its arguments, recorded as a run would, in as little time as may be: no time is looked at.
import { compiledFor } from "../../backends/programs.ts";
import { ORDINARY } from "../../compiler/cost/table.ts";
import { flattenArgs } from "../../transforms/args.ts";
import type { Jitted } from "../../transforms/jit.ts";
import { record } from "../record/record.ts";
import { concrete } from "../record/values.ts";
import { Facts } from "./facts.ts";

/** @param source the text of the file that the function stands in, where a rule reads it */
export function factsOf(jitted: Jitted, args: readonly unknown[], source?: { readonly file: string; readonly text: string }): Facts {
  const traced = jitted.traceWith(undefined, args);
  const dynamic = args.filter((_a, i) => !jitted.jit.statics.has(i));
  const values = flattenArgs(jitted.jit.fun, dynamic, jitted.jit.name).values.map((v) => concrete(v));
  const root = source ? source.file.slice(0, source.file.lastIndexOf("/")) : null;
  const report = record({
    name: "f",
    position: { file: source?.file ?? "/f.ts", line: 1, column: 1, func: "f" },
    jitted,
    args,
    traced,
    traceMilliseconds: 0,
    values,
    sources: source ? [source] : [],
    root,
    versions: {},
    machine: { cpu: "", cores: 1, platform: "" },
    retraces: [],
    warnings: [],
    effort: { warmup: 1, budget: 1 },
  });
  return new Facts(report, {
    traced,
    jitted,
    self: undefined,
    args,
    values,
    compiled: compiledFor(traced, values),
    costs: ORDINARY,
    root,
    retraces: [],
  });
}
