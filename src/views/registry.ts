// The views, in the order of their tabs. Adding one: a file with a ViewDefinition, and its name here.
import { compareView } from "./compare/compare.ts";
import { fusionView } from "./fusion/fusion.ts";
import { graphView } from "./graph/graphView.ts";
import { insightsView } from "./insights/insights.ts";
import { kernelsView } from "./kernels/kernels.ts";
import { linesView } from "./lines.ts";
import { memoryView } from "./memory/memory.ts";
import { passesView } from "./passes/passes.ts";
import { rooflineView } from "./roofline/roofline.ts";
import { summaryView } from "./summary.ts";
import { textView } from "./text.ts";
import { timelineView } from "./timeline/timeline.ts";
import { tracesView } from "./traces.ts";
import type { ViewDefinition } from "./view.ts";

/** The side panel's. */
export const GRAPH_VIEWS: readonly ViewDefinition[] = [graphView, textView];
/** The bottom panel's. */
export const PROFILE_VIEWS: readonly ViewDefinition[] = [
  insightsView,
  kernelsView,
  fusionView,
  passesView,
  timelineView,
  rooflineView,
  memoryView,
  linesView,
  tracesView,
  summaryView,
  compareView,
];
