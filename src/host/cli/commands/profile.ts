// jitlens profile and jitlens trace: runs a file up to a jit function's call, and says what the compiler made of it.
import type { Command } from "commander";
import { diffReports } from "../../../engine/report/diff/diff.ts";
import { diffText } from "../../../engine/report/diff/text.ts";
import { overviewText } from "../../../engine/report/exporters/overview.ts";
import { textReport } from "../../../engine/report/exporters/text.ts";
import { SECTIONS, type Section, summary } from "../../../engine/report/summary.ts";
import type { Report } from "../../../engine/report/types.ts";
import type { Context } from "../context.ts";
import { usage } from "../failure.ts";
import { nearest } from "../nearest.ts";
import { TARGET, jsonOption, listed, runOptions, whole } from "../options.ts";
import { exportersNamed, printOne, writeAll } from "../outputs.ts";
import type { Profiled, RunOptions } from "../asked.ts";
import { profileTarget } from "../profile.ts";

interface Options extends RunOptions {
  readonly out?: string;
  readonly format?: readonly string[];
  readonly json?: boolean;
  readonly full?: boolean;
  readonly top?: number;
  readonly sections?: readonly string[];
}
function withOutputs(command: Command): Command {
  return jsonOption(runOptions(command), "a summary of at most 2 KB")
    .option("--out <folder>", "write the profile, or the formats that --format names, into this folder")
    .option(
      "--format <list>",
      "formats to write, separated by commas, or all (jitlens export --help lists them); one without --out goes to stdout",
      listed,
    )
    .option("--full", "the whole text: every kernel, line and fusion decision, and the jaxpr")
    .option("--top <n>", "rows of each table", whole)
    .option("--sections <list>", `parts of the summary: ${SECTIONS.join(", ")}`, listed);
}
export function profileCommand(program: Command, c: Context): void {
  withOutputs(program.command("profile").description("run a file, measure a jit function and every kernel of it"))
    .option("--values", "look at the values too: minimum, maximum, mean, NaN and infinities of every operation, and where the first NaN comes from")
    .argument("<target>", TARGET)
    .argument("[function]", "the function's name, where it does not stand behind #")
    .option("--compare-engine", "run a Python function's program on JitLens's own engine too, and show both beside each other")
    .action((target: string, name: string | undefined, o: Options) => show(c, name === undefined ? target : `${target}#${name}`, o, "profile"));
}
export function traceCommand(program: Command, c: Context): void {
  withOutputs(program.command("trace").description("as profile, without measuring: programs, kernels, fusion, with predicted costs"))
    .argument("<target>", TARGET)
    .argument("[function]", "the function's name, where it does not stand behind #")
    .action((target: string, name: string | undefined, o: Options) => show(c, name === undefined ? target : `${target}#${name}`, o, "trace"));
}
async function show(c: Context, target: string, o: Options, mode: "profile" | "trace"): Promise<void> {
  // What is wrong with the options is said before the file runs.
  const formats = o.format ? exportersNamed(o.format) : [];
  const sections = o.sections?.map(sectionNamed);
  if (sections && !o.json) throw usage("--sections is for --json", "It chooses parts of the JSON summary: add --json, or leave it out.");
  if (o.full && o.json) throw usage("--full is for the text, and --json prints a summary", "Leave one of the two out.");
  if (formats.length > 1 && o.out === undefined) throw usage("several formats need a folder", "Give it: --out FOLDER.");
  if (formats.length === 1 && o.out === undefined && o.json)
    throw usage("--json and a format both go to stdout", "Give the format a folder: --out FOLDER.");
  const profiled = await profileTarget(c, target, o, mode);
  if (profiled.engine) return showBoth(c, profiled, profiled.engine, o);
  if (formats.length === 1 && o.out === undefined) return printOne(c, formats[0]!, profiled.report);
  const files = o.out === undefined ? [] : await writeAll(c, o.out, profiled, formats.length ? formats : exportersNamed(["jitprofile"]));
  if (o.json) {
    const made = summary(profiled.report, { ...(o.top === undefined ? {} : { top: o.top }), ...(sections ? { sections } : {}) });
    return c.terminal.json(files.length ? { ...made, files } : made);
  }
  await c.terminal.text(textOf(profiled, o));
  for (const f of files) c.terminal.note(`wrote ${f}`);
}
/** What JAX and our own engine made of one program. */
async function showBoth(c: Context, profiled: Profiled, engine: Report, o: Options): Promise<void> {
  const formats = exportersNamed(o.format ?? ["jitprofile"]);
  const files =
    o.out === undefined
      ? []
      : [
          ...(await writeAll(c, o.out, profiled, formats)),
          ...(await writeAll(c, o.out, { ...profiled, report: engine, name: `${profiled.name}.jitlens` }, formats)),
        ];
  const d = diffReports(profiled.report, engine);
  await (o.json ? c.terminal.json(files.length ? { ...d, files } : d) : c.terminal.text(diffText(d)));
  if (!o.json) for (const f of files) c.terminal.note(`wrote ${f}`);
}
function textOf({ report }: Profiled, o: Options): string {
  return o.full ? textReport(report) : overviewText(report, o.top === undefined ? {} : { top: o.top });
}
function sectionNamed(name: string): Section {
  const found = SECTIONS.find((s) => s === name);
  if (found) return found;
  const close = nearest(name, SECTIONS);
  throw usage(`there is no section "${name}"`, `${close ? `Did you mean ${close}? ` : ""}There are ${SECTIONS.join(", ")}.`);
}
