// Files on the way to the disk: what the system refuses is said in words, with the folder or file that it is about.
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { usage } from "./failure.ts";

const NAME_ANOTHER = "Name another one with --out or --baseline.";
/** A reason as the system has it, without its call and its path, which are said already. */
const reasonOf = (e: unknown): string => (e as Error).message.replace(/, \w+ '.*$/, "").replace(/^\w+: /, "");
/** Makes a folder and those above it one by one: Node's own way turns in circles where the system refuses new ones, as in /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory()) throw usage(`${path} is a file, and cannot hold others`, NAME_ANOTHER);
    return;
  }
  const above = dirname(path);
  if (above !== path) makeFolder(above);
  try {
    mkdirSync(path);
  } catch (e) {
    // Another process may have made it meanwhile.
    if (!existsSync(path)) throw usage(`the folder ${path} cannot be made: ${reasonOf(e)}`, NAME_ANOTHER);
  }
}
/** Writes a file, in a new folder if need be. Throws a Failure that names what cannot be written. */
export function writeOut(path: string, data: string | Uint8Array): void {
  makeFolder(dirname(resolve(path)));
  try {
    writeFileSync(path, data);
  } catch (e) {
    throw usage(`${path} cannot be written: ${reasonOf(e)}`, NAME_ANOTHER);
  }
}
