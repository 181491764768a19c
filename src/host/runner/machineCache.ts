// What is measured once a machine is kept in the user's cache folder: another processor, another Node or a broken file means another time.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus, homedir } from "node:os";
import { join } from "node:path";

/** Where programs keep what they can make again, by the habits of each system. */
export function cacheFolder(platform = process.platform, env: NodeJS.ProcessEnv = process.env, home = homedir()): string {
  if (platform === "win32") return join(env.LOCALAPPDATA ?? join(home, "AppData", "Local"), "jitlens", "Cache");
  if (platform === "darwin") return join(home, "Library", "Caches", "jitlens");
  return join(env.XDG_CACHE_HOME ?? join(home, ".cache"), "jitlens");
}
/** @param version another number where files of before cannot be read */
function fileOf(name: string, version: number): string {
  const machine = JSON.stringify([version, cpus()[0]?.model, process.arch, process.versions.v8]);
  return join(cacheFolder(), `${name}-${createHash("sha256").update(machine).digest("hex").slice(0, 16)}.json`);
}
/** What was kept, unchecked; null where nothing was. */
export function kept(name: string, version: number): unknown {
  try {
    return JSON.parse(readFileSync(fileOf(name, version), "utf8")) as unknown;
  } catch {
    return null;
  }
}
/** What cannot be kept is measured again another time: no reason to fail. */
export function keep(name: string, version: number, value: unknown): void {
  const file = fileOf(name, version);
  try {
    mkdirSync(cacheFolder(), { recursive: true });
    const part = `${file}.${process.pid}`;
    writeFileSync(part, JSON.stringify(value));
    renameSync(part, file);
  } catch {
    // A folder that nobody can write to.
  }
}
