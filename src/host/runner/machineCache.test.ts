// When what was measured of the machine is measured again, and what is kept of it.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { type Conditions, conditionsNow, isStale, keep, kept } from "./machineCache.ts";

const DAY = 24 * 3600 * 1000;
const folder = mkdtempSync(join(tmpdir(), "jitlens-cache-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const made = (days: number, load: number, spread = 0.05): Conditions => ({ at: days * DAY, load, spread });
test.each([
  ["measured on a quiet machine, a day ago", made(0, 0.1), made(1, 0.1), false],
  ["on a quiet machine, five weeks ago", made(0, 0.1), made(35, 0.1), true],
  ["on a busy machine that is still busy", made(0, 3), made(0.1, 2.5), false],
  ["on a busy machine that is quiet now", made(0, 3), made(0.1, 0.2), true],
  ["on a busy machine, two days ago", made(0, 3), made(2, 3), true],
  ["with runs that differed, where the system tells no load", made(0, 0, 0.8), made(0.1, 0, 0), true],
  ["by a clock that was ahead", made(3, 0.1), made(1, 0.1), true],
])("%s", (_name, then, now, again) => expect(isStale(then, now)).toBe(again));
test.runIf(process.platform === "linux")("it is kept with its conditions; a file of anything else is nothing", () => {
  expect(kept(folder, "costs", 1)).toBe(null);
  const conditions = conditionsNow(0.2);
  keep(folder, "costs", 1, { a: 1 }, conditions);
  expect(kept(folder, "costs", 1)).toEqual({ value: { a: 1 }, conditions });
  const [file] = readdirSync(folder);
  expect(readFileSync(join(folder, file!), "utf8")).toContain('"load"');
  for (const text of ["", "null", '{"a":1}', '{"value":1,"conditions":{"at":"now"}}']) {
    writeFileSync(join(folder, file!), text);
    expect(kept(folder, "costs", 1)).toBe(null);
  }
});
