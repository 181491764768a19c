// A GPU for tests, on machines that have none: SwiftShader, the software driver that Chromium brings along, through the package `webgpu`.
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { ensureDebian, findChromium } from "../scripts/lib.mjs";

export { findChromium };
/** What Debian needs: Chromium with its driver, and the loader that finds drivers. */
const PACKAGES = ["chromium", "libvulkan1"];
export const prepareGpu = () => ensureDebian(PACKAGES);

/** The description of SwiftShader that a Chromium on this machine has; null where none is found. */
function swiftShader() {
  const chromium = findChromium();
  const folders = ["/usr/lib/chromium", "/usr/lib/chromium-browser", "/opt/google/chrome", ...(chromium ? [dirname(chromium)] : [])];
  return folders.map((f) => join(f, "vk_swiftshader_icd.json")).find((f) => existsSync(f)) ?? null;
}
/**
 * Variables under which a process of this machine finds a GPU: a software driver on Linux, what there is elsewhere. Null where there is none, and why.
 * A driver that is named already stays.
 */
export function gpuEnvironment(env = process.env) {
  try {
    createRequire(import.meta.url).resolve("webgpu");
  } catch {
    return { missing: 'the package "webgpu" is not installed: npm ci' };
  }
  if (process.platform !== "linux" || env.VK_DRIVER_FILES) return { env: {} };
  const driver = swiftShader();
  return driver
    ? { env: { VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver } }
    : { missing: `no software driver was found: install ${PACKAGES.join(" and ")}` };
}
