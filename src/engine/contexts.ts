// jax.disable_jit, jax.debug_nans and their kin: Python's `with` is here a function that runs under the changed configuration.
import { type Config, withConfig } from "./core/config.ts";

const switchOn =
  (name: "disableJit" | "debugNans" | "debugInfs" | "enableX64" | "enableChecks") =>
  <R>(fn: () => R, on = true): R => {
    const r = withConfig({ [name]: on }, fn);
    // The configuration is back before an asynchronous body goes on: said, not silently lost.
    if (r instanceof Promise)
      throw new TypeError(`${name}: the function is asynchronous; it would go on without the setting. Use config.update("${name}", ${on})`);
    return r;
  };

/** Runs `fn` with jit off: every operation at once, values readable. `disableJit(fn, false)` turns it on again inside.
 * @example disableJit(() => jit((x: Array) => x.mul(2))(np.array(3))) // 6 */
export const disableJit = switchOn("disableJit");
/** Runs `fn`; the first operation whose result has a NaN throws and names itself and its line.
 * @example debugNans(() => np.log(2)) // 0.6931 */
export const debugNans = switchOn("debugNans");
/** As debugNans, for infinities.
 * @example debugInfs(() => np.log(2)) // 0.6931 */
export const debugInfs = switchOn("debugInfs");
/** Runs `fn` with 64-bit types kept.
 * @example enableX64(() => np.array(1, { dtype: "float64" }).dtype) // "float64" */
export const enableX64 = switchOn("enableX64");
/** Runs `fn` with every jaxpr type-checked after every transformation.
 * @example enableChecks(() => np.log(2)) // 0.6931 */
export const enableChecks = switchOn("enableChecks");
/** Runs `fn` with NumPy's rank promotion allowed, warned of, or refused.
 * @example numpyRankPromotion("allow", () => np.add([1, 2], 1)) // [2, 3] */
export const numpyRankPromotion = <R>(mode: Config["numpyRankPromotion"], fn: () => R): R => withConfig({ numpyRankPromotion: mode }, fn);
/** Runs `fn` with this precision for contractions that name none.
 * @example defaultMatmulPrecision("float32", () => np.dot([1, 2], [3, 4])) // 11 */
export const defaultMatmulPrecision = <R>(precision: string | null, fn: () => R): R => withConfig({ defaultMatmulPrecision: precision }, fn);
/**
 * Runs `fn` with moves of arrays between JavaScript's memory and devices allowed, logged or refused (DeviceError): jax.transfer_guard. An array of JavaScript's memory moves when a program
 * first uses it, and so does a number beside an array outside jit, as in JAX (under jit it is part of the program). Reading an array of the CPU is no move, as in JAX.
 * @example transferGuard("disallow", () => jit((x: Array) => x.add(1))(devicePut(np.array([1, 2])))) // [2, 3]
 */
export const transferGuard = <R>(level: Config["transferGuard"], fn: () => R): R => withConfig({ transferGuard: level }, fn);
/** Runs `fn` with another default device: a device, or its name.
 * @example defaultDevice(devices("cpu")[0]!, () => np.ones([2])) // [1, 1] */
export const defaultDevice = <R>(device: Config["defaultDevice"], fn: () => R): R => withConfig({ defaultDevice: device }, fn);
