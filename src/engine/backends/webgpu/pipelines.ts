// The shaders of one GPU, each compiled once, whichever programs use it: texts of kernels that compute the same are the same.
import type { Place } from "../../compiler/plan/types.ts";
import type { EmittedPhase } from "../../compiler/wgsl/kernel.ts";
import type { Connection } from "./connection.ts";

export class Pipelines {
  readonly #known = new Map<string, number>();
  constructor(readonly line: Connection) {}
  /** The number of a phase's pipeline. It is compiled beside everything else; who runs it waits for it. */
  of({ code, bindings }: EmittedPhase): number {
    let pipeline = this.#known.get(code);
    if (pipeline === undefined) {
      pipeline = this.#known.size;
      this.#known.set(code, pipeline);
      this.line.send({ kind: "pipeline", pipeline, code, written: bindings.map((b) => b.written) });
    }
    return pipeline;
  }
  /** Why a kernel's buffers cannot all be bound, in words; null where they can. @param more what it binds beside them */
  tooMany(places: readonly Place[], more = 0): string | null {
    const bindings = new Set(places.map((p) => (p.kind === "slot" ? p.slot : "arena"))).size + more;
    const most = this.line.adapter.limits.maxStorageBuffersPerShaderStage ?? 8;
    return bindings > most ? `it reads and writes ${bindings} arrays; the GPU binds ${most}` : null;
  }
}
