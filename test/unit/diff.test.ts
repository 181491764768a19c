// Two Reports compared. The Reports are real ones: the recorder made them in this process, from programs that were edited as people edit.
import { beforeAll, describe, expect, test } from "vitest";
import { diffReports } from "../../src/engine/report/diff/diff.ts";
import { diffRepeated } from "../../src/engine/report/diff/repeated.ts";
import { rankSumP, timeChange } from "../../src/engine/report/diff/significance.ts";
import { diffText } from "../../src/engine/report/diff/text.ts";
import { diffText as diffLevel, lineMap } from "../../src/engine/report/diff/texts.ts";
import type { KernelDiff, ReportDiff } from "../../src/engine/report/diff/types.ts";
import type { Measurement, Report } from "../../src/engine/report/types.ts";
import { recorded } from "./recorded.ts";

const MODEL = `const w = np.ones([64, 32]).mul(0.1);
const forward = (x) => {
  const h = np.tanh(x.matmul(w));
  const p = np.exp(h);
  return p.div(p.sum({ axis: 1, keepdims: true }));
};
const f = jit(function model(x) { return forward(x); });
return [f, np.ones([128, 64])];
`;
const SPLIT = MODEL.replace("const p = np.exp(h);", "const p = np.exp(np.sort(h));");
const MOVED = MODEL.replace("const forward", "// A comment,\n// and another one.\nconst unused = 1;\nconst forward");
const EDITED = MODEL.replace("np.tanh(x.matmul(w))", "np.sin(np.tanh(x.matmul(w)))");
const status = (d: ReportDiff): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const k of d.programs[0]!.kernels) counts[k.status] = (counts[k.status] ?? 0) + 1;
  return counts;
};
let model: Report;
beforeAll(() => {
  model = recorded(MODEL);
});

describe("the same program", () => {
  test("against itself nothing differs", () => {
    const d = diffReports(model, model);
    expect(Object.keys(status(d))).toEqual(["same"]);
    expect(d.notes).toEqual([]);
    expect(d.programs[0]!.decisions).toEqual([]);
    expect(d.programs[0]!.levels.every((l) => !l.changed)).toBe(true);
    expect(d.compilations).toEqual([]);
    expect(d.call!.significance).toMatchObject({ verdict: "same", p: 1 });
    for (const t of Object.values(d.totals)) expect(t.before).toBe(t.after);
  });
  test("moved down the file: every node and kernel is found again", () => {
    const moved = recorded(MOVED);
    const d = diffReports(model, moved);
    expect(Object.keys(status(d))).toEqual(["same"]);
    expect(d.programs[0]!.decisions).toEqual([]);
    const nodes = model.programs[0]!.levels.at(-1)!.regions.flatMap((r) => r.nodes);
    expect(d.programs[0]!.nodes.length).toBe(nodes.length);
    for (const l of d.lines) expect(l.after!.line - l.before!.line).toBe(l.before!.line > 1 ? 3 : 0);
  });
  test("without the files' texts lines are followed by their numbers", () => {
    const bare = (r: Report): Report => ({ ...r, files: r.files.map(({ path }) => ({ path, hash: "" })) });
    expect(Object.keys(status(diffReports(bare(model), bare(model))))).toEqual(["same"]);
  });
});
describe("an edit", () => {
  test("that splits a kernel: a new one, the decision that changed, what it moves more", () => {
    const d = diffReports(model, recorded(SPLIT));
    expect(d.totals.kernels!.after).toBeGreaterThan(d.totals.kernels!.before);
    expect(d.totals.bytes!.after).toBeGreaterThan(d.totals.bytes!.before);
    const added = d.programs[0]!.kernels.filter((k) => k.status === "new");
    expect(added.length).toBe(d.totals.kernels!.after - d.totals.kernels!.before);
    expect(added[0]!.related.length).toBeGreaterThan(0);
    const jaxpr = d.programs[0]!.levels.find((l) => l.name === "jaxpr")!;
    expect(jaxpr.lines!.filter((l) => l.kind === "added").map((l) => l.text)).toEqual([expect.stringContaining("sort[")]);
    expect(jaxpr.lines!.filter((l) => l.kind === "removed")).toEqual([]);
  });
  test("of one line: the kernel is the same one with an operation more", () => {
    const d = diffReports(model, recorded(EDITED));
    expect(d.totals.kernels!.after).toBe(d.totals.kernels!.before);
    const changed = d.programs[0]!.kernels.filter((k: KernelDiff) => k.gained.some((o) => o.op === "sine" || o.op === "sin"));
    expect(changed).toHaveLength(1);
    expect(changed[0]!.status).toBe("changed");
    expect(changed[0]!.before!.line).toBeDefined();
    expect(changed[0]!.time!.ratio).toBeGreaterThan(0);
  });
  test("the other way round the new ones are gone", () => {
    const split = recorded(SPLIT, { traced: true });
    const d = diffReports(split, model);
    expect(status(d).gone).toBe(d.totals.kernels!.before - d.totals.kernels!.after);
    expect(d.notes.join()).toContain("the first was traced only");
    expect(d.call).toBeUndefined();
  });
});
describe("a pin", () => {
  test("changes the verdict of its edge, and only its kernels", () => {
    const edge = model.programs[0]!.decisions!.find((x) => x.fused)!;
    const pinned = recorded(MODEL, { pins: [`${edge.producer.slice(1)}>${edge.consumer.slice(1)}=split`] });
    const d = diffReports(model, pinned);
    const [change] = d.programs[0]!.decisions;
    expect(change).toMatchObject({ change: "split", before: edge.id, after: edge.id, text: expect.stringContaining("was fused, is stored now") });
    expect(change!.line).toBeGreaterThan(0);
  });
});
test("other arguments are said, with both types", () => {
  const d = diffReports(model, recorded(MODEL.replace("[128, 64]", "[256, 64]")));
  expect(d.programs[0]!.arguments).toEqual([{ name: "x", before: "f32[128,64]", after: "f32[256,64]" }]);
  expect(d.notes.join()).toContain("x f32[128,64] → f32[256,64]");
});
test("every line of both sides is there, those that are gone too", () => {
  const fewer = recorded(
    MODEL.replace("  const h = np.tanh(x.matmul(w));\n  const p = np.exp(h);\n", "").replace("p.div(p.sum({ axis: 1, keepdims: true }))", "x"),
  );
  const d = diffReports(model, fewer);
  const before = d.lines.filter((l) => l.before);
  expect(before.reduce((sum, l) => sum + l.before!.ms, 0)).toBeCloseTo(
    model.lines!.reduce((sum, l) => sum + l.ms, 0),
    9,
  );
  expect(d.lines.filter((l) => l.after).length).toBe(fewer.lines!.length);
});
test("ten thousand kernels are compared in seconds", () => {
  const [program] = model.programs;
  const copies = (n: number): Report["programs"] => {
    const rename = (id: string, i: number): string => `${id}.${i}`;
    const all = Array.from({ length: n }, (_v, i) => i);
    const level = program!.levels.at(-1)!;
    const kernels = all.flatMap((i) =>
      program!.kernels!.map((k) => ({
        ...k,
        id: rename(k.id, i),
        nodes: k.nodes.map((x) => rename(x, i)),
        outputs: k.outputs.map((x) => rename(x, i)),
      })),
    );
    const regions = level.regions.map((x) => ({ ...x, nodes: all.flatMap((i) => x.nodes.map((node) => ({ ...node, id: rename(node.id, i) }))) }));
    return [{ ...program!, levels: [{ ...level, regions }], kernels }];
  };
  const big: Report = { ...model, programs: copies(5000) };
  const start = performance.now();
  const d = diffReports(big, { ...model, programs: copies(4900) });
  expect(performance.now() - start).toBeLessThan(10_000);
  expect(status(d)).toEqual({ same: 4900 * program!.kernels!.length, gone: 100 * program!.kernels!.length });
});
test("the whole comparison is plain data", () => {
  const d = diffReports(model, recorded(SPLIT));
  expect(JSON.parse(JSON.stringify(d))).toEqual(d);
});
test("as text: figures, kernels, decisions, changed lines", () => {
  const text = diffText(diffReports(model, recorded(SPLIT)));
  expect(text).toContain("kernels");
  expect(text).toMatch(/^new +/m);
  expect(text).toContain("+ ");
  expect(text).not.toContain("NaN");
  expect(text).not.toContain("undefined");
});

describe("significance", () => {
  const series = (n: number, middle: number): number[] => Array.from({ length: n }, (_v, i) => middle * (1 + 0.01 * Math.sin(i * 12.9898)));
  const m = (samples: readonly number[]) => {
    const sorted = [...samples].sort((a, b) => a - b);
    return { min: sorted[0]!, median: sorted[sorted.length >> 1]!, spread: 0.01, samples };
  };
  /** The chance by looking at every way to divide the values: the definition of the test. */
  function byCounting(x: readonly number[], y: readonly number[]): number {
    const all = [...x, ...y];
    const rank = (v: number): number => all.filter((w) => w < v).length + (all.filter((w) => w === v).length + 1) / 2;
    const ranks = all.map(rank);
    const middle = (x.length * (all.length + 1)) / 2;
    const far = Math.abs(ranks.slice(0, x.length).reduce((a, b) => a + b, 0) - middle);
    let ways = 0;
    let extreme = 0;
    for (let mask = 0; mask < 1 << all.length; mask++) {
      const chosen = ranks.filter((_r, i) => mask & (1 << i));
      if (chosen.length !== x.length) continue;
      ways++;
      if (Math.abs(chosen.reduce((a, b) => a + b, 0) - middle) >= far - 1e-9) extreme++;
    }
    return extreme / ways;
  }
  test("p of the rank sum is what counting all orders gives; with ties nearly so", () => {
    for (const [x, y] of [
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [
        [1, 2, 3, 4, 5],
        [6, 7, 8, 9, 10],
      ],
      [
        [1, 4, 8, 10],
        [2, 3, 5, 9, 12],
      ],
    ] as const)
      expect(rankSumP(x, y)).toBeCloseTo(byCounting(x, y), 12);
    const [x, y] = [
      [1, 2, 2, 3, 3, 4, 5, 6, 8],
      [2, 3, 4, 4, 5, 6, 7, 9, 9],
    ];
    expect(Math.abs(rankSumP(x, y) - byCounting(x, y))).toBeLessThan(0.02);
  });
  test("a difference of 30 % is found, one of 1 % is not shown, however sure", () => {
    expect(timeChange(m(series(24, 1)), m(series(24, 0.7))).significance).toMatchObject({ verdict: "faster", method: "rank sum" });
    expect(timeChange(m(series(24, 1)), m(series(24, 1.5))).significance.verdict).toBe("slower");
    expect(timeChange(m(series(24, 1)), m(series(24, 1.01))).significance.verdict).toBe("same");
  });
  test("of times that vary by more than themselves nothing is said", () => {
    const noisy = { ...m(series(24, 1)), spread: 2 };
    expect(timeChange(noisy, m(series(24, 0.5))).significance).toMatchObject({ verdict: "unknown", method: "rank sum" });
  });
  test("without samples the spreads decide", () => {
    const plain = (median: number, spread: number) => ({ min: median, median, spread });
    expect(timeChange(plain(1, 0.1), plain(0.7, 0.1)).significance).toEqual({ verdict: "faster", p: null, method: "quartiles" });
    expect(timeChange(plain(1, 0.5), plain(0.7, 0.5)).significance.verdict).toBe("same");
  });
});
describe("measured several times in turns", () => {
  const scaled = (r: Report, by: number): Report => {
    const times = (t: Measurement): Measurement => ({
      min: t.min * by,
      median: t.median * by,
      spread: 0,
      samples: (t.samples ?? []).map((x) => x * by),
    });
    const programs = r.programs.map((p) => ({ ...p, kernels: p.kernels!.map((k) => ({ ...k, time: times(k.time!) })) }));
    return { ...r, programs, timing: { ...r.timing!, total: times(r.timing!.total), program: times(r.timing!.program) } };
  };
  const verdicts = (d: ReportDiff): Set<string | undefined> =>
    new Set([d.call, d.program, ...d.programs[0]!.kernels.map((k) => k.time)].map((t) => t?.significance.verdict));
  test("a difference that every pair shows counts", () => {
    const d = diffRepeated([1, 1.1, 0.95].map((by) => [scaled(model, by), scaled(model, 0.4 * by)]));
    expect(verdicts(d)).toEqual(new Set(["faster"]));
    expect(d.call!.ratio).toBeCloseTo(0.4, 1);
    expect(d.notes.join()).toContain("measured 3 times in turns");
  });
  test("one that a single busy process makes does not", () => {
    const d = diffRepeated([
      [scaled(model, 9), model],
      [model, scaled(model, 1.02)],
      [scaled(model, 8), model],
    ]);
    expect(verdicts(d).has("faster")).toBe(false);
  });
  test("one pair is an ordinary comparison", () => expect(diffRepeated([[model, model]])).toEqual(diffReports(model, model)));
});
describe("lines", () => {
  test("are followed through insertions and edits", () => {
    const map = lineMap("a\nb\nc\nd", "new\na\nb2\nc\nd");
    expect([1, 2, 3, 4].map(map)).toEqual([2, 3, 4, 5]);
    // A comment before an edited line: the line is the one with the same words.
    const edited = lineMap("x;\nconst h = np.tanh(x.matmul(w));\ny;", "x;\n// a comment\nconst h = np.sin(x.matmul(w));\ny;");
    expect([1, 2, 3].map(edited)).toEqual([1, 3, 4]);
    // One line that became another altogether is still that line.
    expect([1, 2, 3].map(lineMap("x;\nfoo();\ny;", "x;\nbar();\ny;"))).toEqual([1, 2, 3]);
    expect([1, 2, 3].map(lineMap("x;\nfoo();\ny;", "x;\ny;"))).toEqual([1, undefined, 2]);
  });
  test("of a jaxpr that differ in names of variables are the same", () => {
    const a = "{ lambda ; a:f32[3] . let\n    b:f32[3] = sin a\n    c:f32[3] = mul b a\n  in (c,) }";
    const b = "{ lambda ; a:f32[3] . let\n    b:f32[3] = neg a\n    c:f32[3] = sin b\n    d:f32[3] = mul c b\n  in (d,) }";
    expect(diffLevel(a, b)!.filter((l) => l.kind !== "same")).toEqual([{ kind: "added", after: 2, text: "    b:f32[3] = neg a" }]);
    expect(diffLevel(a, a)).toBe(null);
  });
});
