// This engine as a side of bench/peers.mjs: in WebAssembly, or by native kernels.
import { workOf } from "../work.mjs";

export default async function side(kind, threads) {
  const jl = await import(new URL("../../dist/engine/index.js", import.meta.url));
  jl.config.update("native", kind === "native" ? "wait" : "off");
  jl.config.update("nativeThreads", threads);
  const work = new Map(workOf(jl).map((w) => [w.name, w.f]));
  return {
    version: jl.version ?? "",
    has: (name) => work.has(name),
    make: (name) => jl.jit((...a) => work.get(name)(...a)),
    array: (data, shape) => jl.numpy.array(data).reshape(shape),
    finish: (out) => out,
    outputs: (out) => jl.tree.leaves(out).map((x) => x.dataSync()),
    drop: (out) => jl.tree.leaves(out).forEach((x) => x.delete()),
  };
}
