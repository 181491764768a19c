// Where the npm package `webgpu` is: 50 MB of drivers' bindings that nothing ships. People install it beside their files; JITLENS_WEBGPU names another folder.
import { builtin } from "../../core/host.ts";

interface NodeModules {
  createRequire(from: string): { resolve(name: string): string };
}
interface Host {
  readonly platform?: string;
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  cwd?(): string;
}
const host = (): Host => (globalThis as { process?: Host }).process ?? {};
export const variable = (name: string): string | undefined => host().env?.[name];
/** The version that was tried: older ones need a newer C library. */
export const WEBGPU_VERSION = "0.6.2";
const INSTALL = `install it beside your files: npm install --save-dev webgpu@${WEBGPU_VERSION} (or name its folder in JITLENS_WEBGPU)`;

/** The address of the package's module, or why there is none. */
export function findWebgpu(): { readonly module: string } | { readonly missing: string } {
  const { argv, cwd } = host();
  const modules = builtin("module") as NodeModules | undefined;
  const url = builtin("url") as { pathToFileURL(path: string): { href: string } } | undefined;
  const path = builtin("path") as { join(...parts: string[]): string; dirname(p: string): string } | undefined;
  if (!modules || !url || !path) return { missing: "it needs Node.js 20.16 or newer" };
  const given = variable("JITLENS_WEBGPU");
  const folders = given ? [given] : [cwd?.() ?? ".", ...(argv?.[1] ? [path.dirname(argv[1])] : [])];
  for (const folder of folders)
    for (const name of given ? [path.join(given, "index.js"), "webgpu"] : ["webgpu"])
      try {
        return { module: url.pathToFileURL(modules.createRequire(path.join(folder, "_.js")).resolve(name)).href };
      } catch {
        // The next place.
      }
  return { missing: `the npm package "webgpu" was not found${given ? ` in JITLENS_WEBGPU, ${given}` : ""}: ${INSTALL}` };
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
