// The source for programs of other compilers, as StableHLO: the user's own Node runs our engine on them. No file of the user's runs.
import { join } from "node:path";
import { nodeSource } from "./node.ts";
import type { ReportSource } from "./source.ts";

export const stablehloSource: ReportSource = {
  id: "stablehlo",
  command(dist, p) {
    const made = nodeSource.command(dist, p);
    return { ...made, args: [...made.args.slice(0, -1), join(dist, "host", "stablehlo.mjs")] };
  },
  notStarted: (p, e) => nodeSource.notStarted(p, e),
  ended(p, { code, signal, stderr }) {
    const memory = /heap out of memory|Allocation failed/i.test(stderr);
    return {
      message: memory
        ? `JitLens's engine ran out of memory on ${p.site.name}`
        : `JitLens's engine was ended by ${signal ?? `exit code ${code}`} while it ran ${p.site.name}`,
      action: memory ? "Use smaller arrays." : "Run again; if it happens again, look at the output channel JitLens, and report it.",
    };
  },
};
