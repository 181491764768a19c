#!/usr/bin/env node
// The command line: jitlens profile, trace, list, explain, advise, diff, check, report, export, schema, mcp. What it can do stands in commands/, a file a command; docs/cli.md.
import { endAllRuns } from "../run.ts";
import { runCommandLine } from "./program.ts";

process.on("exit", endAllRuns);
for (const [signal, code] of [
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)
  process.on(signal, () => process.exit(code));
// `jitlens … | head` closes the pipe: nobody reads any more.
process.stdout.on("error", (e: NodeJS.ErrnoException) => process.exit(e.code === "EPIPE" ? 0 : 1));
void runCommandLine(process.argv.slice(2)).then((code) => process.exit(code));
