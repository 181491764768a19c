// The main job without an editor: finds a jit function of a file, runs it, prints what the compiler made of it, and writes the exports.
//   node dist/host/headless.cjs FILE [FUNCTION] [--out FOLDER] [--args TYPES] [--trace]
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { EXPORTERS } from "../engine/report/exporters/exporters.ts";
import { textReport } from "../engine/report/exporters/text.ts";
import { parseReport } from "../engine/report/read.ts";
import { languageOfFile } from "./languages.ts";
import { endAllRuns, startRun } from "./run.ts";
import { findSites } from "./sites.ts";

async function main(): Promise<number> {
  const argv = process.argv.slice(2),
    option = (name: string): string | null => {
      const i = argv.indexOf(name);
      return i < 0 ? null : argv.splice(i, 2)[1]!;
    };
  const out = option("--out") ?? ".",
    args = option("--args"),
    trace = argv.includes("--trace"),
    [fileArg, wanted] = argv.filter((a) => !a.startsWith("--"));
  if (!fileArg) {
    console.error("usage: headless FILE [FUNCTION] [--out FOLDER] [--args TYPES] [--trace]");
    return 2;
  }
  const dist = join(dirname(__filename), ".."),
    file = resolve(fileArg),
    text = readFileSync(file, "utf8"),
    languageId = languageOfFile(file)?.id ?? "typescript";
  const sites = await findSites(join(dist, "grammars"), languageId, text, { file }),
    site = wanted ? sites.find((s) => s.name === wanted) : sites[0];
  if (!site) {
    console.error(
      wanted ? `${file} has no jit function "${wanted}"; it has ${sites.map((s) => s.name).join(", ") || "none"}` : `${file} has no jit function`,
    );
    return 1;
  }
  const run = startRun(
    dist,
    {
      id: "headless",
      file,
      root: process.cwd(),
      text,
      languageId,
      mode: trace ? "trace" : "profile",
      nodePath: process.execPath,
      electron: false,
      site,
      args,
      cwd: process.cwd(),
    },
    { progress: () => {}, output: (t) => void process.stderr.write(t) },
  );
  process.on("SIGINT", () => run.cancel());
  for (const s of ["SIGTERM", "SIGHUP"] as const) process.on(s, () => process.exit(1));
  process.on("exit", endAllRuns);
  const r = await run.result;
  if (r.kind === "report") {
    const report = parseReport(r.report),
      assets = {
        page: readFileSync(join(dist, "views", "main.js"), "utf8"),
        layoutWorker: readFileSync(join(dist, "views", "layoutWorker.js"), "utf8"),
      },
      base = join(out, `${basename(file, extname(file))}.${site.name}`);
    mkdirSync(out, { recursive: true });
    console.log(textReport(report));
    for (const e of EXPORTERS) {
      writeFileSync(`${base}.${e.extension}`, e.write(report, assets));
      console.log(`wrote ${base}.${e.extension}`);
    }
    return 0;
  }
  if (r.kind === "error") console.error(`${r.file ?? ""}${r.line ? `:${r.line}` : ""}: ${r.message}\n${r.action}`);
  else if (r.kind === "needs-arguments") console.error(`${site.name} is not called in the file: give its argument types with --args "f32[2,3], …"`);
  return 1;
}
void main().then((code) => process.exit(code));
