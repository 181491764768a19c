// XLA's own words on its fusions: the GPU's file of steps over the sample of an H100, the CPU's log as events, and the ledger that both make.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { Decision } from "../../src/engine/report/types.ts";
import { decisions, fusionPass } from "../../src/host/python/fusions/ledger.ts";
import { fusionLogOf } from "../../src/host/python/fusions/log.ts";
import { refusal } from "../../src/host/python/fusions/refusals.ts";
import { hloGraph } from "../../src/host/python/hloLevel.ts";
import { Lineage } from "../../src/host/python/jaxprLevel.ts";
import { BridgePlaces } from "../../src/host/python/places.ts";
import { type FusionLog, cpuFusionLog, gpuFusionLog } from "../../src/xla/fusionLog.ts";
import { parseHlo } from "../../src/xla/hlo.ts";
import { readPriorityFusion } from "../../src/xla/priorityFusion.ts";

const sample = (name: string): string => readFileSync(fileURLToPath(new URL(`../samples/xla/${name}`, import.meta.url)), "utf8");
function ledgerOf(hlo: string, log: FusionLog | null): { readonly ledger: Decision[]; readonly graph: ReturnType<typeof hloGraph> } {
  const places = new BridgePlaces(null);
  places.read({ frames: [], stacks: [] });
  const graph = hloGraph(parseHlo(hlo), places, new Lineage({ regions: [], arguments: [] }, places), hlo);
  return { ledger: decisions(graph, log), graph };
}
const shown = (d: Decision): string => `${d.producer.slice(2)} ${d.fused ? "+" : "|"} ${d.consumer.slice(2)}`;

describe("the priority fusion of a GPU", () => {
  const text = sample("gpu.priority_fusion_dump.txt");
  test("steps, device and program are read", () => {
    const { steps, device, before } = readPriorityFusion(text);
    expect(steps.filter((s) => s.kind === "priority")).toHaveLength(12);
    expect(steps[0]).toEqual({ kind: "priority", producer: "broadcast.3.0", consumers: ["add.3.0"], fused: 1.6425, apart: 3.268 });
    expect(steps.filter((s) => s.kind === "fusion").at(-1)).toEqual({
      kind: "fusion",
      producer: "fusion.5",
      consumer: "fusion.3",
      fusion: "fusion.3",
    });
    expect(steps.filter((s) => s.kind === "ineligible").map((s) => s.reason)).toContain(
      "fusion into output of a reduce fusion would create a loop fusion",
    );
    expect(device).toMatchObject({ name: "H100", core_count: "132", memory_bandwidth: "3352320000000" });
    expect(parseHlo(before).entry!.instructions.map((n) => n.op)).toContain("exponential");
  });
  test("what a fusion is made of, and the instruction that it stands for", () => {
    const log = gpuFusionLog(text);
    expect(log.fusions.get("fusion.6")!.root).toBe("reduce.3.0");
    expect([...log.fusions.get("fusion.6")!.members].sort()).toEqual(
      ["add.3.0", "broadcast.3.0", "exponential.1.0", "reduce.3.0", "reduce.5", "triton_softmax.1"].sort(),
    );
  });
  test("the ledger has XLA's reasons, and what its model says of both verdicts", () => {
    const { ledger } = ledgerOf(sample("gpu.hlo.txt"), gpuFusionLog(text));
    const of = (edge: string): Decision | undefined => ledger.find((d) => shown(d) === edge);
    // The reduction of the softmax is stored for the division, the product for both kernels.
    expect(of("reduce.3.1 | broadcast.5.1")).toMatchObject({
      kept: "cheaper",
      reason: "XLA stores reduce: together with broadcast it would lose its fast kernel for reductions",
    });
    expect(of("dot.2 | reduce.20")).toMatchObject({ kept: "limit", reason: "XLA runs dot by itself: it takes part in no fusion" });
    // One of the two kernels that compute the exponential: it was put into both.
    expect(of("exponential.1.3 + reduce.3.1")).toMatchObject({
      ms: { fused: 0.00490525, kept: 0.00556525 },
      cost: { evaluations: 2 * 1024 * 256 },
      reason: "XLA put both into fusion.6, a kernel that a library builds for it, and computes exponential in 2 kernels",
    });
    expect(ledger.filter((d) => d.ms).length).toBeGreaterThan(4);
    expect(ledger.filter((d) => !d.fused && /does not say/.test(d.reason))).toEqual([]);
  });
  test.each(["fusion_steps {", 'a: "x', "}", "a: {}}"])("what is cut off or no message is an error: %s", (cut) =>
    expect(() => readPriorityFusion(cut)).toThrow(),
  );
  test("forms of text that this file does not use today", () =>
    expect(
      readPriorityFusion(
        `# a note\nfusion_steps: < update_priority { producer_name: 'a' consumer_names: ["b", "c"]; us_fused: 1e0, us_unfused: 2 } >\nhlo_module_before_fusion: "x\\n" "\\303\\274"`,
      ),
    ).toEqual({ steps: [{ kind: "priority", producer: "a", consumers: ["b", "c"], fused: 1, apart: 2 }], device: {}, before: "x\nü" }));
});

describe("the log of the CPU's pass", () => {
  const before = `HloModule m
%r (a: f32[], b: f32[]) -> f32[] {
  %a = f32[] parameter(0)
  %b = f32[] parameter(1)
  ROOT %c = f32[] add(%a, %b)
}
ENTRY %main (x: f32[8,4]) -> (f32[8], f32[8,4]) {
  %x = f32[8,4]{1,0} parameter(0)
  %add.1 = f32[8,4]{1,0} add(%x, %x)
  %tanh.1 = f32[8,4]{1,0} tanh(%add.1)
  %zero = f32[] constant(0)
  %reduce.1 = f32[8]{0} reduce(%tanh.1, %zero), dimensions={1}, to_apply=%r
  %transpose.1 = f32[4,8]{0,1} transpose(%tanh.1), dimensions={1,0}
  %copy.1 = f32[4,8]{1,0} copy(%transpose.1)
  ROOT %t = (f32[8], f32[4,8]) tuple(%reduce.1, %copy.1)
}
`;
  const after = `HloModule m
%r (a: f32[], b: f32[]) -> f32[] {
  %a = f32[] parameter(0)
  %b = f32[] parameter(1)
  ROOT %c = f32[] add(%a, %b)
}
%fused (p: f32[8,4]) -> f32[8,4] {
  %p = f32[8,4]{1,0} parameter(0)
  %add.0 = f32[8,4]{1,0} add(%p, %p)
  ROOT %tanh.0 = f32[8,4]{1,0} tanh(%add.0)
}
%wrapped (q: f32[8,4], z: f32[]) -> f32[8] {
  %q = f32[8,4]{1,0} parameter(0)
  %z = f32[] parameter(1)
  ROOT %reduce.0 = f32[8]{0} reduce(%q, %z), dimensions={1}, to_apply=%r
}
ENTRY %main (x: f32[8,4]) -> (f32[8], f32[8,4]) {
  %x = f32[8,4]{1,0} parameter(0)
  %zero = f32[] constant(0)
  %add_tanh_fusion = f32[8,4]{1,0} fusion(%x), kind=kLoop, calls=%fused
  %wrapped_reduce = f32[8]{0} fusion(%add_tanh_fusion, %zero), kind=kLoop, calls=%wrapped
  %bitcast = f32[4,8]{0,1} bitcast(%add_tanh_fusion)
  %copy.2 = f32[4,8]{1,0} copy(%bitcast)
  ROOT %t = (f32[8], f32[4,8]) tuple(%wrapped_reduce, %copy.2)
}
`;
  const log = cpuFusionLog(before, [
    ["consider", "copy.1"],
    ["keep", "transpose.1", "Not fusing: not found a fusible case"],
    ["consider", "transpose.1"],
    ["keep", "tanh.1", "expensive producer would be duplicated"],
    ["consider", "reduce.1"],
    ["keep", "tanh.1", "Fusion is not profitable."],
    ["consider", "tanh.1"],
    ["fuse", "add.1", "tanh.1"],
    ["made", "add_tanh_fusion"],
    ["keep", "x", "not fusible"],
  ]);
  test("fusions with their members", () =>
    expect(log.fusions).toEqual(new Map([["add_tanh_fusion", { root: "tanh.1", members: new Set(["tanh.1", "add.1"]) }]])));
  test("reasons reach the optimized program: through what was wrapped later, and past what is gone", () => {
    const { ledger, graph } = ledgerOf(after, log);
    expect(ledger.map((d) => `${shown(d)}: ${d.rule}`)).toEqual([
      "add.0 + tanh.0: XLA: loop",
      "tanh.0 | reduce.0: XLA: read several times",
      "tanh.0 | copy.2: XLA: dear values once",
    ]);
    expect(ledger[1]!.phrases!.reason).toEqual({
      template: "XLA stores {0}: {1} reads its elements several times, and they are too expensive to be computed anew each time",
      args: ["tanh", "reduce"],
    });
    expect(fusionPass(graph, log, ledger)).toMatchObject({ name: "fusion", before: 5, after: 3, changed: ["1 fusions"] });
  });
  test("what a library builds takes nothing in and goes into nothing, also where no pass says so", () => {
    const library = after.replace("kind=kLoop, calls=%wrapped", "kind=kCustom, calls=%wrapped").replace("copy(%bitcast)", "copy(%wrapped_reduce)");
    expect(ledgerOf(library, null).ledger.map((d) => `${shown(d)}: ${d.rule}, ${d.reason}`)).toEqual([
      "add.0 + tanh.0: XLA: loop, XLA put both into add_tanh_fusion, one loop over the elements of the output",
      "tanh.0 | reduce.0: XLA: a library's kernel, XLA stores tanh: reduce is a kernel that a library builds",
      "reduce.0 | copy.2: XLA: not a fusion, XLA runs copy.2 (copy) as an instruction of its own; it is fused with nothing here",
    ]);
  });
  test("the same elements in another shape are no operation, inside a fusion as outside", () => {
    const seen = after.replace(
      "ROOT %tanh.0 = f32[8,4]{1,0} tanh(%add.0)",
      "%tanh.0 = f32[8,4]{1,0} tanh(%add.0)\n  ROOT %seen = f32[8,4]{1,0} bitcast(%tanh.0)",
    );
    const { ledger, graph } = ledgerOf(seen, null);
    expect([...graph.nodes.values()].map((n) => n.node.op)).not.toContain("bitcast");
    expect(ledger.map(shown)).toEqual(["add.0 + tanh.0", "tanh.0 | reduce.0", "tanh.0 | copy.2"]);
    // This one brings its elements into another order, and says from which.
    expect(graph.nodes.get("h:copy.2")!.node.attributes).toBe("{0,1} to {1,0}");
  });
  test("without a log nothing is made up", () => {
    const { ledger } = ledgerOf(after, null);
    expect(ledger[1]).toMatchObject({
      rule: "XLA: two kernels",
      reason: "XLA made two kernels, add_tanh_fusion and wrapped_reduce; why, it does not say",
    });
  });
  test("what could not be had, cannot be read, or is another program's is a warning, and nothing is said in its place", () => {
    const { graph } = ledgerOf(after, null);
    expect(fusionLogOf({}, graph)).toEqual({ log: null });
    for (const [fusions, why] of [
      [{ why: "compiling it took 40 s" }, /compiling it took 40 s$/],
      [{ steps: "fusion_steps {" }, /ends too early/],
      [
        { before, events: [["fuse", "add.1", "tanh.1"] as const, ["made", "another_fusion"] as const].map((e) => [...e] as never) },
        /another program$/,
      ],
    ] as const)
      expect(fusionLogOf({ fusions }, graph)).toEqual({ log: null, warning: { kind: "fusions", message: expect.stringMatching(why), stack: null } });
    expect(
      fusionLogOf(
        {
          fusions: {
            before,
            events: [
              ["fuse", "add.1", "tanh.1"],
              ["made", "add_tanh_fusion"],
            ],
          },
        },
        graph,
      ).log,
    ).not.toBeNull();
  });
  test("a reason that is not known is quoted", () =>
    expect(refusal("It is Monday", { producer: "tanh", consumer: "add", readers: 1 }).reason.text).toBe('XLA stores tanh, and says: "It is Monday"'));
});
