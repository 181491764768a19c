// Where the engine and the extension keep what they can make again: one folder for both, by the habits of each system.
import { builtin } from "./host.ts";

/** What the folder is found by. */
export interface UserCachePlace {
  readonly platform: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  readonly join: (...parts: string[]) => string;
}
/**
 * `jitlens` in the user's cache folder: LOCALAPPDATA on Windows, Library/Caches on macOS, else XDG_CACHE_HOME or ~/.cache. JITLENS_CACHE names another folder.
 * Variables that are set to nothing count as missing.
 */
export function userCacheFolder({ platform, env, home, join }: UserCachePlace): string {
  if (env.JITLENS_CACHE) return env.JITLENS_CACHE;
  if (platform === "win32") return join(env.LOCALAPPDATA || join(home, "AppData", "Local"), "jitlens");
  if (platform === "darwin") return join(home, "Library", "Caches", "jitlens");
  return join(env.XDG_CACHE_HOME || join(home, ".cache"), "jitlens");
}
/** The folder of this process. */
export function thisUsersCache(): string {
  const { platform, env } = (globalThis as unknown as { process: Pick<UserCachePlace, "platform" | "env"> }).process,
    { join } = builtin("path") as Pick<UserCachePlace, "join">;
  return userCacheFolder({ platform, env, join, home: (builtin("os") as { homedir(): string }).homedir() });
}
