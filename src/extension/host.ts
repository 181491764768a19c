// The host process's life: started on first use, restarted with back-off when it dies or no longer answers, spoken to over JSON-RPC.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import * as vscode from "vscode";
import type { Cell } from "../host/notebook/cells.ts";
import { type MessageConnection, StreamMessageReader, StreamMessageWriter, createMessageConnection } from "vscode-jsonrpc/node";
import {
  type FixParams,
  type LiveAnswer,
  type LiveFix,
  type LiveParams,
  METHODS,
  type PrepareParams,
  type RunParams,
  type RunResult,
  type Site,
  type TrialsNow,
} from "../host/protocol.ts";
import { statusMessage } from "./shown.ts";

const FIRST_DELAY = 200,
  LAST_DELAY = 10_000,
  CALM = 30_000,
  /** A host that is well answers within moments: sites are found in at most two seconds, and runs are other processes. */
  ANSWER_MS = 15_000,
  PING_MS = 10_000,
  CANCEL_MS = 800;
interface Live {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  readonly started: number;
  /** Resolves when it has ended, or was given up. */
  readonly gone: Promise<void>;
  readonly end: () => void;
}
export interface RunListener {
  readonly progress: (message: string, fraction: number, trials?: TrialsNow) => void;
  readonly partial: (report: unknown) => void;
  /** What the file prints, which the log says too. */
  readonly output?: (text: string) => void;
}
const hostEnded = (): RunResult => ({
  kind: "error",
  message: vscode.l10n.t("the JitLens host ended while it ran your file"),
  file: null,
  line: null,
  column: null,
  action: vscode.l10n.t("It has been started again: click once more."),
});

export class HostClient implements vscode.Disposable {
  #live: Live | null = null;
  #delay = 0;
  #waiting: Promise<void> | null = null;
  #disposed = false;
  readonly #listeners = new Map<string, RunListener>();
  /** @param patience how long an answer may take before the host is given up */
  constructor(
    private readonly extensionPath: string,
    private readonly log: Pick<vscode.LogOutputChannel, "info" | "warn" | "error">,
    private readonly patience = { answer: ANSWER_MS, ping: PING_MS },
  ) {}
  get pid(): number | undefined {
    return this.#live?.process.pid;
  }

  async #host(): Promise<Live> {
    if (this.#waiting) await this.#waiting;
    return this.#live ?? this.#start();
  }
  #start(): Live {
    const process_ = spawn(process.execPath, [join(this.extensionPath, "dist", "host", "main.cjs")], {
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
    });
    let end = (): void => {};
    const gone = new Promise<void>((resolve) => (end = resolve)),
      connection = createMessageConnection(new StreamMessageReader(process_.stdout), new StreamMessageWriter(process_.stdin)),
      live: Live = { process: process_, connection, started: Date.now(), gone, end };
    process_.stderr.on("data", (d: Buffer) => this.log.warn(d.toString().trimEnd()));
    process_.stdin.on("error", () => {});
    process_.on("error", (e) => this.#died(live, `it could not be started: ${e.message}`));
    process_.on("exit", (code, signal) => this.#died(live, signal ?? `exit code ${code}`));
    connection.onNotification(METHODS.progress, (p: { id: string; message: string; fraction: number; trials?: TrialsNow }) =>
      this.#listeners.get(p.id)?.progress(p.message, p.fraction, p.trials),
    );
    connection.onNotification(METHODS.partial, (p: { id: string; report: unknown }) => this.#listeners.get(p.id)?.partial(p.report));
    connection.onNotification(METHODS.liveReport, (p: { id: string; report: unknown }) => this.onLiveReport(p.id, p.report));
    connection.onNotification(METHODS.liveEnd, (p: { id: string }) => this.onLiveEnd(p.id));
    connection.onNotification(METHODS.output, (p: { id: string; text: string }) => {
      this.log.info(p.text.trimEnd());
      this.#listeners.get(p.id)?.output?.(p.text);
    });
    // What cannot be read cannot be waited for.
    connection.onError(([e]) => this.#died(live, `its answers cannot be read: ${e.message}`));
    connection.onClose(() => this.#died(live, "its connection was closed"));
    connection.listen();
    this.#live = live;
    return live;
  }
  #died(live: Live, why: string): void {
    if (this.#live !== live || this.#disposed) return;
    this.#live = null;
    live.end();
    live.connection.dispose();
    live.process.kill("SIGKILL");
    // A host that lived long starts again at once; one that dies again and again waits longer each time.
    this.#delay = Date.now() - live.started > CALM ? FIRST_DELAY : Math.min(LAST_DELAY, Math.max(FIRST_DELAY, this.#delay * 2));
    this.log.error(`the host ended (${why}); it starts again in ${this.#delay} ms`);
    statusMessage(vscode.l10n.t("JitLens: the host ended and starts again"), 5000);
    this.#waiting = new Promise((resolve) =>
      setTimeout(() => {
        this.#waiting = null;
        resolve();
      }, this.#delay),
    );
  }
  /** Ends the host and what it runs; the next question starts another at once. */
  restart(): void {
    if (!this.#live) return;
    this.#delay = 0;
    this.#died(this.#live, "it was asked to restart");
  }
  /** An answer within the time that a host that is well needs; else the host is given up and started again. */
  async #answer<T>(live: Live, method: string, params: unknown, milliseconds: number): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        reject(new Error(vscode.l10n.t("the JitLens host does not answer; it is started again")));
        this.#died(live, `no answer to ${method} for ${milliseconds / 1000} s`);
      }, milliseconds);
    });
    try {
      return await Promise.race([live.connection.sendRequest<T>(method, params), late]);
    } finally {
      clearTimeout(timer);
    }
  }
  /** @param cells of the notebook, in place of the text */
  async sites(languageId: string, text: string, file: string, cells?: readonly Cell[]): Promise<readonly Site[]> {
    const asked = cells ? { languageId, text: "", file, cells } : { languageId, text, file };
    return this.#answer<Site[]>(await this.#host(), METHODS.sites, asked, this.patience.answer);
  }
  /** Says what would be run next, so that its runner can be started ahead. */
  async prepare(p: PrepareParams): Promise<void> {
    const live = await this.#host();
    await live.connection.sendNotification(METHODS.prepare, p);
  }
  /** What the compiler makes of an edited text, by its run. */
  onLiveReport: (run: string, report: unknown) => void = () => {};
  /** A runner that had stayed is gone. */
  onLiveEnd: (run: string) => void = () => {};
  /** Follows an edit; null where no runner has stayed, or a later edit took its place. */
  async live(p: LiveParams): Promise<LiveAnswer> {
    return (await this.#live?.connection.sendRequest<LiveAnswer>(METHODS.live, p)) ?? null;
  }
  /** Changes that mend an error. */
  async liveFixes(p: FixParams): Promise<readonly LiveFix[]> {
    return (await this.#live?.connection.sendRequest<LiveFix[]>(METHODS.liveFixes, p)) ?? [];
  }
  /** The run tries no more remedies, and ends with what it has found. */
  stopTrials(run: string): void {
    void this.#live?.connection.sendNotification(METHODS.stopTrials, { id: run }).catch(() => {});
  }
  /** The graph of the run's early report is painted. */
  seen(run: string): void {
    void this.#live?.connection.sendNotification(METHODS.seen, { id: run }).catch(() => {});
  }
  async run(p: RunParams, token: vscode.CancellationToken, listener: RunListener): Promise<RunResult> {
    const live = await this.#host();
    this.#listeners.set(p.id, listener);
    const { ping: every } = this.patience,
      ping = setInterval(() => void this.#answer(live, METHODS.ping, null, every).catch(() => {}), every);
    let stop: vscode.Disposable | null = null,
      patience: NodeJS.Timeout | undefined;
    const cancelled = new Promise<RunResult>((resolve) => {
      const cancel = (): void => {
        void live.connection.sendNotification(METHODS.cancel, { id: p.id }).catch(() => {});
        patience = setTimeout(() => resolve({ kind: "cancelled" }), CANCEL_MS);
      };
      if (token.isCancellationRequested) cancel();
      else stop = token.onCancellationRequested(cancel);
    });
    const asked = live.connection.sendRequest<RunResult>(METHODS.run, p);
    // If the host dies under the run, the request is never answered, or rejected: `gone` says it.
    const answered = asked.catch(async (e: unknown) => {
      if (this.#live === live) throw e;
      return hostEnded();
    });
    try {
      return await Promise.race([answered, live.gone.then(hostEnded), cancelled]);
    } finally {
      clearInterval(ping);
      clearTimeout(patience);
      (stop as vscode.Disposable | null)?.dispose();
      this.#listeners.delete(p.id);
    }
  }
  dispose(): void {
    this.#disposed = true;
    const live = this.#live;
    this.#live = null;
    live?.end();
    live?.connection.dispose();
    // Its input ends: it ends its runs, and itself.
    live?.process.stdin?.end();
    live?.process.kill("SIGTERM");
  }
}
