// A profile of a small function on the GPU, for tests.
import * as jl from "../../src/engine/index.ts";
import type { Value } from "../../src/engine/core/value.ts";
import { parseReport } from "../../src/engine/report/read.ts";
import type { Report } from "../../src/engine/report/types.ts";
import { gpu } from "./onGpu.ts";

const np = jl.numpy;
/** A product, rows of a softmax, singular values (which the GPU has no kernel for) and a sum. */
export function profileOnGpu(): Report {
  const f = jl.jit(function layer(x: Value, w: Value) {
    const h = np.tanh(np.matmul(x, w));
    return (np.linalg.svd(jl.nn.softmax(h), { computeUv: false }) as Value).sum();
  });
  const x = jl.devicePut(jl.random.normal(jl.random.key(0), [32, 24]), gpu);
  const w = jl.devicePut(jl.random.normal(jl.random.key(1), [24, 16]), gpu);
  const report = jl.internals.record({
    name: "layer",
    position: { file: "layer.ts", line: 1, column: 1, func: "" },
    jitted: f as never, // the recorder takes any jitted function
    args: [x, w],
    traced: f.trace(x, w),
    traceMilliseconds: 0,
    values: [x, w],
    sources: [],
    root: null,
    versions: {},
    machine: { cpu: "a processor", cores: 2, platform: "linux x64" },
    retraces: [],
    warnings: [],
    effort: { warmup: 20, budget: 60 },
  });
  return parseReport(JSON.parse(JSON.stringify(report)));
}
