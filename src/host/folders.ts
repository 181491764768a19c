// A folder for each run, made and removed by the host: whatever happens to the runner, nothing of it stays.
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "jitlens-run-",
  OLD_MS = 3_600_000;
export const makeRunFolder = (): string => mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
export function removeRunFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 2 });
  } catch {
    /* swept up by the next host */
  }
}
/** Removes what hosts that were killed have left: their process is gone, and the folder is old. */
export function sweepRunFolders(now = Date.now()): void {
  for (const name of readable(tmpdir())) {
    const pid = new RegExp(`^${PREFIX}(\\d+)-`).exec(name)?.[1],
      path = join(tmpdir(), name);
    if (pid === undefined || isAlive(Number(pid))) continue;
    try {
      if (now - statSync(path).mtimeMs > OLD_MS) removeRunFolder(path);
    } catch {
      /* gone already */
    }
  }
}
function readable(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (e) {
    return (e as NodeJS.ErrnoException).code === "EPERM";
  }
}
