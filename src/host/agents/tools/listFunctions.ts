// Which jit functions there are: of a file, or of the workspace's files.
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import { Failure } from "../../cli/failure.ts";
import { placeOf } from "../../cli/functions.ts";
import { languageOfFile, languageOfNotebook } from "../../languages.ts";
import { isNotebook } from "../../notebook/cells.ts";
import type { Site } from "../../protocol.ts";
import type { Bench } from "../bench.ts";
import { cut, defineTool } from "./tool.ts";

const MOST_FILES = 2000;
const MOST_FUNCTIONS = 60;
const LARGEST = 512 * 1024;
const SKIPPED = /^(?:node_modules|dist|build|out|coverage|__pycache__|venv)$|^\./;

export const listFunctions = defineTool({
  name: "list_jit_functions",
  title: "List jit functions",
  description:
    "The jit functions of a file, or without one of all files of the workspace, each with the target that other tools take. Nothing is run.",
  input: z.object({ file: z.string().max(4096).optional().describe("a file, by its path from the workspace folder") }),
  output: z.object({
    functions: z.array(z.object({ name: z.string(), file: z.string(), line: z.number(), target: z.string() })),
    left: z.number().describe("functions that are not shown"),
  }),
  runsCode: false,
  async call(b, { file }) {
    const files = file === undefined ? candidates(b) : [b.workspace.file(file)];
    const functions = [];
    for (const path of files) {
      const sites = await sitesIn(b, path, file === undefined);
      const names = new Map<string, number>();
      for (const s of sites) names.set(s.name, (names.get(s.name) ?? 0) + 1);
      const shown = b.workspace.shown(path);
      // A name that several have names none of them.
      for (const s of sites)
        functions.push({
          name: cut(s.name),
          file: s.cell === undefined ? shown : b.workspace.shown(s.cell),
          line: s.line + 1,
          target: (names.get(s.name) ?? 0) > 1 ? `${shown}#${placeOf(s)}` : `${shown}#${cut(s.name)}`,
        });
    }
    const left = Math.max(0, functions.length - MOST_FUNCTIONS);
    const say = functions.length
      ? "Profile one by its target. Lines count from 1."
      : 'There is no jit function: wrap one in jit(…) of "jitlens", or put @jax.jit above a Python function.';
    return { data: { functions: functions.slice(0, MOST_FUNCTIONS), left }, say };
  },
});
/** @param amongOthers then one that cannot be read, such as half a notebook, has none */
async function sitesIn(b: Bench, path: string, amongOthers: boolean): Promise<readonly Site[]> {
  try {
    return (await b.source(path)).sites;
  } catch (e) {
    if (amongOthers && e instanceof Failure) return [];
    throw e;
  }
}
/** Files that speak of an engine; links are not followed. */
function candidates(b: Bench): string[] {
  const found: string[] = [];
  let seen = 0;
  const visit = (folder: string): void => {
    for (const e of readdirSync(folder, { withFileTypes: true }).sort((x, y) => (x.name < y.name ? -1 : 1))) {
      if (seen >= MOST_FILES) return;
      const path = join(folder, e.name);
      if (e.isDirectory() && !SKIPPED.test(e.name)) visit(path);
      const language = e.isFile() ? (languageOfFile(e.name) ?? languageOfNotebook(e.name)) : undefined;
      if (!language) continue;
      seen++;
      if (statSync(path).size > LARGEST) continue;
      const text = readFileSync(path, "utf8");
      // A notebook's text is JSON: the words are looked for without their quotes.
      if (language.mayHaveSites(isNotebook(path) ? text.replace(/^\s*"/gm, "") : text)) found.push(path);
    }
  };
  for (const root of b.workspace.roots) visit(root);
  return found;
}
