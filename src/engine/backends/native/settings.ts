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
export const nativeMode = (): NativeMode => config.native ?? fromEnvironment();
