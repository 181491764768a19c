// The GPU's memory, within a budget of our own: drivers overcommit, and then the process is killed. Buffers that are given back are kept for the next one of
// their size, since making one costs more than what a small kernel takes.
import { OutOfMemoryError } from "../../core/errors.ts";
import type { Connection } from "./connection.ts";

export interface PooledBuffer {
  readonly id: number;
  /** What was made: at least what was asked for. */
  readonly bytes: number;
}
const SMALLEST = 256;
const MiB = 2 ** 20;
/** Kept for later, whatever is in use. */
const KEPT = 128 * MiB;
export const showMiB = (bytes: number): string => `${(bytes / MiB).toFixed(1)} MiB`;

/** Sizes go up in eighths of a power of two, so that a buffer serves arrays of about its size. */
export function roundedSize(bytes: number): number {
  if (bytes <= SMALLEST) return SMALLEST;
  const step = Math.max(SMALLEST, 2 ** (Math.floor(Math.log2(bytes)) - 3));
  return Math.ceil(bytes / step) * step;
}
export class Pool {
  readonly #free = new Map<number, PooledBuffer[]>();
  #freeBytes = 0;
  #next = 0;
  inUse = 0;
  peak = 0;
  live = 0;
  constructor(
    readonly line: Pick<Connection, "send" | "adapter">,
    /** Bytes that may be in use. */ public budget: number,
  ) {}
  /** A buffer. `what` says in messages what it is for. Throws OutOfMemoryError beyond the budget or the adapter's limit, RangeError for a size that is none. */
  take(bytes: number, what: () => string): PooledBuffer {
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`${what()} has a size of ${bytes} bytes: sizes are whole numbers, 0 or more`);
    const size = roundedSize(bytes);
    this.check(bytes, what);
    const kept = this.#free.get(size)?.pop();
    if (kept) this.#freeBytes -= size;
    const buffer = kept ?? this.#make(size);
    this.inUse += size;
    this.live++;
    this.peak = Math.max(this.peak, this.inUse);
    return buffer;
  }
  /** Throws where so many bytes more would not fit: before anything is made. */
  check(bytes: number, what: () => string): void {
    const { maxBufferSize = Infinity, maxStorageBufferBindingSize = Infinity } = this.line.adapter.limits;
    const most = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (bytes > most)
      throw new OutOfMemoryError(
        `out of memory: ${what()} takes ${showMiB(bytes)}; a buffer of ${this.line.adapter.name} has at most ${showMiB(most)}. Use smaller arrays, or the CPU: config.update("defaultDevice", "cpu")`,
      );
    this.fits(bytes, what);
  }
  /** The same of bytes in several buffers. */
  fits(bytes: number, what: () => string): void {
    if (this.inUse + bytes > this.budget)
      throw new OutOfMemoryError(
        `out of memory: ${what()} takes ${showMiB(bytes)}, which does not fit: ${showMiB(this.inUse)} of the GPU's ${showMiB(this.budget)} are in use. Use smaller arrays, free large ones with x.delete(), or allow more: JITLENS_WEBGPU_MEMORY=<MiB>`,
      );
  }
  #make(size: number): PooledBuffer {
    if (this.inUse + this.#freeBytes + size > this.budget) this.#drop(0);
    const buffer = { id: this.#next++, bytes: size };
    this.line.send({ kind: "buffer", buffer: buffer.id, bytes: size });
    return buffer;
  }
  /** What was asked of the GPU before may still use it: the next use is after that. */
  give(b: PooledBuffer): void {
    this.inUse -= b.bytes;
    this.live--;
    const list = this.#free.get(b.bytes);
    if (list) list.push(b);
    else this.#free.set(b.bytes, [b]);
    this.#freeBytes += b.bytes;
    if (this.#freeBytes > Math.max(KEPT, this.inUse)) this.#drop(this.#freeBytes / 2);
  }
  /** Frees kept buffers, the largest first, until so many bytes are left. */
  #drop(left: number): void {
    for (const size of [...this.#free.keys()].sort((a, b) => b - a)) {
      const list = this.#free.get(size) ?? [];
      while (list.length > 0 && this.#freeBytes > left) {
        this.line.send({ kind: "drop", buffer: list.pop()!.id });
        this.#freeBytes -= size;
      }
      if (list.length === 0) this.#free.delete(size);
    }
  }
}
