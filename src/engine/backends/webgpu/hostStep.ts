// A step that the GPU has no kernel for, carried out on the CPU: what it reads is brought there, a plan of this one step runs on the WebAssembly device, and
// what it gives is brought back.
import { ShapedArray } from "../../core/aval.ts";
import { HostStorage, NDArray } from "../../core/value.ts";
import { withoutFolds } from "../../compiler/kernel/accumulators.ts";
import type { Place, Plan, Step } from "../../compiler/plan/types.ts";
import { type TensorType, bytesOf } from "../../graph/graph.ts";
import type { Loaded } from "../device.ts";
import { wasmDevice } from "../wasm/device.ts";

type Stepping = Step & { readonly kind: "kernel" | "library" | "callback" };
interface Port {
  readonly place: Place;
  readonly type: TensorType;
}
export class HostStep {
  readonly kind = "host";
  readonly mark: number;
  /** What is read, and what is written. */
  readonly ins: readonly Port[];
  readonly outs: readonly Port[];
  #loaded: Loaded | null = null;
  constructor(readonly step: Stepping) {
    this.mark = step.kernel.id;
    if (step.kind === "kernel") {
      const ports = step.kernel.kernel.buffers.map((b, i) => ({ place: step.places[i]!, type: { shape: [b.size], dtype: b.dtype }, role: b.role }));
      const outs = ports.filter((p) => p.role === "out");
      // A result that is written over an operand begins as that.
      this.ins = [...ports.filter((p) => p.role === "in"), ...(step.updates ? outs : [])];
      this.outs = outs;
    } else {
      this.ins = step.node.inputs.map((n, i) => ({ place: step.ins[i]!, type: n.type }));
      this.outs = step.node.types.map((type, i) => ({ place: step.outs[i]!, type }));
    }
  }
  /** @param inputs the bytes of each operand @returns the bytes of each result, valid until the CPU runs something else */
  run(inputs: readonly Uint8Array[]): Uint8Array[] {
    this.#loaded ??= wasmDevice.load({ plan: this.#plan() } as Parameters<typeof wasmDevice.load>[0]); // it runs plans: it does not look at graphs
    const args = this.ins.map(({ type }, i) => new NDArray(new ShapedArray(type.shape, type.dtype), new HostStorage(inputs[i]!)));
    const results = this.#loaded.run(args);
    const bytes = results.map((s) => s.bytes().slice());
    for (const s of results) s.release();
    return bytes;
  }
  /** The step alone: operands and results are slots, scratch is the arena. */
  #plan(): Plan {
    const { step } = this;
    const slot = (i: number): Place => ({ kind: "slot", slot: i });
    const first = this.ins.length;
    const steps: Step[] = [];
    let arenaBytes = 0;
    if (step.kind === "kernel") {
      let read = 0;
      let written = 0;
      const places = step.kernel.kernel.buffers.map((b): Place => {
        if (b.role === "in") return slot(read++);
        if (b.role === "out") return slot(first + written++);
        const offset = arenaBytes;
        arenaBytes += Math.ceil(bytesOf({ shape: [b.size], dtype: b.dtype }) / 64) * 64;
        return { kind: "arena", offset };
      });
      if (step.updates)
        this.outs.forEach((o, i) =>
          steps.push({ kind: "copy", to: slot(first + i), from: slot(read + i), bytes: bytesOf(o.type), value: step.updates!, carried: null }),
        );
      const kernel = { ...step.kernel.kernel, body: withoutFolds(step.kernel.kernel.body) };
      steps.push({ ...step, kernel: { ...step.kernel, kernel }, places });
    } else steps.push({ ...step, ins: this.ins.map((_p, i) => slot(i)), outs: this.outs.map((_p, i) => slot(first + i)) });
    return {
      steps,
      kernels: [step.kernel],
      regions: [],
      params: this.ins.map((p) => p.type),
      outs: this.outs.map((p) => p.type),
      takes: this.outs.map(() => null),
      constants: [],
      fuseMilliseconds: 0,
      arenaBytes,
      unplannedBytes: arenaBytes,
    };
  }
}
