// The source for TypeScript and JavaScript: the user's own Node runs the runner, which runs the file on the engine.
import { join } from "node:path";
import type { PrepareParams } from "../protocol.ts";
import { userEnvironment } from "./environment.ts";
import type { ReportSource, RunnerCommand } from "./source.ts";

const FLAGS = ["--stack-size=4000"];

function command(dist: string, p: Pick<PrepareParams, "nodePath" | "electron" | "env" | "nodeArguments">): RunnerCommand {
  const env = userEnvironment();
  // The editor's own program is a Node only while this is set, for its children too.
  if (p.electron) env.ELECTRON_RUN_AS_NODE = "1";
  return { command: p.nodePath, args: [...(p.nodeArguments ?? []), ...FLAGS, join(dist, "host", "runner.mjs")], env: { ...env, ...p.env } };
}
export const nodeSource: ReportSource = {
  id: "node",
  command(dist, p) {
    const made = command(dist, p);
    return p.device === undefined ? made : { ...made, env: { ...made.env, JITLENS_DEVICE: p.device } };
  },
  prepare: command,
  notStarted: (p, e) => ({
    message: e.code === "ENOENT" ? `there is no program "${p.nodePath}" to run your file with` : `the runner could not be started: ${e.message}`,
    action: "Install Node.js 20 or newer, or set jitlens.nodePath to its full path.",
  }),
  ended(p, { code, signal, stderr }) {
    if (/heap out of memory|Allocation failed|ERR_WORKER_OUT_OF_MEMORY/i.test(stderr))
      return {
        message: `your file ran out of memory while ${p.site.name} was waited for`,
        action: "Use smaller arrays, or raise the limit: NODE_OPTIONS=--max-old-space-size=8192.",
      };
    if (signal)
      return {
        message: `the runner was ended by ${signal}`,
        action:
          signal === "SIGKILL"
            ? "The system may have run out of memory; use smaller arrays and run again."
            : "Run again; if it happens again, look at the output channel JitLens.",
      };
    return {
      message: `your file ended with exit code ${code} before ${p.site.name} was called`,
      action:
        code === 0
          ? "Remove process.exit, or call the function before it."
          : `Look at the output channel JitLens. ${stderr.split("\n").find((l) => l.trim()) ?? ""}`.trim(),
    };
  },
};
