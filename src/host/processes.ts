// Processes that end together with their children: a group of their own, found and killed as a whole.
import { type ChildProcess, execFileSync, spawnSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

const windows = process.platform === "win32";
/** Options with which a process becomes the leader of a group of its own. */
export const IN_A_GROUP = { detached: !windows, windowsHide: true } as const;

/** Every process below one, also those that have left its group: [process, parent] of the whole machine is read once. */
function descendants(pid: number): number[] {
  const children = new Map<number, number[]>();
  for (const [child, parent] of allProcesses()) {
    const list = children.get(parent);
    if (list) list.push(child);
    else children.set(parent, [child]);
  }
  const found: number[] = [];
  for (let todo = children.get(pid) ?? []; todo.length;) {
    found.push(...todo);
    todo = todo.flatMap((p) => children.get(p) ?? []);
  }
  return found;
}
function allProcesses(): [number, number][] {
  try {
    if (process.platform === "linux")
      return readdirSync("/proc")
        .filter((d) => /^\d+$/.test(d))
        .flatMap((d): [number, number][] => {
          try {
            // "pid (any name) state parent …"
            const stat = readFileSync(`/proc/${d}/stat`, "latin1");
            return [[Number(d), Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])]];
          } catch {
            return [];
          }
        });
    return execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8", timeout: 2000 })
      .split("\n")
      .map((l) => l.trim().split(/\s+/).map(Number) as [number, number])
      .filter(([a, b]) => a > 0 && b >= 0);
  } catch {
    return [];
  }
}
const signal = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    /* it has ended */
  }
};
/** Ends a process, its group and everything it started, at once. Safe to call again, and after its end (its group may live on). */
export function killTree(child: ChildProcess | null): void {
  const pid = child?.pid;
  if (!child || pid === undefined) return;
  if (windows) {
    spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], { windowsHide: true, stdio: "ignore" });
    return;
  }
  // A process that has ended has handed its children on: they are found only while it lives.
  const alive = child.exitCode === null && child.signalCode === null,
    below = alive ? descendants(pid) : [];
  signal(-pid);
  if (alive) signal(pid);
  for (const p of below) signal(p);
}
