// A thread of the runner that reads the host's end of the pipe: when the host is gone, the run ends with its children and its folder, however busy the
// user's code is. Lines that the host sends go to the main thread, which may sleep until one comes.
import { rmSync } from "node:fs";
import { Socket } from "node:net";
import { type MessagePort, workerData } from "node:worker_threads";
import { killTree } from "../processes.ts";
import { SEEN } from "../seen.ts";

interface Given {
  readonly folder: string;
  readonly mark: string;
  readonly fd: number;
  readonly port: MessagePort;
  readonly arrived: Int32Array;
  readonly seen: Int32Array;
}
const { folder, mark, fd, port, arrived, seen } = workerData as Given;
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
      // Nothing is asked for: the thread that measures is told without a line that it would have to read.
      if (line === SEEN) {
        Atomics.store(seen, 0, 1);
        Atomics.notify(seen, 0);
        continue;
      }
      port.postMessage(line);
      Atomics.add(arrived, 0, 1);
      Atomics.notify(arrived, 0);
    }
  })
  .on("error", end)
  .on("close", end);
