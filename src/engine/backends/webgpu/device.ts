// The WebGPU device: Dawn in a thread of this process. It is opened when it is first asked for; where that fails, it says why.
import { DeviceError } from "../../core/errors.ts";
import { WGSL } from "../../compiler/target.ts";
import type { NDArray, Storage } from "../../core/value.ts";
import type { Plan } from "../../compiler/plan/types.ts";
import type { Device, Loaded, Timer } from "../device.ts";
import { Connection } from "./connection.ts";
import { Executable } from "./executable.ts";
import { variable } from "../packages.ts";
import { Pipelines } from "./pipelines.ts";
import { Pool } from "./pool.ts";
import { Arrays, WebgpuStorage } from "./storage.ts";

const MiB = 2 ** 20;
/** What adapters tell of no memory: a part of what ordinary GPUs have. JITLENS_WEBGPU_MEMORY says otherwise. */
const BUDGET = 4096 * MiB;
interface Open {
  readonly line: Connection;
  readonly arrays: Arrays;
  readonly pipelines: Pipelines;
}
let state: Open | string | null = null;
/** The open adapter, or why there is none. */
function opened(): Open | string {
  // A device that the driver took away does not come back; another one can be had.
  if (state !== null && typeof state !== "string" && state.line.lost !== null) state = null;
  return (state ??= over(Connection.open()));
}
function over(line: Connection | string): Open | string {
  if (typeof line === "string") return line;
  const given = Number(variable("JITLENS_WEBGPU_MEMORY"));
  const arrays = new Arrays(line, new Pool(line, given > 0 ? given * MiB : BUDGET));
  return { line, arrays, pipelines: new Pipelines(line) };
}
function gpu(): Open {
  const o = opened();
  if (typeof o === "string") throw new DeviceError(`webgpu: there is no such device here: ${o}`);
  return o;
}
function own(s: Storage): WebgpuStorage {
  if (s instanceof WebgpuStorage) return s;
  throw new TypeError("webgpu: the memory is another device's");
}
/** For tests: how many bytes may be in use. Gives the number before. */
export function setWebgpuBudget(bytes: number): number {
  const { pool } = gpu().arrays;
  const before = pool.budget;
  pool.budget = bytes;
  return before;
}
/** Why there is no such device on this machine, in words; null where there is one. Asking opens it. */
export function webgpuMissing(): string | null {
  const o = opened();
  return typeof o === "string" ? o : null;
}
/** For tests: the device goes away, as a driver that fails takes it. */
export function loseWebgpu(): void {
  gpu().line.close();
}
/** A program on the device that is open: loaded again when that is another one. */
class Reloading implements Loaded {
  #on: Open | null = null;
  #made: Executable | null = null;
  constructor(readonly plan: Plan) {
    this.#executable();
  }
  #executable(): Executable {
    const open = gpu();
    if (this.#on === open && this.#made) return this.#made;
    this.#made = new Executable(webgpuDevice, open.arrays, this.plan, WGSL, open.pipelines);
    this.#on = open;
    return this.#made;
  }
  get code(): Loaded["code"] {
    return this.#executable().code;
  }
  get bytes(): number {
    return this.#executable().bytes;
  }
  get onHost(): ReadonlyMap<number, string> {
    return this.#executable().onHost;
  }
  isCopy(k: number): boolean {
    return this.#executable().isCopy(k);
  }
  idle(timer: Timer): void {
    this.#executable().idle(timer);
  }
  finish(): void {
    this.#executable().finish();
  }
  run(args: readonly NDArray[], timer?: Timer): Storage[] {
    return this.#executable().run(args, timer);
  }
}
export const webgpuDevice: Device = Object.freeze<Device>({
  id: 0,
  platform: "webgpu",
  processIndex: 0,
  get description() {
    const o = opened();
    return typeof o === "string" ? `not here: ${o}` : `${o.line.adapter.name}, through WebGPU`;
  },
  toString: () => "WebgpuDevice(id=0)",
  target: WGSL,
  missing: webgpuMissing,
  async open() {
    if (typeof opened() === "string") state = over(await Connection.openLater());
  },
  adapter: () => gpu().line.adapter,
  allocate: (bytes) => new WebgpuStorage(webgpuDevice, gpu().arrays, bytes),
  write: (to, bytes) => own(to).write(bytes),
  read: (from) => from.read(),
  readSync: (from) => from.bytes(),
  load: ({ plan }) => new Reloading(plan),
  memoryStats() {
    if (state === null || typeof state === "string") return { bytesInUse: 0, peakBytesInUse: 0, liveBuffers: 0 };
    const { pool } = state.arrays;
    return { bytesInUse: pool.inUse, peakBytesInUse: pool.peak, liveBuffers: pool.live };
  },
});
