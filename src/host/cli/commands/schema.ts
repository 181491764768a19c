// jitlens schema: JSON Schema of what the command line reads and writes.
import { Argument, type Command } from "commander";
import type { z } from "zod";
import { reportSchema } from "../../../engine/report/schema.ts";
import { summarySchema } from "../../../engine/report/summarySchema.ts";
import { jsonSchemaOf } from "../../../engine/report/validate.ts";
import { adviceSchema } from "../../agents/tools/advise.ts";
import { baselineSchema } from "../baselines.ts";
import type { Context } from "../context.ts";
import { errorSchema } from "../failure.ts";

const SCHEMAS: Readonly<Record<string, { readonly title: string; readonly schema: z.ZodType }>> = {
  report: { title: "JitLens profile, version 2", schema: reportSchema },
  summary: { title: "JitLens summary, version 1", schema: summarySchema },
  advice: { title: "JitLens advice", schema: adviceSchema },
  error: { title: "JitLens error", schema: errorSchema },
  baseline: { title: "JitLens baseline, version 1", schema: baselineSchema },
};
export function schemaCommand(program: Command, c: Context): void {
  program
    .command("schema")
    .description("JSON Schema of a profile, of what --json prints (summary, advice, error), of a baseline")
    .addArgument(new Argument("[name]").choices(Object.keys(SCHEMAS)).default("report"))
    .action((name: string) => {
      const { title, schema } = SCHEMAS[name]!;
      return c.terminal.print(`${JSON.stringify({ title, ...jsonSchemaOf(schema) }, null, 1)}\n`);
    });
}
