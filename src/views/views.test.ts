// The views' plain functions: the selection, what belongs to what, rows of timeline and lines, search, colours.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parseReportText } from "../engine/report/read.ts";
import type { LineCost, Report } from "../engine/report/types.ts";
import { READABLE, fitScale, readableScale } from "./graph/camera.ts";
import { findNodes } from "./graph/search.ts";
import { lineRows } from "./lines.ts";
import { Lookup, largest } from "./lookup.ts";
import { type State, createStore, sameSelection } from "./store.ts";
import { contrast, parseColour, readable, showColour } from "./theme.ts";

const fixture = (name: string): Report =>
  parseReportText(gunzipSync(readFileSync(new URL(`../engine/report/fixtures/${name}`, import.meta.url))).toString());
const loop = new Lookup(fixture("loop.v2.jitprofile.gz"));
const digits = new Lookup(fixture("digits.v1.jitprofile.gz"));

describe("selection", () => {
  test("is told to everybody once, and to other pages only from here", () => {
    const told: unknown[] = [];
    const heard: State[] = [];
    const store = createStore((s) => told.push(s));
    const end = store.subscribe((s) => heard.push(s));
    store.select({ kind: "kernel", id: "k1" });
    store.select({ kind: "kernel", id: "k1" });
    store.select({ kind: "node", id: "g2" }, "elsewhere");
    store.moveCursor({ file: "a.ts", line: 3 });
    end();
    store.select(null);
    expect(heard.map((s) => s.selection)).toEqual([
      { kind: "kernel", id: "k1" },
      { kind: "node", id: "g2" },
      { kind: "node", id: "g2" },
    ]);
    expect(told).toEqual([{ kind: "kernel", id: "k1" }, null]);
  });
  test("lines are the same by file and number", () => {
    expect(sameSelection({ kind: "line", file: "a", line: 1 }, { kind: "line", file: "a", line: 1 })).toBe(true);
    expect(sameSelection({ kind: "line", file: "a", line: 1 }, { kind: "line", file: "a", line: 2 })).toBe(false);
    expect(sameSelection({ kind: "node", id: "x" }, { kind: "kernel", id: "x" })).toBe(false);
  });
});
describe("what belongs to what (C5)", () => {
  const tanh = loop.kernels.find((k) => k.label.includes("tanh"))!;
  test("a kernel: its operations, lines and edges", () => {
    const r = loop.related({ kind: "kernel", id: tanh.id });
    for (const n of tanh.nodes) expect(r.nodes).toContain(n);
    expect(r.lines.size).toBeGreaterThan(0);
    expect(r.decisions.size).toBeGreaterThan(0);
  });
  test("an operation: its kernel, the equations it computes, its line", () => {
    const node = tanh.nodes.find((id) => loop.nodes.get(id)!.op === "tanh")!;
    const r = loop.related({ kind: "node", id: node });
    expect(r.kernels).toContain(tanh.id);
    expect([...r.nodes].some((id) => loop.levelOf.get(loop.regionOf.get(id)!.id)!.name === "jaxpr")).toBe(true);
    expect(r.lines.size).toBe(1);
  });
  test("an equation: what computes it in the levels below", () => {
    const node = tanh.nodes.find((id) => loop.nodes.get(id)!.op === "tanh")!;
    const [equation] = loop.nodes.get(node)!.from!;
    const r = loop.related({ kind: "node", id: equation! });
    expect(r.nodes).toContain(node);
    expect(r.kernels).toContain(tanh.id);
  });
  test("an edge: both ends and the kernel that computes the consumer", () => {
    const d = loop.decisions.find((x) => x.fused)!;
    const r = loop.related({ kind: "decision", id: d.id });
    expect(r.nodes).toContain(d.producer);
    expect(r.nodes).toContain(d.consumer);
    expect(r.kernels.size).toBeGreaterThan(0);
  });
  test("a line: all operations and kernels of it", () => {
    const line = tanh.lines[0]!;
    const r = loop.related({ kind: "line", file: loop.pathOf(line.file), line: line.line });
    expect(r.kernels).toContain(tanh.id);
    expect(r.nodes.size).toBeGreaterThan(2);
  });
  test("a region's way out, and a loop's time", () => {
    const body = [...loop.regions.values()].find((r) => r.name.endsWith("body") && loop.levelOf.get(r.id)!.name === "fused")!;
    expect(loop.pathTo(body).map((r) => r.parent === null)).toEqual([true, false]);
    expect(loop.timeInside(loop.nodes.get(body.parent!)!)).toBeGreaterThan(0);
  });
  test("what is not there is related to nothing", () => {
    expect(loop.related({ kind: "kernel", id: "no" }).nodes.size).toBe(0);
    expect(loop.related({ kind: "line", file: "no.ts", line: 1 }).nodes.size).toBe(0);
    expect(loop.placeOf({ kind: "node", id: "no" })).toBe(null);
  });
});
describe("search (C4)", () => {
  const fused = digits.program!.levels.find((l) => l.name === "fused")!;
  const found = (query: string): string[] => findNodes(digits, fused, query).map((n) => n.op);
  test("by operation, type as JAX writes it, line, name on the line", () => {
    expect(found("tanh")).toEqual(["tanh", "tanh"]);
    expect(found("f32[128,64]").length).toBeGreaterThan(3);
    expect(found("digits.ts:24").length).toBeGreaterThan(0);
    expect(found("digits.ts:2")).toEqual([]);
    expect(found("h1").length).toBeGreaterThan(0);
    expect(found("params2[0].w").length).toBe(1);
    expect(found("no such thing")).toEqual([]);
    expect(found("  ")).toEqual([]);
  });
});
describe("lines", () => {
  const cost = (file: number, line: number, ms: number): LineCost => ({ file, line, ms, share: 0, parts: {} });
  test("files with the most time first, lines around those that cost something", () => {
    const rows = lineRows([cost(0, 5, 1), cost(1, 2, 3), cost(1, 4, 1)], (f) => (f === 0 ? 100 : 4));
    expect(rows.map((r) => (r.kind === "file" ? `file ${r.file}: ${r.ms}` : `${r.line}${r.cost ? "*" : ""}`))).toEqual([
      "file 1: 4",
      ..."1 2* 3 4*".split(" "),
      "file 0: 1",
      ..."3 4 5* 6 7".split(" "),
    ]);
  });
  test("without the text, only the lines that are known", () =>
    expect(lineRows([cost(0, 9, 1), cost(0, 3, 1)], () => null).map((r) => (r.kind === "line" ? r.line : 0))).toEqual([0, 3, 9]));
  test("200,000 lines", () => {
    const rows = lineRows(
      Array.from({ length: 200_000 }, (_v, i) => cost(0, i + 1, 1)),
      () => 200_000,
    );
    expect(rows.length).toBe(200_001);
  });
  test("the largest of any number", () =>
    expect(
      largest(
        Array.from({ length: 500_000 }, (_v, i) => i),
        (x) => x,
      ),
    ).toBe(499_999));
});
describe("colours (B10)", () => {
  test("are read", () => {
    expect(parseColour("#0b66c3")).toEqual({ r: 11, g: 102, b: 195 });
    expect(parseColour("rgb(1, 2, 3)")).toEqual({ r: 1, g: 2, b: 3 });
    expect(parseColour("rgba(0, 0, 0, 0)")).toBe(null);
    expect(parseColour("rgb(1 2 3 / 50%)")).toEqual({ r: 1, g: 2, b: 3 });
    expect(parseColour("inherit")).toBe(null);
    expect(showColour({ r: 11, g: 102, b: 195 })).toBe("#0b66c3");
  });
  test("stand out from any page", () => {
    for (const page of ["#ffffff", "#1f1f1f", "#000000", "#fdf6e3", "#002b36", "#272822", "#808080"])
      for (const colour of ["#f0a75e", "#9a5200", "#6cb6ff", "#ffffff", "#000000"]) {
        const background = parseColour(page)!;
        expect(contrast(readable(parseColour(colour)!, background), background), `${colour} on ${page}`).toBeGreaterThan(3.9);
      }
    expect(contrast(parseColour("#000000")!, parseColour("#ffffff")!)).toBeCloseTo(21, 1);
  });
});
describe("the graph", () => {
  test("fits any canvas, however small (B9)", () => {
    const big = { width: 200_000, height: 90_000 };
    for (const [w, h] of [
      [1200, 700],
      [200, 300],
    ] as const) {
      const k = fitScale(big, w, h);
      expect(big.width * k).toBeLessThanOrEqual(w);
      expect(big.height * k).toBeLessThanOrEqual(h);
    }
  });
  test("fitting keeps letters readable: what does not fit is scrolled to", () => {
    const tall = { width: 300, height: 9000 };
    expect(readableScale(tall, 600, 400)).toBe(1);
    expect(readableScale({ width: 5000, height: 300 }, 600, 400)).toBe(READABLE);
    expect(readableScale({ width: 100, height: 80 }, 600, 400)).toBeGreaterThan(1);
    expect(12 * READABLE).toBeGreaterThan(9);
  });
});
