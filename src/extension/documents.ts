// Programs as documents: a profile's jaxpr, its graphs and the code of its kernels open as read-only text of the real editor, with its search, folding and
// selection; lines of an equation link to the person's lines.
import * as vscode from "vscode";
import type { Level, Region, Report } from "../engine/report/types.ts";
import { openCell, ownerOf } from "./cells.ts";
import type { Context } from "./context.ts";
import { idOf } from "./history.ts";
import { uriOf } from "./places.ts";
import { pick, say } from "./shown.ts";

export const SCHEME = "jitlens";
export interface ProgramText {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  /** Decides the language: .jaxpr, .mlir, .wat, … */
  readonly extension: string;
  readonly text: string;
  /** On which line (from 1) an operation starts. */
  readonly lines: readonly (readonly [line: number, node: string])[];
}
const EXTENSIONS: Readonly<Record<string, string>> = {
  jaxpr: "jaxpr",
  stablehlo: "mlir",
  hlo: "hlo",
  wat: "wat",
  wgsl: "wgsl",
  c: "c",
  kernel: "kernel.txt",
};

/** Every text of a Report's first program. */
export function programTexts(r: Report): ProgramText[] {
  const program = r.programs[0];
  if (!program) return [];
  const levels = program.levels.map((level): ProgramText => {
    const printed = level.text ?? printLevel(level);
    return {
      id: level.name,
      label: level.name === "jaxpr" ? "jaxpr" : vscode.l10n.t("graph: {0}", level.name),
      description: vscode.l10n.t(
        "{0} operations",
        level.regions.reduce((s, x) => s + x.nodes.length, 0),
      ),
      extension: EXTENSIONS[printed.language] ?? "txt",
      text: printed.text,
      lines: printed.lines,
    };
  });
  const kernels = (program.kernels ?? []).flatMap((k) =>
    (k.code ?? []).map((code): ProgramText => ({
      id: `${k.id}.${code.language}`,
      label: vscode.l10n.t("kernel {0}", k.label),
      description: code.language,
      extension: EXTENSIONS[code.language] ?? "txt",
      text: code.text,
      lines: [],
    })),
  );
  return [...levels, ...kernels];
}
/** A level that came without text, an operation a line. */
export function printLevel(level: Level): { language: string; text: string; lines: [number, string][] } {
  const text: string[] = [];
  const lines: [number, string][] = [];
  const byId = new Map(level.regions.map((x) => [x.id, x]));
  const print = (region: Region, indent: string): void => {
    for (const n of region.nodes) {
      if (region.parameters.includes(n.id) && !n.regions?.length) continue;
      lines.push([text.length + 1, n.id]);
      const values = n.inputs.map((i) => `%${i}`).join(", ");
      text.push(`${indent}%${n.id} = ${n.op}${n.attributes ? ` ${n.attributes}` : ""}(${values}) : ${n.type}`);
      for (const id of n.regions ?? []) {
        const inner = byId.get(id);
        if (!inner) continue;
        text.push(`${indent}  ${inner.name} {`);
        print(inner, `${indent}    `);
        text.push(`${indent}  }`);
      }
    }
    text.push(`${indent}return ${region.outputs.map((o) => `%${o}`).join(", ")}`);
  };
  const [whole] = level.regions;
  if (whole) {
    text.push(
      `func @${whole.name.replace(/\W/g, "_")}(${whole.parameters.map((p) => `%${p}: ${whole.nodes.find((n) => n.id === p)?.type ?? ""}`).join(", ")}) {`,
    );
    print(whole, "  ");
    text.push("}");
  }
  return { language: "stablehlo", text: text.join("\n"), lines };
}
/** The document of one text of a Report. */
export const textUri = (r: Report, t: Pick<ProgramText, "id" | "extension">): vscode.Uri =>
  vscode.Uri.from({
    scheme: SCHEME,
    path: `/${r.function.name.replace(/[^\p{L}\p{N}_.-]/gu, "_").slice(0, 60)}${t.id === "jaxpr" ? "" : ` ${t.id.replace(/[^\w.-]/g, "_")}`}.${t.extension}`,
    query: new URLSearchParams({ report: idOf(r), text: t.id }).toString(),
  });

export class Documents implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider {
  constructor(private readonly c: Context) {}
  register(): vscode.Disposable {
    return vscode.Disposable.from(
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.languages.registerDocumentLinkProvider({ scheme: SCHEME }, this),
    );
  }
  async #find(uri: vscode.Uri): Promise<{ report: Report; text: ProgramText } | null> {
    const query = new URLSearchParams(uri.query);
    const report = await reportById(this.c, query.get("report") ?? "");
    const text = report && programTexts(report).find((t) => t.id === query.get("text"));
    return report && text ? { report, text } : null;
  }
  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    return (await this.#find(uri))?.text.text ?? vscode.l10n.t("This profile is not kept any more.");
  }
  async provideDocumentLinks(d: vscode.TextDocument): Promise<vscode.DocumentLink[]> {
    const found = await this.#find(d.uri);
    if (!found) return [];
    const { report, text } = found;
    const stackOf = new Map(report.programs[0]?.levels.flatMap((l) => l.regions.flatMap((x) => x.nodes.map((n) => [n.id, n.stack] as const))));
    return text.lines.flatMap(([line, node]) => {
      const frame = report.frames[report.stacks[stackOf.get(node) ?? -1]?.[0] ?? -1];
      const at = frame && report.files[frame.file];
      const file = at && uriOf(at.path, at.text);
      // Only a file of the workspace opens without a question: others have no link.
      if (!frame || !file || !vscode.workspace.getWorkspaceFolder(ownerOf(file)) || line > d.lineCount) return [];
      const written = d.lineAt(line - 1);
      const start = written.firstNonWhitespaceCharacterIndex;
      const name = /^\S+/.exec(written.text.slice(start))?.[0] ?? "";
      return [
        new vscode.DocumentLink(
          new vscode.Range(line - 1, start, line - 1, start + name.length),
          // A cell's own fragment says which cell it is.
          openCell(file) ? file : file.with({ fragment: `L${frame.line},${frame.column}` }),
        ),
      ];
    });
  }
}
/** The Report that is shown, or a kept one. */
async function reportById(c: Context, id: string): Promise<Report | null> {
  if (c.session.report && idOf(c.session.report) === id) return c.session.report;
  try {
    return await c.history.get(id);
  } catch {
    return null;
  }
}
async function show(r: Report, t: ProgramText): Promise<void> {
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(textUri(r, t)), { preview: true });
}
/** Asks which text of the profile, and opens it. */
export async function openProgramText(r: Report): Promise<void> {
  const text = await pick(
    vscode.l10n.t("Which text of {0}?", r.function.name),
    programTexts(r).map((t) => ({ label: t.label, description: t.description, value: t })),
  );
  if (text) await show(r, text);
}
export async function copyJaxpr(r: Report): Promise<void> {
  const text = programTexts(r).find((t) => t.id === "jaxpr");
  if (!text) return void say.info(vscode.l10n.t("This profile has no program text."));
  await vscode.env.clipboard.writeText(text.text);
}
/** The jaxprs of two profiles, side by side in the editor's own comparison. */
export async function compareTexts(a: Report, b: Report): Promise<void> {
  const [left, right] = [a, b].map((r) => programTexts(r).find((t) => t.id === "jaxpr"));
  if (!left || !right) return void say.info(vscode.l10n.t("This profile has no program text."));
  await vscode.commands.executeCommand("vscode.diff", textUri(a, left), textUri(b, right), `${a.function.name}: jaxpr`);
}
