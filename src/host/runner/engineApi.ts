// The engine as the runner sees it: loaded from the built bundle, so that the user's file and the runner share one engine.
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type * as Engine from "../../engine/index.ts";
import type { SourceMapper } from "../../engine/core/source.ts";

export type EngineModule = typeof Engine;
export type { SourceMapper };
export const engineUrl = pathToFileURL(join(dirname(fileURLToPath(import.meta.url)), "..", "engine", "index.js")).href;
export const loadEngine = async (): Promise<EngineModule> => (await import(engineUrl)) as EngineModule;
