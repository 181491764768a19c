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
  /** The cell of a notebook that it stands in, by its path (notebook/cells.ts). */
  cell: z.string().optional(),
});
/** A jit function found in a file: the whole expression, or the decorator together with its function. */
export type Site = Readonly<z.infer<typeof site>>;
/** A cell of a notebook: its path (notebook/cells.ts), and its text as it stands in the editor. */
const cell = z.object({ file: z.string(), text: z.string() });
/** With `cells`, those of a notebook are looked through, and `text` is not. */
export const sitesParams = z.object({ languageId: z.string(), text: z.string(), file: z.string().optional(), cells: z.array(cell).optional() });
/** What the editor would run next: a runner for it is started before it is asked for. */
/** With what a file is run. */
const how = {
  nodePath: z.string(),
  electron: z.boolean(),
  /** Variables beside those of the editor's own environment. */
  env: z.record(z.string(), z.string()).optional(),
  /** Arguments of Node itself. */
  nodeArguments: z.array(z.string()).optional(),
};
export const prepareParams = z.object({ languageId: z.string(), ...how });
export type PrepareParams = z.infer<typeof prepareParams>;
export const cancelParams = z.object({ id: z.string() });
/** How far a run goes on after the first call of the function, to learn why it is traced again. */
const collect = z.object({ calls: z.number(), seconds: z.number() });
/** For how long a function is run before and while it is measured, milliseconds. */
const effort = z.object({ warmup: z.number().min(0), budget: z.number().positive() });
/** An array as a runner sends it: dtype, shape, and its little-endian bytes in base64. */
const rawArray = z.tuple([z.string(), z.array(z.number()), z.string()]);
export type RawArray = Readonly<z.infer<typeof rawArray>>;
/** A program of another compiler with the values it was run on: our own engine runs it instead of a file. */
const program = z.object({
  text: z.string(),
  arguments: z.array(rawArray),
  /** What the other one gave for them. */
  results: z.array(rawArray),
  argumentNames: z.array(z.string()),
  /** Who that was: "JAX 0.10.2". */
  from: z.string(),
  sources: z.array(z.object({ file: z.string(), text: z.string() })),
});
export type ProgramToRun = z.infer<typeof program>;
export const runParams = z.object({
  id: z.string(),
  file: z.string(),
  /** The workspace folder that paths of the report are relative to. */
  root: z.string().nullable().default(null),
  text: z.string(),
  languageId: z.string(),
  mode: z.enum(["profile", "trace"]),
  ...how,
  site,
  /** Argument types that the person typed in. */
  args: z.string().nullable(),
  /** The cells of the notebook that `file`, a cell's path, and `text` are of, in order: those above it run before it. */
  cells: z.array(cell).optional(),
  /** The folder to run in; without one, the file's. */
  cwd: z.string().optional(),
  collect: collect.optional(),
  /** Somebody watches the picture: measuring waits for it to be painted, at most so many milliseconds. */
  picture: z.number().optional(),
  effort: effort.optional(),
  /** Every jit function of the file, so that those without a name of their own are called as they are there. */
  sites: z.array(site).optional(),
  /** Which Python is wanted: by the setting, by the kernel of the notebook, and by the Python extension for this file. */
  python: z
    .object({ setting: z.string().optional(), named: z.string().optional(), kernel: z.string().optional(), chosen: z.string().optional() })
    .optional(),
  /** The file to run, where the function is called by another one. */
  entry: z.string().optional(),
  /** Other files as they stand in the editor, by path, where they are not saved: they count where the program reads them. */
  unsaved: z.record(z.string(), z.string()).optional(),
  /** The device that arrays are on unless the file says otherwise. */
  device: z.string().optional(),
  /** A device to use where the machine has it; else arrays are on the CPU, and the report says why. */
  prefers: z.string().optional(),
  /** Whether kernels are compiled by the machine's C compiler, where it has one. */
  native: z.boolean().optional(),
  /** Decisions about single edges of the program, as `12>15=split`. */
  pins: z.array(z.string()).optional(),
  /** The runner stays when it has its report, and follows edits. */
  live: z.boolean().optional(),
  /** For how long the values of the program are looked at, after its times are shown: minimum, maximum, mean, NaN of each operation. 0: not at all. */
  values: z.object({ seconds: z.number().min(0) }).optional(),
  /** Whether the program without the pins is measured too, in turns. */
  compare: z.boolean().optional(),
  /** For how long changes that may make the function faster are tried, seconds; without it, or 0, none are. */
  advice: z.number().min(0).max(600).optional(),
  /** When the person clicked, milliseconds since 1970: where the timeline begins. */
  clicked: z.number().optional(),
  /** A Python function's program is run by our own engine too, on the same values. */
  compareEngine: z.boolean().optional(),
  program: program.optional(),
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
  /** The expression that it is about, where the file is the one that was run; counted from 0. */
  readonly range?: Range | null;
}
/** The file never called the function: its argument types are needed. */
export interface NeedsArguments {
  readonly kind: "needs-arguments";
  readonly parameters: readonly string[];
}
export interface Cancelled {
  readonly kind: "cancelled";
}
/** `engine`: the Report of our own engine, where a comparison with it was asked for, or why there is none. */
export type RunResult =
  | { readonly kind: "report"; readonly report: unknown; readonly engine?: { readonly report: unknown } | UserError }
  | UserError
  | NeedsArguments
  | Cancelled;

/** How far remedies have been tried. */
const trials = z.object({
  done: z.number(),
  total: z.number(),
  /** The rule whose remedy is tried just now, and the line that it is about. */
  rule: z.string(),
  line: z.number(),
});
export type TrialsNow = Readonly<z.infer<typeof trials>>;
/** What a runner sends. */
export const runnerMessage = z.discriminatedUnion("kind", [
  /** With `live`, the runner stays. */
  z.object({ kind: z.literal("report"), report: z.unknown(), live: z.boolean().optional() }),
  /** The report of the first call: the file goes on. An early one is not measured yet. */
  z.object({
    kind: z.literal("partial"),
    report: z.unknown(),
    early: z.boolean().optional(),
    /** The file has ended, and what might make the function faster is tried now. */
    advising: z.boolean().optional(),
  }),
  z.object({
    kind: z.literal("error"),
    message: z.string(),
    file: z.string().nullable(),
    line: z.number().nullable(),
    column: z.number().nullable(),
    action: z.string(),
    /** The expression that it is about, where the runner knows it. */
    range: range.nullable().optional(),
  }),
  z.object({ kind: z.literal("needs-arguments"), parameters: z.array(z.string()) }),
  z.object({ kind: z.literal("progress"), message: z.string(), fraction: z.number(), trials: trials.optional() }),
]);
// ---- live: the function at the cursor, traced again while its file is edited

/** A cell as it is now; `was` is its path in the run, null where it is new: cells are put in, moved and taken away. */
const editedCell = cell.extend({ was: z.string().nullable() });
/** What the editor asks a warm runner. */
export const liveRequest = z.object({
  id: z.number(),
  /** Of a notebook: the cell that the cursor is in, and all of them with what of each is plain Python. */
  file: z.string().optional(),
  cells: z.array(editedCell.extend({ code: z.string() })).optional(),
  /** The text as it stands in the editor. */
  text: z.string(),
  sites: z.array(site),
  /** Where the cursor stands, counted from 0. */
  line: z.number(),
  /** Other texts that are tried instead, one after the other: which of them can be traced. */
  attempts: z
    .array(z.object({ text: z.string(), sites: z.array(site), cells: z.array(editedCell.extend({ code: z.string() })).optional() }))
    .optional(),
});
export type LiveRequest = z.infer<typeof liveRequest>;
/** Of a notebook, the cell that a line is counted in. */
const inCell = { cell: z.string().optional() };
/** Types that a variable had. Lines count from 1, columns from 0. */
const hint = z.object({ line: z.number(), column: z.number(), name: z.string(), types: z.array(z.string()), ...inCell });
export type LiveHint = Readonly<z.infer<typeof hint>>;
/** A line whose change cannot be followed: a statement that would have to run again, an import, a name that means two things. */
const note = z.object({ line: z.number(), why: z.enum(["statement", "import", "shadowed"]), ...inCell });
export type LiveNote = Readonly<z.infer<typeof note>>;
const place = z.object({ file: z.string().nullable(), line: z.number().nullable(), column: z.number().nullable() });
/** With the part of the text that it is about, where the runner knows it. */
const userError = place.extend({ kind: z.literal("error"), message: z.string(), action: z.string(), range: range.nullable().optional() });
const traced = z.object({
  kind: z.literal("traced"),
  id: z.number(),
  function: z.string(),
  milliseconds: z.number(),
  equations: z.number(),
  hints: z.array(hint),
  notes: z.array(note),
});
export const liveMessage = z.discriminatedUnion("kind", [
  traced,
  /** It cannot be traced as it is. `error` is its name: ShapeError, ConcretizationTypeError, … */
  z.object({
    kind: z.literal("failed"),
    id: z.number(),
    function: z.string(),
    name: z.string(),
    error: userError,
    hints: z.array(hint),
    notes: z.array(note),
  }),
  /** The text cannot be read, as while a line is being written: what was shown stays. */
  z.object({ kind: z.literal("unreadable"), id: z.number() }),
  /** It was stopped after this long. */
  z.object({ kind: z.literal("slow"), id: z.number(), milliseconds: z.number() }),
  /** This function cannot be followed. */
  z.object({ kind: z.literal("unavailable"), id: z.number(), why: z.enum(["scope", "never-called", "memory"]) }),
  z.object({ kind: z.literal("tried"), id: z.number(), passed: z.array(z.boolean()) }),
  /** What the compiler makes of the text, after the answer of that number. */
  z.object({ kind: z.literal("live-report"), id: z.number(), report: z.unknown() }),
]);
export type LiveMessage = z.infer<typeof liveMessage>;
/** What the editor asks the host: the run whose runner has stayed, and the text. */
export const liveParams = z.object({
  run: z.string(),
  file: z.string(),
  languageId: z.string(),
  text: z.string(),
  line: z.number(),
  /** The cells of the notebook that `file` is one of, and `text` is in. */
  cells: z.array(editedCell).optional(),
});
export type LiveParams = z.infer<typeof liveParams>;
export type LiveFailure = Extract<LiveMessage, { kind: "failed" }>;
/** The answer; with the part of the text that an error is about, where it lies in the edited file. */
export type LiveAnswer =
  (Exclude<LiveMessage, { kind: "live-report" | "tried" | "failed" }> | (LiveFailure & { readonly range: Range | null })) | null;
export const fixParams = liveParams.extend({
  name: z.string(),
  message: z.string(),
  at: z.object({ line: z.number(), column: z.number() }),
  /** The part of the text that the error is about, where it is known. */
  range: range.nullable().optional(),
});
export type FixParams = z.infer<typeof fixParams>;
/** A change with which the function can be traced; `before` and `after` are for its title. */
export interface LiveFix {
  readonly kind: "transpose" | "reshape" | "axis" | "option" | "where" | "cond" | "maximum" | "static" | "use";
  readonly before: string;
  readonly after: string;
  readonly edits: readonly { readonly range: Range; readonly text: string }[];
}
export const METHODS = {
  sites: "jitlens/sites",
  prepare: "jitlens/prepare",
  run: "jitlens/run",
  cancel: "jitlens/cancel",
  /** Try no more remedies: the run ends with what was found. */
  stopTrials: "jitlens/stopTrials",
  seen: "jitlens/seen",
  progress: "jitlens/progress",
  output: "jitlens/output",
  partial: "jitlens/partial",
  live: "jitlens/live",
  liveFixes: "jitlens/liveFixes",
  liveReport: "jitlens/liveReport",
  liveEnd: "jitlens/liveEnd",
  ping: "jitlens/ping",
} as const;
