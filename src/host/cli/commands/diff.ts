// jitlens diff: two profiles, two functions, or a profile and what the code is now.
import type { Command } from "commander";
import { diffRepeated } from "../../../engine/report/diff/repeated.ts";
import { diffText } from "../../../engine/report/diff/text.ts";
import type { Report } from "../../../engine/report/types.ts";
import type { Context } from "../context.ts";
import { jsonOption, number, runOptions, whole } from "../options.ts";
import type { RunOptions } from "../asked.ts";
import { reportFrom } from "../reports.ts";
import { printable } from "../terminal.ts";

interface Options extends RunOptions {
  readonly json?: boolean;
  readonly least: number;
  readonly repeat: number;
}
export function diffCommand(program: Command, c: Context): void {
  jsonOption(
    runOptions(program.command("diff").description("two profiles beside each other: kernels matched by lineage, times with significance")),
    "the comparison",
  )
    .argument("<before>", "a .jitprofile, or FILE#FUNCTION")
    .argument("<after>", "a .jitprofile, or FILE#FUNCTION")
    .option("--least <percent>", "differences of time below this count as none, however sure", number, 10)
    .option("--repeat <n>", "run each function so often, in turns: a difference then counts only where every time shows it", whole, 1)
    .action(async (before: string, after: string, o: Options) => {
      const d = diffRepeated(await pairsOf(c, before, after, o), { least: o.least / 100 });
      await (o.json ? c.terminal.json(d) : c.terminal.print(coloured(c, printable(diffText(d)))));
    });
}
/** One after the other, so that what else the machine does meets both. Profiles that were saved stay what they are. */
async function pairsOf(c: Context, before: string, after: string, o: Options): Promise<[Report, Report][]> {
  const pairs: [Report, Report][] = [];
  for (let i = 0; i < o.repeat; i++) {
    const a = await reportFrom(c, before, o);
    const b = await reportFrom(c, after, o);
    pairs.push([a.report, b.report]);
  }
  return pairs;
}
/** Verdicts in colour, where a person reads. */
function coloured(c: Context, text: string): string {
  const { red, green, bold } = c.terminal.out;
  return text
    .replace(/\bslower\b/g, (s) => red(s))
    .replace(/\bfaster\b/g, (s) => green(s))
    .replace(/^(?:Kernels|Lines|Compilations|Fusion decisions|\w+, changed lines).*$/gm, (s) => bold(s));
}
