// `jitlens mcp`: the tools over the Model Context Protocol, on stdin and stdout. A bundle of its own: nobody else carries the SDK. It ends with its input, and
// everything that it started ends with it.
import { homedir } from "node:os";
import { dirname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import {
  CallToolRequestSchema,
  type CallToolResult,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  RootsListChangedNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { jsonSchemaOf } from "../../engine/report/validate.ts";
import { VERSION } from "../../engine/report/version.ts";
import { profileSite } from "../cli/profile.ts";
import { readSource } from "../cli/target.ts";
import { sweepRunFolders } from "../folders.ts";
import { endAllRuns } from "../run.ts";
import { answer } from "./answer.ts";
import { Bench, type Call, type Runner } from "./bench.ts";
import { DATA_NOTE } from "./quote.ts";
import { TOOLS } from "./tools/index.ts";
import type { Tool } from "./tools/tool.ts";
import { Workspace } from "./workspace.ts";

const INSTRUCTIONS = `JitLens profiles functions that JAX or its TypeScript engine compiles, and says why they are slow. The loop: list_jit_functions, profile, then advise (changes that were tried, with measured gains) or explain_edge and try_pin; edit the file yourself; profile again; compare both ids. Figures are exact, times vary by some percent. ${DATA_NOTE}`;
const dist = join(dirname(__filename), "..");
process.on("exit", endAllRuns);
for (const [signal, code] of [
  ["SIGTERM", 143],
  ["SIGINT", 130],
  ["SIGHUP", 129],
] as const)
  process.on(signal, () => process.exit(code));
process.stdin.on("end", () => process.exit(0));
process.stdin.on("error", () => process.exit(0));
process.stdout.on("error", () => process.exit(0));

function toolSchema(tool: Tool): object {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.description,
    inputSchema: jsonSchemaOf(tool.input),
    outputSchema: jsonSchemaOf(tool.output),
    annotations: {
      title: tool.title,
      readOnlyHint: !tool.runsCode,
      destructiveHint: false,
      idempotentHint: !tool.runsCode,
      openWorldHint: tool.runsCode,
    },
  };
}
const server = new Server({ name: "jitlens", version: VERSION }, { capabilities: { tools: {} }, instructions: INSTRUCTIONS });
// The command line has read them before, and says what is wrong with them.
const { values } = parseArgs({ options: { root: { type: "string", multiple: true } }, allowPositionals: true, strict: false });
const named = (values.root ?? []).filter((r) => typeof r === "string");

/** The folders that were named; else those of the client; else the current one, where it is a project's and not everything that a person has. */
async function folders(): Promise<string[]> {
  if (named.length) return named;
  if (server.getClientCapabilities()?.roots) {
    const { roots } = await server.listRoots();
    const own = roots.filter((r) => r.uri.startsWith("file:")).map((r) => fileURLToPath(r.uri));
    if (own.length) return own;
  }
  const here = process.cwd();
  if (here === homedir() || here === parse(here).root)
    throw new McpError(ErrorCode.InvalidRequest, "no workspace folder is known: start jitlens mcp with --root FOLDER, or in the folder");
  return [here];
}
const runHere: Runner = (runs, source, site, how) => profileSite(runs, source, site, how, how.mode);
let bench: Promise<Bench> | null = null;
const benchOf = (): Promise<Bench> =>
  (bench ??= (async () => new Bench(dist, new Workspace(await folders()), (file) => readSource(dist, file), runHere))().catch((e: unknown) => {
    bench = null;
    throw e;
  }));

// Other folders: paths are judged anew, and profiles of what is no longer open are forgotten.
server.setNotificationHandler(RootsListChangedNotificationSchema, () => {
  if (!named.length) bench = null;
});
server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: TOOLS.map(toolSchema) }));
server.setRequestHandler(CallToolRequestSchema, async ({ params }, extra): Promise<CallToolResult> => {
  const tool = TOOLS.find((t) => t.name === params.name);
  if (!tool) throw new McpError(ErrorCode.InvalidParams, `there is no tool of that name; there are ${TOOLS.map((t) => t.name).join(", ")}`);
  const token = extra._meta?.progressToken;
  let last = 0;
  const call: Call = {
    signal: extra.signal,
    progress(message, fraction) {
      if (token === undefined) return;
      // It has to grow with each message.
      last = Math.max(last + 1e-4, fraction);
      const progress = { progressToken: token, progress: last, total: Math.max(1, last), message: message.replace(/\s+/g, " ").slice(0, 200) };
      void extra.sendNotification({ method: "notifications/progress", params: progress }).catch(() => {});
    },
  };
  const { text, data, isError } = await answer(tool, await benchOf(), params.arguments, call);
  // An error has a form of its own, which is not the output's: it goes as text.
  return { content: [{ type: "text", text }], ...(isError ? { isError } : { structuredContent: data }) };
});
void server.connect(new StdioServerTransport());
setImmediate(sweepRunFolders);
