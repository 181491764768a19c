// Arrays on the GPU. Buffers come back by collection; in code that never yields, where finalizers cannot run, arrays are moved out to JavaScript's memory when
// the budget is used up, and the collector frees those.
import type { DeviceInfo } from "../../core/device.ts";
import { DeviceError } from "../../core/errors.ts";
import type { Storage } from "../../core/value.ts";
import type { Connection } from "./connection.ts";
import type { Pool, PooledBuffer } from "./pool.ts";

/** The GPU's part of a storage. It must not reach the copy: finalizers hold it until they run. */
interface Block {
  buffer: PooledBuffer | null;
  readonly bytes: number;
  /** Programs that are being sent and use it: it stays until they are. */
  pins: number;
  /** Released while pinned: it is freed with its last pin. */
  released: boolean;
}
/** Where the bytes are while the array is moved out; reachable from the storage alone. */
interface Copy {
  host: Uint8Array | null;
}
/** The arrays of one GPU. */
export class Arrays {
  readonly #here = new Map<Block, Copy>();
  readonly #registry = new FinalizationRegistry<Block>((b) => this.free(b));
  constructor(
    readonly line: Connection,
    readonly pool: Pool,
  ) {}
  enter(s: WebgpuStorage, b: Block, copy: Copy): void {
    this.#here.set(b, copy);
    this.#registry.register(s, b);
  }
  again(b: Block, copy: Copy): void {
    this.#here.set(b, copy);
  }
  free(b: Block): void {
    if (!b.buffer) return;
    if (b.pins > 0) {
      b.released = true;
      return;
    }
    this.#here.delete(b);
    this.pool.give(b.buffer);
    b.buffer = null;
  }
  /** Before so many bytes are taken: where they would not fit, arrays that no program is about to use are moved out. */
  makeRoom(bytes: number): void {
    if (this.pool.inUse + bytes <= this.pool.budget) return;
    for (const [b, copy] of [...this.#here]) {
      if (b.pins > 0 || !b.buffer) continue;
      copy.host = readBuffer(this.line, b.buffer, 0, b.bytes);
      this.free(b);
      if (this.pool.inUse + bytes <= this.pool.budget / 2) return;
    }
  }
}
export function readBuffer(line: Connection, { id }: PooledBuffer, at: number, bytes: number): Uint8Array {
  if (bytes === 0) return new Uint8Array(0);
  return line.ask({ kind: "read", buffer: id, at, bytes }).data ?? new Uint8Array(bytes);
}
/** Writes bytes to a buffer, at a multiple of four. Buffers are written in words: those of the last one that are not given become 0. */
export function writeBuffer(line: Connection, { id }: PooledBuffer, bytes: Uint8Array, at = 0): void {
  if (bytes.byteLength === 0) return;
  const data = new Uint8Array(Math.ceil(bytes.byteLength / 4) * 4);
  data.set(bytes);
  line.send({ kind: "write", buffer: id, at, data }, [data.buffer]);
}

export class WebgpuStorage implements Storage {
  readonly #block: Block;
  readonly #copy: Copy = { host: null };
  readonly nbytes: number;
  /** @param what for messages: what the memory is for */
  constructor(
    readonly device: DeviceInfo,
    readonly arrays: Arrays,
    bytes: number,
    what: () => string = () => "an array",
  ) {
    this.nbytes = bytes;
    arrays.makeRoom(bytes);
    this.#block = { buffer: arrays.pool.take(bytes, what), bytes, pins: 0, released: false };
    arrays.enter(this, this.#block, this.#copy);
  }
  /** The buffer, after bringing back what was moved out. */
  buffer(): PooledBuffer {
    const b = this.#block;
    const { lost } = this.arrays.line;
    if (lost !== null)
      throw new DeviceError(`webgpu: an array of ${this.nbytes} bytes was on a device that was lost (${lost}): make it again, then run again`);
    if (!b.buffer) {
      this.arrays.makeRoom(b.bytes);
      b.buffer = this.arrays.pool.take(b.bytes, () => "an array");
      if (this.#copy.host) writeBuffer(this.arrays.line, b.buffer, this.#copy.host);
      this.#copy.host = null;
      this.arrays.again(b, this.#copy);
    }
    return b.buffer;
  }
  write(bytes: Uint8Array): void {
    writeBuffer(this.arrays.line, this.buffer(), bytes);
  }
  bytes(): Uint8Array {
    return this.#copy.host ?? readBuffer(this.arrays.line, this.buffer(), 0, this.nbytes);
  }
  async read(): Promise<Uint8Array> {
    if (this.#copy.host) return this.#copy.host.slice();
    if (this.nbytes === 0) return new Uint8Array(0);
    const { data } = await this.arrays.line.later({ kind: "read", buffer: this.buffer().id, at: 0, bytes: this.nbytes });
    return data ?? new Uint8Array(this.nbytes);
  }
  async ready(): Promise<void> {
    await this.arrays.line.later({ kind: "wait" });
  }
  /** It stays where it is until as many calls of `unpin`. */
  pin(): void {
    this.#block.pins++;
  }
  unpin(): void {
    const b = this.#block;
    b.pins--;
    if (b.released && b.pins === 0) this.arrays.free(b);
  }
  release(): void {
    this.arrays.free(this.#block);
    this.#copy.host = null;
  }
}
