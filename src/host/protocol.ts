// The messages between the extension and the host, and between the host and a runner. Mirrored nowhere: everyone imports this file.
import { z } from "zod";

/** A jit function found in a file. Lines and columns count from 0, as in VS Code. */
export interface Site {
  readonly name: string;
  /** Where the lens stands, and the whole expression or decorator together with its function. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly kind: "call" | "decorator";
  readonly className: string | null;
  /** Types of a `@trace` tag, as written. */
  readonly traceTag: string | null;
}
export const sitesParams = z.object({ languageId: z.string(), text: z.string() });
export const runParams = z.object({
  id: z.string(),
  file: z.string(),
  text: z.string(),
  languageId: z.string(),
  mode: z.enum(["profile", "trace"]),
  nodePath: z.string(),
  electron: z.boolean(),
  site: z.object({
    name: z.string(),
    line: z.number(),
    column: z.number(),
    endLine: z.number(),
    endColumn: z.number(),
    kind: z.enum(["call", "decorator"]),
    className: z.string().nullable(),
    traceTag: z.string().nullable(),
  }),
  /** Argument types that the person typed in. */
  args: z.string().nullable(),
});
export type RunParams = z.infer<typeof runParams>;

/** An error for the person: what happened, where in their file, what to do. */
export interface UserError {
  readonly kind: "error";
  readonly message: string;
  readonly file: string | null;
  readonly line: number | null;
  readonly column: number | null;
  readonly action: string;
}
/** The file never called the function: its argument types are needed. */
export interface NeedsArguments {
  readonly kind: "needs-arguments";
  readonly parameters: readonly string[];
}
export interface Cancelled {
  readonly kind: "cancelled";
}
export type RunResult = { readonly kind: "report"; readonly report: unknown } | UserError | NeedsArguments | Cancelled;

/** What a runner sends. */
export const runnerMessage = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("report"), report: z.unknown() }),
  z.object({
    kind: z.literal("error"),
    message: z.string(),
    file: z.string().nullable(),
    line: z.number().nullable(),
    column: z.number().nullable(),
    action: z.string(),
  }),
  z.object({ kind: z.literal("needs-arguments"), parameters: z.array(z.string()) }),
  z.object({ kind: z.literal("progress"), message: z.string(), fraction: z.number() }),
]);
export const METHODS = {
  sites: "jitlens/sites",
  run: "jitlens/run",
  cancel: "jitlens/cancel",
  progress: "jitlens/progress",
  output: "jitlens/output",
} as const;
