// jitlens export: a profile or a run in another tool's format.
import type { Command } from "commander";
import { EXPORTERS, GROUPS } from "../../../engine/report/exporters/exporters.ts";
import type { Context } from "../context.ts";
import { TARGET, listed, runOptions } from "../options.ts";
import { exportersNamed, printOne, writeAll, writeOne } from "../outputs.ts";
import type { RunOptions } from "../asked.ts";
import { reportFrom } from "../reports.ts";

const formats = (): string =>
  Object.entries(GROUPS)
    .map(([group, title]) => {
      const own = EXPORTERS.filter((e) => e.group === group);
      return `\n${title}:\n${own.map((e) => `  ${e.id.padEnd(14)} ${e.label} (.${e.extension})`).join("\n")}`;
    })
    .join("\n");
export function exportCommand(program: Command, c: Context): void {
  runOptions(program.command("export").description("a profile, or a run, in another format"))
    .argument("<source>", `a .jitprofile, or ${TARGET}`)
    .requiredOption("--format <list>", "one of those below; several, separated by commas, or all, need --out", listed)
    .option("--out <path>", "the file (for one format) or folder that is written; without it the text goes to stdout")
    .addHelpText("after", formats)
    .action(async (source: string, o: RunOptions & { readonly format: readonly string[]; readonly out?: string }) => {
      const wanted = exportersNamed(o.format, o.out === undefined ? 1 : Infinity);
      const { report, name } = await reportFrom(c, source, o);
      if (o.out === undefined) return printOne(c, wanted[0]!, report);
      const written = wanted.length > 1 ? await writeAll(c, o.out, { report, name }, wanted) : [await writeOne(c, o.out, name, wanted[0]!, report)];
      for (const file of written) c.terminal.note(`wrote ${file}`);
    });
}
