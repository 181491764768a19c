// Why values are stored between kernels, and what would fuse them.
import * as z from "zod";
import { storedValues } from "../../../engine/report/ranking.ts";
import type { Decision, Report } from "../../../engine/report/types.ts";
import type { Stored } from "../../../engine/report/ranking.ts";
import { findEdge } from "../../cli/edges.ts";
import { cut, defineTool, profileId, short, top } from "./tool.ts";

const row = z.object({
  id: z.string(),
  value: z.string().describe("producer → readers, in the person's names"),
  at: z.string().optional().describe("file:line"),
  fused: z.boolean(),
  kind: z.enum(["fused", "missed", "stored"]),
  lost: z.number().optional().describe("milliseconds that storing costs more than fusing; negative where storing is faster"),
  bytes: z.number().optional(),
  rule: z.string(),
  reason: z.string(),
  otherwise: z.string().optional().describe("what to do for the other verdict"),
  edges: z.array(z.string()).describe("edges that were decided alike"),
  pin: z.string().describe("what try_pin takes, to measure the other verdict"),
});
export const explainEdge = defineTool({
  name: "explain_edge",
  title: "Explain a fusion decision",
  description:
    "Why a value is stored between two kernels or computed again, which rule decided, what it costs, and what would turn the decision. With an edge that one; without, the dearest first. Nothing is run.",
  input: z.object({
    profile: profileId.optional().describe("without it the newest"),
    edge: z.string().max(200).optional().describe('an edge of the ledger: "12>15"'),
    top: top.optional().describe("how many, without an edge (5)"),
  }),
  output: z.object({ profile: z.string(), edges: z.array(row), left: z.number() }),
  runsCode: false,
  async call(b, { profile, edge, top: most = 5 }) {
    const { id, report } = await b.profiles.get(profile);
    if (edge !== undefined) {
      const { decision, stored } = findEdge(report, edge, "explain_edge without an edge lists them.");
      return { data: { profile: id, edges: [rowOf(report, decision, stored)], left: 0 }, say: SAY };
    }
    const all = storedValues(report);
    const edges = all.slice(0, most).map((s) => rowOf(report, s.decision, s));
    return { data: { profile: id, edges, left: all.length - edges.length }, say: all.length ? SAY : "No value is stored between kernels." };
  },
});
const SAY = "try_pin with `pin` measures the other verdict, and compares the results.";
function rowOf(r: Report, d: Decision, stored: Stored | undefined): z.infer<typeof row> {
  const frame = d.stack === undefined ? undefined : r.frames[r.stacks[d.stack]?.[0] ?? -1];
  const path = frame && r.files[frame.file]?.path;
  return {
    id: d.id,
    value: cut(stored?.edge ?? `${d.names?.producer ?? d.producer} → ${d.names?.consumer ?? d.consumer}`),
    ...(path === undefined ? {} : { at: `${path}:${frame!.line}` }),
    fused: d.fused,
    kind: d.fused ? "fused" : (stored?.kind ?? "stored"),
    ...(stored?.ms === undefined ? {} : { lost: short(stored.ms) }),
    ...(d.cost.bytes === undefined ? {} : { bytes: d.cost.bytes }),
    rule: d.rule,
    reason: cut(d.reason),
    ...(d.otherwise === undefined ? {} : { otherwise: cut(d.otherwise) }),
    edges: (stored?.edges ?? [d]).map((x) => x.id).slice(0, 50),
    pin: `${d.id}=${d.fused ? "split" : "fuse"}`,
  };
}
