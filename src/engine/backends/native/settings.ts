// Whether there is a native route: what the configuration says, else the environment.
import { config } from "../../core/config.ts";
import { variable } from "../packages.ts";

export type NativeMode = NonNullable<typeof config.native>;
const MODES: readonly string[] = ["off", "background", "wait", "all"] satisfies NativeMode[];
const isMode = (v: string | undefined): v is NativeMode => v !== undefined && MODES.includes(v);
let said: NativeMode | null = null;
/** The environment is asked once: it is slow to ask. */
function fromEnvironment(): NativeMode {
  const value = variable("JITLENS_NATIVE");
  return (said ??= isMode(value) ? value : "off");
}
/** How many threads a kernel may take; 0: as many as there are processors, eight at most. */
export const nativeThreads = (): number => config.nativeThreads ?? threadsFromEnvironment();
let threads: number | null = null;
function threadsFromEnvironment(): number {
  const value = Number(variable("JITLENS_NATIVE_THREADS"));
  return (threads ??= Number.isInteger(value) && value >= 0 ? value : 0);
}
export const nativeMode = (): NativeMode => config.native ?? fromEnvironment();
