// A warm runner: the first run is over, its module's state is kept, and this thread answers edits until the process is ended. Nothing of the file runs
// but what an edit has changed, and the function that is traced again.
import { runInThisContext } from "node:vm";
import type { LiveMessage, LiveRequest, RunParams, Site } from "../../protocol.ts";
import { liveRequest } from "../../protocol.ts";
import type { Jitted, Traced } from "../../../engine/transforms/jit.ts";
import type { Report } from "../../../engine/report/types.ts";
import type { Bundle } from "../bundle.ts";
import type { Channel, Inbox } from "../channel.ts";
import type { EngineModule } from "../engineApi.ts";
import { explain } from "../explain.ts";
import type { Call, Calls } from "./calls.ts";
import type { Noted, Probes } from "./probes.ts";
import { NotLive, Scope } from "./scope.ts";
import { Swapper } from "./swap.ts";

/** How long one edit may take, and how long nothing must be asked before the compiler's picture is made. */
const LIMIT_MS = 4000,
  QUIET_MS = 120,
  /** A runner that holds so much more than after its run is ended: it has no more to say than a new one. */
  MOST_MORE = 2 ** 30;
export interface LiveParts {
  readonly engine: EngineModule;
  readonly channel: Channel;
  readonly inbox: Inbox;
  readonly p: RunParams;
  readonly program: Bundle;
  readonly evaluate: (code: string) => unknown;
  readonly probes: Probes;
  readonly calls: Calls;
  /** The report of a function that was traced. */
  readonly report: (t: TracedNow) => Report;
}
export interface TracedNow {
  readonly site: Site;
  readonly call: Call;
  readonly traced: Traced;
  readonly milliseconds: number;
  readonly text: string;
}
type Outcome =
  | { readonly kind: "traced"; readonly now: TracedNow }
  | { readonly kind: "failed"; readonly error: unknown; readonly site: Site | null }
  | { readonly kind: "unreadable" | "slow" | "never-called" };

export class Live {
  readonly #scope: Scope;
  readonly #swapper: Swapper;
  #target: string | null;
  #noted: readonly Noted[] = [];
  /** Null where the file's names cannot be reached. */
  static open(parts: LiveParts): Live | null {
    return parts.program.aliases ? new Live(parts, parts.program.aliases) : null;
  }
  private constructor(
    private readonly parts: LiveParts,
    aliases: ReadonlyMap<string, string>,
  ) {
    const { p, calls, probes, engine } = parts;
    this.#scope = new Scope(parts.evaluate, aliases, engine, probes, p.file);
    calls.settle();
    this.#swapper = new Swapper(p.text, p.languageId, this.#scope, () => calls.selves());
    probes.moved = (at) => this.#swapper.places.moved(at);
    this.#target = calls.keyOf(calls.sites.find((s) => s.line === p.site.line && s.column === p.site.column) ?? p.site);
    const { mapper } = parts.program;
    engine.internals.setSourceMapper((frame) => {
      const mine = this.#scope.map(frame);
      if (mine !== undefined) return mine;
      const first = mapper(frame);
      if (first?.file !== p.file) return first;
      const at = this.#swapper.places.moved({ line: first.line, column: first.column - 1 });
      return at && { ...first, line: at.line, column: at.column + 1 };
    });
  }
  /** Answers until the process is ended. */
  serve(): never {
    const { inbox, channel } = this.parts;
    const said = [process.stdout, process.stderr] as const;
    // What the function prints while it is traced again was printed before.
    for (const stream of said) stream.write = () => true;
    const atFirst = process.memoryUsage.rss();
    let waiting: { readonly id: number; readonly now: TracedNow } | null = null;
    for (;;) {
      inbox.wait(waiting ? QUIET_MS : 60_000);
      const request = this.#newest();
      if (request) {
        const now = this.#answer(request);
        waiting = now && !request.attempts ? { id: request.id, now } : null;
      } else if (waiting) {
        const { id, now } = waiting;
        waiting = null;
        const report = this.#report(now);
        if (report) channel.send({ kind: "live-report", id, report });
      }
      if (process.memoryUsage.rss() > atFirst + MOST_MORE) this.#send({ kind: "unavailable", id: request?.id ?? 0, why: "memory" });
    }
  }
  /** Of several requests only the last counts. */
  #newest(): LiveRequest | null {
    let last: LiveRequest | null = null;
    for (let line = this.parts.inbox.take(); line !== null; line = this.parts.inbox.take())
      try {
        const read = liveRequest.safeParse(JSON.parse(line));
        if (read.success) last = read.data;
      } catch {
        /* not ours */
      }
    return last;
  }
  #send(m: LiveMessage): void {
    this.parts.channel.send(m);
  }
  #answer(r: LiveRequest): TracedNow | null {
    if (r.attempts) {
      const passed = r.attempts.map((a) => this.#trace(a.text, a.sites, r.line).kind === "traced");
      this.#trace(r.text, r.sites, r.line);
      this.#send({ kind: "tried", id: r.id, passed });
      return null;
    }
    const outcome = this.#trace(r.text, r.sites, r.line);
    const { id } = r;
    const notes = [...this.#swapper.notes];
    const hints = this.#noted.filter((n) => n.types.length).map((n) => ({ ...n.at, name: n.name, types: [...n.types] }));
    switch (outcome.kind) {
      case "traced": {
        const { now } = outcome;
        const equations = now.traced.jaxpr.eqns.length;
        this.#send({ kind: "traced", id, function: now.site.name, milliseconds: now.milliseconds, equations, hints, notes });
        return now;
      }
      case "failed": {
        const { p, engine } = this.parts;
        const site = outcome.site ?? p.site;
        const error = explain(outcome.error, { ...p, site }, engine);
        const name = outcome.error instanceof Error ? outcome.error.name : "Error";
        this.#send({ kind: "failed", id, function: site.name, name, error, hints, notes });
        return null;
      }
      case "never-called":
        this.#send({ kind: "unavailable", id, why: "never-called" });
        return null;
      case "slow":
        this.#send({ kind: "slow", id, milliseconds: LIMIT_MS });
        return null;
      default:
        this.#send({ kind: "unreadable", id });
        return null;
    }
  }
  /** Brings the state to a text, and traces the function at the line. */
  #trace(text: string, sites: readonly Site[], line: number): Outcome {
    const { calls } = this.parts;
    calls.setSites(sites);
    let site: Site | null = null;
    try {
      const changed = this.#limited(() => this.#swapper.edit(text));
      // Traces hold what was called when they were made.
      if (changed) calls.clearCaches();
      const key = this.#keyAt(sites, line);
      site = key === null ? null : calls.siteOf(key);
      const call = key === null ? null : calls.last(key);
      if (!site || !call) return { kind: "never-called" };
      this.#target = key;
      return { kind: "traced", now: this.#traceCall(site, call, text) };
    } catch (error) {
      if ((error as { code?: unknown }).code === "ERR_SCRIPT_EXECUTION_TIMEOUT") return { kind: "slow" };
      // A text that is no program yet: esbuild's list of errors, or a piece that cannot stand alone.
      if (Array.isArray((error as { errors?: unknown }).errors) || (error instanceof SyntaxError && site === null)) return { kind: "unreadable" };
      if (error instanceof NotLive) return { kind: "never-called" };
      return { kind: "failed", error, site: site ?? this.#targetSite() };
    }
  }
  #targetSite(): Site | null {
    return this.#target === null ? null : this.parts.calls.siteOf(this.#target);
  }
  #traceCall(site: Site, call: Call, text: string): TracedNow {
    const fn: Jitted = call.fn;
    fn.clearCache();
    let traced: Traced | null = null;
    const start = performance.now();
    try {
      this.#noted = this.parts.probes.during(() => this.#limited(() => (traced = fn.traceWith(call.self, call.args))));
    } catch (e) {
      this.#noted = this.parts.probes.last;
      throw e;
    }
    return { site, call, traced: traced as unknown as Traced, milliseconds: performance.now() - start, text };
  }
  /** The innermost function around the cursor that was called, else the one that was traced last. */
  #keyAt(sites: readonly Site[], line: number): string | null {
    const { calls } = this.parts;
    const around = sites.filter((s) => line >= s.line && line <= s.endLine).sort((a, b) => a.endLine - a.line - (b.endLine - b.line));
    for (const s of around) {
      const key = calls.keyOf(s);
      if (key !== null && calls.last(key)) return key;
    }
    return this.#target;
  }
  #report(now: TracedNow): Report | null {
    try {
      return this.#limited(() => this.parts.report(now));
    } catch {
      return null; // the function was traced all the same
    }
  }
  /** Runs code of the person's for a limited time; whatever happens, the engine's context is as it was. */
  #limited<R>(task: () => R): R {
    const restore = this.parts.engine.internals.keepContext();
    const globals = globalThis as unknown as Record<string, unknown>;
    let result: R | undefined;
    globals.__jitlensTask = () => {
      result = task();
    };
    try {
      runInThisContext("__jitlensTask()", { timeout: LIMIT_MS });
      return result as R;
    } finally {
      delete globals.__jitlensTask;
      restore();
    }
  }
}
