// The tools for agents in the editor: package.json declares the table's, code runs only in trusted workspaces and after a question, and editors without the
// interface start as before.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import * as vscode from "./vscode.fake.ts";
import { TOOL_NAMES, editorName, registerAgents } from "../../src/extension/agents/register.ts";
import type { Context } from "../../src/extension/context.ts";
import { jsonSchemaOf } from "../../src/engine/report/validate.ts";
import { TOOLS } from "../../src/host/agents/tools/index.ts";

const root = join(import.meta.dirname, "../..");
const json = (file: string): Record<string, unknown> => JSON.parse(readFileSync(join(root, file), "utf8")) as Record<string, unknown>;
const words = (name: string): string[] => name.split("_");
const upper = (w: string): string => w[0]!.toUpperCase() + w.slice(1);
const titleKey = (name: string): string => {
  const [first, ...rest] = words(name);
  return `tool.${first}${rest.map(upper).join("")}`;
};
describe("package.json", () => {
  const { contributes } = json("package.json") as { contributes: Record<string, unknown> };
  test("declares the tools of the table, as they are", () => {
    const wanted = TOOLS.map((t) => {
      const { $schema: _schema, ...inputSchema } = jsonSchemaOf(t.input);
      return {
        name: editorName(t.name),
        displayName: `%${titleKey(t.name)}%`,
        modelDescription: t.description,
        toolReferenceName: `jitlens${words(t.name).map(upper).join("")}`,
        canBeReferencedInPrompt: true,
        icon: "$(zap)",
        tags: ["jitlens", "performance"],
        inputSchema,
        // What runs code is not even offered where nobody said that they trust it.
        ...(t.runsCode ? { when: "isWorkspaceTrusted" } : {}),
      };
    });
    expect(contributes.languageModelTools).toEqual(wanted);
  });
  test("their titles are those of the table", () => {
    const titles = json("package.nls.json");
    for (const t of TOOLS) expect(titles[titleKey(t.name)]).toBe(t.title);
  });
  test("declares the server", () => {
    expect(contributes.mcpServerDefinitionProviders).toEqual([{ id: "jitlens.mcp", label: "JitLens" }]);
  });
  test("runs what the table says", () => {
    expect(TOOL_NAMES).toEqual(Object.fromEntries(TOOLS.map((t) => [t.name, t.runsCode])));
  });
});
type Tool = {
  prepareInvocation(o: { input: object }): { invocationMessage: string; confirmationMessages?: { title: string; message: { value: string } } };
  invoke(o: { input: object }, token: object): Promise<unknown>;
};
describe("registered", () => {
  const c = { extension: { extensionPath: "/extension" } } as unknown as Context;
  const registered = new Map<string, Tool>();
  let provider: { provideMcpServerDefinitions(): vscode.McpStdioServerDefinition[] } | null = null;
  const editor = {
    registerTool: (name: string, tool: Tool) => {
      registered.set(name, tool);
      return { dispose: () => registered.delete(name) };
    },
    registerMcpServerDefinitionProvider: (_id: string, p: NonNullable<typeof provider>) => {
      provider = p;
      return { dispose: () => (provider = null) };
    },
  };
  afterEach(() => {
    vscode.setLm(undefined);
    vscode.workspace.isTrusted = true;
    vscode.workspace.workspaceFolders = undefined;
  });
  test("nothing where the editor has no such interface, or one without servers", () => {
    registerAgents(c).dispose();
    vscode.setLm({ registerTool: editor.registerTool });
    const tools = registerAgents(c);
    expect([...registered.keys()]).toEqual(TOOLS.map((t) => editorName(t.name)));
    expect(provider).toBeNull();
    tools.dispose();
    expect(registered.size).toBe(0);
  });
  test("before code runs it is asked, with what would run; what only reads is not", () => {
    vscode.setLm(editor);
    const tools = registerAgents(c);
    for (const t of TOOLS) {
      const asked = registered.get(editorName(t.name))!.prepareInvocation({ input: { target: "model.ts#[step](command:x)" } });
      expect(asked.confirmationMessages !== undefined, t.name).toBe(t.runsCode);
      expect(asked.invocationMessage).not.toMatch(/\]\(/);
      if (asked.confirmationMessages) expect(asked.confirmationMessages.message.value.replaceAll("\\", "")).toContain("would run model.ts#[step]");
    }
    tools.dispose();
  });
  test("an untrusted workspace: no code runs, and no server is offered", async () => {
    vscode.setLm(editor);
    const tools = registerAgents(c);
    vscode.workspace.workspaceFolders = [{ uri: vscode.Uri.file("/work") }];
    expect(provider!.provideMcpServerDefinitions()).toMatchObject([{ label: "JitLens", args: ["/extension/dist/host/mcp.cjs", "--root", "/work"] }]);
    vscode.workspace.isTrusted = false;
    for (const t of TOOLS.filter((x) => x.runsCode))
      await expect(registered.get(editorName(t.name))!.invoke({ input: { target: "model.ts" } }, {})).rejects.toThrow(/not trusted/);
    expect(provider!.provideMcpServerDefinitions()).toEqual([]);
    tools.dispose();
  });
});
test("the tools and what they need are loaded with the first call, not with the extension", () => {
  const text = readFileSync(join(root, "src/extension/agents/register.ts"), "utf8");
  expect([...text.matchAll(/^import (?!type )[^;]*from "([^"]+)"/gm)].map((m) => m[1])).toEqual([
    "node:path",
    "vscode",
    "../../engine/report/version.ts",
    "../run.ts",
    "../shown.ts",
  ]);
});
