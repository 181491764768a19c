// The reference device: programs are evaluated operation by operation in plain JavaScript, as traced, before any pass. It knows nothing of
// kernels, fusion and plans, so what it answers is what the compiler is held to.
import type { NDArray } from "../../core/value.ts";
import { evaluate } from "../../graph/evaluate.ts";
import { type Tensor, fromBytes, toBytes } from "../../graph/evaluate/tensor.ts";
import type { TensorType } from "../../graph/graph.ts";
import type { Device, Loadable, Loaded } from "../device.ts";
import { routine } from "../library/registry.ts";
import { ReferenceStorage, buffer, referenceStats } from "./storage.ts";

/** An argument as a tensor. Memory of this device never changes; what others hold is copied, since a callback may make it move. */
function argument(a: NDArray, type: TensorType): Tensor {
  const { storage } = a;
  return fromBytes(type, storage instanceof ReferenceStorage ? storage.bytes() : storage.bytes().slice());
}
function load({ traced }: Loadable): Loaded {
  return {
    code: new Map(),
    bytes: 0,
    run(args) {
      const ins = args.map((a, i) => argument(a, traced.params[i]!.type));
      return evaluate(traced, ins, { routine }).map((t) => new ReferenceStorage(referenceDevice, toBytes(t)));
    },
  };
}

export const referenceDevice: Device = Object.freeze<Device>({
  id: 0,
  platform: "reference",
  processIndex: 0,
  description: "plain JavaScript, one operation after another: for comparing with",
  toString: () => "ReferenceDevice(id=0)",
  target: null,
  allocate: (bytes) => new ReferenceStorage(referenceDevice, buffer(bytes)),
  write: (to, bytes) => to.bytes().set(bytes),
  read: (from) => from.read(),
  readSync: (from) => from.bytes(),
  load,
  memoryStats: referenceStats,
});
