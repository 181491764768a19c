// The side panel's program.
import { start } from "./page.ts";
import { GRAPH_VIEWS } from "./registry.ts";

start(GRAPH_VIEWS);
