// What can make a Report of a file: one object a source. A source says how its runner is started and what its end means; everything else about a run
// (the channel, cancelling, killing, time limits) is the same for all.
import type { LanguageRow } from "../languages.ts";
import type { PrepareParams, ProgramToRun, RunParams } from "../protocol.ts";

export interface RunnerCommand {
  readonly command: string;
  readonly args: readonly string[];
  /** The environment of the user's file. */
  readonly env: NodeJS.ProcessEnv;
}
export interface Ending {
  readonly code: number | null;
  readonly signal: string | null;
  /** The end of what it wrote to its error output. */
  readonly stderr: string;
}
export interface Explained {
  readonly message: string;
  readonly action: string;
  /** The line of the file that it is about (from 1), where that is not the function's. */
  readonly line?: number | undefined;
}
/** A runner reads one line `{ token, params }` on file descriptor 3, and writes lines of the protocol's messages, each with the token, to it. */
export interface ReportSource {
  readonly id: LanguageRow["source"] | "stablehlo"; // which no language has: programs that are given as text
  /** @param dist the folder of the built runner and engine */
  command(dist: string, p: RunParams): RunnerCommand;
  /** The same command, before it is known what will be run: only where it depends on nothing else. */
  prepare?(dist: string, p: PrepareParams): RunnerCommand;
  /** What is said in the log before it starts. */
  about?(p: RunParams): string | null;
  /** What its runner is told beside the run itself. An error that is thrown here is the outcome. */
  extra?(p: RunParams): Readonly<Record<string, unknown>>;
  /**
   * Makes Reports of what the runner sends, where it does not send Reports. One reader a run.
   * @param program told of the program for our own engine, or why there is none, where that was asked for
   */
  reader?(p: RunParams, program: (found: ProgramToRun | { readonly why: string }) => void): (raw: unknown) => unknown;
  /** The program could not be started. */
  notStarted(p: RunParams, e: NodeJS.ErrnoException): Explained;
  /** It ended without an outcome. */
  ended(p: RunParams, e: Ending): Explained;
}
