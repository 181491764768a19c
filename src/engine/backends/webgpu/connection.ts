// The engine's end of the line to the GPU's thread. Commands are sent and forgotten; a question waits for its answer, asleep, or is answered later (`later`),
// without anything waiting.
import { DeviceError } from "../../core/errors.ts";
import type { Line, Listener } from "./line.ts";
import type { AdapterInfo, Command, Question, Reply } from "./messages.ts";
import { nodeLine } from "./nodeLine.ts";
import { dawnFlags, findWebgpu, unwanted } from "./package.ts";
import { hasPageGpu, pageLine } from "./pageLine.ts";

/** A shader that does not end keeps nobody from ending. */
const CLOSING_MS = 3000;
/** Drivers that are opened for the first time may take seconds. */
const OPENING_MS = 60_000;
const NO_ADAPTER = "no adapter was found: this machine has no GPU with a driver for Vulkan, Metal or Direct3D 12";
const words = (e: unknown): string => (e instanceof Error ? e.message : String(e));

export class Connection {
  readonly #line: Line;
  readonly #later = new Map<number, (r: Reply) => void>();
  #next = 0;
  #lost: string | null = null;
  /** Set once the adapter is open. */
  adapter!: AdapterInfo;
  private constructor(line: Line, listener: Partial<Listener>) {
    this.#line = line;
    listener.arrived = (r) => this.#arrived(r);
    listener.ended = (why) => this.#ended(why);
  }
  /** At one end of a line; undefined where there is none of that kind. */
  static #at(make: (to: Listener) => Line | null): Connection | undefined {
    const listener: Partial<Listener> = {};
    const line = make({ arrived: (r) => listener.arrived?.(r), ended: (why) => listener.ended?.(why) });
    return line ? new Connection(line, listener) : undefined;
  }
  /** Opens the adapter of this machine. Gives the reason, in words, where there is none. */
  static open(): Connection | string {
    if (hasPageGpu()) return 'a browser opens its GPU without anybody waiting: call await init("webgpu") first';
    const found = findWebgpu();
    if ("missing" in found) return found.missing;
    const c = Connection.#at(nodeLine);
    if (!c) return "it needs Node.js 20.16 or newer";
    try {
      const opened = c.#accept(c.#exchange({ kind: "open", module: found.module, flags: dawnFlags(), without: unwanted() }, OPENING_MS));
      (globalThis as { process?: { once?(event: "exit", listen: () => void): void } }).process?.once?.("exit", () => c.close());
      return opened;
    } catch (e) {
      return words(e);
    }
  }
  /** As `open`, without waiting asleep: what a browser needs. */
  static async openLater(): Promise<Connection | string> {
    const c = Connection.#at(pageLine);
    if (!c) return Connection.open();
    try {
      return c.#accept(await c.later({ kind: "open", module: "", flags: [], without: unwanted() }));
    } catch (e) {
      return words(e);
    }
  }
  /** Why nothing works here any more, in words; null while it does. */
  get lost(): string | null {
    return this.#lost;
  }
  #accept(r: Reply): Connection | string {
    const { adapter } = this.#checked(r);
    if (!adapter) return NO_ADAPTER;
    this.adapter = adapter;
    return this;
  }
  /** Gives the device back, once all that it was told is done; waits for that for a few seconds at most. */
  close(): void {
    if (this.#lost !== null) return;
    this.#lost = "it was given back";
    this.#exchange({ kind: "close" }, CLOSING_MS);
  }
  send(m: Command, move: readonly ArrayBufferLike[] = []): void {
    this.#line.post(m, move);
  }
  /** Waits for the answer. Throws DeviceError where something has gone wrong since the last one, and where this thread must not wait. */
  ask(q: Question): Reply {
    if (this.#line.awake !== null) throw new DeviceError(`webgpu: the value is on the GPU, and ${this.#line.awake}`);
    return this.#checked(this.#exchange(q));
  }
  /** The answer; without one in time, an empty one. */
  #exchange(q: Question, milliseconds = Infinity): Reply {
    const id = this.#next++;
    this.#line.post({ ...q, id, asleep: true });
    const end = performance.now() + milliseconds;
    for (;;) {
      const got = this.#line.sleep(end - performance.now());
      if (!got) return { id, failed: "the GPU's thread does not answer" };
      if (got.id === id) return got;
      this.#arrived(got);
    }
  }
  /** As `ask`, without waiting. */
  later(q: Question): Promise<Reply> {
    const id = this.#next++;
    this.#line.expect(true);
    return new Promise((resolve, reject) => {
      this.#later.set(id, (r) => {
        try {
          resolve(this.#checked(r));
        } catch (e) {
          reject(e);
        }
      });
      this.#line.post({ ...q, id, asleep: false });
    });
  }
  #arrived(r: Reply): void {
    const resolve = this.#later.get(r.id);
    this.#later.delete(r.id);
    if (this.#later.size === 0) this.#line.expect(false);
    resolve?.(r);
  }
  #ended(why: string): void {
    this.#lost = `the GPU's thread ended: ${why}`;
    for (const id of [...this.#later.keys()]) this.#arrived({ id });
  }
  #checked(r: Reply): Reply {
    this.#lost ??= r.lost ?? null;
    if (this.#lost !== null)
      throw new DeviceError(`webgpu: the device was lost (${this.#lost}): run again, or use another device: config.update("defaultDevice", "cpu")`);
    if (r.failed !== undefined) throw new DeviceError(`webgpu: ${r.failed}`);
    return r;
  }
}
