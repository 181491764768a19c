// What differs between two Reports: plain data, so that it can be printed, sent to a page or written as JSON. `before` and `after` are the two sides
// everywhere; what only one side has is absent on the other. Ids and indices are those of the side's own Report.
import type { ResultsDiff } from "./results.ts";
import type { Agreement, Decision, DecisionId, KernelId, Measurement, NodeId, ProgramId } from "../types.ts";

export interface ReportDiff {
  readonly format: "jitdiff";
  readonly version: 1;
  readonly before: DiffSide;
  readonly after: DiffSide;
  /** A file that both hold was changed in between. */
  readonly edited: boolean;
  /** What makes the two hard to compare (another machine, other argument types, …): a sentence each. */
  readonly notes: readonly string[];
  /** How the results of two compilers agree, where one was held to the other's. */
  readonly agreement?: Agreement;
  /** Whether two runs of one compiler gave the same; "types": results are of other types or numbers. Absent where a side kept none. */
  readonly results?: ResultsDiff | "types";
  /** Where the sides are two compilers and not two times: what they are called. */
  readonly compilers?: readonly [before: string, after: string];
  /** A steady call, as the person's program waits for it. Absent where a side was not measured. */
  readonly call?: TimeChange;
  /** The compiled program alone. */
  readonly program?: TimeChange;
  /** Of all matched programs together. */
  readonly totals: Totals;
  readonly programs: readonly ProgramDiff[];
  readonly lines: readonly LineDiff[];
  /** Compilations that one side has and the other has not, by function, signature and causes. */
  readonly compilations: readonly CompilationDiff[];
}
export interface DiffSide {
  readonly id: string;
  readonly created: string;
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly device: string;
}
export interface CountChange {
  readonly before: number;
  readonly after: number;
}
/** Whether a difference of times is more than chance, and how that was found out. "unknown": the times of a side vary too much to say. */
export type Verdict = "faster" | "slower" | "same" | "unknown";
export interface Significance {
  readonly verdict: Verdict;
  /** The chance that two samples of equal times differ so much or more; null where there are no samples. */
  readonly p: number | null;
  /** "rank sum" of the samples (Wilcoxon), or "quartiles" where a side kept no samples: the medians are then compared with both spreads. */
  readonly method: "rank sum" | "quartiles" | "none";
}
export interface TimeChange {
  readonly before: Measurement;
  readonly after: Measurement;
  /** Median after, divided by the median before. */
  readonly ratio: number;
  readonly significance: Significance;
}
/** Exact figures of one run: they change only when the program does. */
export interface Totals {
  /** Absent where a side does not know its kernels. */
  readonly kernels?: CountChange;
  /** Kernels started in one run: a kernel in a loop counts once a turn. */
  readonly launches?: CountChange;
  readonly bytes?: CountChange;
  readonly flops?: CountChange;
  /** Most bytes held at a time. */
  readonly peak?: CountChange;
  readonly compilations: CountChange;
}
export interface ProgramDiff {
  readonly before?: ProgramId;
  readonly after?: ProgramId;
  /** Arguments whose types changed, or that came or went. */
  readonly arguments: readonly ArgumentDiff[];
  readonly kernels: readonly KernelDiff[];
  readonly decisions: readonly DecisionDiff[];
  readonly levels: readonly LevelDiff[];
  /** Nodes of the last level, matched by lineage: [before, after]. */
  readonly nodes: readonly (readonly [before: NodeId, after: NodeId])[];
}
export interface ArgumentDiff {
  readonly name: string;
  readonly before?: string;
  readonly after?: string;
}
/** "same": the same operations on the same lines; "changed": other operations or lines, but the same lineage. */
export type KernelStatus = "same" | "changed" | "new" | "gone";
export interface KernelDiff {
  readonly status: KernelStatus;
  readonly before?: KernelSide;
  readonly after?: KernelSide;
  /** Milliseconds of one run, all its calls together. Only where both sides were measured. */
  readonly time?: TimeChange;
  /** Operations that it has more or less than before, with how often. */
  readonly gained: readonly OperationCount[];
  readonly lost: readonly OperationCount[];
  /** For a new kernel: kernels of before that computed a part of it; for one that is gone: kernels of after that took over a part. */
  readonly related: readonly KernelId[];
}
export interface OperationCount {
  readonly op: string;
  readonly count: number;
}
export interface KernelSide {
  readonly id: KernelId;
  readonly label: string;
  readonly kind: string;
  readonly calls: number;
  /** Of all its calls in one run. */
  readonly bytes: number;
  readonly flops: number;
  readonly time?: Measurement;
  /** The line that causes most of it. */
  readonly file?: string;
  readonly line?: number;
}
/**
 * An edge whose verdict, rule or pin changed; "new" and "gone" are stored values that the other side has no such edge for. Of two compilers, whose
 * operations are not the same, "byFirst" and "bySecond" are what each of them stores.
 */
export type DecidedBy = Pick<Decision, "fused" | "rule" | "reason" | "phrases" | "pinned">;
export interface DecisionDiff {
  readonly change: "fused" | "split" | "rule" | "new" | "gone" | "byFirst" | "bySecond";
  readonly before?: DecisionId;
  readonly after?: DecisionId;
  /** "tanh → sub was fused, is stored now: …" */
  readonly text: string;
  /** "tanh → sub" */
  readonly edge: string;
  /** What was decided on each side: who shows the sentence in another language makes it of these. */
  readonly was?: DecidedBy;
  readonly is?: DecidedBy;
  readonly rule: string;
  /** Bytes that the edge moves more (positive) or less than before. */
  readonly bytes: number;
  readonly file?: string;
  /** On the newer side that has it. */
  readonly line?: number;
}
export interface LevelDiff {
  readonly name: string;
  readonly language: string;
  readonly changed: boolean;
  /** Lines of both texts in order; those that differ in the names of variables only count as the same. Absent where nothing changed. */
  readonly lines?: readonly TextLine[];
}
export interface TextLine {
  readonly kind: "same" | "added" | "removed";
  /** Counted from 1. */
  readonly before?: number;
  readonly after?: number;
  readonly text: string;
}
export interface LineDiff {
  readonly file: string;
  readonly before?: { readonly line: number; readonly ms: number; readonly share: number };
  readonly after?: { readonly line: number; readonly ms: number; readonly share: number };
  /** The line's text on the newer side, where it is known. */
  readonly text?: string;
}
export interface CompilationDiff {
  readonly side: "before" | "after";
  readonly function: string;
  readonly signature: string;
  readonly cause: string;
  readonly count: number;
}
export interface DiffOptions {
  /** Differences of time below this part count as the same, however sure they are: two processes on a busy machine differ by several percent. 0.1 by default. */
  readonly least?: number;
  /** How sure a difference has to be: the largest p that counts. 0.01 by default. */
  readonly alpha?: number;
}
