// What is measured once a machine is kept in a folder (the user's cache), with how busy the machine was: another processor, another Node or a broken file means
// another time, and so does a number that was measured beside other work, as soon as the machine is quieter, or that has become old.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";

/** @param version another number where files of before cannot be read */
function fileOf(folder: string, name: string, version: number): string {
  const machine = JSON.stringify([version, cpus()[0]?.model, process.arch, process.versions.v8]);
  return join(folder, `${name}-${createHash("sha256").update(machine).digest("hex").slice(0, 16)}.json`);
}
/** Under which conditions something was measured. */
export interface Conditions {
  /** When, milliseconds since 1970. */
  readonly at: number;
  /** Processes that wanted to run, by processor; 0 on systems that do not say. */
  readonly load: number;
  /** By which part repeated measurements differed; 0 where that is not known. */
  readonly spread: number;
}
export interface Kept {
  /** Unchecked. */
  readonly value: unknown;
  readonly conditions: Conditions;
}
export const conditionsNow = (spread = 0): Conditions => ({ at: Date.now(), load: (loadavg()[0] ?? 0) / Math.max(1, cpus().length), spread });
const DAY = 24 * 3600 * 1000;
/** The machine had more to do than this measurement, or the measurement shows that it had. */
export const isBusy = ({ load, spread }: Conditions): boolean => load > 0.6 || spread > 0.3;
/**
 * Whether to measure again. What was measured on a quiet machine holds for a month. What was measured on a busy one is measured again when the machine is
 * clearly quieter, and after a day in any case.
 */
export function isStale(then: Conditions, now: Conditions): boolean {
  const age = now.at - then.at;
  // A clock that was set back tells nothing.
  if (age < 0 || age > 30 * DAY) return true;
  return isBusy(then) && (age > DAY || (now.load < 0.6 && now.load <= 0.7 * Math.max(then.load, 0.6)));
}
/** What was kept; null where nothing was. */
export function kept(folder: string, name: string, version: number): Kept | null {
  try {
    const data = JSON.parse(readFileSync(fileOf(folder, name, version), "utf8")) as Partial<Kept> | null;
    const { at, load, spread } = data?.conditions ?? {};
    const isWhole = [at, load, spread].every((n) => typeof n === "number" && Number.isFinite(n));
    return data && isWhole ? { value: data.value, conditions: { at: at!, load: load!, spread: spread! } } : null;
  } catch {
    return null;
  }
}
/** What cannot be kept is measured again another time: no reason to fail. */
export function keep(folder: string, name: string, version: number, value: unknown, conditions: Conditions): void {
  const file = fileOf(folder, name, version);
  try {
    mkdirSync(folder, { recursive: true });
    const part = `${file}.${process.pid}`;
    writeFileSync(part, JSON.stringify({ value, conditions } satisfies Kept));
    renameSync(part, file);
  } catch {
    // A folder that nobody can write to.
  }
}
