// What a rule of advice is: an object in a file of its own (rules/), which finds what may be wrong, changes the program as its remedy would, and says what
// was found in a person's words. What a change gains is measured (trials.ts); a rule claims nothing that was not.
import type { Graph } from "../../graph/graph.ts";
import type { Rewrite } from "../../compiler/passes/rewrite.ts";
import type { Sentence } from "../../core/sentence.ts";
import type { InsightAction } from "../types.ts";
import type { Facts } from "./facts.ts";

export interface Line {
  readonly file: number;
  readonly line: number;
}
/** A place where something may be gained. */
export interface Candidate {
  readonly at: Line;
  /** Other lines that have a part in it. */
  readonly others?: readonly Line[];
  /** What could be gained at the very best, milliseconds of a steady call (or of what the change is an experiment on): candidates are tried in this order. */
  readonly most: number;
  /** Changes that cannot both be worth saying have the same key, as one value stored or computed otherwise: the better one is said. */
  readonly key?: string;
}
/** What is done to the program for the trial. */
export type Change =
  /** Verdicts on edges, `12>15=split`. */
  | { readonly kind: "pins"; readonly pins: readonly string[] }
  /** Operations become others, in all regions of the compiled program. */
  | { readonly kind: "rewrite"; readonly rewrite: Rewrite; readonly pins?: readonly string[] }
  /** The whole graph becomes another one with the same parameters and results. */
  | { readonly kind: "graph"; readonly transform: (g: Graph) => Graph }
  /** Something that is no one program: it runs on its own, in at most so many milliseconds. Null: nothing came of it. */
  | { readonly kind: "experiment"; readonly run: (milliseconds: number) => Experiment | null };
export interface Experiment {
  /** What the numbers are of: milliseconds, or bytes of memory. */
  readonly of: "call" | "run" | "compile" | "memory";
  /** Three of each, taken in turns. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** The largest difference of the results; null: not comparable. */
  readonly error: number | null;
  /** What a rule wants to say of it. */
  readonly notes?: Readonly<Record<string, number>>;
}
/** What came of a change, and of which it was one. */
export interface Outcome extends Experiment {
  readonly gained: boolean;
  /** Time of the program before over that after. */
  readonly factor: number;
}
export interface Said {
  /** The cause, in sentences. */
  readonly text: Sentence;
  readonly remedy: Sentence;
  /** What was changed for the trial, in words. */
  readonly change: Sentence;
  readonly action?: SaidAction;
}
/** What one click can do, its name as a sentence. */
export type SaidAction = InsightAction extends infer A ? (A extends InsightAction ? Omit<A, "label"> & { readonly label: Sentence } : never) : never;
export interface Rule<C extends Candidate = Candidate> {
  readonly name: string;
  readonly find: (f: Facts) => readonly C[];
  /** Null: on a closer look there is nothing to change. */
  readonly change: (c: C, f: Facts) => Change | null;
  readonly say: (c: C, o: Outcome, f: Facts) => Said;
  /** How far results may lie apart, relative to the largest one: 0 where nothing is reassociated. */
  readonly tolerance?: number;
  /** False: the change is another program (other shapes, a part alone), so that there are no results to compare. */
  readonly comparable?: false;
}
/** Rules of different candidates in one table. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a rule's candidates are its own: it is handed only those that it found
export type AnyRule = Rule<any>;
