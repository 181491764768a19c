// The picture's tree: groups by direction, names, functions and lines; kernels with what several compute; folded inputs; loops made when asked for; no circles.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { parseReportText } from "../read.ts";
import type { Kernel, Node, Program, Region, Report } from "../types.ts";
import { Quotient } from "./circles.ts";
import type { Item } from "./item.ts";
import { Outline } from "./outline.ts";
import { splitScope } from "./scope.ts";
import { Verdicts } from "./verdicts.ts";
import { opened, openedTo, pictureOf, visible } from "./visible.ts";
import { english } from "./words.ts";

const words = english({ time: (ms) => `${ms} ms`, share: (p) => `${Math.round(100 * p)} %` });
const fixture = (name: string): Report =>
  parseReportText(gunzipSync(readFileSync(new URL(`../fixtures/${name}`, import.meta.url))).toString());
const node = (id: string, inputs: string[], more: Partial<Node> = {}): Node => ({
  id,
  op: id.replace(/\d+$/, ""),
  category: "elementwise",
  type: "f32[2]",
  inputs,
  scope: "",
  ...more,
});
const kernel = (id: string, nodes: string[], outputs: string[]): Kernel =>
  ({ id, name: id, label: id, kind: "loop", region: "main", device: 0, nodes, outputs, bytesRead: 0, bytesWritten: 0, flops: 0, calls: 1, lines: [] }) as Kernel;
function program(nodes: Node[], kernels: Kernel[] = [], more: Partial<Region> = {}, others: Region[] = []): Program {
  const region: Region = { id: "main", name: "main", parent: null, nodes, parameters: [], outputs: [nodes.at(-1)!.id], ...more };
  return { id: "p", arguments: [], results: [], levels: [{ name: "fused", regions: [region, ...others] }], kernels };
}
const NOWHERE = { stacks: [], frames: [], files: [] };
const outline = (p: Program, fold = true, at: Pick<Report, "stacks" | "frames" | "files"> = NOWHERE): Outline =>
  new Outline(at, p, p.levels[0]!, { fold, words });
/** "group[a b]" */
const show = (i: Item): string => (i.children.length ? `${i.label}[${i.children.map(show).join(" ")}]` : i.label);
const tree = (o: Outline): string => o.root.children.map(show).join(" ");

describe("groups", () => {
  test("a name stack is split at slashes outside of brackets", () => {
    expect(splitScope("transpose(jvp(a/b))/c/d(e)")).toEqual(["transpose(jvp(a/b))", "c", "d(e)"]);
    expect(splitScope("")).toEqual([]);
  });
  test("forward and backward, then layers", () => {
    const p = program([
      node("a1", [], { scope: "jvp(block0)" , category: "other"}),
      node("a2", ["a1"], { scope: "jvp(block0)" }),
      node("b1", ["a2"], { scope: "jvp(block1)" }),
      node("b2", ["b1"], { scope: "jvp(block1)" }),
      node("c1", ["b2"], { scope: "transpose(jvp(block1))" }),
      node("c2", ["c1"], { scope: "transpose(jvp(block1))/mlp" }),
      node("c3", ["c2"], { scope: "transpose(jvp(block1))/mlp" }),
      node("d1", ["c3"]),
    ]);
    expect(tree(outline(p))).toBe("forward[block0[a a] block1[b b]] backward › block1[c mlp[c c]] d");
  });
  test("a group that would read itself through another is begun anew", () => {
    const p = program([
      node("a1", [], { scope: "x", category: "other" }),
      node("a2", ["a1"], { scope: "x" }),
      node("b1", ["a2"], { scope: "y" }),
      node("b2", ["b1"], { scope: "y" }),
      node("a3", ["b2"], { scope: "x" }),
      node("a4", ["a3"], { scope: "x" }),
    ]);
    expect(tree(outline(p))).toBe("x[a a] y[b b] x (2)[a a]");
  });
  test("functions of the person, without those that everything lies in", () => {
    const at = {
      files: [{ path: "src/m.ts", hash: "" }],
      frames: ["train", "norm", "mlp"].map((func, i) => ({ file: 0, line: i + 1, column: 1, func })),
      stacks: [[1, 0], [2, 0], [0]],
    };
    const nodes = Array.from({ length: 8 }, (_v, i) => node(`n${i}`, i ? [`n${i - 1}`] : [], { stack: i < 3 ? 0 : i < 6 ? 1 : 2, category: "other" }));
    expect(tree(outline(program(nodes), true, at))).toBe("norm[n n n] mlp[n n n] n n");
  });
  test("what is alike and side by side on one line is one box; a chain is not", () => {
    const at = { files: [{ path: "src/m.ts", hash: "" }], frames: [{ file: 0, line: 7, column: 1, func: "" }], stacks: [[0]] };
    const update = (i: number): Node => node(`u${i}`, ["g0"], { stack: 0 });
    expect(tree(outline(program([node("g0", [], { category: "other" }), update(1), update(2), update(3), update(4)]), true, at))).toBe("g m.ts:7[u u u u]");
    const chain = Array.from({ length: 5 }, (_v, i) => node(`n${i}`, i ? [`n${i - 1}`] : [], { category: "other", ...(i ? { stack: 0 } : {}) }));
    expect(tree(outline(program(chain), true, at))).toBe("n n n n n");
  });
  test("hundreds side by side are shown in parts, in order", () => {
    const o = outline(program(Array.from({ length: 1000 }, (_v, i) => node(`n${i}`, i ? [`n${i - 1}`] : [], { category: "other" }))));
    expect(o.root.children.length).toBeLessThanOrEqual(40);
    expect(o.root.children[0]!.label).toBe("operations 1 – 25");
    expect(o.root.operations).toBe(1000);
  });
  test("an order of groups without circles, whatever comes", () => {
    const q = new Quotient();
    const ids = Array.from({ length: 30 }, () => q.add());
    let s = 1;
    const next = (): number => (s = (s * 48271) % 2147483647) % 30;
    const edges: [number, number][] = [];
    for (let i = 0; i < 300; i++) {
      const [a, b] = [next(), next()];
      if (a !== b && q.join([a], b)) edges.push([a, b]);
    }
    const at = new Map(q.sorted().map((g, i) => [g, i]));
    expect(at.size).toBe(ids.length);
    for (const [a, b] of edges) expect(at.get(a)!).toBeLessThan(at.get(b)!);
  });
});
describe("folding", () => {
  const p = program([
    node("x", [], { op: "parameter", category: "input", name: "params[0].w" }),
    node("t", ["x"], { op: "transpose", category: "movement" }),
    node("k", [], { op: "broadcast", category: "movement", attributes: "0.9" }),
    node("dot", ["t", "k"], { category: "contraction" }),
    node("r", ["dot"], { op: "reshape", category: "movement" }),
    node("tanh", ["r"]),
  ]);
  test("inputs, constants and movements are words on what reads them; edges go through them", () => {
    const o = outline(p);
    expect(tree(o)).toBe("dot tanh");
    expect(o.itemsOf("dot")[0]!.chips.map((c) => `${c.kind} ${c.text}`)).toEqual(["input params[0].wᵀ", "constant 0.9"]);
    expect(o.edges.get(o.root)!.map((e) => [e.producer.id, e.via.map((n) => n.id), e.consumer.id])).toEqual([["dot", ["r"], "tanh"]]);
    expect(o.itemsOf("x")).toEqual([]);
    expect(o.readersOf("t").map((i) => i.label)).toEqual(["dot"]);
  });
  test("a switch shows them", () => expect(tree(outline(p, false))).toBe("params[0].w transpose broadcast 0.9 dot reshape tanh"));
  test("what is given back stays, with its name", () => {
    const q: Program = { ...program([node("x", [], { op: "parameter", category: "input", name: "x" }), node("t", ["x"], { op: "transpose", category: "movement" })]), results: [{ name: "result.y", type: "f32[2]", node: "t" }] };
    const o = outline(q);
    expect(o.itemsOf("t")[0]!.chips.map((c) => c.text)).toEqual(["x", "result.y"]);
  });
});
describe("kernels", () => {
  const p: Program = {
    ...program(
      [node("a", [], { category: "other" }), node("b", ["a"]), node("c", ["b"]), node("d", ["b"])],
      [kernel("k0", ["a"], ["a"]), kernel("k1", ["b", "c"], ["c"]), kernel("k2", ["b", "d"], ["d"])],
    ),
    decisions: [
      { id: "a>b", producer: "a", consumer: "b", fused: false, rule: "r", reason: "", cost: { bytes: 8 } },
      { id: "b>c", producer: "b", consumer: "c", fused: true, rule: "r", reason: "", cost: {} },
    ],
  };
  test("what two kernels compute stands in both", () => {
    const o = outline(p);
    expect(tree(o)).toBe("k0[a] k1[b c] k2[b d]");
    expect(o.itemsOf("b")).toHaveLength(2);
    expect(o.edges.get(o.root)!.map((e) => `${e.from.id}>${e.to.id}`)).toEqual([
      "fused/k0/a>fused/k1/b",
      "fused/k1/b>fused/k1/c",
      "fused/k0/a>fused/k2/b",
      "fused/k2/b>fused/k2/d",
    ]);
  });
  test("edges say fused or stored, and know their decisions", () => {
    const o = outline(p);
    const verdicts = new Verdicts(p);
    const closed = visible(o, new Set(), 800, words);
    expect(closed.edges.map((e) => verdicts.of(e.leaves))).toEqual(["stored", "stored"]);
    const open = visible(o, new Set(["fused/k1"]), 800, words);
    const inside = open.edges.find((e) => open.boxes[e.to]!.item.label === "c")!;
    expect(verdicts.of(inside.leaves)).toBe("fused");
    expect(verdicts.decisions(inside.leaves).map((d) => d.id)).toEqual(["b>c"]);
    expect(verdicts.decisions(closed.edges[0]!.leaves).map((d) => d.id)).toEqual(["a>b"]);
  });
});
describe("regions", () => {
  const r = fixture("loop.v2.jitprofile.gz");
  const program0 = r.programs[0]!;
  const make = (): Outline => new Outline(r, program0, program0.levels.at(-1)!, { fold: true, words });
  test("a loop's content is made when somebody looks into it", () => {
    const o = make();
    const body = program0.levels.at(-1)!.regions.find((x) => /body/.test(x.name))!;
    const inside = body.nodes.find((n) => n.op === "tanh")!.id;
    const [loop] = o.boxesOf(inside);
    expect(loop!.kind).toBe("control");
    expect(loop!.made).toBe(false);
    const [item] = o.itemsOf(inside);
    expect(item!.of.node!.id).toBe(inside);
    expect(o.boxesOf(inside)).toEqual([item]);
    const path: string[] = [];
    for (let i: Item | null = item!; i; i = i.parent) path.unshift(i.kind);
    expect(path[0]).toBe("root");
    expect(path).toContain("region");
  });
  test("times of groups and loops add up to all kernels", () => {
    const o = make();
    expect(o.root.time).toBeCloseTo(o.total, 9);
    expect(o.root.kernels).toBe(program0.kernels!.length);
  });
  test("ids find their items", () => {
    const o = make();
    const everything: Item[] = [];
    const visit = (i: Item): void => {
      everything.push(i);
      i.children.forEach(visit);
    };
    visit(o.root);
    expect(new Set(everything.map((i) => i.id)).size).toBe(everything.length);
    for (const i of everything) expect(o.find(i.id)).toBe(i);
  });
});
describe.each(["digits.v1.jitprofile.gz", "loop.v2.jitprofile.gz"])("%s as a picture", (name) => {
  const r = fixture(name);
  test.each(r.programs[0]!.levels.map((l) => l.name))("level %s: every box inside its container, at any width, closed and open", (levelName) => {
    const level = r.programs[0]!.levels.find((l) => l.name === levelName)!;
    const o = new Outline(r, r.programs[0]!, level, { fold: true, words });
    for (const breadth of [300, 520, 1300])
      for (const open of [new Set<string>(), opened(o), openedTo(o, 9, 5000)]) {
        const p = pictureOf(visible(o, open, breadth, words), breadth);
        expect(p.boxes.length).toBeGreaterThan(0);
        p.boxes.forEach((b, i) => {
          if (b.parent < 0) return;
          expect(p.layout.x[i]!).toBeGreaterThanOrEqual(p.layout.x[b.parent]!);
          expect(p.layout.y[i]! + p.layout.height[i]!).toBeLessThanOrEqual(p.layout.y[b.parent]! + p.layout.height[b.parent]! + 0.01);
        });
        for (const e of p.edges) expect(e.from).not.toBe(e.to);
      }
  });
});
