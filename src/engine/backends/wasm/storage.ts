// Arrays in the heap. Blocks come back by collection; in code that never yields, where finalizers cannot run, blocks are moved out to
// ordinary JavaScript buffers, which the collector frees: nobody has to call dispose to stay bounded in memory.
import type { DeviceInfo } from "../../core/device.ts";
import type { Storage } from "../../core/value.ts";
import { heap } from "./heap.ts";

/** The heap's part of a storage. It must not reach the copy: finalizers hold blocks until they run. */
interface Block {
  at: number;
  readonly bytes: number;
  /** Running programs that use it: it stays where it is, and is not given to others, until they end. */
  pins: number;
  /** Released while pinned: it is freed with its last pin. */
  released: boolean;
}
/** Where the bytes are while the block is moved out: reachable from the storage alone, so that they are collected with it. */
interface Copy {
  host: Uint8Array | null;
}
const inHeap = new Map<Block, Copy>();
const registry = new FinalizationRegistry<Block>((b) => free(b));
function free(b: Block): void {
  if (b.pins > 0) {
    b.released = true;
    return;
  }
  if (b.at < 0) return;
  inHeap.delete(b);
  heap.give(b.at, b.bytes);
  b.at = -1;
}

export class WasmStorage implements Storage {
  readonly #block: Block;
  readonly #copy: Copy = { host: null };
  /** @param what for messages: what the memory is for */
  constructor(
    readonly device: DeviceInfo,
    readonly nbytes: number,
    what?: () => string,
  ) {
    this.#block = { at: heap.take(nbytes, what), bytes: nbytes, pins: 0, released: false };
    inHeap.set(this.#block, this.#copy);
    // Without a token to unregister by, which costs ten times as much: a block that was given back before is free already when the call comes.
    registry.register(this, this.#block);
  }
  /** The address, after bringing a block that was moved out back in. */
  address(): number {
    const b = this.#block;
    if (b.at < 0) {
      b.at = heap.take(b.bytes);
      if (this.#copy.host) {
        heap.bytes(b.at, b.bytes).set(this.#copy.host);
        returned += b.bytes;
        movedIn += b.bytes;
      }
      this.#copy.host = null;
      inHeap.set(b, this.#copy);
    }
    return b.at;
  }
  bytes(): Uint8Array {
    return this.#copy.host ?? heap.bytes(this.address(), this.nbytes);
  }
  async read(): Promise<Uint8Array> {
    return this.bytes().slice();
  }
  /** A running program uses the block: it is neither moved nor freed before as many calls of `unpin`. */
  pin(): void {
    this.#block.pins++;
  }
  unpin(): void {
    const b = this.#block;
    b.pins--;
    if (b.released) free(b);
  }
  /** How many uses by running programs there are: the same array twice is used twice. */
  get pins(): number {
    return this.#block.pins;
  }
  get isInHeap(): boolean {
    return this.#block.at >= 0;
  }
  release(): void {
    free(this.#block);
    this.#copy.host = null;
  }
}

const LEAST_LIMIT = 512 * 2 ** 20;
const MOST_LIMIT = 3 * 2 ** 30;
let least = LEAST_LIMIT;
let limit = least;
let returned = 0;
let movedIn = 0;
/** Makes room before a program runs: when the heap is over its limit, every block that no running program uses is moved out. */
export function makeRoom(bytes: number): void {
  if (heap.inUse + bytes <= limit) return;
  // What had to come back after the last time is alive: the limit follows the live set.
  limit = Math.min(Math.max(least, 4 * returned), MOST_LIMIT);
  returned = 0;
  if (heap.inUse + bytes <= limit) return;
  for (const [b, copy] of [...inHeap]) {
    if (b.pins > 0) continue;
    copy.host = heap.bytes(b.at, b.bytes).slice();
    free(b);
  }
}
/** For tests: the limit below which nothing is moved out. Gives the one before. */
export function setHeapLimit(bytes: number): number {
  const before = least;
  least = limit = bytes;
  returned = 0;
  return before;
}
/** Bytes that were moved out and had to come back, since the beginning. */
export const bytesMovedIn = (): number => movedIn;
/** How many arrays are in the heap. */
export const residentBlocks = (): number => inHeap.size;
