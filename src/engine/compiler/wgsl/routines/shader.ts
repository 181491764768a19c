// What shaders of library routines have in common: operands and results as buffers, memory for what one shader leaves to the next, and tables.
import type { DType } from "../../../core/dtypes.ts";
import { type TensorType } from "../../../graph/graph.ts";
import { sizeOf } from "../../../core/aval.ts";
import type { Node } from "../../../graph/graph.ts";
import type { Place } from "../../plan/types.ts";
import { helperTexts } from "../helpers.ts";
import { Memory, isWhole, slotOf } from "../memory.ts";
import type { EmittedPhase } from "../phase.ts";
import { spread } from "../spread.ts";
import type { Use } from "../types.ts";

/** A call of a routine in a plan. */
export interface RoutineCall {
  readonly node: Node<"library">;
  readonly ins: readonly Place[];
  readonly outs: readonly Place[];
  /** Threads of a work group. */
  readonly group: number;
  /** Bytes that one buffer may have. */
  readonly most: number;
}
/** Shaders in their order, or why the call is better left to the CPU. */
export type DeviceRoutine = (call: RoutineCall) => EmittedPhase[] | string;

export interface ShaderText {
  /** Statements of the main function; `at` is the number of the thread among all, `work_group` that of its work group. */
  readonly body: string;
  /** Functions that it calls, as text. */
  readonly functions?: string;
  readonly shared?: readonly (readonly [name: string, type: string, size: number])[];
  /** Threads that have something to do, or with `groups` work groups. */
  readonly threads: number;
  readonly groups?: boolean;
}
export class RoutineShader {
  readonly helpers = new Set<string>();
  readonly use: Use = (h) => {
    this.helpers.add(h);
    return h;
  };
  readonly memory: Memory;
  readonly types: readonly TensorType[];
  /** @param stores whether it stores to results: parts of words are then stored to atomically */
  constructor(
    readonly call: RoutineCall,
    stores: boolean,
  ) {
    const { node, ins, outs } = call;
    this.types = [...node.inputs.map((n) => n.type), ...node.types];
    const places = [...ins, ...outs];
    const buffers = this.types.map(({ dtype, shape }, i) => ({
      name: `${i}`,
      dtype,
      size: sizeOf(shape),
      role: i < ins.length ? ("in" as const) : ("out" as const),
    }));
    const atomic = stores ? outs.filter((_p, i) => !isWhole(node.types[i]!.dtype)).map(slotOf) : [];
    this.memory = new Memory(buffers, places, new Set(atomic), false, this.use);
  }
  dtypeOf(buffer: number): DType {
    return this.types[buffer]!.dtype;
  }
  /** The number of a result's buffer. */
  result(i: number): number {
    return this.call.ins.length + i;
  }
  load(buffer: number, at: string): string {
    return this.memory.load(buffer, at);
  }
  store(buffer: number, at: string, value: string): string {
    return this.memory.store(buffer, at, value, true).join(" ");
  }
  /** A word of the memory between phases. */
  word(at: string): string {
    return this.memory.partial(at, true);
  }
  finish({ body, functions = "", shared = [], threads, groups: byGroups = false }: ShaderText, bytes: number): EmittedPhase {
    const { group } = this.call;
    const count = byGroups ? threads : Math.ceil(threads / group);
    const groups = spread(count);
    const place = groups[1] > 1 ? `(work.x + work.y * ${groups[0]}u)` : "work.x";
    const all = groups[0] * groups[1];
    const guard = byGroups
      ? all !== threads && `if (work_group >= ${threads}) { return; }`
      : all * group !== threads && `if (at >= ${threads}) { return; }`;
    const code = [
      helperTexts(this.helpers),
      ...shared.map(([name, type, size]) => `var<workgroup> ${name}: array<${type}, ${size}>;\n`),
      this.memory.declarations(),
      functions,
      `@compute @workgroup_size(${group})\n`,
      "fn main(@builtin(workgroup_id) work: vec3<u32>, @builtin(local_invocation_index) thread: u32) {\n",
      `  let work_group = i32(${place});\n  let at = work_group * ${group} + i32(thread);\n`,
      guard ? `  ${guard}\n` : "",
      body,
      "}\n",
    ].join("");
    return { code, groups, bindings: this.memory.bindings, partials: bytes };
  }
}
/** Numbers that shaders of one text are given differently. */
export const numbers = (...of: readonly number[]): { readonly key: string; readonly words: () => Uint32Array } => ({
  key: `numbers ${of.join()}`,
  words: () => Uint32Array.from(of),
});
