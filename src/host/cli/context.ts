// What every command is given.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Assets } from "../../engine/report/exporters/exporters.ts";
import type { ExitCode } from "./failure.ts";
import type { Terminal } from "./terminal.ts";

export interface Context {
  /** The folder of the built engine, runner, grammars and pages. */
  readonly dist: string;
  readonly terminal: Terminal;
  /** What the command ends with, where that is not 0. */
  exit: ExitCode;
}
export const builtFolder = (): string => join(dirname(__filename), "..");
/** The page that the HTML report holds, read when it is needed. */
export function assetsOf(c: Context): Assets {
  const view = (name: string): string => readFileSync(join(c.dist, "views", name), "utf8");
  return {
    get page() {
      return view("main.js");
    },
    get layoutWorker() {
      return view("layoutWorker.js");
    },
  };
}
