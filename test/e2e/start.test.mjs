// Faults C14 and C15 of the editor: npm start in the browser takes the port it is told, and ends everything it started with itself.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { join } from "node:path";
import { root } from "../../scripts/lib.mjs";
import { until } from "./workbench.mjs";

/** Processes below one. */
function below(pid) {
  const all = readdirSync("/proc")
    .filter((d) => /^\d+$/.test(d))
    .flatMap((d) => {
      try {
        const stat = readFileSync(`/proc/${d}/stat`, "latin1"),
          fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
        return fields[0] === "Z" ? [] : [{ pid: Number(d), parent: Number(fields[1]) }];
      } catch {
        return [];
      }
    });
  const found = new Set([pid]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const p of all) if (found.has(p.parent)) found.add(p.pid);
  }
  return [...found];
}
const isAlive = (pid) => {
  try {
    return !/\) Z/.test(readFileSync(`/proc/${pid}/stat`, "latin1"));
  } catch {
    return false;
  }
};
test("npm start --browser: PORT is its port, and SIGTERM ends the server with it", async () => {
  const port = 20_000 + (process.pid % 20_000),
    child = spawn(process.execPath, [join(root, "scripts", "start.mjs"), "--browser"], {
      env: { ...process.env, PORT: String(port) },
      stdio: ["ignore", "pipe", "pipe"],
    });
  let out = "";
  for (const s of [child.stdout, child.stderr]) s.on("data", (d) => (out += d));
  await until("the address", () => out.includes(`http://127.0.0.1:${port}/`)).catch((e) => {
    child.kill("SIGTERM");
    throw new Error(`${e.message}\n${out}`);
  });
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
  const pids = below(child.pid);
  assert.ok(pids.length > 1);
  child.kill("SIGTERM");
  await until("the end of all", () => !pids.some(isAlive), 15_000);
});
test("npm start -- --headless is the command line", async () => {
  const child = spawn(process.execPath, [join(root, "scripts", "start.mjs"), "--headless", "list", join(root, "examples", "digits.ts"), "--json"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  child.stdout.on("data", (d) => (out += d));
  const code = await new Promise((resolve) => child.on("close", resolve));
  assert.equal(code, 0);
  const json = out.split("\n").find((l) => l.startsWith("["));
  assert.deepEqual(
    JSON.parse(json).map((f) => f.name),
    ["trainStep", "accuracy"],
  );
});
