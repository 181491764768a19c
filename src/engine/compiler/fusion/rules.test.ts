// Each rule by a small graph: the edge, the verdict, and the rule that gave it.
import { describe, expect, test } from "vitest";
import "../../index.ts";
import { Graph, GraphBuilder, type Node } from "../../graph/graph.ts";
import { numberProgram } from "../../graph/regions.ts";
import { WASM } from "../target.ts";
import { fuse } from "./fuse.ts";
import type { Decision } from "./ledger.ts";
import { JOIN, PLACEMENT } from "./rules/index.ts";
import { parsePins } from "./pins.ts";
import { IMPERATIVE } from "./sentences.ts";

const f32 = (...shape: number[]): { shape: number[]; dtype: "float32" } => ({ shape, dtype: "float32" });
/** A graph, from what builds its results. */
function graph(build: (g: GraphBuilder) => readonly Node[]): Graph {
  const g = new GraphBuilder("f");
  const built = g.build(build(g));
  numberProgram(built);
  return built;
}
/** Ops of edges as `exp→mul`, with their verdicts. */
function verdicts(build: (g: GraphBuilder) => readonly Node[], pins: readonly string[] = []): Map<string, Decision> {
  const { ledger } = fuse(graph(build), parsePins(pins));
  return new Map(ledger.map((d) => [`${d.producer.op}→${d.consumer.op}`, d]));
}
const kernels = (build: (g: GraphBuilder) => readonly Node[], pins: readonly string[] = []): number =>
  fuse(graph(build), parsePins(pins)).groups.length;
function expectVerdict(d: Decision | undefined, fused: boolean, rule: string): void {
  expect(d, "the edge is in the ledger").toBeDefined();
  expect({ fused: d!.fused, rule: d!.rule }).toEqual({ fused, rule });
}
const dot = (g: GraphBuilder, x: Node, y: Node): Node =>
  g.node("dot", [x, y], { lhsBatch: [], rhsBatch: [], lhsContract: [1], rhsContract: [0] }, [f32(x.shape[0]!, y.shape[1]!)]);

describe("placement", () => {
  test("movement is an index map", () => {
    const v = verdicts((g) => [g.unary("exp", g.transpose(g.param(f32(8, 16)), [1, 0]))]);
    expectVerdict(v.get("transpose→exp"), true, "movement is an index map");
  });
  test("a single consumer computes it", () => {
    const v = verdicts((g) => [g.unary("sin", g.unary("exp", g.param(f32(64))))]);
    expectVerdict(v.get("exp→sin"), true, "single consumer");
    expect(v.get("exp→sin")!.cost).toMatchObject({ bytesSaved: 512, bytesMoved: 0, flopsRecomputed: 0, launchesSaved: 1, evaluations: 64 });
  });
  test("what a product reads 64 times for each element is computed once", () => {
    const small = (g: GraphBuilder): Node[] => [dot(g, g.unary("exp", g.param(f32(2, 64))), g.param(f32(64, 64)))];
    expectVerdict(verdicts(small).get("exp→dot"), false, "computed once, read often");
    expect(verdicts(small).get("exp→dot")!.reason.text).toMatch(/reads each element 64 times: it is stored once, or it would be computed again at each read, at 18 operations/);
    // A tiled product packs its operands: each element is evaluated once.
    expectVerdict(verdicts((g) => [dot(g, g.unary("exp", g.param(f32(64, 64))), g.param(f32(64, 64)))]).get("exp→dot"), true, "single consumer");
  });
  test("a column that every row reads is copied once; one that is read once, or lies side by side, is not", () => {
    const read =
      (rows: number, dim: number) =>
      (g: GraphBuilder): Node[] => {
        const table = g.param(f32(dim === 1 ? 128 : 3, dim === 1 ? 3 : 128));
        const column = g.slice(table, [0, 0], dim === 1 ? [128, 1] : [1, 128], [1, 1]);
        return [g.binary("mul", g.param(f32(rows, 128)), g.broadcast(g.reshape(column, [128]), [rows, 128], [1]))];
      };
    expectVerdict(verdicts(read(64, 1)).get("slice→reshape"), false, "column read often");
    expectVerdict(verdicts(read(1, 1)).get("slice→reshape"), true, "movement is an index map");
    expectVerdict(verdicts(read(64, 0)).get("slice→reshape"), true, "movement is an index map");
    // Which column may be known only when the program runs.
    const moving = verdicts((g) => {
      const [table, at] = [g.param(f32(128, 4)), g.param({ shape: [], dtype: "int32" })];
      const column = g.node("dynamic_slice", [table, at, at], {}, [f32(128, 1)]);
      return [g.binary("mul", g.param(f32(64, 128)), g.broadcast(g.reshape(column, [128]), [64, 128], [1]))];
    });
    expectVerdict(moving.get("dynamic_slice→reshape"), false, "column read often");
  });
  test("what is broadcast along inner loops is computed in the outer ones; along outer loops it is computed once", () => {
    const along =
      (dim: number) =>
      (g: GraphBuilder): Node[] => [
        g.binary("mul", g.param(f32(64, 128)), g.broadcast(g.unary("exp", g.param(f32(dim === 0 ? 64 : 128))), [64, 128], [dim])),
      ];
    expectVerdict(verdicts(along(0)).get("exp→broadcast"), true, "single consumer");
    expect(verdicts(along(0)).get("exp→broadcast")!.cost.flopsRecomputed).toBe(0);
    expectVerdict(verdicts(along(1)).get("exp→broadcast"), false, "computed once, read often");
  });
  test("evaluations are summed over the readers: a stencil of three points computes each element three times", () => {
    const v = verdicts((g) => {
      const x = g.unary("exp", g.param(f32(1000)));
      const part = (from: number): Node => g.slice(x, [from], [from + 998], [1]);
      return [g.binary("add", g.binary("add", part(0), part(1)), part(2))];
    });
    expectVerdict(v.get("exp→slice"), false, "computed once, read often");
    expect(v.get("exp→slice")!.reason.text).toMatch(/ 3 times: .* at 18 operations$/);
  });
  const readBy = (n: number, value: (g: GraphBuilder, x: Node) => Node, size: number): ((g: GraphBuilder) => Node[]) => {
    return (g) => {
      const x = value(g, g.param(f32(size)));
      // Consumers that cannot share a kernel: they have results of different shapes.
      return Array.from({ length: n }, (_v, i) => g.unary("sin", g.broadcast(x, [i + 2, size], [1])));
    };
  };
  test("a handful of cheap elements is computed in every kernel", () => {
    expectVerdict(verdicts(readBy(2, (g, x) => g.unary("neg", x), 4)).get("neg→broadcast"), true, "few elements");
  });
  test("several kernels compute what is cheap, and read back what is dear", () => {
    const build =
      (op: "neg" | "exp") =>
      (g: GraphBuilder): Node[] => {
        const x = g.unary(op, g.param(f32(10, 100)));
        const turned = g.unary("sin", g.transpose(x, [1, 0]));
        return [g.unary("cos", x), turned];
      };
    expectVerdict(verdicts(build("neg")).get("neg→cos"), true, "recompute or store");
    const dear = verdicts(build("exp"));
    expect(dear.get("exp→transpose")!.fused).toBe(false);
    expect(dear.get("exp→transpose")!.cost).toMatchObject({ bytesSaved: 0, bytesMoved: 4000 + 4000 });
  });
  test("recomputing is chosen only where it costs less", () => {
    // Two kernels: storing moves 4·(1 + 1 + 2) bytes an element, computing twice 4·2 and the arithmetic at 2 operations a byte, or at half of one where the
    // caches hold the value.
    const build =
      (times: number, rows: number) =>
      (g: GraphBuilder): Node[] => {
        let x = g.param(f32(rows, 100));
        for (let i = 0; i < times; i++) x = g.unary("neg", x);
        return [g.unary("cos", x), g.unary("sin", g.transpose(x, [1, 0]))];
      };
    const last = (times: number, rows: number): boolean => {
      const { ledger } = fuse(graph(build(times, rows)));
      return ledger.find((d) => d.consumer.op === "transpose")!.fused;
    };
    const fused = (rows: number): boolean[] => Array.from({ length: 20 }, (_v, i) => last(i + 1, rows));
    expect(fused(20_000)).toEqual(Array.from({ length: 20 }, (_v, i) => i + 1 <= 16));
    expect(fused(10)).toEqual(Array.from({ length: 20 }, (_v, i) => i + 1 <= 4));
  });
  test("a result of the program is written in any case", () => {
    const v = verdicts((g) => {
      const x = g.unary("exp", g.param(f32(64, 8)));
      return [x, g.unary("sin", g.transpose(x, [1, 0]))];
    });
    expect(v.get("exp→transpose")!.fused).toBe(false);
    expect(v.get("exp→transpose")!.cost.bytesMoved).toBe(64 * 8 * 4);
  });
  test("a full kernel takes in no more", () => {
    const chain = (n: number) => (g: GraphBuilder) => {
      let x = g.param(f32(64));
      for (let i = 0; i < n; i++) x = g.unary("neg", g.unary("abs", x));
      return [x];
    };
    expect(kernels(chain(100))).toBe(1);
    const { groups, ledger } = fuse(graph(chain(WASM.limits.nodes)));
    expect(groups.length).toBe(2);
    expect(Math.max(...groups.map((k) => k.nodes.size))).toBe(WASM.limits.nodes);
    expect(ledger.filter((d) => !d.fused).map((d) => d.rule)).toEqual(["kernel is full"]);
  });
});
describe("joining", () => {
  test("reductions that wait for one another share a kernel up to a bound", () => {
    const chain = (n: number) => (g: GraphBuilder) => {
      let x = g.param(f32(4, 64));
      for (let i = 0; i < n; i++) x = g.binary("sub", x, g.broadcast(g.reduce(x, [1], "max"), [4, 64], [0]));
      return [x];
    };
    expect(kernels(chain(8))).toBe(1);
    expect(kernels(chain(24))).toBe(3);
  });
  test("an epilogue stays in registers", () => {
    const v = verdicts((g) => [g.unary("tanh", dot(g, g.param(f32(32, 32)), g.param(f32(32, 32))))]);
    expectVerdict(v.get("dot→tanh"), true, "epilogue");
    expect(v.get("dot→tanh")!.cost).toMatchObject({ bytesSaved: 2 * 32 * 32 * 4, launchesSaved: 1 });
  });
  test("a reduction is mapped over its rows", () => {
    const v = verdicts((g) => {
      const x = g.param(f32(64, 128));
      return [g.binary("sub", x, g.broadcast(g.reduce(x, [1], "max"), [64, 128], [0]))];
    });
    expectVerdict(v.get("reduce→broadcast"), true, "same rows");
  });
  test("rows of another reduction are other loops", () => {
    const v = verdicts((g) => {
      const x = g.param(f32(64, 64));
      return [g.binary("sub", x, g.broadcast(g.reduce(x, [1], "max"), [64, 64], [1]))];
    });
    expectVerdict(v.get("reduce→broadcast"), false, "other loops");
    expect(v.get("reduce→broadcast")!.reason.text).toMatch(/reduce is read at other elements than the one that has just been computed/);
  });
  test("elements of a row may be read in another order, rows may not", () => {
    const turned =
      (dim: number) =>
      (g: GraphBuilder): Node[] => {
        const x = g.param(f32(64, 128));
        const centred = g.binary("sub", x, g.broadcast(g.reduce(x, [1], "max"), [64, 128], [0]));
        return [centred, g.node("reverse", [centred], { dims: [dim] }, [f32(64, 128)])].map((n) => g.unary("sin", n));
      };
    expect(kernels(turned(1))).toBe(1);
    expect(kernels(turned(0))).toBe(2);
  });
  test("a transposed epilogue is another loop", () => {
    const v = verdicts((g) => [g.unary("tanh", g.transpose(dot(g, g.param(f32(32, 32)), g.param(f32(32, 32))), [1, 0]))]);
    expectVerdict(v.get("dot→transpose"), false, "other loops");
  });
  test("a reshaped epilogue is the same loop", () => {
    const v = verdicts((g) => [g.unary("tanh", g.reshape(dot(g, g.param(f32(32, 32)), g.param(f32(32, 32))), [4, 8, 32]))]);
    expectVerdict(v.get("dot→reshape"), true, "epilogue");
  });
  test("a product takes no second product", () => {
    const v = verdicts((g) => [dot(g, dot(g, g.param(f32(32, 32)), g.param(f32(32, 32))), g.param(f32(32, 32)))]);
    expectVerdict(v.get("dot→dot"), false, "one main operation a kernel");
    expect(v.get("dot→dot")!.reason.text).toBe("dot has loops of its own, and a kernel is built around one such operation");
  });
  test("scatter and its kin write parts", () => {
    const v = verdicts((g) => {
      const x = g.param(f32(64));
      const joined = g.node("concatenate", [x, x], { dim: 0 }, [f32(128)]);
      return [g.unary("sin", joined)];
    });
    expectVerdict(v.get("concatenate→sin"), false, "writes parts");
  });
  test("a library routine runs on its own", () => {
    const v = verdicts((g) => [g.unary("sin", g.library("sort", [g.unary("exp", g.param(f32(64)))], {}, [f32(64)])[0]!)]);
    expectVerdict(v.get("exp→library"), false, "runs on its own");
    expectVerdict(v.get("library→sin"), false, "runs on its own");
    expect(v.get("library→sin")!.reason.text).toMatch(/^the sort routine runs on its own/);
  });
  test("what is dear, stored and reduced would be computed twice", () => {
    const build =
      (op: "exp" | "neg") =>
      (g: GraphBuilder): Node[] => {
        const x = g.unary(op, g.param(f32(64, 128)));
        return [x, g.reduce(x, [1], "add")];
      };
    expectVerdict(verdicts(build("exp")).get("exp→reduce"), false, "computed twice");
    expectVerdict(verdicts(build("neg")).get("neg→reduce"), true, "epilogue");
  });
  test("a kernel between the two would make a circle", () => {
    const v = verdicts((g) => {
      const x = dot(g, g.param(f32(32, 32)), g.param(f32(32, 32)));
      const between = dot(g, x, g.param(f32(32, 32)));
      return [g.binary("add", x, between)];
    });
    expectVerdict(v.get("dot→add"), true, "epilogue");
    expect(
      kernels((g) => {
        const x = dot(g, g.param(f32(32, 32)), g.param(f32(32, 32)));
        return [g.binary("add", x, g.unary("sin", dot(g, g.unary("cos", x), g.param(f32(32, 32)))))];
      }),
    ).toBe(2);
  });
  test("siblings that read one operand share its loop", () => {
    expect(
      kernels((g) => {
        const x = g.param(f32(64, 128));
        return [g.reduce(x, [1], "add"), g.reduce(x, [1], "max")];
      }),
    ).toBe(1);
    expect(
      kernels((g) => {
        const x = g.param(f32(64, 64));
        return [g.reduce(x, [1], "add"), g.reduce(x, [0], "max")];
      }),
    ).toBe(2);
  });
});
describe("pins", () => {
  const chain = (g: GraphBuilder): Node[] => [g.unary("sin", g.unary("exp", g.param(f32(64))))];
  test("split", () => {
    const v = verdicts(chain, ["1>2=split"]);
    expectVerdict(v.get("exp→sin"), false, "pinned");
    expect(v.get("exp→sin")).toMatchObject({
      pinned: true,
      reason: { text: "you pinned it apart" },
      otherwise: { text: "remove the pin" },
      kept: "pinned",
    });
    expect(kernels(chain, ["1>2=split"])).toBe(2);
  });
  test("fuse: one kernel computes it, the others read it", () => {
    const build = (g: GraphBuilder): Node[] => {
      const x = g.unary("exp", g.param(f32(10, 100)));
      return [g.unary("cos", x), g.unary("sin", g.transpose(x, [1, 0]))];
    };
    expect(verdicts(build).get("exp→transpose")!.fused).toBe(false);
    const pinned = verdicts(build, ["1>3=fuse"]);
    expectVerdict(pinned.get("exp→transpose"), true, "pinned");
    expect(pinned.get("exp→transpose")!.cost.flopsRecomputed).toBe(1000 * 18);
  });
});
test("every rule has a name, a stage and what would turn it, and every row of a ledger names a rule", () => {
  const rules = [...PLACEMENT, ...JOIN];
  for (const r of rules) {
    expect(r.otherwise.text).toMatch(IMPERATIVE);
    expect(["placement", "join"]).toContain(r.stage);
  }
});
