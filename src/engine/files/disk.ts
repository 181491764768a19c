// Files of this machine, where there are any: Node.js, Deno and Bun have them, browsers have not.
import { ArgumentError } from "../core/errors.ts";
import { builtin } from "../core/host.ts";

/** The functions of node:fs that are used. */
interface FileSystem {
  readFileSync(path: string): Uint8Array;
  writeFileSync(path: string, data: Uint8Array): void;
  existsSync(path: string): boolean;
  readonly promises: {
    mkdir(path: string, options: { recursive: boolean }): Promise<unknown>;
    open(path: string, flags: string): Promise<FileHandle>;
    readFile(path: string): Promise<Uint8Array>;
    readdir(path: string): Promise<string[]>;
    rename(from: string, to: string): Promise<void>;
    rm(path: string, options: { force: boolean }): Promise<void>;
  };
}
interface FileHandle {
  writeFile(data: Uint8Array): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}
interface Paths {
  join(...parts: string[]): string;
}
/** node:fs; ArgumentError where there are no files. */
export function files(what: string): FileSystem {
  const fs = builtin("fs");
  if (!fs)
    throw new ArgumentError(
      `${what}: there are no files here. Instead: give or take the bytes as a Uint8Array (interop.npy, interop.npz, interop.safetensors)`,
    );
  return fs as FileSystem;
}
/** The parts of a path, joined as this machine writes paths. */
export const joined = (...parts: string[]): string => (builtin("path") as Paths).join(...parts);
let written = 0;
/**
 * Writes a file so that there is the whole of it or nothing: into another one beside it, to the disk, then under its name. A run that ends in the midst
 * leaves the old file as it was.
 */
export async function writeAtomically(what: string, path: string, data: Uint8Array): Promise<void> {
  const fs = files(what).promises,
    pid = (globalThis as { process?: { pid?: number } }).process?.pid ?? 0,
    temporary = `${path}.${pid}-${written++}.tmp`;
  try {
    const file = await fs.open(temporary, "wx");
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await fs.rename(temporary, path);
  } catch (e) {
    await fs.rm(temporary, { force: true });
    throw e;
  }
}
