// Arrays of the reference device: buffers of JavaScript, never written to once a program has made them. The collector frees them.
import type { DeviceInfo } from "../../core/device.ts";
import { OutOfMemoryError } from "../../core/errors.ts";
import type { Storage } from "../../core/value.ts";

let inUse = 0;
let peak = 0;
let live = 0;
const registry = new FinalizationRegistry<number>((bytes) => forget(bytes));
function forget(bytes: number): void {
  inUse -= bytes;
  live--;
}

export class ReferenceStorage implements Storage {
  #data: Uint8Array;
  readonly nbytes: number;
  constructor(
    readonly device: DeviceInfo,
    data: Uint8Array,
  ) {
    this.#data = data;
    this.nbytes = data.byteLength;
    inUse += this.nbytes;
    peak = Math.max(peak, inUse);
    live++;
    registry.register(this, this.nbytes, this);
  }
  bytes(): Uint8Array {
    return this.#data;
  }
  async read(): Promise<Uint8Array> {
    return this.#data.slice();
  }
  release(): void {
    if (this.#data === NOTHING) return;
    registry.unregister(this);
    forget(this.nbytes);
    this.#data = NOTHING;
  }
}
const NOTHING = new Uint8Array(0);
/** A buffer of JavaScript's memory. A size that is none throws RangeError. */
export function buffer(bytes: number): Uint8Array {
  if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`an array has a size of ${bytes} bytes: sizes are whole numbers, 0 or more`);
  try {
    return new Uint8Array(bytes);
  } catch {
    throw new OutOfMemoryError(
      `out of memory: the reference device cannot make an array of ${(bytes / 2 ** 20).toFixed(1)} MiB. Use smaller arrays, or free large ones with x.delete()`,
    );
  }
}
export const referenceStats = (): { bytesInUse: number; peakBytesInUse: number; liveBuffers: number } => ({
  bytesInUse: inUse,
  peakBytesInUse: peak,
  liveBuffers: live,
});
