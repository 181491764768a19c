// The engine's end of the line to the GPU's thread. Commands are sent and forgotten; a question waits for its answer, asleep (`Atomics.wait`), or is answered
// later (`later`), without anything waiting.
import { DeviceError } from "../../core/errors.ts";
import { builtin } from "../../core/host.ts";
import type { Gpu } from "./gpu.ts";
import type { AdapterInfo, Command, Question, Reply } from "./messages.ts";
import { dawnFlags, findWebgpu, unwanted } from "./package.ts";
import { type Surroundings, gpuThread } from "./worker.ts";

interface Port {
  postMessage(message: unknown, move?: readonly unknown[]): void;
  on(event: "message", listen: (r: Reply) => void): void;
  ref(): void;
  unref(): void;
}
interface Threads {
  readonly Worker: new (code: string, o: object) => { unref(): void; on(event: "error", listen: (e: Error) => void): void };
  readonly MessageChannel: new () => { readonly port1: Port; readonly port2: Port };
  receiveMessageOnPort(port: Port): { readonly message: Reply } | undefined;
}
/** What the thread stands in; as a text it is what joins `gpuThread` to Node's threads. */
const inNode = (start: (s: Surroundings) => void, load: (module: string) => Promise<{ create(flags: readonly string[]): Gpu }>): void => {
  const { workerData } = (globalThis as unknown as { require(name: string): { workerData: { port: Port; signal: Int32Array } } }).require(
    "node:worker_threads",
  );
  const { port, signal } = workerData;
  start({
    listen: (handle) => port.on("message", handle as (r: Reply) => void),
    reply(r, move) {
      port.postMessage(r, move);
      Atomics.add(signal, 0, 1);
      Atomics.notify(signal, 0);
    },
    load: async (module, flags) => (await load(module)).create(flags),
    now: () => Number((globalThis as unknown as { process: { hrtime: { bigint(): bigint } } }).process.hrtime.bigint()) / 1e6,
  });
};
/** Bundlers keep functions' names by a helper that is not in the thread, and make imports their own: this one is text. */
const PROGRAM = (): string =>
  `globalThis.require = require; const __name = (f) => f; (${inNode})(${gpuThread}, (module) => import(module));`;

/** A shader that does not end keeps nobody from ending. */
const CLOSING_MS = 3000;
/** Drivers that are opened for the first time may take seconds. */
const OPENING_MS = 60_000;
export class Connection {
  readonly #port: Port;
  readonly #signal: Int32Array;
  readonly #threads: Threads;
  readonly #later = new Map<number, (r: Reply) => void>();
  #next = 0;
  #lost: string | null = null;
  /** Set once the adapter is open. */
  adapter!: AdapterInfo;
  private constructor(threads: Threads) {
    this.#threads = threads;
    const { port1, port2 } = new threads.MessageChannel();
    this.#signal = new Int32Array(new SharedArrayBuffer(4));
    const worker = new threads.Worker(PROGRAM(), {
      eval: true,
      execArgv: [],
      workerData: { port: port2, signal: this.#signal },
      transferList: [port2],
    });
    worker.on("error", (e) => {
      this.#lost = `the GPU's thread ended: ${e.message}`;
    });
    worker.unref();
    this.#port = port1;
    port1.on("message", (r) => this.#arrived(r));
    port1.unref();
  }
  /** Opens the adapter of this machine. Gives the reason, in words, where there is none. */
  static open(): Connection | string {
    const found = findWebgpu();
    if ("missing" in found) return found.missing;
    const threads = builtin("worker_threads") as Threads | undefined;
    if (!threads) return "it needs Node.js 20.16 or newer";
    const c = new Connection(threads);
    try {
      const { adapter } = c.#checked(c.#exchange({ kind: "open", module: found.module, flags: dawnFlags(), without: unwanted() }, OPENING_MS));
      if (!adapter) return "no adapter was found: this machine has no GPU with a driver for Vulkan, Metal or Direct3D 12";
      c.adapter = adapter;
      (globalThis as { process?: { once?(event: "exit", listen: () => void): void } }).process?.once?.("exit", () => c.close());
      return c;
    } catch (e) {
      return e instanceof Error ? e.message : String(e);
    }
  }
  /** Gives the device back, once all that it was told is done; waits for that for a few seconds at most. */
  close(): void {
    if (this.#lost !== null) return;
    this.#lost = "it was given back";
    this.#exchange({ kind: "close" }, CLOSING_MS);
  }
  send(m: Command, move: readonly ArrayBufferLike[] = []): void {
    this.#port.postMessage(m, move);
  }
  /** Waits for the answer. Throws DeviceError where something has gone wrong since the last one. */
  ask(q: Question): Reply {
    return this.#checked(this.#exchange(q));
  }
  /** The answer; without one in time, an empty one. */
  #exchange(q: Question, milliseconds = Infinity): Reply {
    const id = this.#next++;
    this.#port.postMessage({ ...q, id });
    const end = performance.now() + milliseconds;
    for (;;) {
      const seen = Atomics.load(this.#signal, 0);
      const got = this.#threads.receiveMessageOnPort(this.#port)?.message;
      if (got?.id === id) return got;
      if (got) this.#arrived(got);
      else if (Atomics.wait(this.#signal, 0, seen, end - performance.now()) === "timed-out")
        return { id, failed: "the GPU's thread does not answer" };
    }
  }
  /** As `ask`, without waiting. */
  later(q: Question): Promise<Reply> {
    const id = this.#next++;
    this.#port.ref();
    return new Promise((resolve, reject) => {
      this.#later.set(id, (r) => {
        try {
          resolve(this.#checked(r));
        } catch (e) {
          reject(e);
        }
      });
      this.#port.postMessage({ ...q, id });
    });
  }
  #arrived(r: Reply): void {
    const resolve = this.#later.get(r.id);
    this.#later.delete(r.id);
    if (this.#later.size === 0) this.#port.unref();
    resolve?.(r);
  }
  #checked(r: Reply): Reply {
    this.#lost ??= r.lost ?? null;
    if (this.#lost !== null)
      throw new DeviceError(`webgpu: the device was lost (${this.#lost}): run again, or use another device: config.update("defaultDevice", "cpu")`);
    if (r.failed !== undefined) throw new DeviceError(`webgpu: ${r.failed}`);
    return r;
  }
}
