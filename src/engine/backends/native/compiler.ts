// The engine's end of the line to the thread that compiles C. Sources go there and are forgotten; answers are noticed by one load of shared memory, so that
// programs which never give the event loop a turn come to their native code as well.
import { NATIVE, type Target, type VectorWidth } from "../../compiler/target.ts";
import { builtin } from "../../core/host.ts";
import { cacheFolder, cachedLibrary, librarySuffix, readNote, writeNote } from "./cache.ts";
import { findCompilers, flagsFor, machineFlags, node, processorId, sha256, widthOf, type Toolchain } from "./toolchain.ts";
import { type Job, type Reply, compilerThread } from "./worker.ts";

interface Port {
  postMessage(j: Job): void;
  unref(): void;
}
interface Threads {
  readonly Worker: new (code: string, o: object) => { unref(): void; on(event: "error", listen: (e: Error) => void): void };
  readonly MessageChannel: new () => { readonly port1: Port; readonly port2: Port };
  receiveMessageOnPort(port: Port): { readonly message: Reply } | undefined;
}
/** Bundlers keep functions' names by a helper that is not in the thread. */
const PROGRAM = (): string => `const __name = (f) => f; (${compilerThread})((name) => require("node:" + name));`;
/** How long a compiler may take over one kernel; JITLENS_CC_SECONDS says otherwise. */
const mostMs = (): number => 1000 * (Number(node().env.JITLENS_CC_SECONDS) || 60);

/** What has become of a source. */
export type Compiled = { readonly library: string } | { readonly failed: string };
export class Compiler {
  /** Answers that have come. */
  readonly #signal = new Int32Array(new SharedArrayBuffer(8));
  readonly #waiting = new Map<number, (r: Reply) => void>();
  readonly #threads: Threads;
  #port: Port | null = null;
  #seen = 0;
  #next = 0;
  #lost: string | null = null;
  #toolchain: Toolchain | { readonly failed: string } | null = null;
  private constructor(threads: Threads) {
    this.#threads = threads;
  }
  static #only: Compiler | { readonly failed: string } | null = null;
  /** The compiler of this process, or why there can be none. */
  static get(): Compiler | { readonly failed: string } {
    if (Compiler.#only) return Compiler.#only;
    const threads = builtin("worker_threads") as Threads | undefined;
    return (Compiler.#only = threads ? new Compiler(threads) : { failed: "native code needs Node.js 20.16 or newer" });
  }
  /** What compiles, once it is known; a sentence where nothing does; null before. Asks when it is first called. */
  toolchain(): Toolchain | { readonly failed: string } | null {
    if (!this.#toolchain && this.#waiting.size === 0) this.#probe();
    this.poll();
    return this.#toolchain;
  }
  #probe(): void {
    const compilers = findCompilers();
    if (compilers.length === 0) {
      const given = node().env.JITLENS_CC;
      this.#toolchain = {
        failed: given ? `there is no compiler ${given}, which JITLENS_CC names` : "there is no C compiler (cc, clang or gcc) in PATH",
      };
      return;
    }
    // The same compilers on the same processor as last time.
    const note = `toolchain-${sha256(JSON.stringify([1, compilers, processorId(), flagsFor([]), ...compilers.map(stampOf)])).slice(0, 24)}.json`;
    this.#toolchain = readNote(note, checkToolchain);
    if (this.#toolchain) return;
    this.#send({ kind: "probe", id: this.#next++, folder: cacheFolder(), compilers, tries: machineFlags().map(flagsFor) }, (r) => {
      if (!r.probe) {
        this.#toolchain = { failed: r.failed ?? "the C compiler gave no answer" };
        return;
      }
      const { compiler, flags, macros } = r.probe;
      this.#toolchain = { compiler, flags, width: widthOf(macros), identity: sha256(compiler, macros) };
      writeNote(note, this.#toolchain);
    });
  }
  /** The library of a source: at once where the cache has it, else later. Never calls back before it returns. */
  library(source: string, t: Toolchain, done: (c: Compiled) => void): Compiled | null {
    const key = sha256(JSON.stringify([t.identity, t.flags]), source);
    const there = cachedLibrary(key);
    if (there) return { library: there };
    const job: Job = {
      kind: "compile",
      id: this.#next++,
      compiler: t.compiler,
      flags: t.flags,
      source,
      folder: cacheFolder(),
      name: key + librarySuffix(),
    };
    this.#send(job, (r) => {
      const made = r.failed === undefined ? cachedLibrary(key) : null;
      done(made ? { library: made } : { failed: r.failed ?? "what the compiler made is not in the cache folder" });
    });
    return null;
  }
  #send(job: Job, done: (r: Reply) => void): void {
    if (this.#lost !== null) return done({ id: job.id, failed: this.#lost });
    this.#waiting.set(job.id, done);
    (this.#port ??= this.#start()).postMessage(job);
  }
  #start(): Port {
    const { port1, port2 } = new this.#threads.MessageChannel();
    const worker = new this.#threads.Worker(PROGRAM(), {
      eval: true,
      execArgv: [],
      stdout: true,
      stderr: true,
      workerData: { port: port2, signal: this.#signal, milliseconds: mostMs() },
      transferList: [port2],
    });
    worker.on("error", (e) => {
      this.#lost = `the thread that compiles ended: ${e.message}`;
      for (const [id, done] of [...this.#waiting]) done({ id, failed: this.#lost });
      this.#waiting.clear();
    });
    worker.unref();
    port1.unref();
    // A compiler that still runs ends with the process.
    const { once, kill, platform } = globalThis.process as unknown as {
      once(e: "exit", f: () => void): void;
      kill(pid: number, s: string): void;
      platform: string;
    };
    once.call(globalThis.process, "exit", () => {
      const pid = Atomics.load(this.#signal, 1);
      try {
        if (pid) kill.call(globalThis.process, platform === "win32" ? pid : -pid, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    });
    return port1;
  }
  /** Takes in what has been answered. */
  poll(): void {
    if (Atomics.load(this.#signal, 0) === this.#seen || !this.#port) return;
    this.#seen = Atomics.load(this.#signal, 0);
    for (let got = this.#threads.receiveMessageOnPort(this.#port); got; got = this.#threads.receiveMessageOnPort(this.#port)) {
      const done = this.#waiting.get(got.message.id);
      this.#waiting.delete(got.message.id);
      done?.(got.message);
    }
  }
  /** Sleeps until something is answered, or the time is over. */
  sleep(milliseconds: number): void {
    if (this.#waiting.size > 0) Atomics.wait(this.#signal, 0, this.#seen, milliseconds);
    this.poll();
  }
}
/** A compiler that is replaced has another time or size. */
function stampOf(compiler: string): string {
  const fs = builtin("fs") as { statSync(p: string): { readonly size: number; readonly mtimeMs: number } };
  try {
    const { size, mtimeMs } = fs.statSync(compiler);
    return `${size} ${mtimeMs}`;
  } catch {
    return "";
  }
}
function checkToolchain(value: unknown): Toolchain | null {
  const t = value as Partial<Toolchain>;
  const isText = (x: unknown): x is string => typeof x === "string";
  const isWidth = (x: unknown): x is VectorWidth => x === 4 || x === 8 || x === 16;
  return isText(t.compiler) && isText(t.identity) && isWidth(t.width) && Array.isArray(t.flags) && t.flags.every(isText)
    ? { compiler: t.compiler, identity: t.identity, width: t.width, flags: t.flags }
    : null;
}
export const targetOf = (t: Toolchain): Target => NATIVE[t.width];
