// Readers of XLA's texts and files over the samples: optimized HLO of both forms of metadata, for CPU, GPU and TPU, and profiles.
import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { assignedName, shortName } from "../../src/host/python/labels.ts";
import { calledBy, parseHlo } from "../../src/xla/hlo.ts";
import { counterparts } from "../../src/xla/counterparts.ts";
import { type KnownInstruction, profiledPrograms } from "../../src/xla/hloProto.ts";
import { kernelTimes } from "../../src/xla/kernelTimes.ts";
import { kindOf } from "../../src/xla/ops.ts";
import { bytesOfShape, readShape, showShape } from "../../src/xla/shape.ts";
import { readXPlane } from "../../src/xla/xplane.ts";

const samples = fileURLToPath(new URL("../samples/xla/", import.meta.url));
const files = readdirSync(samples).filter((f) => f.endsWith(".hlo.txt"));
const sample = (name: string) => readFileSync(`${samples}${name}`, "utf8");
const scan = sample("cpu-0.10-scan.hlo.txt");

describe("HLO", () => {
  test.each(files)("%s: every instruction is read, and every name leads somewhere", (name) => {
    const text = sample(name);
    const m = parseHlo(text);
    const lines = text.split("\n").filter((l) => /^\s+(?:ROOT )?%?[\w.\-]+ = /.test(l));
    const all = [...m.computations.values()].flatMap((c) => c.instructions);
    expect(all).toHaveLength(lines.length);
    expect(m.entry).toBeDefined();
    expect(m.name).not.toBe("");
    for (const c of m.computations.values()) {
      const names = new Set(c.instructions.map((n) => n.name));
      expect(c.root).toBeDefined();
      for (const n of c.instructions) {
        for (const o of n.operands) expect(names, `${n.name} reads ${o}`).toContain(o);
        for (const key of ["calls", "to_apply", "body", "condition", "branch_computations"])
          for (const called of calledBy(n, key)) expect(m.computations.has(called), called).toBe(true);
        if (n.op !== "fusion") expect(kindOf(n), n.op).not.toBe("other");
        expect(n.shape.kind, `${n.name}: ${JSON.stringify(n.shape)}`).not.toBe("other");
      }
    }
  });
  test("places by stack frames: the parent is one below what is written", () => {
    const m = parseHlo(sample("cpu-0.10.hlo.txt"));
    const tanh = [...m.computations.values()].flatMap((c) => c.instructions).find((n) => n.op === "tanh")!;
    expect(tanh.places).toEqual([
      { file: "probe2.py", line: 6, column: 10, func: "f" },
      { file: "probe2.py", line: 12, column: 3, func: "<module>" },
    ]);
    expect(tanh.opName).toBe("jit(f)/layer1/tanh");
  });
  test("places by file and line, and names with quotes", () => {
    const m = parseHlo(
      `HloModule jit_g\n\nENTRY %main (p: f32[2]) -> f32[2] {\n  %p = f32[2]{0} parameter(0), metadata={op_name="params[\\'w\\']"}\n  ROOT %t = f32[2]{0} tanh(f32[2]{0} %p), metadata={op_type="tanh" op_name="jit(g)/tanh" source_file="/a b/m.py" source_line=7}\n}\n`,
    );
    expect(m.entry!.root).toMatchObject({ op: "tanh", operands: ["p"], places: [{ file: "/a b/m.py", line: 7 }] });
    expect(m.entry!.instructions[0]!.opName).toBe("params['w']");
  });
  test("shapes", () => {
    const line = "(f32[2,3]{1,0:T(8,128)}, (pred[], bf16[4]{0})) tuple(";
    const { shape, end } = readShape(line, 0);
    expect(showShape(shape)).toBe("(f32[2,3], (bool[], bf16[4]))");
    expect(line.slice(end)).toBe(" tuple(");
    expect(bytesOfShape(shape)).toBe(24 + 1 + 8);
    expect(showShape(readShape("s32[]", 0).shape)).toBe("i32[]");
  });
});

test("paths as XLA escapes them: bytes of UTF-8 in octal, quotes, backslashes, line ends; in both forms of metadata", () => {
  const escaped = String.raw`/q\"x\\303\n\'z/\303\274 \346\225\260 \360\237\230\200.py`;
  const path = "/q\"x\\303\n'z/ü 数 😀.py";
  const module = (tables: string, metadata: string) =>
    parseHlo(
      `HloModule m\n\n${tables}ENTRY %main (x: f32[3]) -> f32[3] {\n  ROOT %x = f32[3]{0} parameter(0), metadata={op_name="x" ${metadata}}\n}\n`,
    );
  const fileOf = (m: ReturnType<typeof parseHlo>) => [...m.computations.values()][0]!.root!.places[0]!.file;
  expect(fileOf(module("", `source_file="${escaped}" source_line=4`))).toBe(path);
  const tables = `FileNames\n1 "${escaped}"\n\nFunctionNames\n1 "f"\n\nFileLocations\n1 {file_name_id=1 function_name_id=1 line=4 column=1}\n\nStackFrames\n1 {file_location_id=1 parent_frame_id=1}\n\n`;
  expect(fileOf(module(tables, "stack_frame_id=1"))).toBe(path);
});

describe("profiles", () => {
  const planes = readXPlane(readFileSync(`${samples}scan.xplane.pb`));
  test("planes, lines and events with their stats", () => {
    expect(planes.map((p) => p.name)).toContain("/host:CPU");
    const events = planes.flatMap((p) => p.lines.flatMap((l) => l.events));
    expect(events.length).toBeGreaterThan(100);
    const kernel = events.find((e) => e.stats.get("hlo_op") === "while.14")!;
    expect(kernel.stats.get("hlo_module")).toBe("jit_f");
    expect(kernel.duration).toBeGreaterThan(1e6);
  });
  test("every kernel event belongs to an instruction; a loop's own time leaves out what it holds", () => {
    const m = parseHlo(scan);
    const times = kernelTimes(planes, m);
    const names = new Set([...m.computations.values()].flatMap((c) => c.instructions.map((n) => n.name)));
    expect(times.events.length).toBeGreaterThan(50);
    expect(times.events.filter((e) => !names.has(e.op))).toEqual([]);
    expect(times.runs).toHaveLength(3);
    const loop = times.byOp.get("while.14")!;
    const whole = times.events.filter((e) => e.op === "while.14").map((e) => e.duration);
    loop.runs.forEach((own, i) => expect(own).toBeLessThan(whole[i]! / 5));
    expect(times.byOp.get("tanh_add_fusion")!.calls).toBe(4);
  });
  test("what is dealt out to threads is computed when its end is told, not when its event ends", () => {
    const m = parseHlo(
      "HloModule jit_f\n\nENTRY %main (x: f32[2]) -> f32[2] {\n  %x = f32[2]{0} parameter(0)\n  %dot = f32[2]{0} tanh(%x)\n  ROOT %tanh = f32[2]{0} tanh(%dot)\n}\n",
    );
    const event = (op: string, start: number, duration: number, p: number) => ({
      name: op,
      start: start * 1e6,
      duration: duration * 1e6,
      stats: new Map<string, string | number>([
        ["hlo_op", op],
        ["run_id", "1"],
        ["_p", p],
      ]),
    });
    const end = (op: string, start: number, c: number) => ({
      name: `end: ${op}`,
      start: start * 1e6,
      duration: 0,
      stats: new Map<string, number>([["_c", c]]),
    });
    const lines = [
      { name: "main", events: [event("dot", 0, 1, 7), event("tanh", 9, 2, 8), end("tanh", 10.9, 8)] },
      { name: "thread", events: [end("dot", 8, 7), end("dot", 3, 99)] },
    ];
    const times = kernelTimes([{ name: "/host:CPU", lines, stats: new Map(), kinds: [] }], m);
    expect(times.byOp.get("dot")).toEqual({ runs: [8], calls: 1 });
    expect(times.byOp.get("tanh")).toEqual({ runs: [2], calls: 1 });
    expect(times.runs).toEqual([{ start: 0, duration: 11 }]);
  });
  test("the time of a loop is without what its body dealt out to threads", () => {
    const m = parseHlo("HloModule jit_f\n\nENTRY %main (x: f32[2]) -> f32[2] {\n  ROOT %x = f32[2]{0} parameter(0)\n}\n");
    const event = (op: string, start: number, duration: number, p: number) => ({
      name: op,
      start,
      duration,
      stats: new Map<string, string | number>([
        ["hlo_op", op],
        ["_p", p],
      ]),
    });
    const events = [
      event("while", 0, 10e6, 1),
      event("dot", 1e6, 1e6, 2),
      { name: "end: dot", start: 7e6, duration: 0, stats: new Map([["_c", 2]]) },
    ];
    const times = kernelTimes([{ name: "/host:CPU", lines: [{ name: "main", events }], stats: new Map(), kinds: [] }], m);
    expect([times.byOp.get("while")!.runs, times.byOp.get("dot")!.runs]).toEqual([[4], [6]]);
  });
  test("the programs that a profile carries are those of the text: operations, types, operands, places", () => {
    const programs = profiledPrograms(planes);
    expect(programs.map((p) => p.name)).toEqual(expect.arrayContaining(["jit_f", "jit_multiply"]));
    const m = parseHlo(scan);
    const p = programs.find((x) => x.name === "jit_f")!;
    const known = ({ name, op, shape, root, opName, places, operands }: KnownInstruction) => ({
      name,
      op,
      shape: showShape(shape),
      root,
      opName,
      places,
      operands,
    });
    expect(p.computations.find((c) => c.entry)!.name).toBe(m.entry!.name);
    expect(p.computations.map((c) => c.name).toSorted()).toEqual([...m.computations.keys()].toSorted());
    // The text is in the order of the schedule.
    const sorted = (list: readonly KnownInstruction[]) => list.map(known).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const c of p.computations) expect(sorted(c.instructions)).toEqual(sorted(m.computations.get(c.name)!.instructions));
  });
  test("where the text's names are others, events find their instructions by the profile's own program", () => {
    // As when the program that is shown was compiled another time: numbers behind names are others, and so is one whole name.
    const other = scan
      .replace(/%(\w*fusion)(\.\d+)?(?=[ ,)])/g, (_all, name: string, n = ".0") => `%${name}.${Number(n.slice(1)) + 700}`)
      .replaceAll("while.14", "loop");
    const m = parseHlo(other);
    const names = new Set([...m.computations.values()].flatMap((c) => c.instructions.map((n) => n.name)));
    const times = kernelTimes(planes, m);
    expect(times.events.filter((e) => !names.has(e.op))).toEqual([]);
    const before = kernelTimes(planes, parseHlo(scan));
    expect(times.byOp.get("loop")).toEqual(before.byOp.get("while.14"));
    expect(times.byOp.size).toBe(before.byOp.size);
    const tanh = before.byOp.get("tanh_add_fusion")!;
    expect(times.byOp.get("tanh_add_fusion.700")).toEqual(tanh);
  });
  test("what is the same in two programs stays; what cannot be told apart is not guessed", () => {
    const n = (name: string, op: string, opName: string, dims: readonly number[] = [2]): KnownInstruction => ({
      ...{ name, op, opName, operands: [], root: false, places: [] },
      shape: { kind: "array", dtype: "f32", dims },
    });
    const of = (a: readonly KnownInstruction[], b: readonly KnownInstruction[]) => Object.fromEntries(counterparts(a, b));
    expect(of([n("a", "add", "f/add"), n("b", "fusion", "f/x")], [n("a", "add", "f/add"), n("c", "fusion", "f/x")])).toEqual({ b: "c" });
    // A name that both have, for something else in the other one.
    expect(of([n("a.1", "add", "f/add"), n("a.2", "tanh", "f/t")], [n("a.1", "tanh", "f/t"), n("a.2", "add", "f/add")])).toEqual({
      "a.1": "a.2",
      "a.2": "a.1",
    });
    expect(of([n("x", "fusion", "f/p"), n("y", "fusion", "f/p")], [n("z", "fusion", "f/p")])).toEqual({});
    expect(of([n("x", "fusion", "f/p")], [n("z", "fusion", "f/p", [3])])).toEqual({});
  });
  test("what is cut off is an error, not a loop", () => {
    const bytes = readFileSync(`${samples}scan.xplane.pb`);
    for (const n of [1, 10, 100, 1000, bytes.length - 3]) expect(() => readXPlane(bytes.subarray(0, n))).toThrow();
  });
});

test("names of arguments and of statements, for labels", () => {
  expect(["x", "params[0]['w']", "m.states[0][1]", "p.layer.w", "p.blocks[2].norm.w", "args[2]", "d['first'][4]"].map(shortName)).toEqual([
    "x",
    "w",
    "states[0][1]",
    "layer.w",
    "norm.w",
    "args[2]",
    "first[4]",
  ]);
  expect(
    ["  h = f(x)", "q, k = f(x)", "x: int = 3", "x += 1", "self.h = y", "return x", "f(a=1)", "x == y", "if x: y = 1"].map(assignedName),
  ).toEqual(["h", "q, k", "x", "x", "self.h", null, null, null, null]);
});
