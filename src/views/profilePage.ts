// The bottom panel's program.
import { exportButton } from "./exportButton.ts";
import { start } from "./page.ts";
import { PROFILE_VIEWS } from "./registry.ts";

start(PROFILE_VIEWS, exportButton);
