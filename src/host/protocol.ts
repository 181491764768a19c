// The messages between the extension and the host, and between the host and a runner. Mirrored nowhere: everyone imports this file.
import * as z from "zod";

/** A part of a file. Lines and columns count from 0, as in VS Code; columns in UTF-16 units. */
const range = z.object({ line: z.number(), column: z.number(), endLine: z.number(), endColumn: z.number() });
export type Range = z.infer<typeof range>;
const site = range.extend({
  name: z.string(),
  kind: z.enum(["call", "decorator"]),
  /** `jit` or `jl.jit`: where a stack frame says that the call stands. */
  callee: range,
  /** The class around a decorated method. */
  within: range.nullable(),
  /** jit calls inside this one. */
  inner: z.array(range),
  className: z.string().nullable(),
  /** Types of a `@trace` tag, as written. */
  traceTag: z.string().nullable(),
  /** What is compiled, by its own name, where it has one: a run that cannot see where `jit` was called goes by it. */
  target: z.string().nullable().optional(),
});
/** A jit function found in a file: the whole expression, or the decorator together with its function. */
export type Site = Readonly<z.infer<typeof site>>;
export const sitesParams = z.object({ languageId: z.string(), text: z.string(), file: z.string().optional() });
/** What the editor would run next: a runner for it is started before it is asked for. */
export const prepareParams = z.object({ languageId: z.string(), nodePath: z.string(), electron: z.boolean() });
export type PrepareParams = z.infer<typeof prepareParams>;
export const cancelParams = z.object({ id: z.string() });
/** How far a run goes on after the first call of the function, to learn why it is traced again. */
const collect = z.object({ calls: z.number(), seconds: z.number() });
export const runParams = z.object({
  id: z.string(),
  file: z.string(),
  /** The workspace folder that paths of the report are relative to. */
  root: z.string().nullable().default(null),
  text: z.string(),
  languageId: z.string(),
  mode: z.enum(["profile", "trace"]),
  nodePath: z.string(),
  electron: z.boolean(),
  site,
  /** Argument types that the person typed in. */
  args: z.string().nullable(),
  /** The folder to run in; without one, the file's. */
  cwd: z.string().optional(),
  collect: collect.optional(),
  /** Every jit function of the file, so that those without a name of their own are called as they are there. */
  sites: z.array(site).optional(),
  /** Which Python is wanted: by the setting, and by the Python extension for this file. */
  python: z.object({ setting: z.string().optional(), chosen: z.string().optional() }).optional(),
  /** The file to run, where the function is called by another one. */
  entry: z.string().optional(),
  /** The device that arrays are on unless the file says otherwise. */
  device: z.string().optional(),
  /** Decisions about single edges of the program, as `12>15=split`. */
  pins: z.array(z.string()).optional(),
  /** When the person clicked, milliseconds since 1970: where the timeline begins. */
  clicked: z.number().optional(),
});
export type RunParams = z.input<typeof runParams>;
/** What a runner is given: the run, and a folder of its own that the host removes. */
export const runnerParams = runParams.extend({ folder: z.string(), mark: z.string() });
export type RunnerParams = z.infer<typeof runnerParams>;

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
  /** The report of the first call: the file goes on. An early one is not measured yet. */
  z.object({ kind: z.literal("partial"), report: z.unknown(), early: z.boolean().optional() }),
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
  prepare: "jitlens/prepare",
  run: "jitlens/run",
  cancel: "jitlens/cancel",
  progress: "jitlens/progress",
  output: "jitlens/output",
  partial: "jitlens/partial",
  ping: "jitlens/ping",
} as const;
