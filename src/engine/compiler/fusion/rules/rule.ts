// What a fusion rule is. Rules are asked in the order of their table; the first that has an opinion decides and is named in the ledger.
import type { Sentence } from "../../../core/sentence.ts";
import type { Node } from "../../../graph/graph.ts";
import type { Facts } from "../facts.ts";
import type { Candidate, Grouping } from "../groups.ts";
import type { Pin } from "../pins.ts";
import type { Signature } from "../signature.ts";

/** What a rule says. `reason` is a sentence without its full stop. */
export interface Verdict {
  readonly fuse: boolean;
  readonly reason: Sentence;
  /** What the rule's `otherwise` says, where it depends on the case. */
  readonly otherwise?: Sentence;
  /** Of a value that is stored: operations that fusing would do again. */
  readonly again?: number;
}
/** Why a value is stored: it costs less, something needs it in memory, the compiler has no one kernel for both, or a person said so. */
export type Kept = "cheaper" | "needed" | "limit" | "pinned";
interface RuleOf<Stage extends string, Edge> {
  readonly name: string;
  readonly stage: Stage;
  /** Null: the rule says nothing about this edge. */
  readonly decide: (edge: Edge, facts: Facts) => Verdict | null;
  /** What a person would do for the other verdict: an imperative clause, "reduce over the same axes". */
  readonly otherwise: Sentence;
  /** Why a value is stored where this rule stores it. */
  readonly kept: Kept;
}
/** A kernel that needs a value, and how often it evaluates an element of it, in all. */
export interface Reader {
  readonly kernel: Candidate;
  readonly evaluations: number;
}
/** First stage: a value that any kernel could compute for itself, and all that read it. Is it computed there, or stored once? */
export interface Placement {
  readonly producer: Node;
  /** The generated kernels that could compute it. */
  readonly readers: readonly Reader[];
  /** Whom it must be stored for, if anybody: a clause, and what would change that. */
  readonly stored: { readonly reason: Sentence; readonly otherwise: Sentence } | null;
  /** What a person decided about its edges to these readers, if anything. */
  readonly pin: Pin | null;
}
export type PlacementRule = RuleOf<"placement", Placement>;

/** Second stage: two kernels of which one reads what the other stores, or that read the same. Are they one? */
export interface Join {
  readonly producer: Candidate;
  readonly consumer: Candidate;
  readonly how: "consumer" | "siblings";
  /** The values that pass between them; none between siblings. */
  readonly passed: readonly Node[];
  readonly pin: Pin | null;
  readonly groups: Grouping;
  /** What the joined kernel's loops would be, or why there are none that do both. */
  readonly loops: Fit;
}
export type JoinRule = RuleOf<"join", Join>;
export type Fit =
  | { readonly signature: Signature; /** Values are computed again at other elements than the loops are at. */ readonly again: boolean }
  | { readonly signature: null; readonly reason: Sentence; /** What would make them fit. */ readonly otherwise: Sentence };
