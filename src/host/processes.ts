// Processes that end together with their children: a group of their own, found and killed as a whole.
import { execFileSync, spawnSync } from "node:child_process";
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
      return entries("/proc").flatMap((d): [number, number][] => {
        try {
          // "pid (any name) state parent …"
          const stat = readFileSync(`/proc/${d}/stat`, "latin1");
          return [[d, Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1])]];
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
/** The variable by which processes of a run are known, also those whose parents have ended. */
export const MARK = "JITLENS_RUN";
/** Processes that carry a run's mark in their environment; Linux only, where it can be read. */
function marked(mark: string): number[] {
  if (process.platform !== "linux") return [];
  const wanted = `${MARK}=${mark}`;
  return entries("/proc").filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(wanted);
    } catch {
      return false; // another person's, or gone
    }
  });
}
const entries = (proc: string): number[] =>
  readdirSync(proc)
    .map(Number)
    .filter((n) => n > 0);
const signal = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    /* it has ended */
  }
};
/** Ends a process (unless it is this one), its group and everything it started, at once. Safe to call again, and after its end. */
export function killTree(pid: number | undefined, mark: string): void {
  if (pid === undefined) return;
  if (windows) {
    spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], { windowsHide: true, stdio: "ignore" });
    return;
  }
  const below = new Set([...descendants(pid), ...marked(mark)]);
  below.delete(process.pid);
  for (const p of below) signal(p);
  // The group last: this process may be in it.
  signal(-pid);
}
