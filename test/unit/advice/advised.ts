// For tests of rules: a program's text is run as a person's file, recorded, and each candidate of a rule is changed and held against the unchanged program.
import { compileFunction } from "node:vm";
import { expect } from "vitest";
import * as jax from "../../../src/engine/index.ts";
import { compiledFor } from "../../../src/engine/backends/programs.ts";
import type { Jitted } from "../../../src/engine/transforms/jit.ts";
import { flattenArgs } from "../../../src/engine/transforms/args.ts";
import { ORDINARY } from "../../../src/engine/compiler/cost/table.ts";
import { record } from "../../../src/engine/report/record/record.ts";
import { largestDifference } from "../../../src/engine/report/record/trial.ts";
import { concrete } from "../../../src/engine/report/record/values.ts";
import type { TextChange } from "../../../src/engine/report/types.ts";
import { Facts } from "../../../src/engine/report/advice/facts.ts";
import { changedProgram } from "../../../src/engine/report/advice/trials.ts";
import type { AnyRule, Candidate, Outcome, Said } from "../../../src/engine/report/advice/types.ts";

export interface Advised {
  readonly said: Said;
  readonly candidate: Candidate;
  /** The largest difference of the results; null where the change is an experiment. */
  readonly error: number | null;
  /** How large results are. */
  readonly scale: number;
}
interface Run {
  readonly f: Jitted;
  readonly args: readonly unknown[];
}
/** @param text returns `{ f, args }`: a jitted function and what it is called with; it sees `jax`, `np`, `lax`, `nn`, `jit` */
export function runText(text: string): Run {
  const run = compileFunction(text, ["jax", "np", "lax", "nn", "jit"], { filename: FILE }) as (...a: unknown[]) => Run;
  return run(jax, jax.numpy, jax.lax, jax.nn, jax.jit);
}
const FILE = "/person/program.js";
/** Every candidate that a rule finds in a program and has a change for. */
export function advised(rule: AnyRule, text: string): Advised[] {
  const facts = factsOf(text);
  return rule.find(facts).flatMap((candidate: Candidate): Advised[] => {
    const change = rule.change(candidate, facts);
    if (!change) return [];
    const { compiled } = facts.context;
    const error = change.kind === "experiment" ? null : largestDifference(compiled, changedProgram(change, facts), facts.operands);
    const outcome: Outcome = { of: "call", before: [2, 2, 2], after: [1, 1, 1], error, gained: true, factor: 2 };
    return [{ said: rule.say(candidate, outcome, facts), candidate, error, scale: scaleOf(text) }];
  });
}
export function factsOf(text: string): Facts {
  const { f, args } = runText(text);
  const traced = f.traceWith(undefined, args);
  const dynamic = args.filter((_a, i) => !f.jit.statics.has(i));
  const values = flattenArgs(f.jit.fun, dynamic, f.jit.name).values.map((v) => concrete(v));
  const report = record({
    name: "f",
    jitted: f,
    args,
    position: { file: FILE, line: 1, column: 1, func: "f" },
    traced,
    traceMilliseconds: 1,
    values,
    sources: [{ file: FILE, text }],
    root: "/person",
    versions: {},
    machine: { cpu: "", cores: 1, platform: "" },
    retraces: [],
    warnings: [],
    effort: { warmup: 1, budget: 5 },
  });
  const compiled = compiledFor(traced, values);
  return new Facts(report, { traced, jitted: f, self: undefined, args, values, compiled, costs: ORDINARY, root: "/person", retraces: [] });
}
/** A result's numbers. */
export function resultOf(text: string): number[] {
  const { f, args } = runText(text);
  const out = (f as unknown as (...a: readonly unknown[]) => unknown)(...args);
  return jax.tree.leaves(out as never).flatMap((x) => [...(x as unknown as { dataSync(): Float32Array }).dataSync()].map(Number));
}
const scaleOf = (text: string): number => resultOf(text).reduce((m, x) => (Number.isFinite(x) ? Math.max(m, Math.abs(x)) : m), 0);
/** A text after an edit. */
export function edited(text: string, edits: readonly TextChange[]): string {
  const starts = [0];
  for (let i = 0; i < text.length; i++) if (text[i] === "\n") starts.push(i + 1);
  const at = (line: number, column: number): number => starts[line - 1]! + column - 1;
  return [...edits]
    .sort((a, b) => at(b.line, b.column) - at(a.line, a.column))
    .reduce((t, e) => t.slice(0, at(e.line, e.column)) + e.text + t.slice(at(e.endLine, e.endColumn)), text);
}

/** The one candidate of a rule: its results are equal, within the rule's tolerance. */
export function only(rule: AnyRule, text: string): Advised {
  const all = advised(rule, text);
  expect(all).toHaveLength(1);
  expect(all[0]!.error).not.toBeNull();
  expect(all[0]!.error).toBeLessThanOrEqual((rule.tolerance ?? 1e-3) * all[0]!.scale);
  return all[0]!;
}
