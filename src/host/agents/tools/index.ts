// All tools, in the order in which they are listed. docs/agents.md says how they are used.
import { advise } from "./advise.ts";
import { check } from "./check.ts";
import { compare } from "./compare.ts";
import { explainEdge } from "./explainEdge.ts";
import { listFunctions } from "./listFunctions.ts";
import { profile } from "./profile.ts";
import { show } from "./show.ts";
import type { Tool } from "./tool.ts";
import { tryPin } from "./tryPin.ts";

export const TOOLS: readonly Tool[] = [listFunctions, profile, explainEdge, show, compare, check, tryPin, advise];
