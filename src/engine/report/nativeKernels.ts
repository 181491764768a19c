// How much of a program ran as the processor's own code, in words.
import type { Report } from "./types.ts";

/** "native code: 4 of 6 kernels", or null where no kernel was computed so. */
export function nativeText(r: Report): string | null {
  const kernels = r.programs[0]?.kernels ?? [];
  const native = kernels.filter((k) => k.route?.code === "native").length;
  return native ? `native code: ${native} of ${kernels.length} kernels` : null;
}
