// The program of pages that hold everything: the custom editor, comparisons, and the HTML report.
import { exportButton } from "./exportButton.ts";
import { start } from "./page.ts";
import { GRAPH_VIEWS, PROFILE_VIEWS } from "./registry.ts";

start([...GRAPH_VIEWS, ...PROFILE_VIEWS], exportButton);
