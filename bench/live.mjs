// How long a click takes to its graph, and a keystroke to its hint: node bench/live.mjs [click] [edit] [kernels] [pythonClick] [pythonEdit]
// Speaks to the built host as the extension does; the page's part is measured in test/e2e.
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pythonWithJax } from "../test/python.mjs";
const require = createRequire(import.meta.url);
const { createMessageConnection, StreamMessageReader, StreamMessageWriter } = require("vscode-jsonrpc/node");

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = mkdtempSync(join(tmpdir(), "jitlens-bench-"));
const wait = (ms) => new Promise((r) => setTimeout(r, ms));
const round = (ms) => Math.round(ms);
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const languageOf = (file) => (file.endsWith(".py") ? "python" : "typescript");

class Host {
  constructor() {
    this.process = spawn(process.execPath, [join(root, "dist", "host", "main.cjs")], { stdio: ["pipe", "pipe", "inherit"] });
    this.c = createMessageConnection(new StreamMessageReader(this.process.stdout), new StreamMessageWriter(this.process.stdin));
    this.partials = [];
    this.c.onNotification("jitlens/partial", (p) => this.partials.push({ at: performance.now(), report: p.report }));
    this.c.onNotification(
      "jitlens/progress",
      (p) => (process.env.V && console.log(round(performance.now()), p.message), this.progress?.push([p.message, performance.now()])),
    );
    this.c.listen();
  }
  prepare() {
    return this.c.sendNotification("jitlens/prepare", { languageId: "typescript", nodePath: process.execPath, electron: false });
  }
  async run(file, name, mode = "profile", more = {}) {
    const text = readFileSync(file, "utf8");
    const start = performance.now();
    this.progress = [];
    this.partials.length = 0;
    const languageId = languageOf(file);
    const sites = await this.c.sendRequest("jitlens/sites", { languageId, text, file });
    const site = sites.find((s) => s.name === name);
    const id = `r${start}`;
    const result = await this.c.sendRequest("jitlens/run", {
      id,
      file,
      root: dirname(file),
      text,
      languageId,
      ...(languageId === "python" ? { python: { setting: pythonWithJax() } } : {}),
      mode,
      nodePath: process.execPath,
      electron: false,
      site,
      sites,
      args: null,
      collect: { calls: 100000, seconds: more.live ? 30 : 0 },
      ...more,
    });
    if (result.kind !== "report") throw new Error(JSON.stringify(result).slice(0, 500));
    return {
      id,
      graph: (this.partials[0]?.at ?? performance.now()) - start,
      measured: performance.now() - start,
      phases: result.report.phases,
      progress: this.progress.map(([m, at]) => [m, round(at - start)]),
      report: result.report,
      text,
      sites,
    };
  }
  async end() {
    this.c.dispose();
    this.process.kill();
    await wait(100);
  }
}
/** n times matmul, tanh, add and sin: about two kernels each. */
const blocks = (n) => `import { jit, numpy as np, type Value } from "jitlens";
export const big = jit((x: Value, w: Value) => {
  let h = x;
${Array.from({ length: n }, (_v, i) => `  const a${i} = np.tanh(h.matmul(w));\n  h = np.sin(a${i}.add(x));`).join("\n")}
  return h;
});
big(np.ones([16, 16]), np.ones([16, 16]));
`;
async function click() {
  const digits = join(root, "examples", "digits.ts");
  const host = new Host();
  const cold = await host.run(digits, "trainStep");
  console.log("| click → graph, ms | graph | measured | phases |\n|---|---|---|---|");
  const row = (what, r) =>
    console.log(`| ${what} | ${round(r.graph)} | ${round(r.measured)} | ${r.progress.map(([m, at]) => `${m} ${at}`).join("; ")} |`);
  row("no runner ready, first", cold);
  row("no runner ready, second", await host.run(digits, "trainStep"));
  await host.prepare();
  await wait(2500);
  for (const n of [1, 2, 3]) {
    row(`a runner ready, ${n}`, await host.run(digits, "trainStep"));
    await wait(2500);
  }
  await host.end();
}
async function kernels() {
  const host = new Host();
  for (const n of [75, 750]) {
    const file = join(folder, `big${n}.ts`);
    writeFileSync(file, blocks(n));
    for (const mode of ["trace", "profile"]) {
      const r = await host.run(file, "big", mode);
      const bytes = JSON.stringify(r.report).length;
      console.log(
        `${n} blocks, ${mode}: ${r.report.programs[0].kernels.length} kernels, graph after ${round(r.graph)} ms, all ${round(r.measured)} ms, report ${(bytes / 2 ** 20).toFixed(1)} MiB; ${JSON.stringify(r.phases)}; ${r.progress.map(([m, at]) => `${m} ${at}`).join("; ")}`,
      );
    }
  }
  await host.end();
}
/** Processor time of a process and all below it, milliseconds: what a busy machine does not lengthen. 0 where there is no /proc. */
function processorTime(root) {
  try {
    const all = readdirSync("/proc")
      .filter((d) => /^\d+$/.test(d))
      .flatMap((d) => {
        try {
          const stat = readFileSync(`/proc/${d}/stat`, "latin1");
          const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
          return [{ pid: Number(d), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
        } catch {
          return [];
        }
      });
    const below = new Set([root]);
    for (let before = 0; before !== below.size;) {
      before = below.size;
      for (const p of all) if (below.has(p.parent)) below.add(p.pid);
    }
    return 10 * all.filter((p) => below.has(p.pid)).reduce((s, p) => s + p.ticks, 0);
  } catch {
    return 0;
  }
}
/** A chain of n operations, a hundred a function, so that an edit changes one function of many. */
const pythonChain = (n) => {
  const functions = Math.ceil(n / 100);
  const body = (k) => Array.from({ length: 50 }, (_v, i) => `    a${i} = jnp.tanh(h)\n    h = a${i} + ${k + 1}`).join("\n");
  return `import jax
import jax.numpy as jnp
${Array.from({ length: functions }, (_v, k) => `def layer${k}(x):\n    h = x\n${body(k)}\n    return h\n`).join("\n")}
@jax.jit
def big(x):
    h = x
${Array.from({ length: functions }, (_v, k) => `    h = layer${k}(h)`).join("\n")}
    return h

big(jnp.ones(16))
`;
};
const chain = (n) => {
  const functions = Math.ceil(n / 100);
  const body = (k) => Array.from({ length: 50 }, (_v, i) => `  const a${i} = np.tanh(h);\n  h = a${i}.add(${k + 1});`).join("\n");
  return `import { jit, numpy as np, type Value } from "jitlens";
${Array.from({ length: functions }, (_v, k) => `function layer${k}(x: Value): Value {\n  let h = x;\n${body(k)}\n  return h;\n}`).join("\n")}
export const big = jit((x: Value) => {
  let h = x;
${Array.from({ length: functions }, (_v, k) => `  h = layer${k}(h);`).join("\n")}
  return h;
});
big(np.ones([16]));
`;
};
const edit = () =>
  edits([
    ["digits.ts, trainStep", join(root, "examples", "digits.ts"), "trainStep", (text, i) => text.replace("m.mul(0.9)", `m.mul(0.${i + 1})`)],
    ...[100, 1000, 3000].map((n) => {
      const file = join(folder, `chain${n}.ts`);
      writeFileSync(file, chain(n));
      return [`${n} equations`, file, "big", (text, i) => text.replace("a10.add(1)", `a10.add(${i + 100})`)];
    }),
  ]);
const pythonEdit = () =>
  edits([
    ["digits.py, train_step", join(root, "examples", "python", "digits.py"), "train_step", (text, i) => text.replace("0.9 * m", `0.${i + 1} * m`)],
    ...[100, 1000, 3000].map((n) => {
      const file = join(folder, `chain${n}.py`);
      writeFileSync(file, pythonChain(n));
      return [`Python, ${n} equations`, file, "big", (text, i) => text.replace("a10 + 1", `a10 + ${i + 100}`)];
    }),
  ]);
async function edits(programs) {
  const host = new Host();
  console.log(
    "| edit → shapes, ms | first | median of 15 | longest | tracing alone | processor time, mean | graph behind it, median |\n|---|---|---|---|---|---|---|",
  );
  for (const [what, file, name, change] of programs) {
    const r = await host.run(file, name, "trace", { live: true });
    const times = [];
    const traces = [];
    const reports = [];
    let spent = 0;
    for (let i = 0; i < 16; i++) {
      const before = processorTime(host.process.pid);
      const start = performance.now();
      const graph = new Promise((resolve) => host.c.onNotification("jitlens/liveReport", () => resolve(performance.now() - start)));
      const answer = await host.c.sendRequest("jitlens/live", {
        run: r.id,
        file,
        languageId: languageOf(file),
        text: change(r.text, i),
        line: r.sites.find((s) => s.name === name).line,
      });
      times.push(performance.now() - start);
      if (i) spent += processorTime(host.process.pid) - before;
      if (answer?.kind !== "traced") throw new Error(JSON.stringify(answer).slice(0, 300));
      traces.push(answer.milliseconds);
      reports.push(await graph);
    }
    console.log(
      `| ${what} | ${round(times[0])} | ${round(median(times.slice(1)))} | ${round(Math.max(...times.slice(1)))} | ${round(median(traces))} | ${round(spent / 15)} | ${round(median(reports))} |`,
    );
  }
  await host.end();
}
/** The file in Python alone, up to where the function is compiled: milliseconds of JAX's import, of all that JAX traces, lowers and compiles until then, and of the whole. */
const PLAIN = `
import json, os, sys, time, types
start = time.perf_counter()
import jax
imported = time.perf_counter() - start
path, name = sys.argv[1:]
own = [0.0]
def heard(event, seconds, **kw):
    if not event.endswith(("jaxpr_trace_duration", "jaxpr_to_mlir_module_duration", "backend_compile_duration")):
        return
    own[0] += seconds
    if event.endswith("backend_compile_duration") and name in str(kw.get("fun_name")):
        print(json.dumps([1000 * x for x in (imported, own[0], time.perf_counter() - start)]), file=sys.__stdout__, flush=True)
        os._exit(0)
jax.monitoring.register_event_duration_secs_listener(heard)
main = types.ModuleType("__main__")
main.__file__ = path
sys.modules["__main__"] = main
exec(compile(open(path).read(), path, "exec"), main.__dict__)
`;
async function pythonClick() {
  const digits = join(root, "examples", "python", "digits.py");
  const python = pythonWithJax();
  const host = new Host();
  console.log(
    "| click → graph, ms | graph | JAX alone: import | trace, lower, compile | the file until then | graph − import, trace, lower, compile | measured |\n|---|---|---|---|---|---|---|",
  );
  const beside = [];
  for (const n of [1, 2, 3, 4, 5]) {
    const plain = spawnSync(python, ["-c", PLAIN, digits, "train_step"], { encoding: "utf8" });
    const [imported, own, whole] = JSON.parse(plain.stdout);
    const r = await host.run(digits, "train_step");
    beside.push(r.graph - imported - own);
    console.log(
      `| digits.py, train_step, ${n} | ${round(r.graph)} | ${round(imported)} | ${round(own)} | ${round(whole)} | ${round(beside.at(-1))} | ${round(r.measured)} |`,
    );
  }
  console.log(`beside JAX's own, median: ${round(median(beside))} ms`);
  await host.end();
}
const parts = { click, kernels, edit, pythonClick, pythonEdit };
const wanted = process.argv.slice(2);
try {
  for (const [name, f] of Object.entries(parts)) if (!wanted.length || wanted.includes(name)) await f();
} finally {
  rmSync(folder, { recursive: true, force: true });
}
