// The runner: runs the user's file, waits for the first call of the function that was clicked, traces and measures it there, and reports.
import { cpus } from "node:os";
import { type RunParams, type RunResult, runParams } from "../protocol.ts";
import { parseArgumentTypes } from "../argumentTypes.ts";
import { type Bundle, BuildError, bundle } from "./bundle.ts";
import { type EngineModule, engineUrl, loadEngine } from "./engineApi.ts";
import { explain } from "./explain.ts";
import { argumentsFor } from "./makeArguments.ts";
import type { Jitted } from "../../engine/transforms/jit.ts";

const send = (m: unknown, done?: () => void): void => void process.send!(m, done ?? (() => {}));
let finished = false;
/** Sends the outcome and ends the process, whatever the user's code still does. */
function finish(r: RunResult, b: Bundle | null): void {
  if (finished) return;
  finished = true;
  b?.remove();
  send(r, () => process.exit(0));
}
async function main(p: RunParams): Promise<void> {
  const engine = await loadEngine(),
    tools = engine.internals,
    progress = (message: string, fraction: number): void => send({ kind: "progress", message, fraction });
  let program: Bundle | null = null;
  const fail = (e: unknown): void =>
    finish(
      e instanceof BuildError
        ? { kind: "error", message: e.message, file: e.file, line: e.line, column: e.column, action: e.action }
        : explain(e, p, program, tools.JitLensError),
      program,
    );
  process.on("uncaughtException", fail);
  process.on("unhandledRejection", fail);
  try {
    progress("compiling your file", 0.05);
    program = await bundle(p.file, p.text, p.languageId, engineUrl);
    tools.setSourceMapper(program.mapper);
    const created: Jitted[] = [],
      retraces: Parameters<Parameters<typeof tools.onRetrace>[0]>[0][] = [],
      warnings: { message: string; frame: ReturnType<typeof tools.positionOf> | null }[] = [];
    tools.onJitCreate((j) => created.push(j));
    tools.onRetrace((e) => retraces.push(e));
    tools.onLargeConstant((c) =>
      warnings.push({
        message: `${c.function} closes over a constant ${c.type} of ${(c.bytes / 2 ** 20).toFixed(1)} MiB: pass it as an argument instead`,
        frame: c.frame ? tools.positionOf(c.frame) : null,
      }),
    );
    const profile = (fn: Jitted, self: unknown, args: readonly unknown[], measured: boolean): void => {
      if (finished) return;
      progress("tracing", 0.2);
      const start = performance.now(),
        traced = fn.traceWith(self, args),
        traceMilliseconds = performance.now() - start,
        at = fn.jit.frames[0];
      const values =
        p.mode === "profile" && measured
          ? tracedValues(engine, fn, args)
          : p.mode === "profile"
            ? traced.inAvals.map((a) => tools.concrete(a))
            : null;
      const report = tools.record({
        name: p.site.name,
        fn: fn.jit.fun as never,
        position: at ? tools.positionOf(at) : { file: p.file, line: p.site.line + 1, column: p.site.column + 1, func: p.site.name },
        traced,
        traceMilliseconds,
        values,
        sources: program!.sources,
        environment: {
          node: process.version,
          v8: process.versions.v8,
          platform: `${process.platform} ${process.arch}`,
          cpu: cpus()[0]?.model ?? "unknown",
          cores: String(cpus().length),
          backend: "WebAssembly (SIMD, 1 thread)",
        },
        retraces,
        warnings,
        progress,
      });
      finish({ kind: "report", report }, program);
    };
    const isSite = (fn: Jitted): boolean => matches(fn, p);
    const stop = tools.onJitCall(({ fn, self, args }) => {
      if (finished || !isSite(fn)) return;
      stop();
      try {
        profile(fn, self, args, true);
      } catch (e) {
        fail(e);
      }
      // Nothing of the user's runs on: the process ends as soon as the report is sent.
      throw new Finished();
    });
    progress("running your file", 0.1);
    const early = p.args ?? null;
    await import(program.url);
    const uncalled = (): void => {
      if (finished) return;
      const fn = created.find(isSite) ?? created.find((j) => j.jit.name === p.site.name),
        types = early ?? p.site.traceTag;
      if (!fn)
        return finish(
          {
            kind: "error",
            message: `${p.site.name} is never created: the code around it did not run`,
            file: p.file,
            line: p.site.line + 1,
            column: p.site.column + 1,
            action: "Call the function that contains it, or move it to the top level of the file.",
          },
          program,
        );
      if (types === null) return finish({ kind: "needs-arguments", parameters: tools.parameterNames(fn.jit.fun) }, program);
      try {
        profile(fn, undefined, argumentsFor(engine, parseArgumentTypes(types)), false);
      } catch (e) {
        fail(e);
      }
    };
    if (early) uncalled();
    // The file may call the function later (timers, awaits): only when nothing is left to run has it not been called.
    process.channel?.unref();
    process.on("beforeExit", uncalled);
  } catch (e) {
    fail(e);
  }
}
/** Thrown into the user's code once the report is made, so that it goes no further. */
class Finished extends Error {
  constructor() {
    super("JitLens has what it needs");
  }
}
function tracedValues(engine: EngineModule, fn: Jitted, args: readonly unknown[]): ReturnType<EngineModule["internals"]["flattenArgs"]>["values"] {
  return engine.internals.flattenArgs(
    fn.jit.fun,
    args.filter((_a, i) => !fn.jit.statics.has(i)),
    fn.jit.name,
  ).values;
}
/** Whether a jit function was made at the clicked place: its `jit(…)` stands there, or it is the decorated method of that name. */
function matches(fn: Jitted, p: RunParams): boolean {
  const at = fn.jit.frames.find((f) => f.file === p.file || f.file.endsWith(p.file)),
    { site } = p;
  if (site.kind === "decorator") return fn.jit.name === site.name;
  if (!at) return false;
  const line = at.line - 1,
    column = at.column - 1;
  if (line < site.line || line > site.endLine) return false;
  return line !== site.line || Math.abs(column - site.column) <= 1 || fn.jit.name === site.name || site.line !== site.endLine;
}
process.once("message", (raw) => {
  const p = runParams.safeParse(raw);
  if (p.success) void main(p.data);
  else
    finish(
      {
        kind: "error",
        message: "the runner was started with a message it does not understand",
        file: null,
        line: null,
        column: null,
        action: "Reload the window.",
      },
      null,
    );
});
