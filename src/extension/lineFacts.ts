// What a Report says of one source line, in words: its time by part, the values it computes with their types, its kernels. For hovers.
import { showTime } from "../engine/report/exporters/text.ts";
import type { LineCost, Node, Report } from "../engine/report/types.ts";
import { type ValueWords, joined, statsText, valuesByNode } from "../engine/report/drawing/valueStats.ts";

export interface LineFacts {
  readonly cost: LineCost | undefined;
  /** `tanh: f32[128,64]`, with what its elements were. */
  readonly values: readonly { readonly text: string; readonly stats: ReturnType<typeof joined> }[];
  /** Where the first NaN or infinity comes from this line: why. */
  readonly firsts: readonly string[];
  /** Operations of the backward pass, beside those values. */
  readonly backward: number;
  readonly kernels: readonly { readonly label: string; readonly ms: number | null; readonly share: number }[];
}
const MINOR: ReadonlySet<string> = new Set(["broadcast_in_dim", "broadcast", "convert_element_type", "reshape", "jit", "pjit", "copy", "squeeze"]);

/**
 * What a variable of a line was: of the line's operations of that type the last one that a forward operation of another line reads, or that is a result. What
 * differentiation adds to a line is read by the backward pass alone.
 */
export function variableStats(r: Report, file: number, line: number, types: readonly string[]): ReturnType<typeof joined> {
  const values = valuesByNode(r);
  if (!values.size) return null;
  const isHere = (n: Node): boolean => {
    const frame = n.stack === undefined ? undefined : r.frames[r.stacks[n.stack]?.[0] ?? -1];
    return frame?.file === file && frame.line === line;
  };
  const here = new Map<string, Node>();
  let last: Node | null = null;
  let read: Node | null = null;
  for (const region of r.programs[0]?.levels[0]?.regions ?? []) {
    for (const n of region.nodes) {
      if (n.scope.includes("transpose(")) continue;
      if (isHere(n)) {
        if (types.includes(n.type)) here.set(n.id, (last = n));
      } else for (const i of n.inputs) read = later(read, here.get(i));
    }
    for (const i of region.outputs) read = later(read, here.get(i));
  }
  const found = read ?? last;
  return found && joined(values.get(found.id) ?? []);
  function later(a: Node | null, b: Node | undefined): Node | null {
    if (!b || !a) return b ?? a;
    const order = [...here.keys()];
    return order.indexOf(b.id) > order.indexOf(a.id) ? b : a;
  }
}
/** What a parameter of the function was, by its name. */
export function argumentStats(r: Report, name: string): ReturnType<typeof joined> {
  const values = valuesByNode(r);
  const inputs = values.size ? (r.programs[0]?.levels[0]?.regions[0]?.nodes ?? []) : [];
  return joined(
    inputs
      .filter((n) => n.category === "input" && (n.name === name || n.name?.startsWith(`${name}.`) || n.name?.startsWith(`${name}[`)))
      .flatMap((n) => values.get(n.id) ?? []),
  );
}
/** By line (from 1) of one file. Made once a Report and file. */
export function factsByLine(r: Report, file: number): ReadonlyMap<number, LineFacts> {
  const nodes = new Map<number, Node[]>();
  for (const region of r.programs[0]?.levels[0]?.regions ?? [])
    for (const n of region.nodes) {
      const frame = n.stack === undefined ? undefined : r.frames[r.stacks[n.stack]?.[0] ?? -1];
      if (frame?.file !== file || n.category === "input") continue;
      const list = nodes.get(frame.line);
      if (list) list.push(n);
      else nodes.set(frame.line, [n]);
    }
  const kernels = new Map<number, LineFacts["kernels"][number][]>();
  for (const k of r.programs[0]?.kernels ?? [])
    for (const l of k.lines) {
      if (l.file !== file) continue;
      const own = { label: k.label, ms: k.time ? k.time.median * l.share : null, share: l.share };
      const list = kernels.get(l.line);
      if (list) list.push(own);
      else kernels.set(l.line, [own]);
    }
  const costs = new Map((r.lines ?? []).filter((l) => l.file === file).map((l) => [l.line, l]));
  const lines = new Set([...nodes.keys(), ...kernels.keys(), ...costs.keys()]);
  return new Map(
    [...lines].map((line): [number, LineFacts] => {
      const own = nodes.get(line) ?? [];
      const isBackward = (n: Node): boolean => n.scope.includes("transpose(");
      const telling = own.filter((n) => !isBackward(n) && !MINOR.has(n.op));
      const values = new Map<string, Node[]>();
      for (const n of telling.length ? telling : own.filter((x) => !isBackward(x))) {
        const text = `${n.op}: ${n.type}`;
        values.set(text, [...(values.get(text) ?? []), n]);
      }
      const stats = valuesByNode(r);
      const firsts = (r.values?.firsts ?? []).filter((f) => {
        const frame = f.stack === null ? undefined : r.frames[r.stacks[f.stack]?.[0] ?? -1];
        return frame?.file === file && frame.line === line;
      });
      const sorted = [...(kernels.get(line) ?? [])].sort((a, b) => (b.ms ?? b.share) - (a.ms ?? a.share));
      return [
        line,
        {
          cost: costs.get(line),
          values: [...values].map(([text, nodes]) => ({ text, stats: joined(nodes.flatMap((n) => stats.get(n.id) ?? [])) })),
          firsts: firsts.map((f) => f.text),
          backward: own.filter(isBackward).length,
          kernels: sorted,
        },
      ];
    }),
  );
}
export interface Words {
  readonly ofCall: (share: string, time: string, name: string) => string;
  readonly predicted: (share: string, name: string) => string;
  readonly backward: (count: number) => string;
  readonly more: (count: number) => string;
  readonly part: (part: string, time: string) => string;
  readonly values: ValueWords;
}
const MOST = 8;
/** A sentence each; the person's language comes with `w`. */
export function factLines(f: LineFacts, name: string, w: Words): string[] {
  const out: string[] = [];
  const { cost } = f;
  if (cost) {
    const share = `${(100 * cost.share).toFixed(cost.share < 0.1 ? 1 : 0)} %`;
    const parts = Object.entries(cost.parts).map(([part, ms]) => w.part(part, showTime(ms)));
    out.push(
      cost.estimated ? w.predicted(share, name) : `${w.ofCall(share, showTime(cost.ms), name)}${parts.length > 1 ? ` (${parts.join(", ")})` : ""}`,
    );
  }
  out.push(...f.firsts);
  out.push(...f.values.slice(0, MOST).map(({ text, stats }) => (stats ? `${text} · ${statsText(stats, w.values)}` : text)));
  if (f.values.length > MOST) out.push(w.more(f.values.length - MOST));
  if (f.backward) out.push(w.backward(f.backward));
  out.push(
    ...f.kernels
      .slice(0, MOST)
      .map((k) => `${k.label}${k.ms === null ? "" : ` · ${showTime(k.ms)}`}${k.share < 0.995 ? ` (${(100 * k.share).toFixed(0)} %)` : ""}`),
  );
  return out;
}
