// The engine as the runner sees it: that of the person's own `jitlens` package where their file finds one, as plain Node would take it; else the one that
// is built beside the runner. The user's file and the runner share it.
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as Engine from "../../engine/index.ts";
import type { SourceMapper } from "../../engine/core/source.ts";

export type EngineModule = typeof Engine;
export type { SourceMapper };
/** What this runner asks of an engine. It grows when that changes; package.json says the same number of the engine beside it. */
export const INTERFACE = 1;

export interface EngineChoice {
  readonly url: string;
  /** The folder of the person's own package; null: the engine that came with the runner. */
  readonly folder: string | null;
}
/** The person has a `jitlens` that this runner cannot work with. */
export class EngineMismatch extends Error {
  constructor(
    message: string,
    readonly action: string,
  ) {
    super(message);
  }
}
export const ownEngine: EngineChoice = {
  url: pathToFileURL(join(dirname(fileURLToPath(import.meta.url)), "..", "engine", "index.js")).href,
  folder: null,
};
interface Manifest {
  readonly version?: unknown;
  readonly exports?: { readonly "."?: { readonly default?: unknown } };
  /** `types`: declarations alone, written by the extension for the editor's sake. */
  readonly jitlens?: { readonly interface?: unknown; readonly types?: unknown };
}
/** The engine for a file: `node_modules/jitlens` of its folder or of one above. Throws EngineMismatch. */
export function engineFor(file: string): EngineChoice {
  for (let at = dirname(file); ; at = dirname(at)) {
    const folder = join(at, "node_modules", "jitlens");
    if (existsSync(join(folder, "package.json"))) return fromPackage(folder);
    if (dirname(at) === at) return ownEngine;
  }
}
function fromPackage(folder: string): EngineChoice {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
  } catch {
    throw new EngineMismatch(
      `${join(folder, "package.json")} cannot be read`,
      "Install jitlens again, or remove that folder: JitLens has an engine of its own.",
    );
  }
  if (manifest.jitlens?.types === true) return ownEngine;
  const entry = manifest.exports?.["."]?.default,
    path = typeof entry === "string" ? join(folder, entry) : null;
  if (manifest.jitlens?.interface !== INTERFACE || !path || !existsSync(path)) {
    const version = typeof manifest.version === "string" ? ` ${manifest.version}` : "";
    throw new EngineMismatch(
      `your project has jitlens${version} in ${folder}, which does not fit this JitLens: the editor's part speaks version ${INTERFACE} with engines, that one ${typeof manifest.jitlens?.interface === "number" ? `version ${manifest.jitlens.interface}` : "none"}`,
      "Update both to the same release, or remove the package: JitLens has an engine of its own.",
    );
  }
  return { url: pathToFileURL(realpathSync(path)).href, folder };
}
export const loadEngine = async (engine: EngineChoice = ownEngine): Promise<EngineModule> => (await import(engine.url)) as EngineModule;
/** What the report says of the engine that ran; the folder as the person knows it. */
export const engineVersions = (engine: EngineModule, { folder }: EngineChoice, root: string | null): Record<string, string> => ({
  jitlens: engine.version,
  engine: folder === null ? "JitLens's own" : `the project's own, ${root === null ? "node_modules/jitlens" : relative(root, folder)}`,
});
