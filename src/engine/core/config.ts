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
  /**
   * What becomes of arrays that move between JavaScript's memory and a device, or between devices, without being asked to (by `devicePut`, `deviceGet`): they move,
   * or a line is logged, or DeviceError is thrown; with "_explicit", of those too that are asked to.
   */
  transferGuard: "allow" | "log" | "disallow" | "log_explicit" | "disallow_explicit";
  /**
   * Whether kernels may be compiled by this machine's C compiler ("background": WebAssembly computes until they are there; "wait": the first call waits for them;
   * "all": it waits for all of them, those too that are too short for it to pay, which is for tests) or not ("off"); null: what JITLENS_NATIVE says, else "off".
   */
  native: "off" | "background" | "wait" | "all" | null;
  /** How many threads a native kernel is shared among; 0: as many as there are processors, eight at most; null: what JITLENS_NATIVE_THREADS says, else 0. Results are the same bits. */
  nativeThreads: number | null;
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
  transferGuard: "allow",
  native: null,
  nativeThreads: null,
};

type Check = (value: unknown) => void;
const refuse = (name: string, value: unknown, expected: string): never => {
  throw new TypeError(`config.${name}: got ${typeof value === "string" ? JSON.stringify(value) : String(value)}, expected ${expected}`);
};
const flag =
  (name: string): Check =>
  (v) => {
    if (typeof v !== "boolean") refuse(name, v, "true or false");
  };
const oneOf =
  (name: string, allowed: readonly (string | null)[]): Check =>
  (v) => {
    if (!allowed.includes(v as string | null)) refuse(name, v, allowed.map((a) => (a === null ? "null" : JSON.stringify(a))).join(" or "));
  };
/** The precisions of contractions, as JAX names them. Kernels compute in the operands' own type; the name stands in the jaxpr. */
export const MATMUL_PRECISIONS = ["default", "high", "highest", "bfloat16", "tensorfloat32", "float32"] as const;
/** What refuses a wrong value of an option. */
const checks: Record<keyof Config, Check> = {
  defaultDevice: () => {},
  enableX64: flag("enableX64"),
  debugNans: flag("debugNans"),
  debugInfs: flag("debugInfs"),
  disableJit: flag("disableJit"),
  enableChecks: flag("enableChecks"),
  largeConstantBytes: (v) => {
    if (typeof v !== "number" || !(v >= 0)) refuse("largeConstantBytes", v, "a number of bytes, at least 0");
  },
  numpyRankPromotion: oneOf("numpyRankPromotion", ["allow", "warn", "raise"]),
  numpyDtypePromotion: oneOf("numpyDtypePromotion", ["standard", "strict"]),
  defaultMatmulPrecision: oneOf("defaultMatmulPrecision", [null, ...MATMUL_PRECISIONS]),
  threefryPartitionable: flag("threefryPartitionable"),
  transferGuard: oneOf("transferGuard", ["allow", "log", "disallow", "log_explicit", "disallow_explicit"]),
  native: oneOf("native", ["off", "background", "wait", "all", null]),
  nativeThreads: (v) => {
    if (v !== null && (typeof v !== "number" || !Number.isInteger(v) || v < 0)) refuse("nativeThreads", v, "a whole number of threads, 0 or null");
  },
};
/** Installs what refuses a wrong value of an option, for options whose values are known above this room. */
export const setConfigCheck = (name: keyof Config, check: Check): void => void (checks[name] = check);

const NAMES = Object.keys(values) as (keyof Config)[];
let key = "";
function assign(changes: Partial<Config>): void {
  Object.assign(values, changes);
  key = `${+values.enableX64}${+values.debugNans}${+values.debugInfs}${values.numpyDtypePromotion[1]}${values.numpyRankPromotion[0]}${values.defaultMatmulPrecision ?? ""}${+values.threefryPartitionable}`;
}
assign({});
/** What puts the configuration back as it is now. */
export function keepConfig(): () => void {
  const before = { ...values };
  return () => assign(before);
}
/** What of the configuration changes a trace: part of every cache key. */
export const configKey = (): string => key;

/** JAX's options that cannot be switches here, with what does their work. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  checkTracerLeaks: "JavaScript frees nothing before the current task ends, so leaks are looked for around a call: await checkTracerLeaks(() => …)",
};

function known(name: string): asserts name is keyof Config {
  const instead = ELSEWHERE[name];
  if (instead) throw new TypeError(`config.update: "${name}" is not a switch here. ${instead}`);
  if (!Object.hasOwn(values, name)) throw new TypeError(`config.update: there is no option "${name}"; the options are ${NAMES.join(", ")}`);
}
const entries = Object.fromEntries(
  NAMES.map((name): [string, PropertyDescriptor] => [
    name,
    {
      enumerable: true,
      get: () => values[name],
      set: (v: unknown) => {
        checks[name](v);
        assign({ [name]: v });
      },
    },
  ]),
);
/** The live configuration; `update(name, value)` changes one entry. Names that do not exist and values that an option cannot have are refused. */
export const config: Config & { update<K extends keyof Config>(name: K, value: Config[K]): void } = Object.defineProperties(
  {
    update<K extends keyof Config>(name: K, value: Config[K]): void {
      known(name);
      checks[name](value);
      assign({ [name]: value });
    },
  } as Config & { update<K extends keyof Config>(name: K, value: Config[K]): void },
  entries,
);
Object.preventExtensions(config);

/** Runs `fn` with options changed, and restores them after it. */
export function withConfig<R>(changes: Partial<Config>, fn: () => R): R {
  const names = Object.keys(changes);
  for (const k of names) {
    known(k);
    checks[k](changes[k]);
  }
  const before = Object.fromEntries(names.map((k) => [k, values[k as keyof Config]]));
  assign(changes);
  try {
    return fn();
  } finally {
    assign(before);
  }
}
