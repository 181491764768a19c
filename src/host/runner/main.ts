// The runner: runs the user's file. At the first call of the function that was clicked it is traced and measured; the file then goes on, so that the
// report also says why the function is traced again, until it ends or the limits are reached.
import { type RunParams, type RunResult, type RunnerParams, type TrialsNow, type UserError, runnerParams } from "../protocol.ts";
import { parseArgumentTypes } from "../argumentTypes.ts";
import { type Bundle, bundle, warmCompiler } from "./bundle.ts";
import { type Channel, type Inbox, blocking, openChannel, watchHost } from "./channel.ts";
import { Collector } from "./collect.ts";
import { type EngineChoice, type EngineModule, EngineMismatch, engineFor, engineVersions, loadEngine } from "./engineApi.ts";
import { explain } from "./explain.ts";
import { argumentsFor } from "./makeArguments.ts";
import { Calls } from "./live/calls.ts";
import { Live, type TracedNow } from "./live/live.ts";
import { Probes } from "./live/probes.ts";
import { isAsyncOrGenerator, isMadeAt, nameAt } from "./match.ts";
import { useDevice, useNative } from "./device.ts";
import { Road } from "./road.ts";
import { installStacks } from "./stacks.ts";
import type { Report } from "../../engine/report/types.ts";
import type { Jitted } from "../../engine/transforms/jit.ts";

const PATIENCE_MS = 5000;
let awaitingAt: number | null = null;
/** Called by the compiled program before each await at its top level. */
export const __jitlensAwaiting = (offset: number): void => void (awaitingAt = offset);
/** Called by the compiled program with what evaluates code in its scope. */
let evaluate: ((code: string) => unknown) | null = null;
export const __jitlensScope = (e: (code: string) => unknown): void => void (evaluate = e);
/** Called by the compiled program with the value of a variable. */
const probes = new Probes();
export const __jitlensSeen = probes.note;
/** Called by the compiled program where a condition may be an array. */
export let __jitlensTruth: (v: unknown) => unknown = (v) => v;

const errorAt = (p: RunParams, message: string, action: string, at?: { file: string; line: number; column: number } | null): RunResult => ({
  kind: "error",
  message,
  file: at?.file ?? p.file,
  line: at?.line ?? p.site.line + 1,
  column: at?.column ?? p.site.column + 1,
  action,
});

class Run {
  readonly #tools: EngineModule["internals"];
  readonly #collector: Collector;
  readonly #created: Jitted[] = [];
  readonly #calls: Calls | null;
  #program: Bundle | null = null;
  #imported = false;
  #finished = false;
  #advising = false;
  constructor(
    private readonly engine: EngineModule,
    private readonly choice: EngineChoice,
    private readonly channel: Channel,
    private readonly p: RunnerParams,
    private readonly road: Road,
    private readonly inbox: Inbox,
  ) {
    this.#tools = engine.internals;
    this.#calls = p.live ? new Calls(p, (tree) => this.#tools.typesOf(tree)) : null;
    this.#collector = new Collector(engine, p, road, {
      progress: (message, fraction, trials) => this.#progress(message, fraction, trials),
      // The picture is shown while its times are still measured.
      early: (report) => {
        this.channel.send({ kind: "partial", report, early: true });
        // Painting takes the processor from what would be measured, and measuring from what is painted.
        this.inbox.waitSeen(p.picture ?? 0);
      },
    });
  }
  #progress(message: string, fraction: number, trials?: TrialsNow): void {
    if (!this.#finished) this.channel.send({ kind: "progress", message, fraction, trials });
  }
  /** Sends the outcome and ends the process at once: no `catch` or `finally` of the user's can hold it up. */
  #finish(r: RunResult): void {
    if (this.#finished) return;
    this.#finished = true;
    const live = r.kind === "report" ? this.#live() : null;
    this.channel.send(live ? { ...r, live: true } : r);
    if (live) this.#collector.end();
    live?.serve();
    // The host ends this process together with its children, which it finds while their parent lives; should it be slow, the end comes all the same.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PATIENCE_MS);
    process.kill(process.pid, "SIGKILL");
  }
  /** What follows edits from here on. The stack of the user's code stands still below it. */
  #live(): Live | null {
    const { engine, channel, p, inbox } = this;
    const program = this.#program;
    if (!this.#calls || !program || !evaluate) return null;
    const collector = this.#collector;
    try {
      const report = (t: TracedNow): Report => collector.again(t);
      return Live.open({ engine, channel, inbox, p, program, evaluate, probes, calls: this.#calls, report });
    } catch {
      return null; // what cannot be read a second time is not followed
    }
  }
  #fail(e: unknown): void {
    const error = explain(e, this.p, this.engine),
      report = this.#collector.result(error);
    this.#finish(report ? { kind: "report", report } : error);
  }
  /** The report as it is now, if the function was called. */
  #done(): boolean {
    const report = this.#collector.result(null);
    if (report && !this.#finished) this.#finish({ kind: "report", report: this.#advised(report) });
    return report !== null;
  }
  /** With advice that was tried. The report is shown as it is meanwhile; an edit of the file ends the trying. */
  #advised(report: Report): Report {
    if (this.#advising || !this.p.advice) return report;
    this.#advising = true;
    const shown = (r: Report): void => this.channel.send({ kind: "partial", report: r, advising: true });
    shown(report);
    return this.#collector.advised(report, () => this.inbox.arrived > 0, shown);
  }
  async start(): Promise<void> {
    const { p } = this,
      tools = this.#tools;
    tools.hideFramesOf(import.meta.url);
    installStacks(tools);
    process.on("uncaughtException", (e) => this.#fail(e));
    process.on("unhandledRejection", (e) => this.#fail(e));
    // The user's own process.exit comes through here.
    process.on("exit", () => this.#done());
    try {
      this.road.next("compile your file");
      this.#progress("compiling your file", 0.05);
      const program = await bundle({ ...p, engine: this.choice.url, runner: import.meta.url, probes: p.live ? probes : null });
      this.#program = program;
      tools.setSourceMapper(program.mapper);
      tools.setNameMapper(program.names);
      tools.setJitNamer((frames) => nameAt(frames, p));
      tools.onJitCreate((j) => {
        if (!this.#finished) this.#created.push(j);
        this.#calls?.made(j);
      });
      tools.onJitCall((call) => this.#called(call));
      this.#collector.listen(program.sources, engineVersions(this.engine, this.choice, p.root ?? null));
      const missing = useDevice(this.engine, p);
      if (missing !== null) this.#collector.warn("deviceMissing", missing);
      const wasm = useNative(this.engine, p);
      if (wasm !== null) this.#collector.warn("nativeMissing", wasm);
      process.on("beforeExit", () => this.#ended());
      this.road.next("run your file");
      this.#progress("running your file", 0.1);
      await import(program.url);
      this.#imported = true;
      if (p.args !== null) this.#uncalled();
    } catch (e) {
      this.#fail(e);
    }
  }
  #called({ fn, self, args }: { fn: Jitted; self: unknown; args: readonly unknown[] }): void | ((result: unknown) => void) {
    // Measuring calls the function too.
    if (this.#collector.isRecording) return;
    this.#calls?.called(fn, self, args);
    if (this.#finished) return;
    try {
      const collecting = this.#collector.hasReport;
      if (collecting && (this.inbox.arrived > 0 || this.#collector.isOver())) this.#done();
      if (!isMadeAt(fn, this.p)) return this.#collector.calledOther(fn, self, args);
      if (!collecting) this.#profile(fn, self, args, true);
      return this.#collector.called(args);
    } catch (e) {
      this.#fail(e);
    }
  }
  #profile(fn: Jitted, self: unknown, args: readonly unknown[], measured: boolean): void {
    const kind = isAsyncOrGenerator(fn.jit.fun);
    if (kind)
      return this.#finish(
        errorAt(
          this.p,
          `${this.p.site.name} is ${kind} function; a function under jit is traced in one go and returns arrays`,
          kind === "an async"
            ? "Make it synchronous: await outside it, and pass in what was awaited."
            : "Return arrays instead of yielding them; loop with lax.scan or lax.foriLoop.",
        ),
      );
    if (!measured) this.#calls?.called(fn, self, args, true);
    const report = this.#collector.first(fn, self, args, measured);
    if (!measured) return this.#finish({ kind: "report", report });
    // Shown at once; what the rest of the file teaches about further traces comes when it ends.
    this.channel.send({ kind: "partial", report });
    this.#look();
    this.#progress("shown; the file goes on, to see whether it is traced again", 0.95);
    this.#endInTime();
    // Somebody edits the file: what its end would teach is of no use any more.
    this.inbox.onFirst(() => this.#done());
  }
  /** Ends a file that awaits, once it has gone on for long enough. */
  #endInTime(): void {
    setTimeout(() => (this.#collector.isOver() ? void this.#done() : this.#endInTime()), Math.max(1, this.#collector.left)).unref();
  }
  /** What the values are comes after the times: nobody waits for it. */
  #look(): void {
    const seconds = this.p.values?.seconds ?? 0;
    if (seconds <= 0 || this.inbox.arrived > 0) return;
    this.#progress("shown; looking at its values", 0.9);
    const report = this.#collector.look(seconds);
    if (report) this.channel.send({ kind: "partial", report });
  }
  /** Nothing is left to run. */
  #ended(): void {
    if (this.#finished || this.#done()) return;
    if (!this.#imported) {
      const at = awaitingAt === null ? null : this.#program?.placeOf(awaitingAt);
      return this.#finish(
        errorAt(
          this.p,
          "this await never settles, so the file stops here: nothing is left to run that could end it",
          "Look at what is awaited: a promise that nobody resolves.",
          at,
        ),
      );
    }
    this.#uncalled();
  }
  #uncalled(): void {
    if (this.#finished) return;
    const { p } = this,
      fn = this.#created.find((j) => isMadeAt(j, p)),
      types = p.args ?? p.site.traceTag;
    if (!fn)
      return this.#finish(
        errorAt(
          p,
          `${p.site.name} is never created: the code around it did not run`,
          "Call the function that contains it, or move it to the top level of the file.",
        ),
      );
    const parameters = this.#tools.parameterNames(fn.jit.fun);
    if (types === null) return this.#finish({ kind: "needs-arguments", parameters: [...parameters] });
    try {
      this.#profile(
        fn,
        undefined,
        argumentsFor(this.engine, parseArgumentTypes(types), { name: p.site.name, fn: fn.jit.fun, parameters, measured: p.mode === "profile" }),
        false,
      );
    } catch (e) {
      this.#fail(e);
    }
  }
}

/** The engine that the file finds; an error at its import where that one does not fit. */
function chosenEngine(p: RunnerParams): EngineChoice | UserError {
  try {
    return engineFor(p.entry ?? p.file);
  } catch (e) {
    if (!(e instanceof EngineMismatch)) throw e;
    const before = p.text.slice(0, Math.max(0, p.text.search(/["']jitlens["']/))),
      line = before.split("\n").length;
    return { kind: "error", message: e.message, file: p.file, line, column: before.length - before.lastIndexOf("\n"), action: e.action };
  }
}
/** Where this module runs the file, and is not only imported by it. */
async function main(): Promise<void> {
  // Done before it is known what to run: a runner that is started ahead has it behind it.
  const loading = loadEngine();
  loading.catch(() => {});
  warmCompiler();
  const { first, channel } = await openChannel(),
    parsed = runnerParams.safeParse(first);
  if (!parsed.success) {
    channel.send({
      kind: "error",
      message: "the runner was started with a message it does not understand",
      file: null,
      line: null,
      column: null,
      action: "Reload the window.",
    });
    process.exit(1);
  }
  const { cwd } = parsed.data;
  try {
    if (cwd !== undefined && cwd !== process.cwd()) process.chdir(cwd);
  } catch (e) {
    channel.send(errorAt(parsed.data, `the folder ${cwd} cannot be run in: ${(e as Error).message}`, "Open the folder again."));
    process.exit(1);
  }
  for (const stream of [process.stdout, process.stderr]) blocking(stream);
  const inbox = watchHost(parsed.data.folder, parsed.data.mark);
  const road = new Road(parsed.data.clicked);
  road.next("load the engine");
  const choice = chosenEngine(parsed.data);
  if ("kind" in choice) {
    channel.send(choice);
    process.exit(1);
  }
  const engine = await loadEngine(choice);
  __jitlensTruth = engine.internals.truth;
  await new Run(engine, choice, channel, parsed.data, road, inbox).start();
}
void main();
