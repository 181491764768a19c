// The line in Node.js: a thread, and a channel that a sleeping thread can read.
import { builtin } from "../../core/host.ts";
import type { Gpu } from "./gpu.ts";
import type { Line, Listener } from "./line.ts";
import type { Reply } from "./messages.ts";
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
const PROGRAM = (): string => `globalThis.require = require; const __name = (f) => f; (${inNode})(${gpuThread}, (module) => import(module));`;

/** Starts the GPU's thread. Null where there are no threads of Node's. */
export function nodeLine(to: Listener): Line | null {
  const threads = builtin("worker_threads") as Threads | undefined;
  if (!threads) return null;
  const { port1: port, port2 } = new threads.MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const worker = new threads.Worker(PROGRAM(), { eval: true, execArgv: [], workerData: { port: port2, signal }, transferList: [port2] });
  worker.on("error", (e) => to.ended(e.message));
  worker.unref();
  port.on("message", (r) => to.arrived(r));
  port.unref();
  return {
    awake: null,
    post: (m, move = []) => port.postMessage(m, move),
    sleep(milliseconds) {
      const end = performance.now() + milliseconds;
      for (;;) {
        const seen = Atomics.load(signal, 0);
        const got = threads.receiveMessageOnPort(port)?.message;
        if (got) return got;
        if (Atomics.wait(signal, 0, seen, end - performance.now()) === "timed-out") return undefined;
      }
    },
    expect: (some) => (some ? port.ref() : port.unref()),
  };
}
