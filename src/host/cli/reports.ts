// A Report from what the command line was given: a profile that was saved, or a function that is run now.
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { ProfileError, readReport } from "../../engine/report/read.ts";
import type { Report } from "../../engine/report/types.ts";
import { languageOfFile } from "../languages.ts";
import type { Context } from "./context.ts";
import { usage } from "./failure.ts";
import type { RunOptions } from "./asked.ts";
import { profileTarget } from "./profile.ts";
import { parseTarget } from "./target.ts";

export interface Named {
  readonly report: Report;
  readonly name: string;
}
/** Files of a language are run, others read as profiles. Throws a Failure. */
export async function reportFrom(c: Context, source: string, o: RunOptions): Promise<Named> {
  const { file, function: wanted } = parseTarget(source);
  if (wanted !== null || languageOfFile(file)) return profileTarget(c, source, o, "profile");
  try {
    return { report: await readReport(readFileSync(file)), name: basename(file).replace(/\.jitprofile(?:\.gz)?$/, "") };
  } catch (e) {
    if (e instanceof ProfileError)
      throw usage(e.message, "Give a .jitprofile, or FILE#FUNCTION of a source file.", { file, line: null, column: null });
    throw e;
  }
}
