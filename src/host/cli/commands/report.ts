// jitlens report: the single-file HTML report of a profile or of a run.
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { TARGET, runOptions } from "../options.ts";
import { exportersNamed, printOne, writeOne } from "../outputs.ts";
import type { RunOptions } from "../asked.ts";
import { reportFrom } from "../reports.ts";

export function reportCommand(program: Command, c: Context): void {
  runOptions(program.command("report").description("one HTML file with all panels, which works offline"))
    .argument("<source>", `a .jitprofile, or ${TARGET}`)
    .option("--out <file>", "the file, or the folder, that is written; without it the page goes to stdout")
    .action(async (source: string, o: RunOptions & { readonly out?: string }) => {
      const { report, name } = await reportFrom(c, source, o);
      const [html] = exportersNamed(["html"]);
      if (o.out === undefined) return printOne(c, html!, report);
      c.terminal.note(`wrote ${await writeOne(c, o.out, name, html!, report)}`);
    });
}
