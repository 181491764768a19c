// The comparison of the shown Report with an older one: asked for once, kept, told to whoever wants it.
import type { ReportDiff } from "../../engine/report/diff/types.ts";

export interface Comparisons {
  request(on: (d: ReportDiff | null) => void): () => void;
  tell(d: ReportDiff | null): void;
  /** Another Report is shown. */
  forget(): void;
}
export function comparisons(ask: () => void): Comparisons {
  const listeners = new Set<(d: ReportDiff | null) => void>();
  let known: ReportDiff | null | undefined;
  let asked = false;
  return {
    request(on) {
      listeners.add(on);
      if (known !== undefined) on(known);
      else if (!asked) {
        asked = true;
        ask();
      }
      return () => listeners.delete(on);
    },
    tell(d) {
      known = d;
      for (const l of [...listeners]) l(d);
    },
    forget() {
      known = undefined;
      asked = false;
      listeners.clear();
    },
  };
}
