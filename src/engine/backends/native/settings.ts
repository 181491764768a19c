// Whether there is a native route: what the configuration says, else the environment.
import { config } from "../../core/config.ts";
import { variable } from "../packages.ts";

export type NativeMode = NonNullable<typeof config.native>;
const MODES: readonly string[] = ["off", "background", "wait", "all"] satisfies NativeMode[];
const isMode = (v: string | undefined): v is NativeMode => v !== undefined && MODES.includes(v);
export function nativeMode(): NativeMode {
  if (config.native !== null) return config.native;
  const said = variable("JITLENS_NATIVE");
  return isMode(said) ? said : "off";
}
