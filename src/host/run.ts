// One run: a runner process is started for it, watched, and killed when it is cancelled. The host never runs user code.
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { type RunParams, type RunResult, type UserError, runnerMessage } from "./protocol.ts";

export interface RunCallbacks {
  readonly progress: (message: string, fraction: number) => void;
  readonly output: (text: string) => void;
}
export interface ActiveRun {
  readonly result: Promise<RunResult>;
  cancel(): void;
}
const FLAGS = ["--enable-source-maps", "--stack-size=4000"];

const failure = (message: string, action: string, file: string | null = null, line: number | null = null): UserError => ({
  kind: "error",
  message,
  file,
  line,
  column: null,
  action,
});
/** @param dist the folder of the built runner and engine */
export function startRun(dist: string, p: RunParams, on: RunCallbacks): ActiveRun {
  let cancelled = false,
    settled = false,
    stderr = "";
  let child: ChildProcess | null = null;
  const result = new Promise<RunResult>((resolve) => {
    const settle = (r: RunResult): void => {
      if (!settled) {
        settled = true;
        resolve(cancelled ? { kind: "cancelled" } : r);
        kill(child);
      }
    };
    child = spawn(p.nodePath, [...FLAGS, join(dist, "host", "runner.mjs")], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      serialization: "json",
      windowsHide: true,
      env: { ...process.env, ...(p.electron ? { ELECTRON_RUN_AS_NODE: "1" } : {}) },
    });
    child.stdout?.on("data", (d: Buffer) => on.output(d.toString()));
    child.stderr?.on("data", (d: Buffer) => {
      stderr = (stderr + d.toString()).slice(-8000);
      on.output(d.toString());
    });
    child.on("message", (raw) => {
      const m = runnerMessage.safeParse(raw);
      if (!m.success)
        return settle(
          failure(
            `the runner sent a message that is not understood (${m.error.issues[0]?.message})`,
            "Reload the window; if it happens again, report it.",
          ),
        );
      if (m.data.kind === "progress") on.progress(m.data.message, m.data.fraction);
      else settle(m.data);
    });
    child.on("error", (e: NodeJS.ErrnoException) =>
      settle(
        failure(
          e.code === "ENOENT" ? `there is no program "${p.nodePath}" to run your file with` : `the runner could not be started: ${e.message}`,
          "Install Node.js 20 or newer, or set jitlens.nodePath to its full path.",
        ),
      ),
    );
    child.on("exit", (code, signal) => settle(exitError(code, signal, stderr, p)));
    child.send(p);
  });
  return {
    result,
    cancel() {
      cancelled = true;
      kill(child);
    },
  };
}
const kill = (c: ChildProcess | null): void => {
  if (c && c.exitCode === null && c.signalCode === null) c.kill("SIGKILL");
};
function exitError(code: number | null, signal: string | null, stderr: string, p: RunParams): UserError {
  const line = p.site.line + 1;
  if (/heap out of memory|Allocation failed|ERR_WORKER_OUT_OF_MEMORY/i.test(stderr))
    return failure(
      `your file ran out of memory while ${p.site.name} was waited for`,
      "Use smaller arrays, or raise the limit: NODE_OPTIONS=--max-old-space-size=8192.",
      p.file,
      line,
    );
  if (signal)
    return failure(
      `the runner was ended by ${signal}`,
      signal === "SIGKILL"
        ? "The system may have run out of memory; use smaller arrays and run again."
        : "Run again; if it happens again, look at the output channel JitLens.",
      p.file,
      line,
    );
  return failure(
    `your file ended with exit code ${code} before ${p.site.name} was called`,
    code === 0
      ? "Remove process.exit, or call the function before it."
      : `Look at the output channel JitLens. ${stderr.split("\n").find((l) => l.trim()) ?? ""}`,
    p.file,
    line,
  );
}
