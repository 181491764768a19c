// jitlens explain: the fusion ledger, dearest stored values first, or one edge of it: what was decided, by which rule, what would fuse it.
import type { Command } from "commander";
import { placeText, showBytes, showTime } from "../../../engine/report/exporters/text.ts";
import { type Stored, nodesOf, placeOf, storedValues } from "../../../engine/report/ranking.ts";
import type { Decision, Report } from "../../../engine/report/types.ts";
import type { Context } from "../context.ts";
import { findEdge, storedData } from "../edges.ts";
import { TARGET, jsonOption, runOptions, whole } from "../options.ts";
import type { RunOptions } from "../asked.ts";
import { reportFrom } from "../reports.ts";

interface Options extends RunOptions {
  readonly json?: boolean;
  readonly top: number;
}
export function explainCommand(program: Command, c: Context): void {
  jsonOption(
    runOptions(program.command("explain").description("why values are stored between kernels, the dearest first, and what would fuse them")),
    "the edges",
  )
    .argument("<source>", `a .jitprofile, or ${TARGET}`)
    .argument("[edge]", "one edge of the ledger, as explain and --pin write them: 12>15")
    .option("--top <n>", "how many edges", whole, 10)
    .action(async (source: string, edge: string | undefined, o: Options) => {
      const { report } = await reportFrom(c, source, o);
      await (edge === undefined ? ranked(c, report, o) : one(c, report, edge, o));
    });
}
async function ranked(c: Context, r: Report, o: Options): Promise<void> {
  const all = storedValues(r);
  if (o.json) return c.terminal.json({ edges: all.slice(0, o.top).map(storedData), left: Math.max(0, all.length - o.top) });
  if (!all.length) return c.terminal.text("every value is computed in the kernels that read it: none is stored between kernels\n");
  const groups = alike(all);
  const shown = groups.slice(0, o.top);
  const rest = groups.length - shown.length;
  await c.terminal.text(
    `${shown.map((g) => edgeText(g[0]!, g.length)).join("\n")}${rest > 0 ? `\n… and ${rest} more (--top ${groups.length})` : ""}\n`,
  );
}
/** Stored values of which the same is said at the same line (those of an unrolled loop), the dearest of each group first; groups in order of their first. */
export function alike(all: readonly Stored[]): Stored[][] {
  const groups = new Map<string, Stored[]>();
  for (const m of all) {
    const { rule, reason, otherwise } = m.decision;
    const key = JSON.stringify([m.kind, m.edge, m.file, m.line, rule, reason, otherwise]);
    const group = groups.get(key);
    if (group) group.push(m);
    else groups.set(key, [m]);
  }
  return [...groups.values()];
}
/** @param count how many values this is said of; the costs are those of the first */
function edgeText(m: Stored, count = 1): string {
  const { decision: d } = m;
  const time = m.ms === undefined ? "" : m.ms < 0 ? `gains ${showTime(-m.ms)}` : `loses ${showTime(m.ms)}`;
  const cost = [time, d.cost.bytes === undefined ? "" : showBytes(d.cost.bytes)].filter(Boolean).join(", ");
  const ids = `${m.edges.map((x) => x.id).join(", ")}${count > 1 ? ` and ${count - 1} alike, the costs are of this one` : ""}`;
  const head = `${ids}  ${m.edge}  ${placeText(m.file, m.line)}${cost ? `  (${cost})` : ""}`;
  return [head, `    ${m.kind}: ${d.reason} (rule ${d.rule})`, ...(d.otherwise ? [`    to fuse: ${d.otherwise}`] : [])].join("\n");
}
async function one(c: Context, r: Report, wanted: string, o: Options): Promise<void> {
  const { program, decision: d, stored: missed } = findEdge(r, wanted, "jitlens explain without an edge lists them.");
  if (o.json) return c.terminal.json(missed ? storedData(missed) : { ...d, ...placeOf(r, d.stack) });
  const nodes = nodesOf(program);
  const name = (id: string): string => `${nodes.get(id)?.op ?? "?"} ${nodes.get(id)?.type ?? ""}`;
  const lines = missed
    ? [edgeText(missed)]
    : [`${d.id}  fused: ${d.reason} (rule ${d.rule})`, ...(d.otherwise ? [`    to store: ${d.otherwise}`] : [])];
  await c.terminal.text(
    `${[...lines, `    producer: ${name(d.producer)}`, `    consumer: ${name(d.consumer)}`, costs(d), otherWay(r, d)].filter(Boolean).join("\n")}\n`,
  );
}
/** Pins are for our own compiler: XLA takes none. */
const otherWay = (r: Report, d: Decision): string =>
  r.source.kind === "jitlens" ? `    to try the other way: --pin "${d.id}=${d.fused ? "split" : "fuse"}"` : "";
function costs(d: Decision): string {
  const parts = Object.entries(d.cost).map(([what, n]) => `${what} ${n}`);
  return parts.length ? `    cost: ${parts.join(", ")}` : "";
}
