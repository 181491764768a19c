// jitlens diff: two profiles, two functions, or a profile and what the code is now.
import type { Command } from "commander";
import { diffReports } from "../../../engine/report/diff/diff.ts";
import { diffText } from "../../../engine/report/diff/text.ts";
import type { Context } from "../context.ts";
import { jsonOption, number, runOptions } from "../options.ts";
import type { RunOptions } from "../profile.ts";
import { reportFrom } from "../reports.ts";
import { printable } from "../terminal.ts";

interface Options extends RunOptions {
  readonly json?: boolean;
  readonly least: number;
}
export function diffCommand(program: Command, c: Context): void {
  jsonOption(
    runOptions(program.command("diff").description("two profiles beside each other: kernels matched by lineage, times with significance")),
    "the comparison",
  )
    .argument("<before>", "a .jitprofile, or FILE#FUNCTION")
    .argument("<after>", "a .jitprofile, or FILE#FUNCTION")
    .option("--least <percent>", "differences of time below this count as none, however sure", number, 10)
    .action(async (before: string, after: string, o: Options) => {
      const a = await reportFrom(c, before, o);
      const b = await reportFrom(c, after, o);
      const d = diffReports(a.report, b.report, { least: o.least / 100 });
      await (o.json ? c.terminal.json(d) : c.terminal.print(coloured(c, printable(diffText(d)))));
    });
}
/** Verdicts in colour, where a person reads. */
function coloured(c: Context, text: string): string {
  const { red, green, bold } = c.terminal.out;
  return text
    .replace(/\bslower\b/g, (s) => red(s))
    .replace(/\bfaster\b/g, (s) => green(s))
    .replace(/^(?:Kernels|Lines|Compilations|Fusion decisions|\w+, changed lines).*$/gm, (s) => bold(s));
}
