// The host process's life: started on first use, restarted with back-off when it dies, spoken to over JSON-RPC.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import * as vscode from "vscode";
import { type MessageConnection, StreamMessageReader, StreamMessageWriter, createMessageConnection } from "vscode-jsonrpc/node";
import { METHODS, type RunParams, type RunResult, type Site } from "../host/protocol.ts";
import { statusMessage } from "./shown.ts";

const FIRST_DELAY = 200,
  LAST_DELAY = 10_000,
  CALM = 30_000;
interface Live {
  readonly process: ChildProcess;
  readonly connection: MessageConnection;
  readonly started: number;
}

export class HostClient implements vscode.Disposable {
  #live: Live | null = null;
  #delay = 0;
  #waiting: Promise<void> | null = null;
  #disposed = false;
  readonly #progress = new Map<string, (message: string, fraction: number) => void>();
  constructor(
    private readonly extensionPath: string,
    private readonly log: vscode.LogOutputChannel,
  ) {}
  get pid(): number | undefined {
    return this.#live?.process.pid;
  }

  async #connection(): Promise<MessageConnection> {
    if (this.#waiting) await this.#waiting;
    return (this.#live ?? this.#start()).connection;
  }
  #start(): Live {
    const process_ = spawn(process.execPath, [join(this.extensionPath, "dist", "host", "main.cjs")], {
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
    });
    const connection = createMessageConnection(new StreamMessageReader(process_.stdout!), new StreamMessageWriter(process_.stdin!)),
      live: Live = { process: process_, connection, started: Date.now() };
    process_.stderr?.on("data", (d: Buffer) => this.log.warn(d.toString().trimEnd()));
    process_.on("error", (e) => this.log.error(`the host could not be started: ${e.message}`));
    process_.stdin?.on("error", () => {});
    process_.on("exit", (code, signal) => this.#died(live, code, signal));
    connection.onNotification(METHODS.progress, (p: { id: string; message: string; fraction: number }) =>
      this.#progress.get(p.id)?.(p.message, p.fraction),
    );
    connection.onNotification(METHODS.output, (p: { text: string }) => this.log.info(p.text.trimEnd()));
    connection.onError(([e]) => this.log.error(e.message));
    connection.listen();
    this.#live = live;
    return live;
  }
  #died(live: Live, code: number | null, signal: string | null): void {
    if (this.#live !== live || this.#disposed) return;
    this.#live = null;
    live.connection.dispose();
    // A host that lived long starts again at once; one that dies again and again waits longer each time.
    this.#delay = Date.now() - live.started > CALM ? FIRST_DELAY : Math.min(LAST_DELAY, Math.max(FIRST_DELAY, this.#delay * 2));
    this.log.error(`the host ended (${signal ?? code}); it starts again in ${this.#delay} ms`);
    void statusMessage("JitLens: the host ended and starts again", 5000);
    this.#waiting = new Promise((resolve) =>
      setTimeout(() => {
        this.#waiting = null;
        resolve();
      }, this.#delay),
    );
  }
  async sites(languageId: string, text: string): Promise<readonly Site[]> {
    return (await this.#connection()).sendRequest<Site[]>(METHODS.sites, { languageId, text });
  }
  async run(p: RunParams, token: vscode.CancellationToken, progress: (message: string, fraction: number) => void): Promise<RunResult> {
    const connection = await this.#connection(),
      live = this.#live;
    this.#progress.set(p.id, progress);
    const stop = token.onCancellationRequested(() => void connection.sendNotification(METHODS.cancel, { id: p.id }));
    // If the host dies under the run, the request would never be answered.
    const gone = new Promise<RunResult>((resolve) =>
      live?.process.once("exit", () =>
        resolve({
          kind: "error",
          message: "the JitLens host ended while it ran your file",
          file: null,
          line: null,
          column: null,
          action: "It has been started again: click once more.",
        }),
      ),
    );
    const cancelled = new Promise<RunResult>((resolve) => token.onCancellationRequested(() => setTimeout(() => resolve({ kind: "cancelled" }), 800)));
    try {
      return await Promise.race([connection.sendRequest<RunResult>(METHODS.run, p), gone, cancelled]);
    } finally {
      stop.dispose();
      this.#progress.delete(p.id);
    }
  }
  dispose(): void {
    this.#disposed = true;
    this.#live?.connection.dispose();
    this.#live?.process.kill();
  }
}
