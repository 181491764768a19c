// Where arrays live: one process, one device.
import { mapTree, leavesOf } from "./core/pytree.ts";
import { Value } from "./core/value.ts";
import type { TypedArray } from "./core/dtypes.ts";

/** The device that runs the kernels. */
export interface Device {
  readonly id: number;
  readonly platform: "cpu";
  readonly processIndex: number;
  toString(): string;
}
const CPU: Device = Object.freeze({ id: 0, platform: "cpu", processIndex: 0, toString: () => "CpuDevice(id=0)" });

/** The devices of a platform; without a name, of the default one. Throws for a platform that is not here. */
export function devices(platform?: string): readonly Device[] {
  if (platform !== undefined && platform !== CPU.platform)
    throw new TypeError(`devices: the platform is "${platform}", expected "${CPU.platform}", the only one here`);
  return [CPU];
}
export const localDevices = devices;
export const deviceCount = (platform?: string): number => devices(platform).length;
export const localDeviceCount = deviceCount;
export const defaultBackend = (): string => CPU.platform;
export const processCount = (): number => 1;
export const processIndex = (): number => 0;

/** Every array of a pytree as a copy of its elements in JavaScript's memory (a typed array; complex numbers interleaved). Other leaves stay. */
export const deviceGet = <T>(tree: T): { [K in keyof T]: unknown } | TypedArray =>
  mapTree(((v: unknown) => (v instanceof Value ? v.dataSync() : v)) as never, tree) as never;
/** Waits until every array of a pytree is computed, and gives the tree back. */
export async function blockUntilReady<T>(tree: T): Promise<T> {
  await Promise.all(leavesOf(tree).map((v) => (v instanceof Value ? v.blockUntilReady() : v)));
  return tree;
}
