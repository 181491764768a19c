// Compiled programs: instantiated once, run with the addresses of their arguments, results and constants.
import { uploading } from "../../core/transfers.ts";
import { ShapedArray } from "../../core/aval.ts";
import { itemsize, viewOf } from "../../core/dtypes.ts";
import { DTypeError } from "../../core/errors.ts";
import type { DeviceInfo } from "../../core/device.ts";
import { HostStorage, NDArray, type Storage } from "../../core/value.ts";
import { bytesOf, showType, type TensorType } from "../../graph/graph.ts";
import { repeatableKernels } from "../../compiler/plan/repeatable.ts";
import type { Plan, Step } from "../../compiler/plan/types.ts";
import type { Kernel } from "../../compiler/kernel/ir.ts";
import { kernelText } from "../../compiler/kernel/text.ts";
import { WASM } from "../../compiler/target.ts";
import { watText } from "../../compiler/wasm/kernelText.ts";
import { emitCaller } from "../../compiler/wasm/caller.ts";
import { type TableLayout, emitProgram, tableLayout } from "../../compiler/wasm/program.ts";
import type { KernelCode, Loaded, Route, Timer } from "../device.ts";
import { nativeMode } from "../native/settings.ts";
import { heap } from "./heap.ts";
import { NativeSide } from "./nativeSide.ts";
import { laneRoutine } from "../library/lanes/registry.ts";
import { routine, type Tensor } from "../library/registry.ts";
import { mathFunction } from "../../graph/math/mathlib.ts";
import { WasmStorage, makeRoom } from "./storage.ts";

let tick: Timer = () => {};

export class Executable implements Loaded {
  readonly bytes: number;
  readonly code: ReadonlyMap<number, KernelCode>;
  readonly repeatable: ReadonlySet<number>;
  readonly #run: (table: number, arena: number) => void;
  readonly #profile: (table: number, arena: number) => void;
  readonly #idle: () => void;
  readonly #layout: TableLayout;
  readonly #constants: WasmStorage[];
  readonly #native: NativeSide | null = null;
  constructor(
    readonly device: DeviceInfo,
    readonly plan: Plan,
  ) {
    const mode = nativeMode();
    if (mode !== "off") this.#native = new NativeSide(plan, mode);
    const { bytes, math, calls } = emitProgram(plan, this.#native?.kernels);
    this.#layout = tableLayout(plan, this.#native?.kernels ?? new Set());
    this.bytes = bytes.length;
    this.repeatable = repeatableKernels(plan);
    this.code = new Map(
      plan.kernels.filter((k) => k.kernel.body.length > 0).map((k) => [k.id, codeOf(k.kernel, () => this.#native?.textOf(k.id) ?? null)]),
    );
    const imports: WebAssembly.Imports = {
      env: { memory: heap.memory },
      timer: { tick: (k: number) => tick(k) ?? 1 },
      math: Object.fromEntries(math.map((n) => [n, mathFunction(n)])),
      ...(this.#native ? { native: { call: this.#native.call } } : {}),
      call: Object.fromEntries(calls.map((s, i) => [`c${i}`, callerOf(s)])),
    };
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), imports);
    this.#run = instance.exports.run as never;
    this.#profile = instance.exports.profile as never;
    this.#idle = instance.exports.idle as never;
    this.#constants = plan.constants.map((c) => upload(device, c.storage));
  }
  /** Runs the program. `timer` profiles: it is called at the start and end of every kernel. */
  run(args: readonly NDArray[], timer?: Timer, given?: readonly boolean[]): WasmStorage[] {
    const { plan, device } = this;
    // What the program uses stays where it is until it ends, also where a callback runs another program or deletes an array.
    const held: WasmStorage[] = [];
    const hold = (s: WasmStorage): WasmStorage => {
      s.pin();
      held.push(s);
      return s;
    };
    let table: number | null = null;
    let arena: number | null = null;
    const native = this.#native;
    const began = native?.begin() ?? 0;
    const tableBytes = Math.max(4, this.#layout.bytes);
    const arenaBytes = plan.arenaBytes + (native?.scratch ?? 0);
    try {
      for (const c of this.#constants) hold(c);
      let bytes = arenaBytes;
      for (const a of args) {
        if (a.storage instanceof WasmStorage) hold(a.storage);
        bytes += a.nbytes;
      }
      for (const t of plan.outs) bytes += bytesOf(t);
      makeRoom(bytes);
      const ins = args.map((a) => resident(device, a, hold));
      const places = [...ins];
      const outs = plan.outs.map((t, i) => {
        const taken = plan.takes[i] ?? null;
        if (taken === null) return hold(new WasmStorage(device, bytesOf(t), () => `a result ${showType(t)}`));
        const from = ins[taken]!;
        if (given?.[taken] && isNobodyElses(from, ins)) return from;
        const made = hold(new WasmStorage(device, bytesOf(t), () => `a result ${showType(t)}`));
        heap.bytes(made.address(), made.nbytes).set(heap.bytes(from.address(), from.nbytes));
        return (places[taken] = made);
      });
      const slots = [...places, ...outs, ...this.#constants].map((s) => s.address());
      table = heap.take(tableBytes);
      arena = heap.take(arenaBytes, () => "the memory for a program's intermediate values");
      new Uint32Array(heap.memory.buffer, table, slots.length).set(slots);
      if (native) new Uint32Array(heap.memory.buffer, table + this.#layout.routes, native.words.length).set(native.words);
      if (timer) this.#timed(table, arena, timer);
      else this.#run(table, arena);
      return outs;
    } finally {
      for (const s of held) s.unpin();
      if (table !== null) heap.give(table, tableBytes);
      if (arena !== null) heap.give(arena, arenaBytes);
      native?.end(began);
    }
  }
  settle(milliseconds: number): () => void {
    return this.#native?.settle(milliseconds) ?? (() => {});
  }
  routes(): ReadonlyMap<number, Route> | null {
    return this.#native?.routesOf() ?? null;
  }
  isCopy(k: number): boolean {
    return k >= this.plan.kernels.length;
  }
  idle(timer: Timer): void {
    const before = tick;
    tick = timer;
    this.#idle();
    tick = before;
  }
  #timed(table: number, arena: number, timer: Timer): void {
    const before = tick;
    tick = timer;
    try {
      this.#profile(table, arena);
    } finally {
      tick = before;
    }
  }
}
/** The texts of a kernel, written when somebody reads them: of the code that is called. */
const codeOf = (kernel: Kernel, nativeText: () => string | null): KernelCode => ({
  get language() {
    return nativeText() === null ? "wat" : "c";
  },
  get text() {
    const nest = `;; ${kernelText(kernel, WASM).replaceAll("\n", "\n;; ")}\n\n`;
    return nest + (nativeText() ?? watText(kernel, WASM));
  },
});
/** Whether no other argument is the same memory, and no constant, and no program around this one uses it: then our own pin is the only one. */
const isNobodyElses = (s: WasmStorage, ins: readonly WasmStorage[]): boolean => s.pins === 1 && ins.indexOf(s) === ins.lastIndexOf(s);
function upload(device: DeviceInfo, s: Storage, what?: () => string): WasmStorage {
  const d = new WasmStorage(device, s.nbytes, what);
  heap.bytes(d.address(), s.nbytes).set(s.bytes());
  return d;
}
/** The array's memory in the heap. What no device holds yet moves there; what another device holds is copied. */
function resident(device: DeviceInfo, a: NDArray, hold: (s: WasmStorage) => WasmStorage): WasmStorage {
  const s = a.storage;
  if (s instanceof WasmStorage) return s;
  uploading(a.aval, s.device, device);
  const d = hold(upload(device, s, () => `an argument ${a.aval}`));
  if (!s.device) a.relocate(d);
  return d;
}
function tensor(t: TensorType, at: number): Tensor {
  return {
    type: t,
    data: viewOf(
      t.dtype,
      heap.memory.buffer,
      at,
      t.shape.reduce((a, b) => a * b, 1),
    ),
  };
}
/** See `Device.caller`. */
export function caller(name: string, args: number): (times: number) => void {
  const module = new WebAssembly.Module(emitCaller(name, args) as BufferSource);
  const { exports } = new WebAssembly.Instance(module, { env: { memory: heap.memory }, math: { [name]: mathFunction(name) } });
  return exports.run as (times: number) => void;
}
/** A library routine or a callback as a function of the pointer table and the arena. */
function callerOf(s: Step & { kind: "library" | "callback" }): (table: number, arena: number) => void {
  const call = callerAt(s),
    places = [...s.ins, ...s.outs];
  return (table, arena) => {
    const slots = new Uint32Array(heap.memory.buffer, table);
    call(...places.map((p) => (p.kind === "slot" ? slots[p.slot]! : arena + p.offset)));
  };
}
function callerAt(s: Step & { kind: "library" | "callback" }): (...addresses: number[]) => void {
  const inTypes = s.node.inputs.map((n) => n.type),
    outTypes = s.node.types;
  if (s.kind === "library") {
    const { name, params } = s.node.attrs,
      run = routine(name),
      inLanes = laneRoutine(name);
    return (...at) => {
      const isDone = inLanes?.({
        ins: inTypes.map((type, i) => ({ type, at: at[i]! })),
        outs: outTypes.map((type, i) => ({ type, at: at[inTypes.length + i]! })),
        params,
      });
      if (!isDone) run({ ins: inTypes.map((t, i) => tensor(t, at[i]!)), outs: outTypes.map((t, i) => tensor(t, at[inTypes.length + i]!)), params });
    };
  }
  const { call } = s.node.attrs;
  return (...at) => {
    const args = inTypes.map((t, i) => new NDArray(new ShapedArray(t.shape, t.dtype), new HostStorage(heap.bytes(at[i]!, bytesOf(t)).slice())));
    const results = call(...args);
    outTypes.forEach((t, i) => {
      const r = results[i];
      if (!r) return; // a token: it has no bytes
      if (r.dtype !== t.dtype || r.size * itemsize(r.dtype) !== bytesOf(t))
        throw new DTypeError(`a callback returned ${r.aval} as result ${i}, expected ${t.dtype}[${t.shape.join()}] as its result shapes say`);
      heap.bytes(at[inTypes.length + i]!, bytesOf(t)).set(r.storage.bytes());
    });
  };
}
