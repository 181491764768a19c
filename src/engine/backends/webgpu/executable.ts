// A program on the GPU: loaded once, run by sending what it does. Nothing waits but where the host must know a value: the condition of a loop, the number of a
// branch, the operands of a step that the CPU carries out; and where times are taken.
import { uploading } from "../../core/transfers.ts";
import type { NDArray, Storage } from "../../core/value.ts";
import type { DeviceInfo } from "../../core/device.ts";
import type { Plan, Place } from "../../compiler/plan/types.ts";
import type { Target } from "../../compiler/target.ts";
import { bytesOf, showType } from "../../graph/graph.ts";
import type { KernelCode, Loaded, Timer } from "../device.ts";
import type { HostStep } from "./hostStep.ts";
import type { Dispatch } from "./messages.ts";
import type { PooledBuffer } from "./pool.ts";
import type { Pipelines } from "./pipelines.ts";
import { type Action, GpuProgram, type Held, type Loop } from "./program.ts";
import { type Arrays, WebgpuStorage, readBuffer, writeBuffer } from "./storage.ts";
import { Times } from "./times.ts";

export class Executable implements Loaded {
  readonly #program: GpuProgram;
  readonly #constants: readonly WebgpuStorage[];
  constructor(
    readonly device: DeviceInfo,
    readonly arrays: Arrays,
    readonly plan: Plan,
    target: Target,
    pipelines: Pipelines,
  ) {
    this.#program = new GpuProgram(plan, target, pipelines);
    this.#constants = [
      ...plan.constants.map((c) => uploaded(device, arrays, c.storage.bytes(), () => `a constant ${c.aval}`)),
      ...this.#program.tables.map((t) => uploaded(device, arrays, new Uint8Array(t.words().buffer), () => `the table ${t.key}`)),
    ];
  }
  get code(): ReadonlyMap<number, KernelCode> {
    return this.#program.code;
  }
  get bytes(): number {
    return this.#program.bytes;
  }
  /** Kernels that the CPU computes, with the reason. */
  get onHost(): ReadonlyMap<number, string> {
    return this.#program.onHost;
  }
  isCopy(k: number): boolean {
    return k >= this.plan.kernels.length;
  }
  /** Times are the GPU's own: what asks for them costs it nothing. */
  idle(timer: Timer): void {
    for (let i = 0; i < 64; i++) {
      timer(0, 0);
      timer(-1, 0);
    }
  }
  finish(): void {
    this.arrays.line.ask({ kind: "wait" });
  }
  run(args: readonly NDArray[], timer?: Timer): WebgpuStorage[] {
    const { plan, device, arrays } = this;
    const held: WebgpuStorage[] = [];
    const hold = (s: WebgpuStorage): WebgpuStorage => {
      s.pin();
      held.push(s);
      return s;
    };
    let arena: PooledBuffer | null = null;
    let partials: PooledBuffer | null = null;
    try {
      for (const c of this.#constants) hold(c);
      for (const a of args) if (this.#isHere(a.storage)) hold(a.storage);
      let bytes = plan.arenaBytes;
      for (const t of plan.outs) bytes += bytesOf(t);
      for (const a of args) if (!this.#isHere(a.storage)) bytes += a.nbytes;
      arrays.makeRoom(bytes);
      arrays.pool.fits(bytes, () => "this program, with its arguments, results and intermediate values,");
      const ins = args.map((a) => this.#resident(a, hold));
      const outs = plan.outs.map((t) => hold(new WebgpuStorage(device, arrays, bytesOf(t), () => `a result ${showType(t)}`)));
      if (plan.arenaBytes > 0) arena = arrays.pool.take(plan.arenaBytes, () => "the memory for a program's intermediate values");
      if (this.#program.partials > 0) partials = arrays.pool.take(this.#program.partials, () => "the memory for parts of sums");
      const slots = [...ins, ...outs, ...this.#constants].map((s) => s.buffer());
      const running = new Running(arrays, { slots, arena, partials }, timer ? new Times(arrays.line, timer) : null);
      running.carryOut(this.#program.actions);
      running.end();
      return outs;
    } finally {
      for (const s of held) s.unpin();
      if (arena) arrays.pool.give(arena);
      if (partials) arrays.pool.give(partials);
    }
  }
  /** Not on a device before this one, which was lost. */
  #isHere(s: Storage): s is WebgpuStorage {
    return s instanceof WebgpuStorage && s.arrays === this.arrays;
  }
  /** The array on this GPU. What no device holds yet moves there; what another device holds is copied. */
  #resident(a: NDArray, hold: (s: WebgpuStorage) => WebgpuStorage): WebgpuStorage {
    const { storage } = a;
    if (this.#isHere(storage)) return storage;
    uploading(a.aval, storage.device, this.device);
    const s = hold(uploaded(this.device, this.arrays, storage.bytes(), () => `an argument ${a.aval}`));
    if (!storage.device) a.relocate(s);
    return s;
  }
}
function uploaded(device: DeviceInfo, arrays: Arrays, bytes: Uint8Array, what: () => string): WebgpuStorage {
  const s = new WebgpuStorage(device, arrays, bytes.byteLength, what);
  s.write(bytes);
  return s;
}

/** So many are sent together: the GPU begins while the rest is gathered. */
const MOST_DISPATCHES = 1000;
/** One run: dispatches gather until something has to be known, or all is sent. */
class Running {
  #open: Dispatch[] = [];
  constructor(
    readonly arrays: Arrays,
    readonly memory: { readonly slots: readonly PooledBuffer[]; readonly arena: PooledBuffer | null; readonly partials: PooledBuffer | null },
    readonly times: Times | null,
  ) {}
  carryOut(actions: readonly Action[]): void {
    for (const a of actions) {
      switch (a.kind) {
        case "launch": {
          const mark = this.times?.begin(a.mark) ?? -1;
          for (const { pipeline, slots, x, y } of a.parts) this.#open.push({ pipeline, buffers: slots.map((s) => this.#buffer(s).id), x, y, mark });
          break;
        }
        case "while":
          for (let turn = 0; turn !== a.turns; turn++) {
            if (a.turns === null && !this.#holds(a)) break;
            this.carryOut(a.body);
            if (this.#open.length > MOST_DISPATCHES) this.#send();
          }
          break;
        case "case": {
          const index = this.#integer(a.step.index, bytesOf(a.step.indexType));
          // An index out of range takes the last branch.
          const last = a.branches.length - 1;
          this.carryOut(a.branches[index >= 0 && index < last ? index : last] ?? []);
          break;
        }
        case "host":
          this.#host(a);
          break;
        default:
          a satisfies never;
      }
    }
  }
  #holds({ cond, step }: Loop): boolean {
    this.carryOut(cond);
    return this.#read(step.predicate, 1)[0] !== 0;
  }
  end(): void {
    this.#send();
    this.times?.end();
  }
  #send(): void {
    if (this.#open.length > 0) this.arrays.line.send({ kind: "run", dispatches: this.#open, timed: this.times?.canTime ?? false });
    this.#open = [];
  }
  #buffer(slot: Held): PooledBuffer {
    const b = typeof slot === "number" ? this.memory.slots[slot] : this.memory[slot];
    if (!b) throw new Error(`the program has no ${typeof slot === "number" ? `slot ${slot}` : slot}`);
    return b;
  }
  #read(place: Place, bytes: number): Uint8Array {
    this.#send();
    return place.kind === "slot"
      ? readBuffer(this.arrays.line, this.#buffer(place.slot), 0, bytes)
      : readBuffer(this.arrays.line, this.#buffer("arena"), place.offset, bytes);
  }
  #integer(place: Place, bytes: number): number {
    const data = this.#read(place, bytes).slice();
    return bytes === 1 ? data[0]! : new Int32Array(data.buffer, 0, 1)[0]!;
  }
  #host(step: HostStep): void {
    const inputs = step.ins.map(({ place, type }) => this.#read(place, bytesOf(type)));
    const start = performance.now();
    const results = step.run(inputs);
    this.times?.onHost(step.mark, start, performance.now());
    step.outs.forEach(({ place }, i) => this.#write(place, results[i]!));
  }
  #write(place: Place, bytes: Uint8Array): void {
    this.#send();
    if (place.kind === "slot") writeBuffer(this.arrays.line, this.#buffer(place.slot), bytes);
    else writeBuffer(this.arrays.line, this.#buffer("arena"), bytes, place.offset);
  }
}
