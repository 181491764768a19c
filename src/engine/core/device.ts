// What an array says of the device that holds it. What the engine asks of a device is backends/device.ts.

/** A device as users see it: `devices()` lists them, `x.device` is an array's. */
export interface DeviceInfo {
  /** Numbered within its platform. */
  readonly id: number;
  /** What the device is, in a word: cpu, reference, … */
  readonly platform: string;
  readonly processIndex: number;
  /** For people: what runs the kernels. */
  readonly description: string;
  /** `CpuDevice(id=0)` */
  toString(): string;
}
let current: () => DeviceInfo = () => {
  throw new Error("no device is installed");
};
/** Where arrays go that no device holds yet. */
export const defaultDevice = (): DeviceInfo => current();
export const setDefaultDeviceSource = (source: () => DeviceInfo): void => void (current = source);
