// The device that the person prefers, where the machine has it.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { RunnerParams } from "../protocol.ts";
import type { EngineModule } from "./engineApi.ts";

/** Makes the preferred device the default one; gives the reason, in words, where the CPU has to do. */
export function useDevice({ config }: EngineModule, { prefers, file }: Pick<RunnerParams, "prefers" | "file">): string | null {
  nameWebgpu(file);
  if (prefers === undefined) return null;
  try {
    config.update("defaultDevice", prefers);
    return null;
  } catch (e) {
    config.update("defaultDevice", "cpu");
    const reason = (e as Error).message.split("\n")[0]!.replace(/^config\.update\([^)]*\): /, "");
    return `this ran on the CPU, though the setting jitlens.device is "${prefers}": ${reason}`;
  }
}
/** The package that drives GPUs may lie beside the file, and not where it is run. */
function nameWebgpu(file: string): void {
  if (process.env.JITLENS_WEBGPU) return;
  try {
    process.env.JITLENS_WEBGPU = dirname(createRequire(file).resolve("webgpu"));
  } catch {
    // Where there is none, the device says so to whoever asks for it.
  }
}
