// Exports on their way out: to stdout, or to files, which are written only where the person said.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { EXPORTERS, type Exporter } from "../../engine/report/exporters/exporters.ts";
import type { Report } from "../../engine/report/types.ts";
import { type Context, assetsOf } from "./context.ts";
import { usage } from "./failure.ts";
import { nearest } from "./nearest.ts";
import { writeOut } from "./writing.ts";

/** @param most how many there is room for */
export function exportersNamed(names: readonly string[], most = Infinity): Exporter[] {
  const ids = EXPORTERS.map((e) => e.id);
  const found = names.includes("all") ? [...EXPORTERS] : names.map((name) => exporterNamed(name, ids));
  if (!found.length) throw usage("no format was named", `There are ${ids.join(", ")}.`);
  if (found.length > most) throw usage("several formats need a folder", "Give it: --out FOLDER.");
  return found;
}
function exporterNamed(name: string, ids: readonly string[]): Exporter {
  const found = EXPORTERS.find((e) => e.id === name);
  if (found) return found;
  const close = nearest(name, ids);
  throw usage(`there is no format "${name}"`, `${close ? `Did you mean ${close}? ` : ""}There are ${ids.join(", ")}.`);
}
/** Throws a Failure where the Report has nothing that the format shows. */
async function written(c: Context, e: Exporter, r: Report): Promise<string | Uint8Array> {
  const why = e.lacks?.(r) ?? null;
  if (why !== null) throw usage(`${e.id}: ${why}`);
  return e.write(r, assetsOf(c));
}
export async function printOne(c: Context, e: Exporter, r: Report): Promise<void> {
  const data = await written(c, e, r);
  if (typeof data !== "string" && c.terminal.readsResults) throw usage(`${e.id} is no text for a terminal`, "Give it a file: --out FILE, or a pipe.");
  // A file's bytes stay as they are; a terminal is shown what it can bear.
  await (typeof data === "string" && c.terminal.readsResults ? c.terminal.text(data) : c.terminal.print(data));
}
/** @param folder whether `out` is a folder, whatever its name */
export async function writeOne(c: Context, out: string, name: string, e: Exporter, r: Report, folder = false): Promise<string> {
  const isFolder = folder || /[\\/]$/.test(out) || (existsSync(out) && statSync(out).isDirectory());
  const path = isFolder ? join(out, `${name}.${e.extension}`) : out;
  const data = await written(c, e, r);
  writeOut(path, data);
  return path;
}
/** Formats that this Report has nothing for are left out, and said so. */
export async function writeAll(
  c: Context,
  out: string,
  p: { readonly report: Report; readonly name: string },
  formats: readonly Exporter[],
): Promise<string[]> {
  const files: string[] = [];
  for (const e of formats) {
    const why = e.lacks?.(p.report) ?? null;
    if (why === null) files.push(await writeOne(c, out, p.name, e, p.report, true));
    else c.terminal.note(`${e.id} is left out: ${why}`);
  }
  return files;
}
