// jitlens mcp: the tools for agents, over stdin and stdout. docs/agents.md.
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import type { Context } from "../context.ts";
import { usage } from "../failure.ts";
import { repeated } from "../options.ts";

export function mcpCommand(program: Command, c: Context): void {
  program
    .command("mcp")
    .description("serve tools for coding agents over stdin and stdout (Model Context Protocol)")
    .option("--root <folder>", "the only folder whose files may be named; may be repeated; else the client's, or the current one", repeated)
    .action(async ({ root = [] }: { readonly root?: readonly string[] }) => {
      for (const r of root)
        if (!existsSync(r) || !statSync(r).isDirectory()) throw usage(`--root: there is no folder ${r}`, "Name the workspace folder.");
      // A bundle of its own: no other command loads the SDK. It ends the process with its input.
      await import(pathToFileURL(join(c.dist, "host", "mcp.cjs")).href);
      await new Promise(() => {});
    });
}
