// What the editor is told of tools for agents when the extension starts: names alone. Tools and their code are loaded with the first call, and where the editor has
// no such interface nothing is registered. Code runs in trusted workspaces only, and after the person confirmed it.
import { join } from "node:path";
import * as vscode from "vscode";
import { VERSION } from "../../engine/report/version.ts";
import type { Context } from "../context.ts";
import { nodeFor } from "../run.ts";
import { preparedTool } from "../shown.ts";

/** Tools of package.json's `languageModelTools`, and whether they run the person's code; a test holds that this is the table of host/agents/tools. */
export const TOOL_NAMES: Readonly<Record<string, boolean>> = {
  list_jit_functions: false,
  profile: true,
  explain_edge: false,
  show: false,
  compare: false,
  check: true,
  try_pin: true,
  advise: true,
};
export const editorName = (tool: string): string => `jitlens_${tool}`;

export function registerAgents(c: Context): vscode.Disposable {
  const { lm } = vscode as Partial<typeof vscode>;
  const parts: vscode.Disposable[] = [];
  if (typeof lm?.registerTool === "function")
    for (const [name, runsCode] of Object.entries(TOOL_NAMES)) parts.push(lm.registerTool(editorName(name), new LazyTool(c, name, runsCode)));
  if (typeof lm?.registerMcpServerDefinitionProvider === "function")
    parts.push(lm.registerMcpServerDefinitionProvider("jitlens.mcp", { provideMcpServerDefinitions: () => servers(c) }));
  return vscode.Disposable.from(...parts);
}
class LazyTool implements vscode.LanguageModelTool<Readonly<Record<string, unknown>>> {
  constructor(
    private readonly c: Context,
    private readonly name: string,
    private readonly runsCode: boolean,
  ) {}
  prepareInvocation({ input }: vscode.LanguageModelToolInvocationPrepareOptions<Readonly<Record<string, unknown>>>): vscode.PreparedToolInvocation {
    const what = String(input.target ?? input.baseline ?? input.file ?? input.profile ?? "").slice(0, 200);
    const doing = what ? vscode.l10n.t("JitLens: {0} of {1}", this.name, what) : vscode.l10n.t("JitLens: {0}", this.name);
    if (!this.runsCode) return preparedTool(doing);
    return preparedTool(doing, {
      title: vscode.l10n.t("Run code for an agent?"),
      message: vscode.l10n.t("JitLens would run {0} on this machine, with your rights, and measure it. Nothing is changed in your files.", what),
    });
  }
  async invoke(o: vscode.LanguageModelToolInvocationOptions<Readonly<Record<string, unknown>>>, token: vscode.CancellationToken) {
    if (this.runsCode && !vscode.workspace.isTrusted)
      throw new Error(vscode.l10n.t("JitLens does not run code in a workspace that is not trusted. Lenses and saved profiles still work."));
    const { EditorBench, TOOLS, invoke } = await import("./tools.ts");
    const tool = TOOLS.find((t) => t.name === this.name)!;
    bench ??= new EditorBench(this.c);
    return invoke(bench.get(), tool, o.input, token);
  }
}
/** One for all tools: they speak of the same profiles. */
let bench: InstanceType<typeof import("./tools.ts").EditorBench> | null = null;
/** The server for clients that speak the protocol: of the folders that are open now, where they are trusted. */
function servers(c: Context): vscode.McpServerDefinition[] {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter((f) => f.uri.scheme === "file");
  if (!vscode.workspace.isTrusted || !folders.length) return [];
  const { nodePath, env = {} } = nodeFor(folders[0]!.uri);
  const program = join(c.extension.extensionPath, "dist", "host", "mcp.cjs");
  const args = [program, ...folders.flatMap((f) => ["--root", f.uri.fsPath])];
  return [new vscode.McpStdioServerDefinition("JitLens", nodePath, args, { ...env }, VERSION)];
}
