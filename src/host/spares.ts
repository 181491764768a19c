// A runner that has been started before it is needed: it has loaded the engine and the compiler of the user's file, and waits for its first line. There is
// one at most, none of the user's code is in it, and it ends when it was not needed for a while.
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { tmpdir } from "node:os";
import { IN_A_GROUP, MARK, killTree } from "./processes.ts";
import type { RunnerCommand } from "./sources/source.ts";

/** A started runner, and the mark by which it and its children are found. */
export interface StartedRunner {
  readonly child: ChildProcess;
  readonly mark: string;
}
/** Starts a runner. Throws where the system cannot. */
export function startRunner({ command, args, env }: RunnerCommand, cwd: string): StartedRunner {
  const mark = randomBytes(8).toString("hex");
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe", "pipe"], cwd, env: { ...env, [MARK]: mark }, ...IN_A_GROUP });
  return { child, mark };
}
const IDLE_MS = 5 * 60_000;
interface Spare extends StartedRunner {
  readonly key: string;
}
const keyOf = ({ command, args, env }: RunnerCommand): string => JSON.stringify([command, args, env]);

export class Spares {
  #spare: Spare | null = null;
  #idle: NodeJS.Timeout | undefined;
  /** @param idle milliseconds after which a spare that nobody needed ends */
  constructor(private readonly idle = IDLE_MS) {}
  get pid(): number | undefined {
    return this.#spare?.child.pid;
  }
  /** Has a runner of this kind ready soon. */
  prepare(c: RunnerCommand): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.end(), this.idle);
    this.#idle.unref();
    const key = keyOf(c);
    if (this.#spare?.key === key && isAlive(this.#spare.child)) return;
    this.#drop();
    try {
      const spare: Spare = { ...startRunner(c, tmpdir()), key };
      this.#spare = spare;
      const gone = (): void => {
        if (this.#spare === spare) this.#spare = null;
      };
      spare.child.on("error", gone);
      spare.child.on("exit", gone);
      spare.child.stdio[3]?.on("error", () => {});
    } catch {
      // A click says why it cannot be started.
    }
  }
  /** The spare, if there is one of this kind: it is the caller's from now on. */
  take(c: RunnerCommand): StartedRunner | null {
    const spare = this.#spare;
    if (!spare || spare.key !== keyOf(c) || !isAlive(spare.child)) return null;
    this.#spare = null;
    clearTimeout(this.#idle);
    return spare;
  }
  /** Ends the spare. */
  end(): void {
    clearTimeout(this.#idle);
    this.#drop();
  }
  #drop(): void {
    const spare = this.#spare;
    this.#spare = null;
    if (spare) killTree(spare.child.pid, spare.mark);
  }
}
const isAlive = (child: ChildProcess): boolean => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
