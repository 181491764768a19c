// What a run gathers: the report of the function's first call, and everything that was traced after it, until the limits.
import { cpus } from "node:os";
import type { RunParams, TrialsNow, UserError } from "../protocol.ts";
import { ceilingsOfMachine, costsOfMachine, nativeCostsOfMachine } from "./costs.ts";
import type { EngineModule } from "./engineApi.ts";
import type { TracedNow } from "./live/live.ts";
import type { Road } from "./road.ts";
import { Siblings } from "./siblings.ts";
import type { Jitted } from "../../engine/transforms/jit.ts";
import type { Report } from "../../engine/report/types.ts";

type Tools = EngineModule["internals"];
type RecordOptions = Parameters<Tools["record"]>[0];
/** Intermediate values that are held while they are looked at, bytes. */
const MOST_VALUES = 2 ** 30;
const DEFAULT_LIMITS = { calls: 100_000, seconds: 10 };
/** Calls that compile are what the file goes on for: their time is not counted, up to so many times the limit. */
const MOST_COMPILING = 6;
/** Milliseconds that this process has had a processor. */
function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

export interface CollectorListener {
  readonly progress: (message: string, fraction: number, trials?: TrialsNow) => void;
  /** The report as it is before anything is measured. */
  readonly early: (report: Report) => void;
}
export class Collector {
  #report: Report | null = null;
  readonly #log: InstanceType<Tools["CallLog"]>;
  /** What the report was measured with, until its values were looked at. */
  #measured: Pick<Parameters<Tools["lookAtValues"]>[0], "traced" | "values"> | null = null;
  #recording = false;
  #over = false;
  #advising = false;
  #deadline = Infinity;
  /** Milliseconds that compiling calls have moved the deadline by. */
  #compiling = 0;
  #first: {
    readonly traced: RecordOptions["traced"];
    readonly fn: Jitted;
    readonly self: unknown;
    readonly args: readonly unknown[];
    readonly values: NonNullable<RecordOptions["values"]>;
  } | null = null;
  readonly #siblings = new Siblings();
  #sources: RecordOptions["sources"] = [];
  #versions: Readonly<Record<string, string>> = {};
  readonly #limits: { readonly calls: number; readonly seconds: number };
  readonly #retraces: RecordOptions["retraces"][number][] = [];
  readonly #warnings: RecordOptions["warnings"][number][] = [];
  constructor(
    private readonly engine: EngineModule,
    private readonly p: RunParams,
    private readonly road: Road,
    private readonly on: CollectorListener,
  ) {
    this.#limits = p.collect ?? DEFAULT_LIMITS;
    this.#log = new engine.internals.CallLog();
  }
  get hasReport(): boolean {
    return this.#report !== null;
  }
  /** While the function is measured it is called: those calls are not the person's. */
  get isRecording(): boolean {
    return this.#recording;
  }
  get milliseconds(): number {
    return 1000 * this.#limits.seconds;
  }
  listen(sources: RecordOptions["sources"], versions: Readonly<Record<string, string>>): void {
    const tools = this.engine.internals;
    this.#sources = sources;
    this.#versions = versions;
    tools.onReadBack((array) => {
      if (!this.#recording) this.#log.read(array.nbytes);
    });
    tools.onRetrace((e) => {
      // What advice tries is traced too, by nobody's call.
      if (!this.#over && !this.#advising) this.#retraces.push(e);
    });
    tools.onLargeConstant((c) => {
      if (this.#over) return;
      this.#warnings.push({
        message: `${c.function} closes over a constant ${c.type} of ${(c.bytes / 2 ** 20).toFixed(1)} MiB: pass it as an argument instead`,
        frame: c.frame ? tools.positionOf(c.frame) : null,
      });
    });
  }
  /** A call of another function of the file begins. */
  calledOther(fn: Jitted, self: unknown, args: readonly unknown[]): void {
    if (!this.#over && this.p.advice) this.#siblings.called({ jitted: fn, self, args });
  }
  /** Something that the person has to know of the whole run. */
  warn(kind: string, message: string): void {
    this.#warnings.push({ kind, message, frame: null });
  }
  /** The run is over: nothing is gathered or held any more, however often the function is traced again. */
  end(): void {
    this.#over = true;
    this.#retraces.length = this.#warnings.length = 0;
    this.#report = this.#measured = this.#first = null;
    this.#siblings.end();
  }
  /** For how long the file may go on yet. */
  get left(): number {
    return this.#deadline - performance.now();
  }
  /** Whether enough was seen. */
  isOver(): boolean {
    return this.#log.count >= this.#limits.calls || this.left < 0;
  }
  /** A call of the function begins; what it gives is called when the call ends. */
  called(args: readonly unknown[]): (result: unknown) => void {
    const ended = this.#log.began(args);
    const seen = this.#retraces.length;
    const start = performance.now();
    return (result) => {
      ended(result);
      if (this.#retraces.length > seen) this.#compiled(performance.now() - start);
    };
  }
  /** A call compiled: its time is not counted. */
  #compiled(milliseconds: number): void {
    const more = Math.min(milliseconds, MOST_COMPILING * this.milliseconds - this.#compiling);
    if (more <= 0) return;
    this.#compiling += more;
    this.#deadline += more;
    this.on.progress(`shown; the file goes on: ${this.#retraces.length} compilations until now`, 0.95);
  }
  first(fn: Jitted, self: unknown, args: readonly unknown[], measured: boolean): Report {
    const { p } = this,
      tools = this.engine.internals;
    this.on.progress("tracing", 0.2);
    const start = performance.now(),
      traced = fn.traceWith(self, args),
      traceMilliseconds = performance.now() - start;
    const values = p.mode !== "profile" ? null : measured ? this.#values(fn, args) : traced.inAvals.map((a) => tools.concrete(a));
    this.#recording = true;
    const options: Omit<RecordOptions, "values" | "costs" | "ceilings"> = {
      name: p.site.name,
      jitted: fn,
      self,
      args,
      position: { file: p.file, line: p.site.line + 1, column: p.site.column + 1, func: p.site.name },
      traced,
      traceMilliseconds,
      clicked: this.road.clicked,
      before: this.road.upTo(start),
      sources: this.#sources,
      root: p.root ?? null,
      ...(measured ? { calledFrom: tools.userFrames().map(tools.positionOf) } : {}),
      versions: { ...this.#versions, node: process.version, v8: process.versions.v8 },
      machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, platform: `${process.platform} ${process.arch}` },
      retraces: [...this.#retraces],
      warnings: [...this.#warnings],
      declared: { line: p.site.line + 1, column: p.site.column + 1, endLine: p.site.endLine + 1, endColumn: p.site.endColumn + 1 },
      ...(p.pins ? { pins: p.pins } : {}),
      effort: {
        ...(p.effort ?? {}),
        interruptions: () => process.resourceUsage().involuntaryContextSwitches,
        processor: processorMs,
      },
      ...(p.compare ? { compare: true } : {}),
      progress: (message, fraction) => this.on.progress(message, fraction),
    };
    const early = tools.record({
      ...options,
      ...costsOfMachine(this.engine, false),
      ...ceilingsOfMachine(this.engine, false),
      values: null,
      passes: values === null,
    });
    this.#report = early;
    if (values) {
      this.on.early(early);
      const costs = costsOfMachine(this.engine, true);
      // The same report, and one page: what is chosen and zoomed in it stays.
      this.#report = {
        ...tools.record({
          ...options,
          ...costs,
          ...nativeCostsOfMachine(this.engine, costs.costs),
          ...ceilingsOfMachine(this.engine, true),
          values,
          passes: true,
        }),
        id: early.id,
        created: early.created,
      };
      if (!p.pins?.length) this.#first = { traced, fn, self, args: [...args], values };
      this.#siblings.measured(args);
    }
    if (values && measured) this.#measured = { traced, values: values.map((v) => tools.concrete(v)) };
    this.#recording = false;
    this.#deadline = performance.now() + this.milliseconds;
    return this.#report;
  }
  /** The report with what its values are; null where they are not the person's own. */
  look(seconds: number): Report | null {
    const measured = this.#measured;
    this.#measured = null;
    if (!measured || !this.#report || seconds <= 0) return null;
    this.#recording = true;
    try {
      const limits = { milliseconds: 1000 * seconds, bytes: MOST_VALUES };
      const { report, warnings } = this.engine.internals.lookAtValues({ ...measured, report: this.#report, root: this.p.root ?? null, limits });
      this.#warnings.push(...warnings);
      this.#report = report;
    } finally {
      this.#recording = false;
    }
    this.#deadline = performance.now() + this.milliseconds;
    return this.result(null);
  }
  /** The report of a function that was traced again after an edit: nothing is measured. */
  again({ site, call, traced, milliseconds, text }: TracedNow): Report {
    const { p } = this;
    return this.engine.internals.record({
      name: site.name,
      jitted: call.fn,
      self: call.self,
      args: call.args,
      position: { file: p.file, line: site.line + 1, column: site.column + 1, func: site.name },
      traced,
      traceMilliseconds: milliseconds,
      values: null,
      sources: [{ file: p.file, text }, ...this.#sources.filter((s) => s.file !== p.file)],
      root: p.root ?? null,
      versions: { ...this.#versions, node: process.version, v8: process.versions.v8 },
      machine: { cpu: cpus()[0]?.model ?? "unknown", cores: cpus().length, platform: `${process.platform} ${process.arch}` },
      retraces: [],
      warnings: [],
      declared: { line: site.line + 1, column: site.column + 1, endLine: site.endLine + 1, endColumn: site.endColumn + 1 },
    });
  }
  /**
   * The report with what was tried to make the function faster, for as long as the person allows. The same report where that is not at all.
   * @param cancelled asked between trials @param found told the report with what was found so far
   */
  advised(report: Report, cancelled: () => boolean, found: (report: Report) => void): Report {
    const seconds = this.p.advice ?? 0;
    const m = this.#first;
    if (!m || seconds <= 0) return report;
    const { engine, p } = this;
    const tools = engine.internals;
    this.#recording = this.#advising = true;
    try {
      const values = m.values.map((v) => tools.concrete(v));
      return tools.advise(report, {
        context: {
          traced: m.traced,
          jitted: m.fn,
          self: m.self,
          args: m.args,
          values,
          compiled: tools.compiledFor(m.traced, values),
          costs: tools.machineCosts(costsOfMachine(engine, true).costs),
          root: p.root ?? null,
          retraces: [...this.#retraces],
          siblings: this.#siblings.list,
        },
        milliseconds: 1000 * seconds,
        progress: (message, fraction, trials) => this.on.progress(message, fraction, trials),
        found,
        cancelled,
      });
    } finally {
      this.#recording = this.#advising = false;
    }
  }
  /** The report with all that was traced until now; an error that ended the file is a warning in it. Null before the first call. */
  result(error: UserError | null): Report | null {
    const r = this.#report;
    if (!r) return null;
    const tools = this.engine.internals;
    const ended = error && {
      kind: "error",
      message: `after the calls that are shown, the file ended with an error: ${error.message}`,
      frame: error.file !== null && error.line !== null ? { file: error.file, line: error.line, column: error.column ?? 1, func: "" } : null,
    };
    return tools.complete(r, {
      root: this.p.root ?? null,
      retraces: this.#retraces,
      warnings: ended ? [...this.#warnings, ended] : this.#warnings,
      calls: this.#log,
    });
  }
  #values(fn: Jitted, args: readonly unknown[]): ReturnType<Tools["flattenArgs"]>["values"] {
    return this.engine.internals.flattenArgs(
      fn.jit.fun,
      args.filter((_a, i) => !fn.jit.statics.has(i)),
      fn.jit.name,
    ).values;
  }
}
