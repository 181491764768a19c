// Calls into compiled kernels, through the npm package `koffi` (MIT), which people install beside their files or the extension brings along.
import { findPackage } from "../packages.ts";

/** The version that was tried. */
const KOFFI_VERSION = "3.3.4";
const INSTALL = `install it beside your files: npm install koffi@${KOFFI_VERSION} (or name its folder in JITLENS_KOFFI)`;

/** A kernel of C: the address of the memory that all arrays are in, where in it the list of the kernel's buffers stands, and the pool of threads, or 0. */
export type NativeFunction = (base: number, frame: number, pool: number) => number;
/** Sets how many threads there are; gives what kernels call. */
export type PoolFunction = (threads: number) => number | bigint;
export interface Koffi {
  load(path: string): { func(definition: string): unknown };
  address(value: ArrayBuffer): bigint;
}
let koffi: Koffi | { readonly failed: string } | null = null;
export function findKoffi(): Koffi | { readonly failed: string } {
  if (koffi) return koffi;
  const found = findPackage("koffi", "JITLENS_KOFFI", "index.cjs", INSTALL);
  if ("missing" in found) return (koffi = { failed: found.missing });
  try {
    return (koffi = found.require(found.file) as Koffi);
  } catch (e) {
    return (koffi = { failed: `the npm package "koffi" cannot be loaded: ${e instanceof Error ? e.message.split("\n")[0] : String(e)}` });
  }
}
export const loadKernel = (k: Koffi, library: string): NativeFunction =>
  k.load(library).func("int kernel(uintptr_t base, uint32_t frame, uintptr_t pool)") as NativeFunction;
export const loadPool = (k: Koffi, library: string): PoolFunction => k.load(library).func("uint64_t pool(int threads)") as PoolFunction;
