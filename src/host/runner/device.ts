// The device that the person prefers, where the machine has it.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { RunnerParams } from "../protocol.ts";
import type { EngineModule } from "./engineApi.ts";

/** Makes the preferred device the default one; gives the reason, in words, where the CPU has to do. */
export function useDevice({ config }: EngineModule, { prefers, file }: Pick<RunnerParams, "prefers" | "file">): string | null {
  namePackage("webgpu", "JITLENS_WEBGPU", file);
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
/** Lets the machine's C compiler have the kernels that take time, where the person wants that. The file itself may say otherwise. */
export function useNative({ config }: EngineModule, { native, file }: Pick<RunnerParams, "native" | "file">): string | null {
  namePackage("koffi", "JITLENS_KOFFI", file);
  if (native === undefined) return null;
  try {
    config.update("native", native ? "background" : "off");
    return null;
  } catch {
    return "the engine of this project knows no native kernels: everything ran in WebAssembly";
  }
}
/** A package that the engine uses where there is one may lie beside the file, and not where it is run; or it came with the extension. */
function namePackage(name: string, variable: string, file: string): void {
  for (const from of [file, import.meta.url]) {
    if (process.env[variable]) return;
    try {
      process.env[variable] = dirname(createRequire(from).resolve(name));
    } catch {
      // Where there is none, the engine says so to whoever asks for it.
    }
  }
}
