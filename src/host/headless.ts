// The main job without an editor: finds a jit function of a file, runs it, prints what the compiler made of it, and writes the exports.
//   node dist/host/headless.cjs FILE [FUNCTION] [options]; --help lists them
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { EXPORTERS } from "../engine/report/exporters/exporters.ts";
import { textReport } from "../engine/report/exporters/text.ts";
import { parseReport } from "../engine/report/read.ts";
import { languageOfFile } from "./languages.ts";
import { endAllRuns, startRun } from "./run.ts";
import { findSites } from "./sites.ts";

const USAGE = `usage: headless FILE [FUNCTION] [options]
  --out FOLDER      where the profile and its exports are written (.)
  --args TYPES      argument types, for a function that the file does not call: "f32[2,3], i32[8]"
  --entry FILE      the file to run, where it is another one that calls the function
  --pin EDGE        fuse or split an edge of the ledger, such as 12>15=split; may be repeated
  --trace           trace without measuring
  --seconds N       how long the file goes on after the first call (10)`;
const readArguments = () =>
  parseArgs({
    allowPositionals: true,
    options: {
      out: { type: "string" },
      args: { type: "string" },
      entry: { type: "string" },
      pin: { type: "string", multiple: true },
      trace: { type: "boolean" },
      seconds: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
async function main(): Promise<number> {
  let parsed: ReturnType<typeof readArguments>;
  try {
    parsed = readArguments();
  } catch (e) {
    console.error(`${(e as Error).message}\n${USAGE}`);
    return 2;
  }
  const { values, positionals } = parsed,
    [fileArg, wanted] = positionals,
    out = values.out ?? ".",
    trace = values.trace ?? false;
  if (values.help || !fileArg) {
    console[values.help ? "log" : "error"](USAGE);
    return values.help ? 0 : 2;
  }
  if (!existsSync(fileArg)) {
    console.error(`there is no file ${fileArg}`);
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
      clicked: performance.timeOrigin,
      site,
      sites,
      args: values.args ?? null,
      cwd: process.cwd(),
      collect: { calls: 100_000, seconds: Number(values.seconds ?? 10) || 0 },
      ...(values.entry === undefined ? {} : { entry: resolve(values.entry) }),
      ...(values.pin === undefined ? {} : { pins: values.pin }),
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
