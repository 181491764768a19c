// Reports of small programs, made by the recorder in the test's own process: the text of a program is run with the engine's names, its last expression is
// the jitted function and its arguments.
import { cpus } from "node:os";
import { compileFunction } from "node:vm";
import * as jl from "../../src/engine/index.ts";
import { parseReport } from "../../src/engine/report/read.ts";
import { writeReport } from "../../src/engine/report/write.ts";
import type { Report } from "../../src/engine/report/types.ts";

type Recording = Parameters<typeof jl.internals.record>[0];
export interface RecordedOptions {
  readonly file?: string;
  /** Trace only. */
  readonly traced?: boolean;
  readonly pins?: readonly string[];
  readonly nativeCosts?: Recording["nativeCosts"];
}
/** @param text a program that ends in `return [f, ...arguments]` */
export function recorded(text: string, o: RecordedOptions = {}): Report {
  const file = o.file ?? "/w/src/model.js";
  const make = compileFunction(text, ["jit", "grad", "np", "lax"], { filename: file }) as (
    ...names: readonly unknown[]
  ) => [Recording["jitted"], ...unknown[]];
  const retraces: Recording["retraces"][number][] = [];
  const stop = jl.internals.onRetrace((e) => void retraces.push(e));
  const [jitted, ...args] = make(jl.jit, jl.grad, jl.numpy, jl.lax);
  const line = text.split("\n").findIndex((l) => l.includes("jit(")) + 1;
  const start = performance.now();
  const traced = jitted.traceWith(undefined, args);
  const traceMilliseconds = performance.now() - start;
  const report = jl.internals.record({
    name: jitted.name,
    position: { file, line, column: 1, func: jitted.name },
    jitted,
    args,
    traced,
    traceMilliseconds,
    values: o.traced ? null : (traced.inAvals as Recording["values"]),
    calledFrom: [],
    sources: [{ file, text }],
    root: "/w",
    versions: { node: process.version },
    machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, platform: process.platform },
    retraces,
    warnings: [],
    ...(o.pins ? { pins: o.pins } : {}),
    ...(o.nativeCosts ? { nativeCosts: o.nativeCosts } : {}),
  });
  if (typeof stop === "function") (stop as () => void)();
  // As it comes out of a file.
  return parseReport(JSON.parse(writeReport(report)));
}
