// Where arrays live, for users: what devices there are, which is the default, moving trees to one and reading them back.
import { leavesOf } from "./core/pytree.ts";
import { mapTree } from "./core/prefix.ts";
import { NDArray, Value } from "./core/value.ts";
import { config } from "./core/config.ts";
import { transferring } from "./core/transfers.ts";
import type { DeviceInfo } from "./core/device.ts";
import type { TypedArray } from "./core/dtypes.ts";
import type { Device } from "./backends/device.ts";
import { copyTo, defaultDevice as currentDefault, deviceNamed, devicesOf, openDevices } from "./backends/devices.ts";
import { type ArrayLike, asArray } from "./numpy/convert.ts";

export type { Device };

/** All devices, the default one first; with a name, those of that platform. Throws TypeError for a platform that is not here.
 * @example devices("cpu").length // 1 */
export const devices = (platform?: string): readonly Device[] => devicesOf(platform);
/**
 * Opens the devices of a platform, or of all, and gives them, the default one first. A browser's GPU is opened by this alone, since a page cannot wait for it;
 * in Node.js devices open by themselves when they are asked for, and calling this does no harm.
 * Throws TypeError for a platform that is not here, with the reason. No such function in JAX, whose processes can wait.
 * @example (await init("cpu")).length // 1
 */
export const init = (platform?: string): Promise<readonly Device[]> => openDevices(platform);
/** The devices of this process: all there are. As `devices`.
 * @example localDevices("cpu").length // 1 */
export const localDevices = (platform?: string): readonly Device[] => devicesOf(platform, "localDevices");
/** How many devices a platform has; without a name, the default device's platform, as in JAX.
 * @example deviceCount("cpu") // 1 */
export const deviceCount = (platform: string = currentDefault().platform): number => devicesOf(platform, "deviceCount").length;
export const localDeviceCount = deviceCount;
/** The platform of the default device.
 * @example defaultBackend() // "cpu" */
export const defaultBackend = (): string => currentDefault().platform;
/** How many processes take part: one.
 * @example processCount() // 1 */
export const processCount = (): number => 1;
/** The number of this process: 0.
 * @example processIndex() // 0 */
export const processIndex = (): number => 0;
/** Makes a device the default one: what `config.update("defaultDevice", device)` does.
 * @example setDefaultDevice("cpu"); defaultBackend() // "cpu" */
export const setDefaultDevice = (device: DeviceInfo | string | null): void => config.update("defaultDevice", device);

/**
 * Every leaf of a pytree as an array; with a device (or its name), moved there and committed to it: it does not move to another device by itself.
 * Under a transformation values stay where they are: a program runs where its arguments are.
 * @example devicePut({ w: np.ones([2]) }) // { w: [1, 1] }
 */
export function devicePut<T>(tree: T, device?: DeviceInfo | string | null): T {
  const to = device === undefined || device === null ? null : deviceNamed(device, "devicePut");
  // Leaves change their class, not their place in the tree.
  return mapTree(((v: ArrayLike) => moved(asArray(v), to)) as never, tree) as T;
}
const explicitly = (x: NDArray, to: Device): void =>
  transferring(`devicePut moves an array ${x.aval} from ${x.storage.device ? String(x.device) : "JavaScript's memory"} to ${String(to)}`, true, "");
function moved(x: Value, to: Device | null): Value {
  if (!(x instanceof NDArray)) return x;
  if (!to) {
    // It moves when a program uses it; under a guard now, where it is asked to.
    if (config.transferGuard !== "allow" && x.storage.device === null) {
      const default_ = currentDefault();
      explicitly(x, default_);
      x.relocate(copyTo(x, default_).storage);
    }
    return x;
  }
  if (x.committed && x.device === to) return x;
  explicitly(x, to);
  return copyTo(x, to);
}

/** Every array of a pytree as a copy of its elements in JavaScript's memory (a typed array; complex numbers interleaved). Other leaves stay.
 * @example deviceGet({ w: np.ones([2]) }) // { w: [1, 1] } */
export const deviceGet = <T>(tree: T): { [K in keyof T]: unknown } | TypedArray =>
  mapTree(((v: unknown) => (v instanceof NDArray ? v.fetch() : v instanceof Value ? v.dataSync() : v)) as never, tree) as never;
/** Waits until every array of a pytree is computed, and gives the tree back.
 * @example blockUntilReady(np.ones([2])) // [1, 1] */
export async function blockUntilReady<T>(tree: T): Promise<T> {
  await Promise.all(leavesOf(tree).map((v) => (v instanceof Value ? v.blockUntilReady() : v)));
  return tree;
}
