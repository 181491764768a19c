// Arrays in the heap. Blocks come back by collection; in code that never yields, where finalizers cannot run, blocks are moved out to
// ordinary JavaScript buffers, which the collector frees: nobody has to call dispose to stay bounded in memory.
import type { Storage } from "../../core/value.ts";
import { heap } from "./heap.ts";

/** The memory behind a storage: in the heap (at ≥ 0), or moved out (host). */
interface Block { at: number; readonly bytes: number; host: Uint8Array | null }
const resident = new Set<Block>();
const registry = new FinalizationRegistry<Block>((b) => free(b));
function free(b: Block): void {
  if (b.at < 0) return;
  resident.delete(b);
  heap.give(b.at, b.bytes);
  b.at = -1;
}

export class WasmStorage implements Storage {
  readonly #block: Block;
  constructor(readonly nbytes: number) {
    this.#block = { at: heap.take(nbytes), bytes: nbytes, host: null };
    resident.add(this.#block);
    registry.register(this, this.#block, this.#block);
  }
  /** The address, after bringing a block that was moved out back in. */
  address(): number {
    const b = this.#block;
    if (b.at < 0) {
      b.at = heap.take(b.bytes);
      if (b.host) { heap.bytes(b.at, b.bytes).set(b.host); returned += b.bytes; }
      b.host = null;
      resident.add(b);
    }
    return b.at;
  }
  bytes(): Uint8Array { return this.#block.host ?? heap.bytes(this.address(), this.nbytes); }
  release(): void { registry.unregister(this.#block); free(this.#block); this.#block.host = null; }
  /** Runs `fn` with this block kept where it is. */
  get block(): object { return this.#block; }
}

const MIN_LIMIT = 512 * 2 ** 20;
let limit = MIN_LIMIT, returned = 0;
/** Makes room before a program runs: when the heap is over its limit, every block that is not needed now is moved out. */
export function makeRoom(bytes: number, keep: ReadonlySet<object>): void {
  if (heap.inUse + bytes <= limit) return;
  // What had to come back after the last time is alive: the limit follows the live set.
  limit = Math.min(Math.max(MIN_LIMIT, 4 * returned), 3 * 2 ** 30);
  returned = 0;
  if (heap.inUse + bytes <= limit) return;
  for (const b of [...resident]) {
    if (keep.has(b)) continue;
    b.host = heap.bytes(b.at, b.bytes).slice();
    free(b);
  }
}
/** Bytes of arrays in the heap, and its highest level so far. */
export const memoryStats = (): { bytesInUse: number; peakBytesInUse: number; liveBuffers: number } => ({ bytesInUse: heap.inUse, peakBytesInUse: heap.peak, liveBuffers: resident.size });
