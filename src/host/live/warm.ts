// Runners that have stayed after their run, to follow edits: one for each folder, few in all, none for long after the last edit.
import { dirname } from "node:path";
import type { LiveMessage, LiveRequest, RunParams } from "../protocol.ts";
import type { ActiveRun } from "../run.ts";

const MOST = 2,
  IDLE_MS = 10 * 60_000,
  /** A runner cuts what takes too long itself; one that does not answer at all is ended. */
  ANSWER_MS = 20_000;
type Answer = Exclude<LiveMessage, { kind: "live-report" }>;
interface Warm {
  readonly key: string;
  readonly id: string;
  readonly run: ActiveRun;
  readonly waiting: Map<number, (a: Answer | null) => void>;
  idle: NodeJS.Timeout | undefined;
  /** Its first report is there: it can be asked. */
  isReady: boolean;
}
export class WarmRunners {
  #list: Warm[] = [];
  #next = 0;
  constructor(
    private readonly report: (run: string, report: unknown) => void = () => {},
    private readonly limits = { idle: IDLE_MS, answer: ANSWER_MS, most: MOST },
  ) {}
  /** A run of this folder begins: what stayed of the one before ends. */
  starting(p: Pick<RunParams, "root" | "file">): void {
    const key = p.root ?? dirname(p.file);
    for (const w of this.#list.filter((x) => x.key === key)) w.run.close();
  }
  /** A run that may stay, by its id. */
  add(id: string, p: Pick<RunParams, "root" | "file">, run: ActiveRun): void {
    const warm: Warm = { key: p.root ?? dirname(p.file), id, run, waiting: new Map(), idle: undefined, isReady: false };
    this.#list.push(warm);
    for (const w of this.#list.slice(0, -this.limits.most)) {
      w.run.close();
      this.ended(w.id);
    }
  }
  ready(id: string): void {
    const warm = this.#list.find((w) => w.id === id);
    if (!warm) return;
    warm.isReady = true;
    this.#touch(warm);
  }
  has(id: string): boolean {
    return this.#list.some((w) => w.id === id && w.isReady);
  }
  message(id: string, m: LiveMessage): void {
    const warm = this.#list.find((w) => w.id === id);
    if (!warm) return;
    if (m.kind === "live-report") {
      this.report(id, m.report);
      return;
    }
    // A later answer says that the questions before it were passed over.
    for (const [n, resolve] of [...warm.waiting])
      if (n <= m.id) {
        warm.waiting.delete(n);
        resolve(n === m.id ? m : null);
      }
    if (m.kind === "unavailable" && m.why === "memory") warm.run.close();
  }
  ended(id: string): void {
    const warm = this.#list.find((w) => w.id === id);
    if (!warm) return;
    this.#list = this.#list.filter((w) => w !== warm);
    clearTimeout(warm.idle);
    for (const resolve of warm.waiting.values()) resolve(null);
    warm.waiting.clear();
  }
  /** Null where a later edit took its place, or the runner is gone. */
  async edit(id: string, request: Omit<LiveRequest, "id">): Promise<Answer | null> {
    const warm = this.#list.find((w) => w.id === id);
    if (!warm?.isReady) return null;
    this.#touch(warm);
    const n = ++this.#next;
    return new Promise((resolve) => {
      const late = setTimeout(() => warm.run.close(), this.limits.answer);
      warm.waiting.set(n, (a) => {
        clearTimeout(late);
        resolve(a);
      });
      warm.run.edit({ ...request, id: n });
    });
  }
  #touch(warm: Warm): void {
    clearTimeout(warm.idle);
    warm.idle = setTimeout(() => warm.run.close(), this.limits.idle);
    warm.idle.unref();
  }
}
