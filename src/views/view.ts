// What a view is: a function of a Report and the shared state that gives an element and can be disposed of.
import type { ReportDiff } from "../engine/report/diff/types.ts";
import type { NodeId, Report } from "../engine/report/types.ts";
import type { LedgerEdit } from "./messages.ts";
import type { Lookup } from "./lookup.ts";
import type { InsightActions, InsightFeed } from "./insights/feed.ts";
import type { Store } from "./store.ts";

export interface ViewContext {
  readonly report: Report;
  readonly lookup: Lookup;
  readonly store: Store;
  /** An older Report to compare with, where there is one. The comparison is made when it is asked for. */
  readonly baseline: Baseline | null;
  /** Goes to a line: in the editor where there is one, else in the Lines view. */
  readonly reveal: (place: { readonly file: string; readonly line: number; readonly column?: number }) => void;
  /** Lets the editor follow what was chosen here; outside the editor nothing happens. */
  readonly follow: (place: { readonly file: string; readonly line: number; readonly column?: number }) => void;
  /** Shows another view of this page; absent where the page has only this one's kind. */
  readonly tab?: (id: string) => void;
  /** Runs the function again with these pins and measures them against none; absent where there is no run to repeat. `keep`: for later runs too. */
  readonly pin?: (pins: readonly string[], keep: boolean) => void;
  /** Insights of the Report; trials in the background may add to them while the page stands. */
  readonly insights: InsightFeed;
  /** What can be done about them here; absent where the files are not at hand. */
  readonly insightActions?: InsightActions;
  /** Shows what is chosen on the graph, wherever that is; absent where there is none. */
  readonly graph?: () => void;
  /** Kept while the page lives and over a reload of the window. */
  readonly memory: { get(key: string): unknown; set(key: string, value: unknown): void };
  /** Operations that the last edit changed: the graph marks them. */
  readonly changed?: ReadonlySet<NodeId>;
  /** What edits of the text since the run changed in the ledger. */
  readonly edits: Edits;
  /** Tells of changes of the colours. */
  readonly onTheme: (listener: () => void) => () => void;
}
export interface Edits {
  readonly now: LedgerEdit | null;
  /** Called at every change; gives the function that ends it. */
  subscribe(listener: (e: LedgerEdit | null) => void): () => void;
}
export interface Baseline {
  /** When the older Report was made, where that is known already. */
  readonly created: string | null;
  /** Gives the comparison (null: there is nothing to compare with), and again when it is made anew; the function that is given back ends that. */
  request(on: (d: ReportDiff | null) => void): () => void;
}
export interface View {
  readonly element: HTMLElement;
  /** Ends everything that would outlive the element: subscriptions, observers, timers. */
  dispose(): void;
}
export interface ViewDefinition {
  readonly id: string;
  readonly label: (r: Report, c: ViewContext) => string;
  /** Whether it has anything to show; a view without this always stands there. */
  readonly when?: (c: ViewContext) => boolean;
  /** Whether it is what a page opens with where nobody has chosen a tab. A view without this may be; the first that may is. */
  readonly leads?: (c: ViewContext) => boolean;
  readonly open: (c: ViewContext) => View;
}
/** Runs every function once. */
export const all =
  (...ends: readonly (() => void)[]): (() => void) =>
  () => {
    for (const end of ends) end();
  };
