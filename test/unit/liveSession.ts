// A file in a real runner that stays after its run, and edits of it, for tests of live editing.
import { join } from "node:path";
import { languageOfFile } from "../../src/host/languages.ts";
import type { LiveMessage, Site } from "../../src/host/protocol.ts";
import { findSites } from "../../src/host/sites.ts";
import { type RunOptions, type Started, dist, reportOf, start } from "./runs.ts";

const open: Started[] = [];
/** For the end of a file of tests. */
export const closeSessions = (): void => open.forEach((s) => s.close());
export type Answer = Exclude<LiveMessage, { kind: "live-report" }>;

/** A file that was run once and is edited then, with the answers of its runner. */
export class Session {
  #next = 0;
  readonly #messages: LiveMessage[] = [];
  readonly #wake = new Set<() => void>();
  ended = false;
  private constructor(private text: string) {}
  run!: Started;
  static async start(text: string, o: RunOptions = {}): Promise<Session> {
    const s = new Session(text);
    s.run = await start(text, {
      ...o,
      live: true,
      onLive: (m) => {
        s.#messages.push(m);
        for (const w of s.#wake) w();
      },
      liveEnded: () => {
        s.ended = true;
        for (const w of s.#wake) w();
      },
    });
    open.push(s.run);
    reportOf(await s.run.result);
    return s;
  }
  async #until<T>(get: () => T | undefined): Promise<T> {
    for (;;) {
      const found = get();
      if (found !== undefined) return found;
      if (this.ended) throw new Error("the runner is gone");
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#wake.delete(wake);
          resolve();
        };
        this.#wake.add(wake);
      });
    }
  }
  /** Replaces a part of the text, and gives the answer. */
  async edit(from: string, to: string, at?: string, attempts?: string[]): Promise<Answer> {
    if (!this.text.includes(from)) throw new Error(`the text has no ${from}`);
    this.text = this.text.replace(from, to);
    return this.ask(at ?? to, attempts);
  }
  async ask(at = "", attempts?: string[]): Promise<Answer> {
    const sites: Site[] = await findSites(join(dist, "grammars"), languageOfFile(this.run.file)!.id, this.text, { file: this.run.file });
    const id = ++this.#next;
    const line = this.text.slice(0, Math.max(0, this.text.indexOf(at))).split("\n").length - 1;
    const tried = attempts?.map((text) => ({ text, sites }));
    this.run.edit({ id, text: this.text, sites, line, ...(tried ? { attempts: tried } : {}) });
    return this.#until(() => this.#messages.find((m): m is Answer => m.id === id && m.kind !== "live-report"));
  }
  report(): Promise<ReturnType<typeof reportOf>> {
    return this.#until(() => {
      const m = this.#messages.find((x) => x.kind === "live-report" && x.id === this.#next);
      return m?.kind === "live-report" ? reportOf({ kind: "report", report: m.report }) : undefined;
    });
  }
  get now(): string {
    return this.text;
  }
}
/** Types by `name@line`. */
export function hints(a: Answer): Record<string, string> {
  if (a.kind !== "traced" && a.kind !== "failed") throw new Error(JSON.stringify(a));
  return Object.fromEntries(a.hints.map((h) => [`${h.name}@${h.line}`, h.types.join(" | ")]));
}
export const failure = (a: Answer): string => (a.kind === "failed" ? `${a.name} ${a.error.line}:${a.error.column}` : a.kind);
