// For tests of rules: a program's text is run as a person's file, recorded, and each candidate of a rule is changed and held against the unchanged program.
import { compileFunction } from "node:vm";
import { expect } from "vitest";
import * as jax from "../../../src/engine/index.ts";
import type { Jitted } from "../../../src/engine/transforms/jit.ts";
import { largestDifference } from "../../../src/engine/report/record/trial.ts";
import { factsOf } from "../../../src/engine/report/advice/testFacts.ts";
import { changedProgram } from "../../../src/engine/report/advice/trials.ts";
import type { AnyRule, Candidate, Outcome } from "../../../src/engine/report/advice/types.ts";

export interface Advised {
  /** What is said, in English. */
  readonly said: { readonly text: string; readonly remedy: string };
  /** What the person may copy. */
  readonly snippet: string | null;
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
function runText(text: string): Run {
  const run = compileFunction(text, ["jax", "np", "lax", "nn", "jit"], { filename: FILE }) as (...a: unknown[]) => Run;
  return run(jax, jax.numpy, jax.lax, jax.nn, jax.jit);
}
const FILE = "/person/program.js";
/** Every candidate that a rule finds in a program and has a change for. */
export function advised(rule: AnyRule, text: string): Advised[] {
  const { f, args } = runText(text);
  const facts = factsOf(f, args, { file: FILE, text });
  return rule.find(facts).flatMap((candidate: Candidate): Advised[] => {
    const change = rule.change(candidate, facts);
    if (!change) return [];
    const { compiled } = facts.context;
    const error = change.kind === "experiment" ? null : largestDifference(compiled, changedProgram(change, facts), facts.operands);
    const outcome: Outcome = { of: "call", before: [2, 2, 2], after: [1, 1, 1], error, gained: true, factor: 2 };
    const said = rule.say(candidate, outcome, facts);
    const snippet = said.action?.kind === "snippet" ? said.action.snippet : null;
    return [{ said: { text: said.text.text, remedy: said.remedy.text }, snippet, candidate, error, scale: scaleOf(text) }];
  });
}
/** A result's numbers. */
export function resultOf(text: string): number[] {
  const { f, args } = runText(text);
  const out = (f as unknown as (...a: readonly unknown[]) => unknown)(...args);
  return jax.tree.leaves(out as never).flatMap((x) => [...(x as unknown as { dataSync(): Float32Array }).dataSync()].map(Number));
}
const scaleOf = (text: string): number => resultOf(text).reduce((m, x) => (Number.isFinite(x) ? Math.max(m, Math.abs(x)) : m), 0);
/** The one candidate of a rule: its results are equal, within the rule's tolerance. */
export function only(rule: AnyRule, text: string): Advised {
  const all = advised(rule, text);
  expect(all).toHaveLength(1);
  expect(all[0]!.error).not.toBeNull();
  expect(all[0]!.error).toBeLessThanOrEqual((rule.tolerance ?? 1e-3) * all[0]!.scale);
  return all[0]!;
}
