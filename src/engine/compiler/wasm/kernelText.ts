// A kernel as text for people: the loop nest with what each loop is, and the WebAssembly that was made of it.
import type { Kernel } from "../kernel/ir.ts";
import type { Target } from "../target.ts";
import { ModuleBuilder } from "./encoder.ts";
import { addKernel } from "./kernelFunction.ts";
import { importMath } from "./program.ts";

/** A module with one kernel, as bytes. */
export function kernelCode(kernel: Kernel, target: Target): Uint8Array {
  const m = new ModuleBuilder();
  importMath(m, kernel);
  addKernel(m, kernel, null, target, "kernel");
  return m.build();
}
