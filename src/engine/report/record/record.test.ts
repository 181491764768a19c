// The arithmetic behind a Report: medians, lines that add up, names that are read from source lines. What a whole run gives: test/unit/report.test.ts.
import { describe, expect, test } from "vitest";
import { Places, relativePath } from "../places.ts";
import { sha256 } from "../sha256.ts";
import { uniqueNames } from "../names.ts";
import type { Kernel } from "../types.ts";
import { variableBefore } from "./compilations.ts";
import { assignedVariable, isReturned } from "./labels.ts";
import { programLines } from "../programLines.ts";
import { summarize } from "./measure.ts";
import { undisturbed } from "./profile.ts";

test("the median is the middle value (M17)", () => {
  expect(summarize([5, 1, 3])).toEqual({ min: 1, median: 3, spread: 2 });
  expect(summarize([4, 1, 3, 2])).toEqual({ min: 1, median: 2.5, spread: 1.5 });
  expect(summarize(Array.from({ length: 100 }, (_v, i) => i)).median).toBe(49.5);
});
describe("lines of a program", () => {
  const kernel: Kernel = {
    id: "k",
    name: "k",
    label: "k",
    kind: "loop",
    region: "r",
    device: 0,
    nodes: [],
    outputs: [],
    bytesRead: 0,
    bytesWritten: 0,
    flops: 0,
    calls: 1,
    predicted: 1,
    time: { min: 1.5, median: 1.5, spread: 0 },
    lines: [{ file: 0, line: 3, share: 1 }],
  };
  const home = { file: 0, line: 1 };
  const from = { file: 0, line: 9 };
  test("kernels, copies, and the rest of the call on the line that calls", () => {
    const lines = programLines([kernel, kernel], home, { wall: 10, copies: 1, from });
    expect(lines.map((l) => [l.line, l.ms, l.parts])).toEqual([
      [9, 6, { call: 6 }],
      [3, 3, { kernels: 3 }],
      [1, 1, { copies: 1 }],
    ]);
  });
  test("parts are never more than the call", () => {
    const lines = programLines([kernel, kernel], home, { wall: 2, copies: 1, from });
    expect(lines.reduce((s, l) => s + l.ms, 0)).toBeCloseTo(2, 9);
    expect(lines.every((l) => l.ms >= 0)).toBe(true);
  });
  test("not measured: predictions, and said so", () =>
    expect(programLines([kernel], home, null)).toEqual([{ file: 0, line: 3, ms: 1, share: 1, parts: { kernels: 1 }, estimated: true }]));
});
test("the variable that a statement assigns to", () => {
  const at = (line: string): string | null => assignedVariable(line, line.indexOf("¦") + 1);
  expect(at("  const h1 = ¦np.tanh(x);")).toBe("h1");
  expect(at("const [last] = ¦lax.scan(f, a);")).toBe("last");
  expect(at("const [a, b] = ¦lax.scan(f, a);")).toBe("[a, b]");
  expect(at("const h: Value = x.¦mul(2);")).toBe("h");
  expect(at("a.b = x.¦mul(2);")).toBe("a.b");
  expect(at("if (a == b) y = x.¦add(1);")).toBe("y");
  expect(at("let x = 1, y = z.¦add(1);")).toBe("y");
  expect(at("  return ¦np.tanh(x);")).toBe(null);
  expect(at("const f = (x) => ¦np.tanh(x);")).toBe(null);
  expect(at("const f = jit((x) => x.¦mul(2));")).toBe(null);
  expect(at("exports.f = jl.jit(function (x) { return x.¦mul(2); });")).toBe(null);
  expect(at("const f = jit(function (x) { const y = x.¦mul(2); return y; });")).toBe("y");
  expect(at("const f = jit((x) => { const y = x.mul(2); return y.¦add(1); });")).toBe(null);
});
test("a value is called by its function only where it is what the function gives back", () => {
  const at = (line: string): boolean => isReturned(line.replace("¦", ""), line.indexOf("¦") + 1);
  expect(at("const loss = (w, x) => np.square(np.tanh(x.matmul(w))).¦mean();")).toBe(true);
  expect(at("const loss = (w, x) => np.square(np.tanh(x.¦matmul(w))).mean();")).toBe(false);
  expect(at("const loss = (w, x) => np.¦square(np.tanh(x.matmul(w))).mean();")).toBe(false);
  expect(at("  return np.¦tanh(x.matmul(w));")).toBe(true);
  expect(at("  return np.tanh(x.¦matmul(w));")).toBe(false);
  expect(at("  return a.mul(2).¦add(b.sum({ axis: [0, 1] }))")).toBe(true);
  expect(at("  const y = x.¦mul(2);")).toBe(false);
  expect(at("const f = jit(vmap((x) => x.¦dot(w)));")).toBe(true);
});
test("names of functions that have none", () => {
  const at = (line: string): string | null => variableBefore(line, line.indexOf("¦") + 1);
  expect(at("const step = ¦jit((x) => x);")).toBe("step");
  expect(at("export const step: Fn = jax.¦jit((x) => x);")).toBe("step");
  expect(at("  forward: ¦jit((x) => x),")).toBe("forward");
  expect(at("run(¦jit((x) => x));")).toBe(null);
});
test("equal names are told apart", () => {
  expect(uniqueNames(["dot", "add", "dot", "dot"])).toEqual(["dot", "add", "dot.2", "dot.3"]);
  expect(uniqueNames(["dot", "dot.2", "dot"])).toEqual(["dot", "dot.2", "dot.3"]);
});
test("paths are relative to the workspace", () => {
  expect(relativePath("/w/src/a.ts", "/w")).toBe("src/a.ts");
  expect(relativePath("/w/src/a.ts", "/w/")).toBe("src/a.ts");
  expect(relativePath("/work/a.ts", "/w")).toBe("/work/a.ts");
  expect(relativePath("/w/a\\b.ts", "/w")).toBe("a\\b.ts");
  expect(relativePath("C:\\w\\src\\a.ts", "c:\\w")).toBe("src/a.ts");
  expect(relativePath("/w/a.ts", null)).toBe("/w/a.ts");
});
test("positions and stacks are kept once; the tool's own frames not at all", () => {
  const p = new Places("/w");
  const at = { file: "/w/a.ts", line: 3, column: 1, func: "f" };
  const own = { file: "/home/x/.vscode/extensions/jitlens/dist/host/runner.mjs", line: 1, column: 1, func: "" };
  expect(p.stack([at, own])).toBe(0);
  expect(p.stack([at])).toBe(0);
  expect(p.stack([own])).toBe(undefined);
  expect(p.files.map((f) => f.path)).toEqual(["a.ts"]);
  const again = new Places("/w", p);
  expect(again.stack([at])).toBe(0);
  expect(again.frames.length).toBe(1);
});
test("SHA-256, against the standard's examples", () => {
  expect(sha256("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(sha256("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")).toBe("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
});
describe("parts of a measured call", () => {
  test("runs that were interrupted do not count where enough others are there", () => {
    const clean = [true, true, false, true, true, false, true];
    expect(undisturbed([1, 2, 90, 3, 4, 80, 5], clean)).toEqual([1, 2, 3, 4, 5]);
    expect(undisturbed([1, 90, 80], [true, false, false])).toEqual([1, 90, 80]);
    // Too few: the shortest of the others, not those that lost half of their time.
    expect(undisturbed([9, 1, 70, 3, 80, 4, 60, 5], [false, true, ...Array.from({ length: 6 }, () => false)])).toEqual([9, 1, 3, 4, 5]);
    expect(undisturbed([], [])).toEqual([]);
  });
  test("copies stand on their own lines, what lies between kernels at home", () => {
    const lines = programLines(
      [],
      { file: 0, line: 1 },
      {
        wall: 10,
        copies: 1,
        copiesAt: [
          { place: { file: 0, line: 7 }, ms: 4 },
          { place: { file: 0, line: 7 }, ms: 2 },
        ],
        from: { file: 0, line: 9 },
      },
    );
    expect(lines.map((l) => [l.line, l.parts])).toEqual([
      [7, { copies: 6 }],
      [9, { call: 3 }],
      [1, { copies: 1 }],
    ]);
  });
});
