// What a Report says of real runs: regions, the person's names, labels, lines that add up to the call, memory by holder, compilations.
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { EXPORTERS } from "../../src/engine/report/exporters/exporters.ts";
import { parseReport } from "../../src/engine/report/read.ts";
import { writeReport } from "../../src/engine/report/write.ts";
import type { LineCost, Node, Report } from "../../src/engine/report/types.ts";
import { type RunOptions, reportOf, run, scratch } from "./runs.ts";

let n = 0;
async function profile(text: string, options: Partial<RunOptions> = {}): Promise<Report> {
  const file = join(scratch, `report${n++}`, "src", "file.ts");
  return reportOf(await run(text, { mode: "profile", file, root: dirname(dirname(file)), ...options }));
}
const lineOf = (text: string, mark: string): number => text.split("\n").findIndex((l) => l.includes(`// ${mark}`)) + 1;
const nodesOf = (r: Report): Node[] => r.programs[0]!.levels.flatMap((l) => l.regions.flatMap((x) => x.nodes));
const kernelMs = (r: Report, line: number): number =>
  r.lines!.filter((l: LineCost) => l.line === line).reduce((s, l) => s + (l.parts.kernels ?? 0), 0);

const STEP = `import { grad, jit, numpy as np, type Value } from "jitlens";
interface P { w: Value; b: Value }
const shadow = (params: P, x: Value) => x;
const loss = (params: P, x: Value): Value => {
  const h1 = np.tanh(x.matmul(params.w).add(params.b)); // forward
  return np.square(h1.matmul(params.w.T)).mean();
};
const params: P = { w: np.ones([64, 32]).mul(0.1), b: np.zeros([32]) };
const step = jit((params: P, x: Value) => grad(loss)(params, x));
step(params, np.ones([128, 64])); // the call
`;
describe("a training step", () => {
  let r: Report;
  beforeAll(async () => {
    r = await profile(STEP, { site: "step" });
  });
  const program = () => r.programs[0]!;
  test("is a valid profile, also in every format", async () => {
    expect(parseReport(JSON.parse(writeReport(r)))).toEqual(JSON.parse(JSON.stringify(r)));
    for (const e of EXPORTERS) expect((await e.write(r, { page: "page", layoutWorker: "worker" })).length).toBeGreaterThan(100);
  });
  test("arguments and results have the person's names, whatever the bundler calls them (B14)", () => {
    expect(program().arguments.map((a) => `${a.name}: ${a.type}`)).toEqual(["params.b: f32[32]", "params.w: f32[64,32]", "x: f32[128,64]"]);
    expect(program().results.map((a) => a.name)).toEqual(["result.b", "result.w"]);
  });
  test("paths are relative to the workspace, frames are the person's own (B2)", () => {
    expect(r.files.map((f) => f.path)).toEqual(["src/file.ts"]);
    expect(r.files[0]).toMatchObject({ text: STEP, hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(r.frames[r.function.at]!.line).toBe(9);
  });
  test("kernels are labelled by the person's code, each its own way (C6)", () => {
    const labels = program().kernels!.map((k) => k.label);
    expect(labels).toContain("h1 = tanh(x·w + b)");
    expect(labels.some((l) => l.startsWith("∂"))).toBe(true);
    // The ledger names a derivative as what it is, not as the variable that it is by.
    const scopes = new Map(r.programs[0]!.levels.flatMap((l) => l.regions.flatMap((g) => g.nodes.map((n) => [n.id, n.scope] as const))));
    for (const d of r.programs[0]!.decisions ?? [])
      if (d.names?.producer) expect(d.names.producer.startsWith("∂"), d.names.producer).toBe(scopes.get(d.producer)!.includes("transpose("));
    expect(new Set(labels).size).toBe(labels.length);
    expect(new Set(program().kernels!.map((k) => k.name)).size).toBe(labels.length);
  });
  test("ids are unique, and name what is there", () => {
    const nodes = nodesOf(r).map((x) => x.id);
    const ids = [...nodes, ...program().kernels!.map((k) => k.id), ...program().levels.flatMap((l) => l.regions.map((x) => x.id))];
    expect(new Set(ids).size).toBe(ids.length);
    const known = new Set(nodes);
    for (const x of nodesOf(r)) for (const i of [...x.inputs, ...(x.from ?? [])]) expect(known).toContain(i);
    for (const d of program().decisions!) expect(known.has(d.producer) && known.has(d.consumer)).toBe(true);
    for (const k of program().kernels!) for (const o of k.outputs) expect(known).toContain(o);
  });
  test("categories come from the operation table (F5)", () => {
    const category = (op: string) =>
      new Set(
        nodesOf(r)
          .filter((x) => x.op === op)
          .map((x) => x.category),
      );
    expect(category("dot")).toEqual(new Set(["contraction"]));
    expect(category("dot_general")).toEqual(new Set(["contraction"]));
    expect(category("tanh")).toEqual(new Set(["elementwise"]));
    expect(category("reduce_sum")).toEqual(new Set(["reduction"]));
  });
  test("lines add up to the wall time of a steady call: kernels, copies, the call", () => {
    const { total, call } = r.timing!;
    expect(r.lines!.reduce((s, l) => s + l.ms, 0)).toBeCloseTo(total.median, 6);
    expect(r.lines!.reduce((s, l) => s + l.share, 0)).toBeCloseTo(1, 9);
    for (const l of r.lines!) expect(Object.values(l.parts).reduce((a, b) => a + b, 0)).toBeCloseTo(l.ms, 9);
    const calling = r.lines!.filter((l) => l.parts.call);
    expect(calling.map((l) => l.line)).toEqual([lineOf(STEP, "the call")]);
    expect(Object.values(call!).reduce((a, b) => a + b, 0)).toBeCloseTo(calling[0]!.parts.call!, 9);
    expect(kernelMs(r, lineOf(STEP, "forward"))).toBeGreaterThan(0);
  });
  test("memory is held by somebody", () => {
    const { holders, peak } = r.memory!;
    const held = (what: string): number => holders.filter((h) => h.what === what).reduce((s, h) => s + h.bytes, 0);
    expect(held("argument")).toBe(4 * (64 * 32 + 32 + 128 * 64));
    expect(held("result")).toBe(4 * (64 * 32 + 32));
    expect(holders.filter((h) => h.what !== "code").reduce((s, h) => s + h.bytes, 0)).toBe(peak);
    // Kept for the way back.
    expect(holders.filter((h) => h.what === "residual").map((h) => [h.text, h.line])).toEqual([
      ["h1·wᵀ", lineOf(STEP, "forward") + 1],
      ["h1 = tanh(x·w + b)", lineOf(STEP, "forward")],
    ]);
  });
  test("kernels carry their loops and code, spans their tracks", () => {
    const k = program().kernels!.find((x) => x.kind === "matmul")!;
    expect(k.loops!.some((l) => l.kind === "lanes")).toBe(true);
    expect(k.code!.map((c) => c.language)).toEqual(["kernel", "wat"]);
    const tracks = new Set(r.tracks!.map((t) => t.id));
    expect(tracks).toEqual(new Set(["road", "compile", "measure", "runs", "kernels"]));
    for (const s of r.spans!) expect(tracks).toContain(s.track);
  });
  test("the timeline goes from the start of the process through the compiler to the runs, in order", () => {
    const of = (track: string) => r.spans!.filter((s) => s.track === track);
    expect(of("road").map((s) => s.name)).toEqual(["start the runner", "load the engine", "compile your file", "run your file"]);
    expect(of("road")[0]!.start).toBe(0);
    expect(of("compile").map((s) => s.name)).toEqual(["trace", "lower", "passes", "fuse", "plan", "generate code"]);
    const order = [...of("road"), ...of("compile"), ...of("measure").filter((s) => s.name!.startsWith("warm"))];
    order.forEach((s, i) => {
      expect(s.duration).toBeGreaterThanOrEqual(0);
      if (i) expect(s.start).toBeGreaterThanOrEqual(order[i - 1]!.start + order[i - 1]!.duration - 0.01);
    });
    const [around] = of("measure").filter((s) => s.name!.includes("every kernel"));
    for (const run of of("runs")) expect(run.start).toBeGreaterThanOrEqual(around!.start);
    for (const k of of("kernels")) {
      const run = of("runs").find((x) => x.run === k.run)!;
      expect(k.start).toBeGreaterThanOrEqual(run.start);
      expect(k.start + k.duration).toBeLessThanOrEqual(run.start + run.duration);
    }
  });
  test("memory says who is alive when, who writes and who reads it; lifetimes add up to the peak at its step", () => {
    const { lifetimes, peak, at, could } = r.memory!;
    const live = lifetimes!.filter((l) => l.from <= at! && at! <= l.to);
    expect(live.reduce((s, l) => s + l.bytes, 0)).toBe(peak);
    const steps = program().steps!.length;
    for (const l of lifetimes!) {
      expect(l.to).toBeLessThan(steps);
      for (const t of l.readers ?? []) expect(t).toBeGreaterThanOrEqual(l.from);
      if (l.what === "temporary" || l.what === "residual") expect(l.writers).toEqual([l.from]);
    }
    // The forward pass keeps h1 for the backward one; both parameters could give their memory to their gradients.
    expect(lifetimes!.some((l) => l.what === "residual" && l.text.startsWith("h1"))).toBe(true);
    expect(could!.donation!.names).toEqual(["params.b", "params.w"]);
    expect(could!.donation!.bytes).toBe(4 * (32 + 64 * 32));
  });
  test("traced only: no times and no code, parts are predictions", async () => {
    const traced = await profile(STEP, { site: "step", mode: "trace" });
    expect(traced).not.toHaveProperty("timing");
    expect(traced.programs[0]!.kernels!.every((k) => k.time === undefined && k.code === undefined)).toBe(true);
    expect(traced.lines!.every((l) => l.estimated)).toBe(true);
  });
});

const LOOP = `import { jit, lax, numpy as np, type Value } from "jitlens";
const cell = jit((w: Value, xs: Value, flag: Value) => {
  const [last] = lax.scan((h: Value, x: Value) => [np.tanh(h.matmul(w).add(x)), null], np.zeros([4, 8]), xs) as [Value, unknown];
  return lax.cond(flag, (y: Value) => np.exp(y).sum(), (y: Value) => y.sum(), last);
});
cell(np.ones([8, 8]).mul(0.1), np.ones([5, 4, 8]), np.array(true));
`;
describe("loops and branches", () => {
  let r: Report;
  beforeAll(async () => {
    r = await profile(LOOP);
  });
  test("every region has its graph, in both levels (A6, F4)", () => {
    const [traced, fused] = r.programs[0]!.levels;
    expect(traced!.regions.length).toBeGreaterThan(3);
    const names = fused!.regions.map((x) => x.name);
    expect(names.filter((x) => x.includes("while")).length).toBe(2);
    expect(names.filter((x) => x.includes("branch")).length).toBe(2);
    expect(new Set(names).size).toBe(names.length);
    for (const region of [...traced!.regions, ...fused!.regions]) {
      expect(region.nodes.length).toBeGreaterThan(0);
      if (region.parent === null) continue;
      const parent = nodesOf(r).find((x) => x.id === region.parent);
      expect(parent!.regions).toContain(region.id);
      expect(parent!.category).toBe("control");
    }
  });
  test("a loop's kernels stand in its body, with its nodes, times and lines", () => {
    const body = r.programs[0]!.levels[1]!.regions.find((x) => x.name.endsWith("body"))!;
    const kernels = r.programs[0]!.kernels!.filter((k) => k.region === body.id);
    const tanh = kernels.find((k) => k.label.includes("tanh("))!;
    expect(tanh.calls).toBe(5);
    expect(tanh.time!.median).toBeGreaterThan(0);
    expect(tanh.lines[0]!.line).toBe(3);
    const own = new Set(body.nodes.map((x) => x.id));
    for (const k of kernels) for (const o of k.outputs) expect(own).toContain(o);
  });
  test("steps say where they run", () => {
    const steps = r.programs[0]!.steps!;
    expect(steps.map((s) => s.kind)).toEqual(expect.arrayContaining(["kernel", "loop", "branch"]));
    const regions = new Set(r.programs[0]!.levels[1]!.regions.map((x) => x.id));
    for (const s of steps) expect(regions).toContain(s.region);
  });
});
test("a kernel's time goes to the line that takes it: arithmetic counts (M7)", async () => {
  const text = `import { jit, numpy as np, type Value } from "jitlens";
const f = jit((x: Value) => {
  const y = np.sin(np.sin(np.sin(np.sin(x)))); // heavy
  return y.add(1); // light
});
f(np.ones([65536]));
`;
  const r = await profile(text);
  expect(r.programs[0]!.kernels).toMatchObject([{ bytesRead: 4 * 65536, bytesWritten: 4 * 65536 }]);
  expect(kernelMs(r, lineOf(text, "heavy"))).toBeGreaterThan(4 * kernelMs(r, lineOf(text, "light")));
});
test("work of an imported file is charged to its own line (B7)", async () => {
  const r = await profile(
    `import { jit, numpy as np, type Value } from "jitlens";\nimport { affine } from "./helper.ts";\nconst f = jit((x: Value) => affine(x));\nf(np.ones([64, 64]));\n`,
    {
      beside: {
        "helper.ts": `import { numpy as np, type Value } from "jitlens";\nexport function affine(x: Value): Value {\n  return np.tanh(x.matmul(x).add(1));\n}\n`,
      },
    },
  );
  expect(r.lines!.filter((l) => l.parts.kernels).map((l) => `${r.files[l.file]!.path}:${l.line}`)).toEqual(["src/helper.ts:3"]);
  expect(r.files.every((f) => f.text !== undefined)).toBe(true);
});
test("every signature of the function, with its cause, its call and what it cost", async () => {
  const text = `import { jit, numpy as np, type Value } from "jitlens";
const again = jit((x: Value) => np.cos(x));
again(np.ones([2])); // first
again(np.ones([3])); // second
again(np.ones([3]));
`;
  const r = await profile(text);
  expect(r.compilations.map((c) => c.signature)).toEqual(["x: f32[2]", "x: f32[3]"]);
  expect(r.compilations.map((c) => c.causes.map((x) => x.kind))).toEqual([["first"], ["shape"]]);
  expect(r.compilations.map((c) => r.frames[r.stacks[c.call!]![0]!]!.line)).toEqual([lineOf(text, "first"), lineOf(text, "second")]);
  expect(r.compilations.map((c) => c.function)).toEqual(["again", "again"]);
  expect(r.compilations.map((c) => c.program)).toEqual(["p0", undefined]);
  for (const c of r.compilations) expect(c.phases.compile).toBeGreaterThan(0);
  expect(r.calls).toMatchObject({ count: 3 });
});
test("a function that takes its arguments' memory is measured all the same, and the arguments stay", async () => {
  const r = await profile(
    `import { jit, numpy as np, type Value } from "jitlens";\nconst f = jit((x: Value) => x.add(1), { donateArgnums: 0 });\nconst x = np.ones([8]);\nf(x);\nf(np.ones([8]));\n`,
  );
  expect(r.timing!.total.median).toBeGreaterThan(0);
  expect(r.warnings).toEqual([]);
});
