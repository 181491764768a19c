// Compiled programs: instantiated once, run with the addresses of their arguments, results and constants.
import { ShapedArray } from "../../core/aval.ts";
import { itemsize, viewOf } from "../../core/dtypes.ts";
import { DTypeError } from "../../core/errors.ts";
import type { DeviceInfo } from "../../core/device.ts";
import { HostStorage, NDArray, type Storage } from "../../core/value.ts";
import { bytesOf, type TensorType } from "../../graph/graph.ts";
import type { Plan, Step } from "../../compiler/plan/types.ts";
import type { Kernel } from "../../compiler/kernel/ir.ts";
import { kernelText } from "../../compiler/kernel/text.ts";
import { WASM } from "../../compiler/target.ts";
import { watText } from "../../compiler/wasm/kernelText.ts";
import { emitProgram } from "../../compiler/wasm/program.ts";
import type { KernelCode, Loaded, Timer } from "../device.ts";
import { heap } from "./heap.ts";
import { routine, type Tensor } from "../library/registry.ts";
import { mathFunction } from "../../graph/math/mathlib.ts";
import { WasmStorage, makeRoom } from "./storage.ts";

let tick: Timer = () => {};
/** How many programs are running: more than one where a callback runs another. */
let depth = 0;

export class Executable implements Loaded {
  readonly bytes: number;
  readonly code: ReadonlyMap<number, KernelCode>;
  readonly #run: (table: number, arena: number) => void;
  readonly #profile: (table: number, arena: number) => void;
  readonly #constants: WasmStorage[];
  constructor(
    readonly device: DeviceInfo,
    readonly plan: Plan,
  ) {
    const { bytes, math, calls } = emitProgram(plan);
    this.bytes = bytes.length;
    this.code = new Map(plan.kernels.filter((k) => k.kernel.body.length > 0).map((k) => [k.id, codeOf(k.kernel)]));
    const imports: WebAssembly.Imports = {
      env: { memory: heap.memory },
      timer: { tick: (k: number) => tick(k) },
      math: Object.fromEntries(math.map((n) => [n, mathFunction(n)])),
      call: Object.fromEntries(calls.map((s, i) => [`c${i}`, caller(s)])),
    };
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes as BufferSource), imports);
    this.#run = instance.exports.run as never;
    this.#profile = instance.exports.profile as never;
    this.#constants = plan.constants.map((c) => upload(device, c.storage));
  }
  /** Runs the program. `timer` profiles: it is called at the start and end of every kernel. */
  run(args: readonly NDArray[], timer?: Timer): WasmStorage[] {
    const { plan } = this,
      keep = new Set<object>(this.#constants.map((c) => c.block));
    for (const a of args) if (a.storage instanceof WasmStorage) keep.add(a.storage.block);
    const outBytes = plan.outs.map(bytesOf);
    // A program that is called back from another must leave that one's blocks where they are.
    if (depth === 0) makeRoom(outBytes.reduce((s, b) => s + b, plan.arenaBytes) + args.reduce((s, a) => s + a.nbytes, 0), keep);
    const ins = args.map((a) => resident(this.device, a)),
      outs = outBytes.map((b) => new WasmStorage(this.device, b));
    const slots = [...ins, ...outs, ...this.#constants].map((s) => s.address()),
      tableBytes = Math.max(4, slots.length * 4);
    const table = heap.take(tableBytes),
      arena = heap.take(plan.arenaBytes);
    depth++;
    try {
      new Uint32Array(heap.memory.buffer, table, slots.length).set(slots);
      if (timer) {
        const before = tick;
        tick = timer;
        try {
          this.#profile(table, arena);
        } finally {
          tick = before;
        }
      } else this.#run(table, arena);
    } finally {
      depth--;
      heap.give(table, tableBytes);
      heap.give(arena, plan.arenaBytes);
    }
    return outs;
  }
}
/** The texts of a kernel, written when somebody reads them. */
const codeOf = (kernel: Kernel): KernelCode => ({
  language: "wat",
  get text() {
    return `;; ${kernelText(kernel, WASM).replaceAll("\n", "\n;; ")}\n\n${watText(kernel, WASM)}`;
  },
});
function upload(device: DeviceInfo, s: Storage): WasmStorage {
  const d = new WasmStorage(device, s.nbytes);
  heap.bytes(d.address(), s.nbytes).set(s.bytes());
  return d;
}
/** The array's memory in the heap. What no device holds yet moves there; what another device holds is copied. */
function resident(device: DeviceInfo, a: NDArray): WasmStorage {
  const s = a.storage;
  if (s instanceof WasmStorage) return s;
  const d = upload(device, s);
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
/** A library routine or a callback as a function of the pointer table and the arena. */
function caller(s: Step & { kind: "library" | "callback" }): (table: number, arena: number) => void {
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
      run = routine(name);
    return (...at) =>
      run({ ins: inTypes.map((t, i) => tensor(t, at[i]!)), outs: outTypes.map((t, i) => tensor(t, at[inTypes.length + i]!)), params });
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
