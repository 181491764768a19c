// Messages between the extension and its pages. Pages get whole Reports and never compute what a Report says a second time.
import type { ReportDiff } from "../engine/report/diff/types.ts";
import type { InsightName } from "../engine/report/insights/gain.ts";
import type { Decision, DecisionId, Insight, NodeId, Report } from "../engine/report/types.ts";

/** What a person has chosen. Every page of a Report points at it. `file` is a path as the Report writes it. */
export type Selection =
  | { readonly kind: "node"; readonly id: string }
  | { readonly kind: "kernel"; readonly id: string }
  | { readonly kind: "decision"; readonly id: string }
  | { readonly kind: "line"; readonly file: string; readonly line: number };

/** What edits of the text since the run changed in the fusion ledger. */
export interface LedgerEdit {
  /** What the last edit did to the kernels, a sentence each. */
  readonly said: readonly string[];
  readonly edges: readonly EditedEdge[];
  /** Edges that are not listed. */
  readonly more: number;
}
export interface EditedEdge {
  /** split: was fused, is stored; fused: the other way round; rule: the same verdict by another rule. */
  readonly change: "split" | "fused" | "new" | "gone" | "rule";
  /** The decision of the run; absent for a new one. */
  readonly id?: DecisionId;
  readonly edge: string;
  readonly before?: EditedVerdict;
  readonly after?: EditedVerdict;
  readonly file?: string;
  readonly line?: number;
}
export interface EditedVerdict {
  readonly fused: boolean;
  readonly rule: string;
  readonly reason: string;
  readonly phrases?: Decision["phrases"];
}
/** Remedies that are being tried in the background. */
export interface Trials {
  readonly done: number;
  readonly total: number;
  /** The rule whose remedy is tried just now, and the line that it is about. */
  readonly rule: string;
  readonly line: number;
}
export type ToView =
  /** With an older Report of the function there is a tab Compare; `tab` is shown first. `live`: the run that made it can be repeated. */
  | {
      readonly type: "report";
      readonly report: Report;
      readonly baseline?: { readonly created: string };
      readonly tab?: string;
      readonly live?: boolean;
      /** What insights propose can be done to the files: they are at hand. */
      readonly acts?: boolean;
      /** The text is being edited: operations that the last edit changed. */
      readonly changed?: readonly NodeId[];
    }
  /** What the trials have found of the Report that is shown, so far: the page stays as it is. */
  | {
      readonly type: "insights";
      readonly report: string;
      readonly insights: readonly Insight[];
      readonly tried: readonly Insight[];
      readonly untried?: number;
    }
  | { readonly type: "trials"; readonly trials: Trials | null }
  /** Shows a tab, and in Insights one of them. */
  | { readonly type: "show"; readonly tab: string; readonly insight?: InsightName }
  /** What was asked for by "compare"; null where there is nothing to compare with. */
  | { readonly type: "diff"; readonly diff: ReportDiff | null }
  /** Null: the text is that of the run again. */
  | { readonly type: "edit"; readonly edit: LedgerEdit | null }
  | { readonly type: "status"; readonly text: string; readonly busy: boolean }
  /** The cursor in the editor: nodes of that line are highlighted. Lines count from 1, the file is a path as in the Report. */
  | { readonly type: "cursor"; readonly file: string; readonly line: number }
  /** What was chosen in another page of the same Report. */
  | { readonly type: "select"; readonly selection: Selection | null };
export type FromView =
  | { readonly type: "ready" }
  | { readonly type: "reveal"; readonly file: string; readonly line: number; readonly column: number }
  | { readonly type: "select"; readonly selection: Selection | null }
  /** The graph as a picture, to be written to a file or put on the clipboard. PNG in base64. */
  | { readonly type: "picture"; readonly format: "svg" | "png"; readonly to: "file" | "clipboard"; readonly data: string }
  /** There is a picture: when the page passed its stations (milliseconds since 1970). */
  | { readonly type: "painted"; readonly marks: Readonly<Record<string, number>> }
  /** The comparison of the Report with its baseline is wanted. */
  | { readonly type: "compare" }
  /** Run the function again with these pins; `keep`: later runs use them too. */
  | { readonly type: "pin"; readonly pins: readonly string[]; readonly keep: boolean }
  /** Do what an insight of the Report proposes. */
  | { readonly type: "apply"; readonly report: string; readonly insight: InsightName }
  /** Its snippet, to be put on the clipboard. */
  | { readonly type: "snippet"; readonly report: string; readonly insight: InsightName }
  /** Try no more remedies. */
  | { readonly type: "stopTrials" }
  /** The graph is wanted where a person sees it. */
  | { readonly type: "graph" }
  | { readonly type: "export" };
