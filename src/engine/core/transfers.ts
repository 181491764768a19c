// jax.transfer_guard: what is said or refused where arrays move between JavaScript's memory and a device's without being asked to.
import { type Config, config } from "./config.ts";
import type { DeviceInfo } from "./device.ts";
import { DeviceError } from "./errors.ts";

const said = (text: string): void => console.warn(text);
/**
 * An array moves. Throws DeviceError where `config.transferGuard` refuses it, warns where it is to be told of.
 * @param explicit whether the program asks for the move by name, as `devicePut` and `deviceGet` do
 * @param instead what does the same explicitly
 */
export function transferring(what: string, explicit: boolean, instead: string): void {
  const level: Config["transferGuard"] = config.transferGuard;
  if (level === "allow" || (explicit && !level.endsWith("_explicit"))) return;
  if (level.startsWith("log")) return said(`transferGuard: ${what}`);
  throw new DeviceError(`transferGuard is "${level}": ${what}.${explicit ? "" : ` Instead: ${instead}`}`);
}
/** An array that lies in JavaScript's memory, or in another device's, is an operand of a program. */
export const uploading = (aval: { toString(): string }, from: DeviceInfo | null, to: DeviceInfo): void =>
  transferring(
    `an array ${aval} moves from ${from ? String(from) : "JavaScript's memory"} to ${String(to)}`,
    false,
    "move it before, with devicePut(x), or make it part of a program that is under jit",
  );
/** An array is read by JavaScript. The CPU's memory is JavaScript's own, as with JAX it is NumPy's: reading there is no transfer. */
export function reading(aval: { toString(): string }, from: DeviceInfo | null, explicit: boolean): void {
  if (from === null || from.platform === "cpu") return;
  transferring(`an array ${aval} is read from ${String(from)}`, explicit, "read it with deviceGet(x)");
}
