// The configuration that JAX keeps in jax.config: a few switches, read where they matter.
import type { DeviceInfo } from "./device.ts";

export interface Config {
  /** Where arrays go that are committed to no device: a device or its name; null: what JITLENS_DEVICE names, else the first device. */
  defaultDevice: DeviceInfo | string | null;
  /** 64-bit types are kept instead of becoming 32-bit ones. */
  enableX64: boolean;
  /** Every operation checks its result for NaN and throws where one appears. */
  debugNans: boolean;
  debugInfs: boolean;
  /** jit runs its function operation by operation. */
  disableJit: boolean;
  /** Every jaxpr is type-checked after every transformation. */
  enableChecks: boolean;
  /** Closed-over constants above this many bytes cause a warning with their line. */
  largeConstantBytes: number;
  numpyRankPromotion: "allow" | "warn" | "raise";
  numpyDtypePromotion: "standard" | "strict";
  defaultMatmulPrecision: string | null;
  threefryPartitionable: boolean;
}

const values: Config = {
  defaultDevice: null,
  enableX64: false,
  debugNans: false,
  debugInfs: false,
  disableJit: false,
  enableChecks: false,
  largeConstantBytes: 2 ** 20,
  numpyRankPromotion: "allow",
  numpyDtypePromotion: "standard",
  defaultMatmulPrecision: null,
  threefryPartitionable: true,
};

/** JAX's options that cannot be switches here, with what does their work. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  checkTracerLeaks: "JavaScript frees nothing before the current task ends, so leaks are looked for around a call: await checkTracerLeaks(() => …)",
};

type Check = (value: unknown) => void;
const checks: Partial<Record<keyof Config, Check>> = {};
/** Installs what refuses a wrong value of an option, for options whose values are known above this room. */
export const setConfigCheck = (name: keyof Config, check: Check): void => void (checks[name] = check);

/** The live configuration; `update(name, value)` changes one entry and refuses names that do not exist. */
export const config: Config & { update<K extends keyof Config>(name: K, value: Config[K]): void } = Object.assign(values, {
  update<K extends keyof Config>(name: K, value: Config[K]): void {
    const instead = ELSEWHERE[name];
    if (instead) throw new TypeError(`config.update: "${name}" is not a switch here. ${instead}`);
    if (!Object.hasOwn(values, name))
      throw new TypeError(
        `config.update: there is no option "${String(name)}"; the options are ${Object.keys(values)
          .filter((k) => k !== "update")
          .join(", ")}`,
      );
    checks[name]?.(value);
    (values as Config)[name] = value;
  },
});

/** Runs `fn` with options changed, and restores them after it. */
export function withConfig<R>(changes: Partial<Config>, fn: () => R): R {
  for (const [k, v] of Object.entries(changes)) checks[k as keyof Config]?.(v);
  const before = Object.fromEntries(Object.keys(changes).map((k) => [k, values[k as keyof Config]]));
  Object.assign(values, changes);
  try {
    return fn();
  } finally {
    Object.assign(values, before);
  }
}
/** What of the configuration changes a trace: part of every cache key. */
export const configKey = (): string => `${+values.enableX64}${+values.debugNans}${+values.debugInfs}${values.numpyDtypePromotion[1]}`;
