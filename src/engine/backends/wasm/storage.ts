// Arrays in the heap. Blocks come back by collection; in code that never yields, where finalizers cannot run, blocks are moved out to
// ordinary JavaScript buffers, which the collector frees: nobody has to call dispose to stay bounded in memory.
import type { DeviceInfo } from "../../core/device.ts";
import type { Storage } from "../../core/value.ts";
import { heap } from "./heap.ts";

/** The heap's part of a storage. It must not reach the copy: finalizers hold blocks until they run. */
interface Block {
  at: number;
  readonly bytes: number;
}
/** Where the bytes are while the block is moved out: reachable from the storage alone, so that they are collected with it. */
interface Copy {
  host: Uint8Array | null;
}
const resident = new Map<Block, Copy>();
const registry = new FinalizationRegistry<Block>((b) => free(b));
function free(b: Block): void {
  if (b.at < 0) return;
  resident.delete(b);
  heap.give(b.at, b.bytes);
  b.at = -1;
}

export class WasmStorage implements Storage {
  readonly #block: Block;
  readonly #copy: Copy = { host: null };
  constructor(
    readonly device: DeviceInfo,
    readonly nbytes: number,
  ) {
    this.#block = { at: heap.take(nbytes), bytes: nbytes };
    resident.set(this.#block, this.#copy);
    registry.register(this, this.#block, this.#block);
  }
  /** The address, after bringing a block that was moved out back in. */
  address(): number {
    const b = this.#block;
    if (b.at < 0) {
      b.at = heap.take(b.bytes);
      if (this.#copy.host) {
        heap.bytes(b.at, b.bytes).set(this.#copy.host);
        returned += b.bytes;
      }
      this.#copy.host = null;
      resident.set(b, this.#copy);
    }
    return b.at;
  }
  bytes(): Uint8Array {
    return this.#copy.host ?? heap.bytes(this.address(), this.nbytes);
  }
  async read(): Promise<Uint8Array> {
    return this.bytes().slice();
  }
  release(): void {
    registry.unregister(this.#block);
    free(this.#block);
    this.#copy.host = null;
  }
  /** What stands for this storage in a set of blocks to keep where they are. */
  get block(): object {
    return this.#block;
  }
}

const MIN_LIMIT = 512 * 2 ** 20;
let limit = MIN_LIMIT,
  returned = 0;
/** Makes room before a program runs: when the heap is over its limit, every block that is not needed now is moved out. */
export function makeRoom(bytes: number, keep: ReadonlySet<object>): void {
  if (heap.inUse + bytes <= limit) return;
  // What had to come back after the last time is alive: the limit follows the live set.
  limit = Math.min(Math.max(MIN_LIMIT, 4 * returned), 3 * 2 ** 30);
  returned = 0;
  if (heap.inUse + bytes <= limit) return;
  for (const [b, copy] of [...resident]) {
    if (keep.has(b)) continue;
    copy.host = heap.bytes(b.at, b.bytes).slice();
    free(b);
  }
}
/** How many arrays are in the heap. */
export const residentBlocks = (): number => resident.size;
