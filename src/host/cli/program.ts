// The commands together: help, versions, usage errors with the nearest name, exit codes.
import { Command, CommanderError } from "commander";
import { VERSION } from "../../engine/report/version.ts";
import { ProfileError } from "../../engine/report/read.ts";
import { adviseCommand } from "./commands/advise.ts";
import { checkCommand } from "./commands/check.ts";
import { diffCommand } from "./commands/diff.ts";
import { explainCommand } from "./commands/explain.ts";
import { exportCommand } from "./commands/export.ts";
import { listCommand } from "./commands/list.ts";
import { mcpCommand } from "./commands/mcp.ts";
import { profileCommand, traceCommand } from "./commands/profile.ts";
import { reportCommand } from "./commands/report.ts";
import { schemaCommand } from "./commands/schema.ts";
import { type Context, builtFolder } from "./context.ts";
import { EXIT, type ExitCode, Failure, failureJson, failureText, usage } from "./failure.ts";
import { Terminal, printable } from "./terminal.ts";

/** In the order of the help. A command is a function that adds itself. */
export const COMMANDS: readonly ((program: Command, c: Context) => void)[] = [
  profileCommand,
  traceCommand,
  listCommand,
  explainCommand,
  adviseCommand,
  diffCommand,
  checkCommand,
  reportCommand,
  exportCommand,
  schemaCommand,
  mcpCommand,
];
const EXIT_HELP = `
Exit codes: 0 done, 1 the file's code failed, 2 wrong usage, 3 a check failed, 130 cancelled.
Results go to stdout; progress, errors and what the file prints to stderr. Nothing is written to a folder unless --out names one.`;

/** @returns the exit code */
export async function runCommandLine(args: readonly string[]): Promise<ExitCode> {
  const c: Context = { dist: builtFolder(), terminal: new Terminal(args.includes("--quiet") || args.includes("-q")), exit: EXIT.ok };
  try {
    await programOf(c).parseAsync([...args], { from: "user" });
    return c.exit;
  } catch (e) {
    if (e instanceof CommanderError && (e.exitCode === 0 || e.code === "commander.help")) return e.exitCode === 0 ? EXIT.ok : EXIT.usage;
    const failure = failureFor(e);
    if (args.includes("--json")) await c.terminal.json(failureJson(failure));
    else await c.terminal.error(`${c.terminal.err.red("jitlens:")} ${printable(failureText(failure))}`);
    return failure.exit;
  }
}
function failureFor(e: unknown): Failure {
  if (e instanceof Failure) return e;
  if (e instanceof CommanderError) {
    const [message, ...rest] = e.message.replace(/^error: /, "").split("\n");
    return usage(
      message!,
      rest
        .join(" ")
        .replace(/^\((.*)\)$/, "$1")
        .trim() || "jitlens --help says what there is.",
    );
  }
  if (e instanceof ProfileError) return usage(e.message);
  const { code, path, message } = e as NodeJS.ErrnoException;
  if (code !== undefined && path !== undefined) return usage(`${path}: ${SYSTEM[code] ?? message}`);
  return new Failure(EXIT.userError, `JitLens itself failed: ${(e as Error).stack ?? String(e)}`, "This is a fault of JitLens: please report it.");
}
const SYSTEM: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EACCES: "it may not be read or written",
  EPERM: "it may not be read or written",
  EISDIR: "it is a folder",
  ENOTDIR: "a part of this path is no folder",
  ENOSPC: "the disk is full",
  EROFS: "it is on a file system that cannot be written",
};
function programOf(c: Context): Command {
  const program = new Command("jitlens")
    .description("Profiles jit functions: what the compiler made of them, how long each kernel took, why values were not fused.")
    .version(VERSION, "-v, --version")
    .option("-q, --quiet", "neither progress nor what the file prints")
    .exitOverride()
    // Messages are written where errors are, in one form.
    .configureOutput({ writeErr: (text) => void process.stderr.write(text), outputError: () => {} })
    .addHelpText("after", EXIT_HELP);
  for (const add of COMMANDS) add(program, c);
  for (const command of program.commands) command.copyInheritedSettings(program).option("-q, --quiet", "neither progress nor what the file prints");
  return program;
}
