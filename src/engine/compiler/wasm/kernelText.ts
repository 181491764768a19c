// A kernel's WebAssembly, alone: its bytes, and as text for people.
import type { Kernel } from "../kernel/ir.ts";
import type { Target } from "../target.ts";
import { disassemble } from "./disassemble.ts";
import { ModuleBuilder } from "./encoder.ts";
import { addKernel, importMath } from "./kernelFunction.ts";

/** A module with one kernel, as bytes. */
export function kernelCode(kernel: Kernel, target: Target): Uint8Array {
  return moduleOf(kernel, target).build();
}
/** The function of a kernel in WebAssembly's text notation, without types and names. Made anew at each call: make it when somebody asks. */
export function watText(kernel: Kernel, target: Target): string {
  const m = moduleOf(kernel, target);
  return disassemble(
    m.build(),
    m.importNames.map((n) => n.replace(/^math\./, "")),
  );
}
function moduleOf(kernel: Kernel, target: Target): ModuleBuilder {
  const m = new ModuleBuilder();
  importMath(m, kernel);
  addKernel(m, kernel, null, target, "kernel");
  return m;
}
