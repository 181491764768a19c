// Who holds the memory of a call: arguments, results and constants all the time, temporaries from the step that writes them to the last that reads them; who
// holds it at the fullest step, and what would hold less. Read from the plan: what it says is what the program does.
import type { Plan } from "../../compiler/plan/types.ts";
import type { CopyStep } from "../../compiler/plan/types.ts";
import { type Node, bytesOf } from "../../graph/graph.ts";
import type { Argument, Holder, Kernel, Lifetime, Memory } from "../types.ts";
import type { Place } from "../programLines.ts";
import { type Interval, fullest, slotUses, temporaries } from "./lifetimes.ts";
import type { FlatStep } from "./steps.ts";

/** A profile of a program with more values keeps those that hold most. */
const MOST_LIFETIMES = 20_000;
export interface MemoryContext {
  readonly arguments: readonly Argument[];
  readonly results: readonly Argument[];
  readonly kernels: readonly Kernel[];
  readonly code: number;
  /** By argument: whether its memory is given away. */
  readonly donated: readonly boolean[];
  /** A value in the person's words, and its line. */
  readonly about: (n: Node) => { readonly text: string; readonly at?: Place };
  /** Whether a node belongs to the backward pass. */
  readonly isBackward: (node: string) => boolean;
}
export function memoryOf(plan: Plan, steps: readonly FlatStep[], c: MemoryContext): Memory {
  const intervals = temporaries(steps);
  const at = fullest(intervals, steps.length);
  const fixed = fixedLifetimes(plan, steps, c);
  const kernels = new Map(c.kernels.map((k) => [k.id, k]));
  const backward = (t: number): boolean => c.isBackward(steps[t]?.step.node ?? "");
  const moving = intervals.map((i) => temporary(i, kernels, backward, c));
  const all = [...fixed, ...moving].filter((l) => l.bytes > 0);
  const live = all.filter((l) => l.from <= at && at <= l.to);
  const code: Holder[] = c.code ? [{ bytes: c.code, what: "code", text: "generated code" }] : [];
  const holders = [...live.map(holderOf), ...code].sort((a, b) => b.bytes - a.bytes);
  const peak = live.reduce((s, l) => s + l.bytes, 0);
  const reuse = plan.unplannedBytes - plan.arenaBytes;
  const taken = plan.outs.reduce((sum, t, i) => sum + (plan.takes[i] === null ? 0 : bytesOf(t)), 0);
  const saved = { ...(taken > 0 ? { donation: taken } : {}), ...(reuse > 0 ? { reuse } : {}) };
  const could = { ...donation(plan, c), ...checkpoint(live) };
  return {
    peak,
    predicted: peak,
    ...(steps.length ? { at } : {}),
    holders,
    ...(all.length ? { lifetimes: largest(all) } : {}),
    ...(Object.keys(saved).length ? { saved } : {}),
    ...(Object.keys(could).length ? { could } : {}),
  };
}
function fixedLifetimes(plan: Plan, steps: readonly FlatStep[], c: MemoryContext): Lifetime[] {
  const uses = slotUses(steps);
  const to = Math.max(0, steps.length - 1);
  const results = plan.params.length;
  const constants = results + plan.outs.length;
  const whole = (slot: number, l: Pick<Lifetime, "bytes" | "what" | "text">, node?: string): Lifetime => {
    const { readers, writers } = uses(slot);
    return { ...l, ...(node ? { node } : {}), from: 0, to, ...(readers.length ? { readers } : {}), ...(writers.length ? { writers } : {}) };
  };
  return [
    ...plan.params.map((t, i) => {
      const a = c.arguments[i];
      return whole(i, { bytes: bytesOf(t), what: a?.captured ? "constant" : "argument", text: a?.name ?? `argument ${i}` }, a?.node);
    }),
    // A result that has an argument's memory holds none of its own.
    ...plan.outs.flatMap((t, i) =>
      plan.takes[i] === null
        ? [whole(results + i, { bytes: bytesOf(t), what: "result", text: c.results[i]?.name ?? `result ${i}` }, c.results[i]?.node)]
        : [],
    ),
    ...plan.constants.map((v, i) => whole(constants + i, { bytes: v.nbytes, what: "constant", text: `constant ${v.aval}` })),
  ];
}
function temporary(
  i: Interval,
  kernels: ReadonlyMap<string, Kernel>,
  backward: (step: number) => boolean,
  { about }: Pick<MemoryContext, "about">,
): Lifetime {
  const { step, source } = i.step;
  const kernel = step.kernel === undefined ? undefined : kernels.get(step.kernel);
  const copied = source.kind === "copy" ? carriedValue(source) : null;
  const known = copied && about(copied.value);
  const line = known?.at ?? kernel?.lines[0];
  const isResidual = !backward(i.from) && i.readers.some(backward);
  const each = copied && copied.turns > 0 ? `, of each of ${copied.turns} turns` : "";
  return {
    bytes: i.bytes,
    what: isResidual ? "residual" : step.kind === "copy" ? "carry" : "temporary",
    ...(step.node ? { node: step.node } : {}),
    ...(line ? { line: line.line, file: line.file } : {}),
    text: known ? `${known.text}${each}` : kernel ? kernelValue(kernel.label, i.scratch) : "carried value of a loop",
    from: i.from,
    to: i.to,
    writers: [i.from],
    ...(i.readers.length ? { readers: i.readers } : {}),
  };
}
/** What kernels keep for themselves, in a person's words; what is not here has the kernel's own. */
const SCRATCH: Readonly<Record<string, string>> = {
  "packed lhs": "packed left operand",
  "packed rhs": "packed right operand",
  "packed kernel": "packed filter",
  padded: "padded input",
  tiles: "sums of tiles",
};
const kernelValue = (label: string, scratch: string | undefined): string =>
  scratch === undefined ? label : `${SCRATCH[scratch] ?? scratch}, for ${label}`;
/** What a loop leaves in the place that is copied to: of an array that it fills turn by turn, what each turn puts in. */
function carriedValue({ value, carried }: CopyStep): { readonly value: Node; readonly turns: number } {
  if (!carried) return { value, turns: 0 };
  const out = carried.loop.attrs.body.outs[carried.index]!;
  if (!out.is("dynamic_update_slice") || carried.eachTurn) return { value: out, turns: 0 };
  let part = out.inputs[1]!;
  while (part.is("broadcast", "reshape") && part.inputs[0]) part = part.inputs[0];
  return { value: part, turns: out.shape[0] ?? 0 };
}
const holderOf = ({ readers: _r, writers: _w, ...holder }: Lifetime): Holder => holder;
const largest = (all: readonly Lifetime[]): readonly Lifetime[] =>
  all.length <= MOST_LIFETIMES ? all : [...all].sort((a, b) => b.bytes - a.bytes).slice(0, MOST_LIFETIMES);

/** Arguments that are not given away and have the type of a result: one for each result at most. */
function donation(plan: Plan, c: MemoryContext): Pick<NonNullable<Memory["could"]>, "donation"> {
  const wanted = c.results.map((r) => r.type);
  const names: string[] = [];
  let bytes = 0;
  c.arguments.forEach((a, i) => {
    const result = a.captured || c.donated[i] ? -1 : wanted.indexOf(a.type);
    if (result < 0) return;
    wanted.splice(result, 1);
    names.push(a.name);
    bytes += bytesOf(plan.params[i]!);
  });
  return bytes > 0 ? { donation: { bytes, names } } : {};
}
/** What the forward pass keeps for the backward one at the fullest step: computing it again would hold none of it. */
function checkpoint(live: readonly Lifetime[]): Pick<NonNullable<Memory["could"]>, "checkpoint"> {
  const kept = live.filter((l) => l.what === "residual");
  const bytes = kept.reduce((s, l) => s + l.bytes, 0);
  return bytes > 0 ? { checkpoint: { bytes, names: [...new Set(kept.map((l) => l.text))] } } : {};
}
