// The engine's end of the threads that read a loader's examples.
import { ArgumentError } from "../core/errors.ts";
import { type DType, type TypedArray, viewOf } from "../core/dtypes.ts";
import { builtin } from "../core/host.ts";
import { arrayFrom, fromTyped } from "../core/arrays.ts";
import { POSTED, type Posted, type Told, readerThread } from "./reader.ts";

/** A module's address: a text or a URL. (Declarations name no class that only some programs' types have.) */
export type ModuleAddress = string | { readonly href: string };
export const addressOf = (m: ModuleAddress): string => (typeof m === "string" ? m : m.href);
/** A module that gives a source of examples, for threads that read. */
export interface LoaderWorker {
  /** The module's address, `new URL("./dataset.mjs", import.meta.url)`: one that Node.js can load by itself. */
  readonly module: ModuleAddress;
  /** The name of its export that is the source, or a function (an asynchronous one too) that gives it. "default". */
  readonly name?: string;
  /** How many threads read, a batch each. 1. */
  readonly threads?: number;
}
interface Thread {
  postMessage(m: unknown): void;
  on(e: "message", f: (t: Told) => void): void;
  on(e: "error", f: (e: Error) => void): void;
  on(e: "exit", f: (code: number) => void): void;
  ref(): void;
  unref(): void;
  terminate(): Promise<number>;
}
interface Threads {
  readonly Worker: new (code: string, o: object) => Thread;
}
interface Waiting {
  readonly give: (examples: readonly unknown[]) => void;
  readonly refuse: (e: unknown) => void;
}
/** Bundlers keep functions' names by a helper that is not in the thread. */
const PROGRAM = (): string => `const __name = (f) => f; (${readerThread})(require("node:worker_threads"), (url) => import(url));`;

/** Engine arrays in the place of those that were posted. */
function unpacked(x: unknown): unknown {
  if (typeof x !== "object" || x === null || ArrayBuffer.isView(x)) return x;
  if (Array.isArray(x)) return x.map(unpacked);
  if (x instanceof Map) return new Map([...x].map(([k, v]) => [k, unpacked(v)]));
  if (POSTED in x) {
    const { data, shape, dtype, weakType } = (x as Record<string, Posted>)[POSTED]!;
    const type = dtype as DType;
    // Half types are read out as float32, each of whose values is one of theirs.
    const same = viewOf(type, new ArrayBuffer(0), 0, 0).constructor === data.constructor;
    return same ? fromTyped(data as TypedArray, shape, type, weakType) : arrayFrom(data as Float32Array, shape, type, weakType);
  }
  return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, unpacked(v)]));
}
/** One thread: batches are asked for at any time, and come in any order. While none is under way, it keeps no process alive. */
class Reader {
  readonly #thread: Thread;
  readonly #waiting = new Map<number, Waiting>();
  readonly #expected: number;
  #next = 0;
  #lost: { readonly why: unknown } | null = null;
  constructor({ Worker }: Threads, module: string, name: string, expected: number) {
    this.#expected = expected;
    this.#thread = new Worker(PROGRAM(), { eval: true, workerData: { module, name, key: POSTED } });
    this.#thread.on("message", (t) => this.#told(t));
    this.#thread.on("error", (e) => this.#lose(e));
    this.#thread.on("exit", (code) =>
      this.#lose(new Error(`data.Loader: the thread that reads examples of ${module.slice(0, 200)} ended with ${code}`)),
    );
    this.#thread.unref();
  }
  get busy(): number {
    return this.#waiting.size;
  }
  #told(t: Told): void {
    if ("length" in t) {
      if (t.length !== this.#expected)
        this.#lose(
          new ArgumentError(
            `data.Loader: the thread's source has ${t.length} examples, the loader's own has ${this.#expected}: they must be the same`,
          ),
        );
      return;
    }
    if ("error" in t) {
      // Errors come with one of the standard names: their own is given back.
      if (t.error instanceof Error && t.name && t.error.name !== t.name)
        Object.defineProperty(t.error, "name", { value: t.name, configurable: true });
      if (t.id === null) return this.#lose(t.error);
    }
    const w = this.#waiting.get(t.id!);
    this.#done(t.id!);
    if ("error" in t) w?.refuse(t.error);
    else w?.give(t.examples.map(unpacked));
  }
  #done(id: number): void {
    this.#waiting.delete(id);
    if (this.#waiting.size === 0) this.#thread.unref();
  }
  #lose(e: unknown): void {
    this.#lost ??= { why: e };
    for (const [id, w] of [...this.#waiting]) {
      this.#done(id);
      w.refuse(e);
    }
  }
  read(indices: Int32Array): Promise<readonly unknown[]> {
    if (this.#lost) return Promise.reject(this.#lost.why);
    const id = this.#next++;
    return new Promise((give, refuse) => {
      this.#waiting.set(id, { give, refuse });
      this.#thread.ref();
      this.#thread.postMessage({ id, indices: [...indices] });
    });
  }
  async close(): Promise<void> {
    await this.#thread.terminate();
  }
}
/** Threads that read examples, until they are closed. */
export interface Readers {
  /** The examples at these indices, in their order. Rejects with the source's own error. */
  read(indices: Int32Array): Promise<readonly unknown[]>;
  close(): Promise<void>;
}
/**
 * Starts the threads.
 * @param length how many examples the source must have
 * Throws ArgumentError where there are no such threads, and for an address that is none.
 */
export function readers({ module, name = "default", threads = 1 }: LoaderWorker, length: number): Readers {
  const node = builtin("worker_threads") as Threads | undefined;
  if (!node?.Worker)
    throw new ArgumentError(
      "data.Loader: worker needs the threads of Node.js 20.16 or newer, which are not here. Instead: leave worker out, and the examples are read in this thread",
    );
  const all = Array.from({ length: threads }, () => new Reader(node, addressOf(module), name, length));
  return {
    read: (indices) => all.reduce((a, b) => (b.busy < a.busy ? b : a)).read(indices),
    close: async () => void (await Promise.all(all.map((r) => r.close()))),
  };
}
/** Refuses an option that is none, when the loader is made. */
export function checkWorker(w: LoaderWorker): void {
  const module = addressOf(w.module);
  if (!URL.canParse(module))
    throw new ArgumentError(
      `data.Loader: worker.module is ${JSON.stringify(module)}, expected a module's whole address, such as new URL("./dataset.mjs", import.meta.url)`,
    );
  if (w.threads !== undefined && !(Number.isSafeInteger(w.threads) && w.threads >= 1))
    throw new ArgumentError(`data.Loader: worker.threads is ${w.threads}, expected an integer of at least 1`);
}
