// The machine's cost table is measured once and kept in the user's cache folder; another processor, another Node or a broken file means another time.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus, homedir } from "node:os";
import { join } from "node:path";
import type { EngineModule } from "./engineApi.ts";

type CostTable = ReturnType<EngineModule["internals"]["machineCosts"]>;
/** Another number where tables of before cannot be read. */
const VERSION = 1;

/** Where programs keep what they can make again, by the habits of each system. */
export function cacheFolder(platform = process.platform, env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(home, "AppData", "Local"), "jitlens", "Cache");
  if (platform === "darwin") return join(home, "Library", "Caches", "jitlens");
  return join(env.XDG_CACHE_HOME ?? join(home, ".cache"), "jitlens");
}
function fileOf(): string {
  const machine = JSON.stringify([VERSION, cpus()[0]?.model, process.arch, process.versions.v8]);
  return join(cacheFolder(), `costs-${createHash("sha256").update(machine).digest("hex").slice(0, 16)}.json`);
}
function kept(): unknown {
  try {
    return JSON.parse(readFileSync(fileOf(), "utf8")) as unknown;
  } catch {
    return null;
  }
}
/** @param measure whether to measure where nothing was kept: it takes a third of a second */
export function costsOfMachine({ internals }: EngineModule, measure: boolean): { readonly costs?: CostTable } {
  const before = kept();
  if (before === null && !measure) return {};
  const costs = internals.machineCosts(before);
  if (costs !== before) keep(costs);
  return { costs };
}
/** A table that cannot be kept is measured again another time: no reason to fail. */
function keep(costs: CostTable): void {
  const file = fileOf();
  try {
    mkdirSync(cacheFolder(), { recursive: true });
    const part = `${file}.${process.pid}`;
    writeFileSync(part, JSON.stringify(costs));
    renameSync(part, file);
  } catch {
    // A folder that nobody can write to.
  }
}
