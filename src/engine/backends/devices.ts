// The devices of this process, and which of them is the default. A new device is one line of the table.
import { config, setConfigCheck } from "../core/config.ts";
import { type DeviceInfo, setDefaultDeviceSource } from "../core/device.ts";
import { DeviceError } from "../core/errors.ts";
import { NDArray } from "../core/value.ts";
import type { Device } from "./device.ts";
import { referenceDevice } from "./reference/device.ts";
import { wasmDevice } from "./wasm/device.ts";
import { webgpuDevice } from "./webgpu/device.ts";

const DEVICES: readonly Device[] = [wasmDevice, referenceDevice, webgpuDevice];

const nameOf = (d: DeviceInfo): string => `${d.platform}:${d.id}`;
const platforms = (): string => [...new Set(DEVICES.map((d) => `"${d.platform}"`))].join(" or ");

const isHere = (d: Device): boolean => (d.missing?.() ?? null) === null;
function checkHere(d: Device, what: string): void {
  const reason = d.missing?.() ?? null;
  if (reason !== null) throw new TypeError(`${what}: the device "${d.platform}" is not here: ${reason}`);
}

/** All devices, the default one first; or those of a platform. Throws TypeError for a platform that is not here. */
export function devicesOf(platform?: string, what = "devices"): readonly Device[] {
  if (platform === undefined) {
    const first = defaultDevice();
    return [first, ...DEVICES.filter((d) => d !== first && isHere(d))];
  }
  const found = DEVICES.filter((d) => d.platform === platform);
  if (!found.length) throw new TypeError(`${what}: the platform is ${JSON.stringify(platform)}, expected ${platforms()}, the ones that are here`);
  for (const d of found) checkHere(d, what);
  return found;
}
/** Opens the devices of a platform, or all, that cannot be opened while a thread waits, and gives those that are here, as `devicesOf`. */
export async function openDevices(platform?: string): Promise<readonly Device[]> {
  await Promise.all(DEVICES.map((d) => (platform === undefined || d.platform === platform ? d.open?.() : undefined)));
  return devicesOf(platform, "init");
}
/** A device by what people write: a device, "reference" or "cpu:0". Throws TypeError for one that is not here, with the reason. */
export function deviceNamed(name: unknown, what: string): Device {
  const found = DEVICES.find((d) => d === name || nameOf(d) === name || (d.platform === name && d.id === 0));
  if (!found)
    throw new TypeError(
      `${what}: the device is ${typeof name === "string" ? JSON.stringify(name) : String(name)}, expected ${platforms()}, or one of devices()`,
    );
  checkHere(found, what);
  return found;
}

const fromEnvironment = (): string | undefined =>
  (globalThis as { process?: { env?: Record<string, string | undefined> } }).process?.env?.JITLENS_DEVICE;
let lastName: unknown = null;
let lastDevice: Device | null = null;
/** The device of arrays that are committed to none: `config.defaultDevice`, else JITLENS_DEVICE, else the first of the table. */
export function defaultDevice(): Device {
  const name = config.defaultDevice;
  if (lastDevice && name === lastName) return lastDevice;
  const variable = fromEnvironment();
  lastDevice = name !== null ? deviceNamed(name, "defaultDevice") : variable ? deviceNamed(variable, "JITLENS_DEVICE") : DEVICES[0]!;
  lastName = name;
  return lastDevice;
}
setDefaultDeviceSource(defaultDevice);
setConfigCheck("defaultDevice", (v) => {
  if (v !== null) deviceNamed(v, 'config.update("defaultDevice", …)');
});

/** Where a call of these arrays runs: on the device they are committed to, else on the default one. Throws DeviceError where they disagree. */
export function deviceFor(args: readonly NDArray[], what: string): Device {
  let at = -1;
  for (let i = 0; i < args.length; i++) {
    if (!args[i]!.committed) continue;
    if (at < 0) at = i;
    else if (args[i]!.device !== args[at]!.device)
      throw new DeviceError(
        `${what}: operand ${at} (${args[at]!.aval}) is on ${String(args[at]!.device)} and operand ${i} (${args[i]!.aval}) is on ${String(args[i]!.device)}, expected all on one device; move one of them with devicePut(x, device)`,
      );
  }
  return at < 0 ? defaultDevice() : (args[at]!.device as Device); // devices are those of the table, and each of them is a Device
}
/** A copy of an array in a device's memory, committed to it. */
export function copyTo(x: NDArray, device: Device): NDArray {
  const storage = device.allocate(x.nbytes);
  device.write(storage, x.storage.bytes());
  return new NDArray(x.aval, storage, undefined, true);
}
