// Where the npm package `webgpu` is: 50 MB of drivers' bindings that nothing ships. People install it beside their files; JITLENS_WEBGPU names another folder.
import { builtin } from "../../core/host.ts";
import { findPackage, host, variable } from "../packages.ts";

/** The version that was tried: older ones need a newer C library. */
export const WEBGPU_VERSION = "0.6.2";
const INSTALL = `install it beside your files: npm install --save-dev webgpu@${WEBGPU_VERSION} (or name its folder in JITLENS_WEBGPU)`;

/** The address of the package's module, or why there is none. */
export function findWebgpu(): { readonly module: string } | { readonly missing: string } {
  const found = findPackage("webgpu", "JITLENS_WEBGPU", "index.js", INSTALL);
  if ("missing" in found) return found;
  const url = builtin("url") as { pathToFileURL(path: string): { href: string } };
  return { module: url.pathToFileURL(found.file).href };
}
/** Features that are not to be used though the adapter has them: for drivers whose own are wrong. */
export const unwanted = (): string[] => (variable("JITLENS_WEBGPU_WITHOUT") ?? "").split(",").filter(Boolean);
/** Dawn's flags: times to the nanosecond; Vulkan on Linux; the adapter that a person names. */
export function dawnFlags(): string[] {
  const adapter = variable("JITLENS_WEBGPU_ADAPTER");
  return [
    "disable-dawn-features=timestamp_quantization",
    ...(host().platform === "linux" ? ["backend=vulkan"] : []),
    ...(adapter ? [`adapter=${adapter}`] : []),
  ];
}
