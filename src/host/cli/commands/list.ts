// jitlens list: the jit functions of a file. Nothing is run.
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { jsonOption } from "../options.ts";
import { cellOfPath } from "../../notebook/cells.ts";
import { placeOf } from "../functions.ts";
import { parseTarget, readSource } from "../target.ts";
import { oneLine } from "../terminal.ts";

export function listCommand(program: Command, c: Context): void {
  jsonOption(program.command("list").description("the jit functions of a file; nothing is run"), "the list")
    .argument("<file>")
    .action((file: string, o: { readonly json?: boolean }) => list(c, file, o.json ?? false));
}
async function list(c: Context, file: string, json: boolean): Promise<void> {
  const { file: path } = parseTarget(file);
  const { sites } = await readSource(c.dist, path);
  const names = new Map<string, number>();
  for (const s of sites) names.set(s.name, (names.get(s.name) ?? 0) + 1);
  const rows = sites.map((s) => {
    // A name that several have names none of them.
    const target = (names.get(s.name) ?? 0) > 1 ? `${path}#${placeOf(s)}` : `${path}#${s.name}`;
    const cell = s.cell === undefined ? undefined : cellOfPath(s.cell)?.number;
    return {
      name: s.name,
      ...(cell === undefined ? {} : { cell }),
      line: s.line + 1,
      column: s.column + 1,
      kind: s.kind,
      traceTag: s.traceTag,
      target,
    };
  });
  if (json) return c.terminal.json(rows);
  if (!rows.length) return c.terminal.text(`${oneLine(path)} has no jit functions\n`);
  const width = Math.max(...rows.map((r) => r.name.length));
  await c.terminal.text(
    rows
      .map(
        (r) =>
          `${oneLine(r.name).padEnd(width)}  ${oneLine(path)}${r.cell === undefined ? "" : `#cell-${r.cell}`}:${r.line}${r.traceTag === null ? "" : `  @trace ${oneLine(r.traceTag)}`}\n`,
      )
      .join(""),
  );
}
