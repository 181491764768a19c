// Insights as they stand now: those of the Report, and what trials in the background add. The tab follows without the page being made anew.
import { type InsightName, ranked } from "../../engine/report/insights/gain.ts";
import type { Insight, Report } from "../../engine/report/types.ts";
import type { Trials } from "../messages.ts";

export interface InsightState {
  /** The largest gain first. */
  readonly insights: readonly Insight[];
  readonly tried: readonly Insight[];
  /** How many remedies there was no time to try. */
  readonly untried: number;
  /** Remedies were looked for: an empty list says something. */
  readonly searched: boolean;
  readonly trials: Trials | null;
  /** The one that was asked for elsewhere; counts up so that the same one can be asked for again. */
  readonly wanted: { readonly insight: InsightName; readonly count: number } | null;
}
export interface InsightFeed {
  readonly state: InsightState;
  subscribe(listener: (s: InsightState) => void): () => void;
}
export interface InsightActions {
  readonly apply: (i: Insight) => void;
  readonly copy: (i: Insight) => void;
  readonly stop: () => void;
}
export interface InsightSource extends InsightFeed {
  /** Trials have come so far. */
  tell(insights: readonly Insight[], tried: readonly Insight[], untried?: number): void;
  trying(trials: Trials | null): void;
  want(insight: InsightName): void;
}
export function insightSource(r: Report): InsightSource {
  let state: InsightState = {
    insights: ranked(r.insights ?? []),
    tried: r.tried ?? [],
    untried: r.untried ?? 0,
    searched: r.insights !== undefined || r.tried !== undefined,
    trials: null,
    wanted: null,
  };
  const listeners = new Set<(s: InsightState) => void>();
  const set = (next: Partial<InsightState>): void => {
    state = { ...state, ...next };
    for (const l of [...listeners]) l(state);
  };
  return {
    get state() {
      return state;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (insights, tried, untried = 0) => set({ insights: ranked(insights), tried, untried, searched: true }),
    trying: (trials) => set({ trials }),
    want: (insight) => set({ wanted: { insight, count: (state.wanted?.count ?? 0) + 1 } }),
  };
}
