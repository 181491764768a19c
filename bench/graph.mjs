// The graph's scale: how long outline and layout take, in this process as in the page's worker. Prints a table for bench/RESULTS.md.
//   node bench/graph.mjs [--rounds N]
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import * as esbuild from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const { values } = parseArgs({ options: { rounds: { type: "string", default: "9" } } });
const folder = mkdtempSync(join(tmpdir(), "jitlens-bench-"));
const outfile = join(folder, "drawing.mjs");
const drawing = (name) => join(root, "src", "engine", "report", "drawing", name);
await esbuild.build({
  stdin: {
    contents: ["layout", "outline", "visible", "words"].map((m) => `export * from ${JSON.stringify(drawing(`${m}.ts`))};`).join("\n"),
    resolveDir: root,
  },
  bundle: true,
  format: "esm",
  outfile,
  logLevel: "error",
});
const { layout, Outline, opened, openedTo, visible, requestOf, english } = await import(pathToFileURL(outfile).href);
rmSync(folder, { recursive: true, force: true });

function random(seed) {
  let s = seed;
  return () => (s = (Math.imul(s, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}
/** n operations, each of which reads one or two of the last six, one in fifty one from anywhere; three to a kernel; 24 layers or none. */
function program(n, layers) {
  const next = random(7);
  const nodes = Array.from({ length: n }, (_v, i) => ({
    id: `g${i}`,
    op: ["dot", "add", "tanh"][i % 3],
    category: i % 3 ? "elementwise" : "contraction",
    type: "f32[64,64]",
    inputs: i === 0 ? [] : [`g${i - 1 - Math.floor(next() * Math.min(i, 6))}`, ...(next() < 0.02 ? [`g${Math.floor(next() * i)}`] : [])],
    scope: layers ? `block${Math.floor((i / n) * layers)}/part${Math.floor(i / 30) % 4}` : "",
  }));
  const kernels = Array.from({ length: Math.floor(n / 3) }, (_v, i) => ({
    id: `k${i}`,
    name: `k${i}`,
    label: `x = tanh(x·w + b) #${i}`,
    region: "r",
    nodes: [0, 1, 2].map((k) => `g${3 * i + k}`),
    outputs: [0, 1, 2].map((k) => `g${3 * i + k}`),
    time: { min: 0.001, median: 0.001, spread: 0 },
  }));
  const region = { id: "r", name: "big", parent: null, nodes, parameters: [], outputs: [`g${n - 1}`] };
  return { id: "p", arguments: [], results: [], levels: [{ name: "fused", regions: [region] }], kernels };
}
/** n boxes without containers. */
function flat(n) {
  const next = random(3);
  const from = [];
  const to = [];
  for (let i = 1; i < n; i++)
    for (let k = 0; k < 1 + Math.floor(next() * 2.2); k++) {
      from.push(next() < 0.02 ? Math.floor(next() * i) : i - 1 - Math.floor(next() * Math.min(i, 6)));
      to.push(i);
    }
  return {
    parent: new Int32Array(n).fill(-1),
    open: new Uint8Array(n),
    width: Float32Array.from({ length: n }, () => 90 + Math.floor(next() * 160)),
    height: Float32Array.from({ length: n }, () => 26 + 14 * Math.floor(next() * 3)),
    from: Int32Array.from(from),
    to: Int32Array.from(to),
    breadth: 1700,
  };
}
const words = english({ time: String, share: String });
const outlineOf = (p) => new Outline({ stacks: [], frames: [], files: [] }, p, p.levels[0], { fold: true, words });
/** Wall time and processor time: on a busy machine the second is what the work costs (collector and compiler threads included). */
function median(run) {
  run();
  const rounds = Array.from({ length: Number(values.rounds) }, () => {
    const used = process.cpuUsage();
    const start = performance.now();
    run();
    const wall = performance.now() - start;
    const { user, system } = process.cpuUsage(used);
    return { wall, cpu: (user + system) / 1000 };
  });
  const of = (key) => rounds.map((r) => r[key]).sort((x, y) => x - y);
  const show = (list) => `${list[list.length >> 1].toFixed(0)} ms (${list[0].toFixed(0)}–${list.at(-1).toFixed(0)})`;
  return `${show(of("wall"))} | ${show(of("cpu"))}`;
}
const rows = [];
const row = (what, run) => rows.push(`| ${what} | ${median(run)} |`);
const boxes = flat(10_000);
row(`layout of 10,000 boxes side by side, ${boxes.from.length.toLocaleString("en")} edges`, () => layout(boxes));
const ten = outlineOf(program(10_000, 24));
const all = visible(ten, openedTo(ten, 9, 50_000), 1700, words);
row(`layout of 10,000 operations, all kernels and layers open: ${all.boxes.length.toLocaleString("en")} boxes`, () => layout(requestOf(all, 1700)));
row("what is seen of 10,000 operations, all open", () => visible(ten, openedTo(ten, 9, 50_000), 1700, words));
const hundred = program(100_000, 24);
row("outline of 100,000 operations, 33,333 kernels", () => outlineOf(hundred));
const big = outlineOf(hundred);
row("the same, opened as at first: boxes and layout", () => layout(requestOf(visible(big, opened(big), 1700, words), 1700)));
console.log(`Node ${process.versions.node}, ${cpus()[0].model.trim()}, load ${loadavg()[0].toFixed(1)}; median of ${values.rounds} rounds\n`);
console.log(["| what | wall | processor |", "|---|---|---|", ...rows].join("\n"));
