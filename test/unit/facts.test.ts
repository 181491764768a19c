// Facts of the ledger and the kernels over whole programs: texts that a person can read, costs on the lines that cause them, bytes really touched.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { IMPERATIVE, LONGEST_SENTENCE, NOT_A_SENTENCE } from "../../src/engine/compiler/fusion/sentences.ts";
import type { Report } from "../../src/engine/report/types.ts";
import { pinsFor } from "../../src/views/fusion/edges.ts";
import { Lookup } from "../../src/views/lookup.ts";
import { type RunOptions, head, reportOf, run } from "./runs.ts";

const program = (name: string): string => readFileSync(new URL(`../insight/programs/${name}.ts`, import.meta.url), "utf8");
const profile = async (text: string, o: Partial<RunOptions> = {}): Promise<Report> =>
  reportOf(await run(text, { mode: "profile", collect: { calls: 1, seconds: 1 }, ...o }));
const trace = async (text: string, o: Partial<RunOptions> = {}): Promise<Report> =>
  reportOf(await run(text, { collect: { calls: 1, seconds: 1 }, ...o }));
/** A line's part of the kernel that it has most of: measured times are not in it, so that a busy machine changes nothing. */
const share = (r: Report, line: number): number =>
  Math.max(...r.programs[0]!.kernels!.filter((k) => k.flops > 1e5).map((k) => k.lines.find((l) => l.line === line)?.share ?? 0));

/** Programs that make every rule say something. */
const MANY = `${head}
const loss = (w, x) => np.square(np.tanh(x.matmul(w).add(1)).sub(np.mean(x))).sum();
const step = jit((w, x) => {
  const s = np.sort(np.exp(x.get(":", 0)));
  const p = np.exp(x).div(np.exp(x).sum({ axis: 1, keepdims: true }));
  const c = np.concatenate([p, np.sin(x)], 1);
  const loop = lax.foriLoop(0, 4, (i, h) => np.tanh(h.matmul(w)), np.exp(x));
  const b = lax.cond(s.get(0).gt(0), (v) => v.mul(2), (v) => v.sub(1), np.log(np.abs(x)));
  return [loss(w, x), np.cos(c).T.matmul(c), loop, b, np.cumsum(p, 0).sum(), s];
});
step(np.ones([32, 32]), np.ones([64, 32]));
`;
describe("texts of the ledger", () => {
  let reports: Report[];
  beforeAll(async () => {
    reports = await Promise.all([trace(MANY), ...["stencil", "lennard", "torus", "tape"].map((name) => trace(program(name)))]);
  });
  const decisions = () => reports.flatMap((r) => r.programs[0]!.decisions!);
  test("are sentences that a person would say", () => {
    for (const { reason, rule } of decisions()) {
      expect(reason, rule).toMatch(/^[a-z0-9].*[^.]$/);
      expect(reason, rule).not.toMatch(NOT_A_SENTENCE);
      expect(reason.length, reason).toBeLessThan(LONGEST_SENTENCE);
    }
  });
  test("say what to do for the other verdict", () => {
    for (const { otherwise, rule } of decisions()) {
      expect(otherwise, rule).toMatch(IMPERATIVE);
      expect(otherwise, rule).not.toMatch(NOT_A_SENTENCE);
    }
  });
  test("come from many rules; a stored value says why it is stored, and every edge has a line and both times", () => {
    expect(new Set(decisions().map((d) => d.rule)).size).toBeGreaterThan(8);
    for (const d of decisions()) {
      expect(d.kept === undefined, d.rule).toBe(d.fused);
      expect(d.stack, `${d.rule}: ${d.reason}`).toBeDefined();
      expect(d.ms).toMatchObject({ fused: expect.any(Number), kept: expect.any(Number) });
    }
  });
});
describe("evaluations", () => {
  test("are summed over the readers: nine points of a stencil, pinned together, compute each element nine times", async () => {
    const r = await trace(program("stencil"));
    const stored = r.programs[0]!.decisions!.filter((d) => d.kept === "cheaper" && d.reason.includes("9 times"));
    expect(stored.length).toBe(9);
    // Of a stored value: what fusing would do again.
    expect(stored[0]!.cost.flops).toBeGreaterThan(8 * 400 * 390 * 40);
    const pinned = await trace(program("stencil"), { pins: stored.map((d) => `${d.id}=fuse`) });
    const fused = pinned.programs[0]!.decisions!.find((d) => d.id === stored[0]!.id)!;
    expect(fused).toMatchObject({ fused: true, pinned: true, rule: "pinned" });
    expect(fused.cost.evaluations! / (398 * 398)).toBeCloseTo(9, 1);
    expect(fused.cost.flops).toBeGreaterThan(7 * 398 * 398 * 40);
    expect(fused.ms!.fused!).toBeGreaterThan(fused.ms!.kept!);
  });
});
describe("what time is spent on", () => {
  test("a power weighs what it weighs", async () => {
    const r = await profile(program("lennard"));
    expect(share(r, 8)).toBeGreaterThan(0.8);
  });
  test("gathers and the arithmetic of indices weigh more than the sums around them", async () => {
    const r = await profile(`${head}const f = jit((x, k) => {
  const moved = x.get(":", np.remainder(np.arange(512).add(k), 512)); // gather
  return moved.add(x).sub(1); // sums
});
f(np.ones([512, 512]), np.array(7, { dtype: "int32" }));
`);
    const line = (mark: string): number => r.files[0]!.text!.split("\n").findIndex((l) => l.includes(`// ${mark}`)) + 1;
    expect(share(r, line("gather"))).toBeGreaterThan(0.5);
    expect(share(r, line("sums"))).toBeLessThan(0.5);
  });
  test("every kernel has a predicted time; a power's is not that of an addition", async () => {
    const r = await trace(`${head}const f = jit((x) => [np.power(x, 2.5).sum(), x.add(1).sum({ axis: 0 })]); f(np.ones([300, 300]));`);
    const ms = (op: string): number => r.programs[0]!.kernels!.find((k) => k.label.includes(op))!.predicted!;
    expect(r.programs[0]!.kernels!.every((k) => k.predicted! > 0)).toBe(true);
    expect(ms("pow")).toBeGreaterThan(5 * ms("+ 1"));
  });
});
test("an update of a slice in place touches its slice, not the whole array", async () => {
  const r = await trace(program("tape"));
  const updates = r.programs[0]!.kernels!.filter((k) => k.name.startsWith("dynamic_update_slice"));
  expect(updates.length).toBeGreaterThan(4);
  for (const k of updates) expect(k.bytesWritten).toBeLessThanOrEqual(256 * 64 * 4);
});

describe("a pin that is tried", () => {
  let r: Report;
  beforeAll(async () => {
    const plain = await trace(program("stencil"));
    const nine = plain.programs[0]!.decisions!.filter((d) => d.kept === "cheaper" && d.reason.includes("9 times"));
    const pins = pinsFor(new Lookup(plain), nine, "fuse");
    expect(pins.length).toBeGreaterThan(9);
    r = await profile(program("stencil"), { pins, compare: true });
  });
  test("is measured in turns with the program without it, and gives the same results", () => {
    const { trial, pins } = r.programs[0]!;
    expect(trial!.pins).toEqual(pins);
    expect(trial!.rounds).toBeGreaterThanOrEqual(5);
    expect(trial!.error).toBeLessThan(1e-4);
    // Nine times the work of the pressure: how much longer that takes is the machine's.
    expect(trial!.with.total.median).toBeGreaterThan(trial!.without.total.median);
    expect([trial!.without.kernels, trial!.with.kernels]).toEqual([2, 1]);
    expect(trial!.with.bytes).toBeLessThan(trial!.without.bytes);
  });
  test("names the kernels that each side has alone, with their times", () => {
    const { without, with: pinned } = r.programs[0]!.trial!;
    expect(without.changed.length).toBe(2);
    expect(pinned.changed.length).toBe(1);
    expect(without.changed.map((k) => k.label).join()).toContain("pressure");
    for (const k of [...without.changed, ...pinned.changed]) expect(k.ms).toBeGreaterThan(0);
  });
  test("stands on its edges: a whole run either way", () => {
    const { decisions, trial } = r.programs[0]!;
    const edge = decisions!.find((d) => d.pinned)!;
    expect(edge.ms!.measured).toEqual({ fused: trial!.with.total, kept: trial!.without.total });
  });
});

describe("what the run does after the first call", () => {
  const whole = (text: string): Promise<Report> => profile(text, { collect: { calls: 100_000, seconds: 8 } });
  const at = (r: Report, stack: number): number => r.frames[r.stacks[stack]![0]!]!.line;
  test("a loop on the host: calls, their line, and the line that reads back", async () => {
    const r = await whole(`${head}
const step = jit((x) => x.mul(0.9));
let x = np.array(1);
let left = 1;
while (left > 0.01) {
  x = step(x);
  left = x.item();
}
`);
    const { count, from, readBacks, between, run } = r.calls!;
    expect(count).toBe(44);
    expect(from.map((f) => [at(r, f.stack), f.count])).toEqual([[7, 44]]);
    expect(readBacks!.map((b) => [at(r, b.stack), b.count, b.bytes])).toEqual([[8, 43, 172]]);
    expect(between!.median).toBeGreaterThan(0);
    expect(run!.inside).toBeGreaterThan(0);
  });
  test("every compilation is listed with its cause, its line and what it cost", async () => {
    const r = await whole(`${head}
const step = jit((p, t) => p.mul(1 / (1 + t)), { staticArgnums: 1 });
let p = np.ones([8]);
for (let t = 0; t < 20; t++) p = step(p, t);
let q = np.ones([1]);
for (let n = 0; n < 5; n++) q = np.concatenate([q, step(q, 0).get(":1")]);
`);
    const own = r.compilations.filter((c) => c.function === "step");
    expect(own.length).toBe(25);
    expect(own.map((c) => c.causes[0]!.kind)).toEqual(["first", ...Array<string>(19).fill("static"), ...Array<string>(5).fill("shape")]);
    for (const c of own) {
      expect(at(r, c.call!)).toBe(c.index < 20 ? 5 : 7);
      expect(c.phases.trace).toBeGreaterThan(0);
      expect(c.phases.compile).toBeGreaterThan(0);
    }
  });
});
describe("what compiling is spent on", () => {
  test("a loop that ran while the function was traced: its copies, on the line of the loop", async () => {
    const r = await trace(
      `${head}
const cell = (h, x) => {
  const a = h.matmul(x);
  return np.tanh(a).mul(a.mean());
};
const encode = jit((xs) => {
  let h = np.cos(xs.get(0));
  for (let t = 0; t < 32; t++) h = cell(h, xs.get(t));
  return h.add(1);
});
encode(np.ones([32, 4, 4]));
`,
      { site: "encode" },
    );
    const [first, ...others] = r.compiled!;
    expect(first).toMatchObject({ line: 9, copies: 32 });
    expect(first!.share).toBeGreaterThan(0.9);
    expect(r.compiled!.reduce((s, l) => s + l.share, 0)).toBeCloseTo(1, 9);
    expect(others.map((l) => l.line).sort()).toEqual([10, 8].sort());
    expect(others.every((l) => l.copies === undefined)).toBe(true);
  });
});
describe("what holds the memory", () => {
  test("values that a scan keeps for the way back, by name and line", async () => {
    const r = await trace(program("tape"));
    const kept = r.memory!.holders.filter((h) => h.what === "residual" && h.bytes === 4 * 2 ** 20);
    expect(kept.length).toBe(8);
    for (const h of kept) {
      expect(h.line).toBe(6);
      expect(h.text).toMatch(/^[abcd], of each of 64 turns$/);
    }
    expect(r.memory!.could!.checkpoint!.bytes).toBeGreaterThan(32 * 2 ** 20);
    // The peak is what stands in the list.
    expect(r.memory!.holders.filter((h) => h.what !== "code").reduce((s, h) => s + h.bytes, 0)).toBe(r.memory!.peak);
  });
});
describe("what holds the memory of a product", () => {
  test("packed panels are called what they are, not like the kernel's result", async () => {
    const r = await trace(
      `${head}const f = jit((x, w) => { const h = x.matmul(w).add(1); return np.sin(h); }); f(np.ones([256, 256]), np.ones([256, 256]));`,
    );
    const texts = r.memory!.lifetimes!.map((l) => l.text);
    expect(
      texts.some((t) => /^packed right operand, for /.test(t)),
      texts.join("; "),
    ).toBe(true);
  });
});
describe("everything that takes time", () => {
  test("in loops too: a prediction beside each measured kernel, and edges by as many turns as there are", async () => {
    const edge = async (turns: number) => {
      const r = await profile(`${head}
const f = jit((x) => lax.foriLoop(0, ${turns}, (i, h) => np.sort(h.mul(x)).add(x), x));
f(np.ones([2048]));
`);
      const { kernels, decisions } = r.programs[0]!;
      for (const k of kernels!) expect([k.predicted! > 0, k.time !== undefined], k.label).toEqual([true, true]);
      const sorted = kernels!.find((k) => k.kind === "library")!;
      expect(sorted.calls).toBe(turns);
      return decisions!.find((d) => sorted.nodes.includes(d.consumer))!.ms!.kept!;
    };
    expect((await edge(30)) / (await edge(3))).toBeCloseTo(10, 1);
  });
  test("copies of what a loop carries: each with its line, its calls and its time", async () => {
    const r = await profile(`${head}
const filter = jit((x) => {
  const term = (k, [before, now]) => {
    const next = x.mul(now).sub(before);
    return [now, next.add(k)];
  };
  return lax.foriLoop(0, 10, term, [np.onesLike(x), x])[1];
});
filter(np.ones([64, 1024]));
`);
    const copies = r.programs[0]!.steps!.filter((s) => s.kind === "copy" && s.ms !== undefined);
    expect(copies.filter((s) => s.line === 6).map((s) => [s.bytes, s.calls])).toContainEqual([64 * 1024 * 4, 10]);
    expect(r.lines!.find((l) => l.line === 6)!.parts.copies).toBeGreaterThan(0);
    // Lines are the wall time of a steady call.
    expect(r.lines!.reduce((s, l) => s + l.ms, 0)).toBeCloseTo(r.timing!.total.median, 6);
    expect(Object.keys(r.timing!.call!)).toEqual(["flattening", "memory and start", "lookup and results"]);
  });
});
