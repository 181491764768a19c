// A thread of the runner that reads the host's end of the pipe: when the host is gone, the run ends with its children and its folder, however busy the
// user's code is. Lines that the host sends go to the main thread, which may sleep until one comes.
import { rmSync } from "node:fs";
import { Socket } from "node:net";
import { type MessagePort, workerData } from "node:worker_threads";
import { killTree } from "../processes.ts";

const { folder, mark, fd, port, arrived } = workerData as { folder: string; mark: string; fd: number; port: MessagePort; arrived: Int32Array };
function end(): void {
  rmSync(folder, { recursive: true, force: true });
  killTree(process.pid, mark);
  process.kill(process.pid, "SIGKILL");
}
let rest = "";
new Socket({ fd, readable: true, writable: false })
  .setEncoding("utf8")
  .on("data", (piece: Buffer | string) => {
    const lines = (rest + String(piece)).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      port.postMessage(line);
      Atomics.add(arrived, 0, 1);
      Atomics.notify(arrived, 0);
    }
  })
  .on("error", end)
  .on("close", end);
