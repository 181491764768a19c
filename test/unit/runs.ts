// Runs of small files in real runner processes, for tests.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Report } from "../../src/engine/report/types.ts";
import { parseReport } from "../../src/engine/report/read.ts";
import { languageOfFile, languageOfNotebook } from "../../src/host/languages.ts";
import type { Cell } from "../../src/host/notebook/cells.ts";
import { findCellSites } from "../../src/host/notebook/sites.ts";
import type { LiveMessage, RunParams, RunResult, Site, TrialsNow } from "../../src/host/protocol.ts";
import { startRunOrComparison } from "../../src/host/compareEngine.ts";
import type { ActiveRun } from "../../src/host/run.ts";
import { findSites } from "../../src/host/sites.ts";
import type { Spares } from "../../src/host/spares.ts";

export const dist = fileURLToPath(new URL("../../dist", import.meta.url));
export const scratch = mkdtempSync(join(tmpdir(), "jitlens-tests-"));
export const head = 'import { jit, lax, numpy as np, type Value } from "jitlens";\n';
let n = 0;
export interface RunOptions extends Partial<
  Pick<
    RunParams,
    | "args"
    | "root"
    | "mode"
    | "nodePath"
    | "cwd"
    | "collect"
    | "electron"
    | "pins"
    | "compare"
    | "entry"
    | "unsaved"
    | "live"
    | "python"
    | "compareEngine"
    | "prefers"
    | "values"
    | "advice"
    | "picture"
  >
> {
  /** Which jit function is clicked: its place in the file, or its name. */
  readonly site?: number | string;
  readonly file?: string;
  /** Of a notebook, whose path is then `file`: its cells, and the text is none. */
  readonly cells?: readonly Cell[];
  /** Further files, relative to the file's folder. */
  readonly beside?: Readonly<Record<string, string>>;
  readonly output?: (text: string) => void | Promise<void>;
  readonly partial?: (report: unknown) => void;
  readonly progress?: (message: string, trials?: TrialsNow) => void;
  readonly spares?: Spares;
  readonly onLive?: (m: LiveMessage) => void;
  readonly liveEnded?: () => void;
  /** Where the runner is built; this project's own without it. */
  readonly dist?: string;
}
export interface Started extends ActiveRun {
  readonly file: string;
  readonly sites: readonly Site[];
}
export async function start(text: string, o: RunOptions = {}): Promise<Started> {
  const file = o.file ?? join(scratch, `r${n++}`, "file.ts"),
    { id: languageId } = languageOfFile(file) ?? languageOfNotebook(file)!;
  mkdirSync(dirname(file), { recursive: true });
  if (!(basename(file) in (o.beside ?? {}))) writeFileSync(file, text);
  for (const [name, content] of Object.entries(o.beside ?? {})) {
    mkdirSync(dirname(join(dirname(file), name)), { recursive: true });
    writeFileSync(join(dirname(file), name), content);
  }
  const grammars = join(dist, "grammars"),
    sites = await (o.cells ? findCellSites(grammars, o.cells) : findSites(grammars, languageId, text, { file })),
    site = typeof o.site === "string" ? sites.find((s) => s.name === o.site) : sites[o.site ?? 0];
  if (!site) throw new Error(`no such jit function; there are: ${sites.map((s) => s.name).join(", ")}`);
  const run = startRunOrComparison(
    o.dist ?? dist,
    {
      id: "t",
      file: site.cell ?? file,
      text: o.cells?.find((c) => c.file === site.cell)?.text ?? text,
      ...(o.cells ? { cells: [...o.cells] } : {}),
      languageId,
      mode: o.mode ?? "trace",
      nodePath: o.nodePath ?? process.execPath,
      electron: o.electron ?? false,
      site,
      sites: [...sites],
      args: o.args ?? null,
      root: o.root ?? null,
      ...(o.python === undefined ? {} : { python: o.python }),
      ...(o.compareEngine === undefined ? {} : { compareEngine: o.compareEngine }),
      ...(o.prefers === undefined ? {} : { prefers: o.prefers }),
      ...(o.pins === undefined ? {} : { pins: o.pins }),
      ...(o.live === undefined ? {} : { live: o.live }),
      ...(o.advice === undefined ? {} : { advice: o.advice }),
      ...(o.picture === undefined ? {} : { picture: o.picture }),
      ...(o.values === undefined ? {} : { values: o.values }),
      ...(o.compare === undefined ? {} : { compare: o.compare }),
      ...(o.entry === undefined ? {} : { entry: o.entry }),
      ...(o.unsaved === undefined ? {} : { unsaved: o.unsaved }),
      ...(o.cwd === undefined ? {} : { cwd: o.cwd }),
      ...(o.collect === undefined ? {} : { collect: o.collect }),
    },
    {
      progress: (m, _fraction, trials) => o.progress?.(m, trials),
      output: (t) => o.output?.(t),
      partial: (r) => o.partial?.(r),
      live: (m) => o.onLive?.(m),
      liveEnded: () => o.liveEnded?.(),
    },
    o.spares ?? null,
  );
  return {
    file,
    sites,
    result: run.result,
    cancel: run.cancel,
    edit: run.edit,
    stopTrials: run.stopTrials,
    seen: run.seen,
    close: run.close,
    get isWarm() {
      return run.isWarm;
    },
  };
}
export const run = async (text: string, o: RunOptions = {}): Promise<RunResult> => (await start(text, o)).result;
export function reportOf(r: RunResult): Report {
  if (r.kind !== "report") throw new Error(JSON.stringify(r));
  return parseReport(r.report);
}
/** `line: message | what to do` */
export function errorOf(r: RunResult): string {
  if (r.kind !== "error") throw new Error(`expected an error, got ${r.kind}`);
  return `${r.line}: ${r.message} | ${r.action}`;
}
