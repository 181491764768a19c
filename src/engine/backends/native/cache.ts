// Compiled kernels on disk, in the user's cache folder: a library is named by what it was made of, and stands beside the sum of its own bytes. It is written under
// another name first, so that a file is whole or not there; one whose sum is another is not loaded.
import { thisUsersCache } from "../../core/userCache.ts";
import { disk, node, path, sha256 } from "./toolchain.ts";

/** Where compiled kernels are, in the user's cache folder. */
export const cacheFolder = (): string => path().join(thisUsersCache(), "native");
export const librarySuffix = (): string => (node().platform === "win32" ? ".dll" : node().platform === "darwin" ? ".dylib" : ".so");
/** The library's path, if it is there and whole. */
export function cachedLibrary(key: string): string | null {
  const file = path().join(cacheFolder(), key + librarySuffix());
  try {
    const bytes = disk().readFileSync(file);
    const sum = new TextDecoder().decode(disk().readFileSync(`${file}.sum`));
    return sha256(bytes) === sum.trim() ? file : null;
  } catch {
    return null;
  }
}
/** A small file with a value, or null. */
export function readNote<T>(name: string, check: (value: unknown) => T | null): T | null {
  try {
    return check(JSON.parse(new TextDecoder().decode(disk().readFileSync(path().join(cacheFolder(), name)))));
  } catch {
    return null;
  }
}
/** Writes it whole or not at all. A folder that cannot be written to costs time alone. */
export function writeNote(name: string, value: unknown): void {
  const file = path().join(cacheFolder(), name);
  const own = `${file}.${Math.random().toString(36).slice(2)}`;
  try {
    disk().mkdirSync(cacheFolder(), { recursive: true, mode: 0o700 });
    disk().writeFileSync(own, JSON.stringify(value), { mode: 0o600 });
    disk().renameSync(own, file);
  } catch {
    // The next process asks again.
  }
}
