// A thread of the runner that watches the host's end of the pipe: when the host is gone, the run ends with its children and its folder, however busy the
// user's code is.
import { rmSync } from "node:fs";
import { Socket } from "node:net";
import { workerData } from "node:worker_threads";
import { killTree } from "../processes.ts";

const { folder, mark, fd } = workerData as { folder: string; mark: string; fd: number };
function end(): void {
  rmSync(folder, { recursive: true, force: true });
  killTree(process.pid, mark);
  process.kill(process.pid, "SIGKILL");
}
new Socket({ fd, readable: true, writable: false })
  .on("data", () => {})
  .on("error", end)
  .on("close", end);
