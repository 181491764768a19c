// The Report: everything that JitLens shows is read from here. It is also the exported profile (.jitprofile: JSON, may be gzipped). This file is the authority;
// schema.ts checks data against it at the door, and a test holds that the two agree.
//
// Version 2. One shape for every source: our engine, JAX under Python, XLA, StableHLO text. The rules:
// - A section that a source cannot give is absent, never empty or zero.
// - Ids of programs, regions, nodes, kernels and decisions are strings, unique in the Report. Files, frames, stacks and devices are indices into their lists.
// - Times are milliseconds, sizes bytes. Lines and columns count from 1, columns in UTF-16 units.
// - Paths are relative to the workspace folder, with "/"; only what lies outside it is absolute.
// - Unknown fields survive reading and writing. Long lists of spans are written as columns (columns.ts).

export type FileIndex = number;
export type FrameIndex = number;
export type StackIndex = number;
export type DeviceIndex = number;
export type ProgramId = string;
export type RegionId = string;
export type NodeId = string;
export type KernelId = string;
export type DecisionId = string;

export interface Report {
  readonly format: "jitprofile";
  readonly version: 2;
  readonly id: string;
  /** ISO 8601. */
  readonly created: string;
  readonly tool: string;
  readonly source: Source;
  readonly devices: readonly Device[];
  /** The function that was profiled: where its `jit` stands, and its whole text where that is known. */
  readonly function: { readonly name: string; readonly at: FrameIndex; readonly declared?: Range };
  /** Files that lines refer to; with their text, so that a profile can be read elsewhere. */
  readonly files: readonly SourceFile[];
  /** Positions, each once. */
  readonly frames: readonly Frame[];
  /** Call stacks, innermost frame first. */
  readonly stacks: readonly (readonly FrameIndex[])[];
  /** One for each compiled signature; the first is the one that was measured. */
  readonly programs: readonly Program[];
  /** Every compilation of the run, in order. */
  readonly compilations: readonly Compilation[];
  readonly calls?: Calls;
  readonly timing?: Timing;
  readonly tracks?: readonly Track[];
  readonly spans?: readonly Span[];
  /** What each line of the user's costs. The parts add up to the wall time of a steady call. */
  readonly lines?: readonly LineCost[];
  readonly memory?: Memory;
  /** What the operations of the first level gave, from a run in which each of them was evaluated by itself. */
  readonly values?: Values;
  /** What the measured call gave, in short: another run's results can be held to it. */
  readonly results?: readonly ResultDigest[];
  /** What would make it faster or smaller, the largest gain first. */
  readonly insights?: readonly Insight[];
  /** What was tried and gained too little. */
  readonly tried?: readonly Insight[];
  /** How many changes were left to try when the time, or the person, ended the trying. */
  readonly untried?: number;
  readonly warnings: readonly Warning[];
  /** How its results agree with another compiler's of the same program on the same arguments. */
  readonly agreement?: Agreement;
  /** Milliseconds from the source text to code that runs, by phase. */
  readonly phases?: Readonly<Record<string, number>>;
  /** What each line adds to them, most first. */
  readonly compiled?: readonly LineCompile[];
}

export interface ResultDigest {
  readonly type: string;
  /** Of all bits; absent where the result is too large to be looked at whole. */
  readonly hash?: string;
  /** The largest absolute value that is finite. */
  readonly largest: number;
  /** Up to 64 elements, evenly spread; null: not a finite number. */
  readonly sample: readonly (number | null)[];
}
export interface Agreement {
  /** Whose results they are compared with: "JAX 0.10.2". */
  readonly with: string;
  readonly results: readonly ResultAgreement[];
}
export interface ResultAgreement {
  readonly name: string;
  readonly type: string;
  /** The largest difference of two elements; null where one side is not finite and the other is. */
  readonly error: number | null;
  /** That, as a part of the largest element of the other's; 0 where both are equal. */
  readonly relative: number | null;
  /** Whether it is no more than rounding in another order makes of this type. */
  readonly close: boolean;
}
export interface Source {
  readonly kind: "jitlens" | "jax" | "xla" | "stablehlo";
  readonly language: string;
  readonly versions: Readonly<Record<string, string>>;
}
export interface Device {
  readonly name: string;
  readonly platform: string;
  readonly limits?: Readonly<Record<string, number>>;
  /** What the machine reached when it was measured. */
  readonly ceilings?: {
    readonly bandwidth?: number /* GB/s */;
    /** GB/s of arrays that stay in the caches: of at most `cacheBytes` together. */
    readonly cache?: number;
    readonly cacheBytes?: number;
    readonly flops?: Readonly<Record<string, number>> /* GFLOP/s by dtype */;
    /** How and when they were measured. */
    readonly from: string;
  };
}
export interface SourceFile {
  readonly path: string;
  /** SHA-256 of the text, hexadecimal; "" where the text was not at hand. */
  readonly hash: string;
  readonly text?: string;
}
export interface Frame {
  readonly file: FileIndex;
  readonly line: number;
  readonly column: number;
  readonly func: string;
}
export interface Range {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

// ---- programs

export interface Program {
  readonly id: ProgramId;
  /** With the user's names: "params.layers[0].w". */
  readonly arguments: readonly Argument[];
  readonly results: readonly Argument[];
  /** In the order of lowering: "jaxpr", "fused", … */
  readonly levels: readonly Level[];
  readonly kernels?: readonly Kernel[];
  readonly decisions?: readonly Decision[];
  readonly passes?: readonly Pass[];
  /** What a person decided about single edges: "12>15=split". */
  readonly pins?: readonly string[];
  /** What pins gained or cost, as it was measured with them. */
  readonly trial?: Trial;
  /** What runs, in order; the steps of a loop or branch follow it and name their region. */
  readonly steps?: readonly Step[];
}
export interface Argument {
  readonly name: string;
  readonly type: string;
  /** A value that the function closes over, not one that is passed. */
  readonly captured?: boolean;
  /** The argument or result in the last level. */
  readonly node?: NodeId;
}
export interface Level {
  readonly name: string;
  readonly text?: LevelText;
  /** The first is the whole program. */
  readonly regions: readonly Region[];
}
export interface LevelText {
  readonly language: string;
  readonly text: string;
  /** On which line of the text a node starts. */
  readonly lines: readonly (readonly [line: number, node: NodeId])[];
}
export interface Region {
  readonly id: RegionId;
  readonly name: string;
  /** The node whose body, condition or branch it is; null for the whole program. */
  readonly parent: NodeId | null;
  readonly nodes: readonly Node[];
  readonly parameters: readonly NodeId[];
  readonly outputs: readonly NodeId[];
}
/** What kind of work a node is: its colour in the views. */
export type Category = (typeof CATEGORIES)[number];
export const CATEGORIES = [
  "input",
  "elementwise",
  "movement",
  "reduction",
  "contraction",
  "control",
  "library",
  "callback",
  "collective",
  "other",
] as const;
export interface Node {
  readonly id: NodeId;
  readonly op: string;
  readonly category: Category;
  /** As JAX writes it: "f32[128,64]"; of several results, "(f32[2], i32[])". */
  readonly type: string;
  readonly inputs: readonly NodeId[];
  /** A name that the person knows it by: an argument's, a constant's value. */
  readonly name?: string;
  readonly attributes?: string;
  /** A loop's body and condition, a conditional's branches, a called program. */
  readonly regions?: readonly RegionId[];
  /** Name stack: "transpose(jvp(loss))/layer1". */
  readonly scope: string;
  readonly stack?: StackIndex;
  /** Lineage: nodes of the level above that it computes (a part of). */
  readonly from?: readonly NodeId[];
  readonly flops?: number;
  readonly bytes?: number;
  /** Predicted milliseconds. */
  readonly cost?: number;
}
export interface LineShare {
  readonly file: FileIndex;
  readonly line: number;
  /** Part of the whole, 0 to 1; the shares of one list add up to 1. */
  readonly share: number;
}
export interface Kernel {
  readonly id: KernelId;
  /** After its operations, unique: "dot_add_tanh", "dot_add_tanh.2". */
  readonly name: string;
  /** After the user's line, unique: "h1 = tanh(x·w + b)". */
  readonly label: string;
  readonly kind: string;
  readonly region: RegionId;
  readonly device: DeviceIndex;
  readonly nodes: readonly NodeId[];
  readonly outputs: readonly NodeId[];
  readonly loops?: readonly Loop[];
  readonly code?: readonly Code[];
  /** Bytes and operations of one call. */
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly flops: number;
  readonly transcendentals?: number;
  /** Predicted milliseconds of one run of the function. */
  readonly predicted?: number;
  /** Measured time of one run of the function, all calls together; of kernels below a microsecond from many runs in a row, where they can be repeated. */
  readonly time?: Measurement;
  /** Calls in one run of the function. */
  readonly calls: number;
  readonly lines: readonly LineShare[];
  readonly launch?: { readonly grid: readonly number[]; readonly block: readonly number[]; readonly registers?: number; readonly shared?: number };
  /** What computed it, where the processor's own code was asked for beside WebAssembly, and why that did not. `predicted` is WebAssembly's either way. */
  readonly route?: { readonly code: "native" | "wasm"; readonly because?: string; readonly threads?: number };
}
export interface Loop {
  readonly axis: string;
  readonly extent: number;
  readonly kind: "parallel" | "sequential" | "reduce" | "lanes" | "grid" | "group";
}
export interface Code {
  readonly language: "wat" | "js" | "c" | "wgsl" | "ptx" | "hlo" | "llvm" | "kernel";
  readonly text: string;
  readonly lines?: readonly (readonly [line: number, node: NodeId])[];
  /** How long the whole text is, where only its beginning is kept. */
  readonly length?: number;
}
/** A sentence that stands in the Report in English, taken apart so that it can be said in another language: the template's {0}, {1}, … are the arguments. */
export interface Phrase {
  readonly template: string;
  /** Words of the program and numbers, or clauses with such words of their own. */
  readonly args: readonly (string | Clause)[];
}
export interface Clause {
  readonly template: string;
  readonly args?: readonly (string | InnerClause)[];
}
export interface InnerClause {
  readonly template: string;
  readonly args?: readonly string[];
}
/** One producer → consumer edge and what was decided about it. */
export interface Decision {
  readonly id: DecisionId;
  readonly producer: NodeId;
  readonly consumer: NodeId;
  /** The person's variables that the two compute (a part of), where they have any. */
  readonly names?: { readonly producer?: string; readonly consumer?: string };
  readonly fused: boolean;
  readonly rule: string;
  readonly reason: string;
  /** What a person would do for the other verdict: an imperative clause in small letters, "reduce over the same axes". */
  readonly otherwise?: string;
  /** The two sentences where they have arguments; without, the sentence is its own template. */
  readonly phrases?: { readonly reason?: Phrase; readonly otherwise?: Phrase };
  /** Why a kept value is stored: it costs less, something needs it in memory, the compiler has no one kernel for both, a person pinned it. */
  readonly kept?: "cheaper" | "needed" | "limit" | "pinned";
  readonly pinned?: boolean;
  /**
   * Bytes and launches that fusing saves (of a kept edge: bytes that keeping moves), operations that fusing does again (of a kept edge: would do again),
   * evaluations of the producer's elements in all kernels.
   */
  readonly cost: { readonly bytes?: number; readonly flops?: number; readonly launches?: number; readonly evaluations?: number };
  /** What the edge adds to a run either way, predicted; with `measured`, a whole run either way. */
  readonly ms?: {
    readonly fused?: number;
    readonly kept?: number;
    readonly measured?: { readonly fused: Measurement; readonly kept: Measurement };
  };
  readonly stack?: StackIndex;
}
export interface Pass {
  readonly name: string;
  /** Operations before and after. */
  readonly before: number;
  readonly after: number;
  /** What it did, in short: "fold constants ×3". */
  readonly changed: readonly string[];
  /** The region that it ran over, by name; absent: the whole program. */
  readonly region?: string;
  /** The patterns that fired, how often, where each stands and what it says. */
  readonly patterns?: readonly { readonly name: string; readonly times: number; readonly file?: string; readonly code?: string }[];
  /** The changed lines of the program and those around them; `cut` counts lines that were left out at the end. */
  readonly text?: { readonly language: string; readonly before: string; readonly after: string; readonly cut?: number };
  /** Nodes of the last level that it made or changed. */
  readonly nodes?: readonly NodeId[];
}
/** A measured comparison: the same program with other verdicts on some edges, run in turns in one process. */
export interface Trial {
  /** The pins that the one side has and the other has not: "12>15=split". */
  readonly pins: readonly string[];
  readonly rounds: number;
  /** The largest difference of their results; null where one of them is not a number. */
  readonly error: number | null;
  readonly without: TrialSide;
  readonly with: TrialSide;
}
export interface TrialSide {
  readonly total: Measurement;
  readonly kernels: number;
  readonly bytes: number;
  /** Kernels that the other side has not. */
  readonly changed: readonly { readonly label: string; readonly ms?: number }[];
}
export interface Step {
  readonly kind: "kernel" | "copy" | "host" | "transfer" | "collective" | "loop" | "branch";
  readonly region: RegionId;
  readonly kernel?: KernelId;
  readonly node?: NodeId;
  readonly bytes?: number;
  /** Of a copy that takes time: its line, how often it ran in one run of the function, and milliseconds of all of them together. */
  readonly file?: FileIndex;
  readonly line?: number;
  readonly calls?: number;
  readonly ms?: number;
}

// ---- what a run did

/** A duration measured over repetitions. `spread` is the interquartile range. */
export interface Measurement {
  readonly min: number;
  readonly median: number;
  readonly spread: number;
  /** Some of the times, evenly from all repetitions, in their order: what a later comparison of two profiles is made with. */
  readonly samples?: readonly number[];
}
export interface Compilation {
  readonly index: number;
  readonly function: string;
  /** Where the call stands that made it necessary. */
  readonly call: StackIndex | null;
  readonly signature: string;
  readonly program?: ProgramId;
  readonly phases: { readonly trace?: number; readonly lower?: number; readonly compile?: number };
  readonly causes: readonly Cause[];
}
export const CAUSES = ["first", "shape", "dtype", "weakType", "static", "tree", "newFunction", "placement", "config", "evicted"] as const;
export interface Cause {
  readonly kind: (typeof CAUSES)[number];
  readonly argument?: string;
  readonly before?: string;
  readonly now?: string;
  readonly text: string;
}
/** Calls of the function while its file ran. */
export interface Calls {
  readonly count: number;
  /** There were more, which were not counted. */
  readonly atLeast?: true;
  /** A steady call: what the person's program waits for. */
  readonly wall: Measurement;
  /** Where they stand, the most frequent first; of thousands of calls, counted from a part of them. */
  readonly from: readonly { readonly stack: StackIndex; readonly count: number }[];
  /** What the host takes from the end of a call to the start of the next. */
  readonly between?: Measurement;
  /** Milliseconds in all calls together (tracing and compiling included), and between them. */
  readonly run?: { readonly inside: number; readonly between: number };
  /** How often the arguments that stay the same from call to call took other values, the first counted: the host goes over so many cases. And the most calls of one. */
  readonly cases?: { readonly count: number; readonly longest: number };
  /** Most calls take an array that no call had before and none gave: the host feeds them (batches, keys). */
  readonly fed?: true;
  /** Arrays whose values the host read between the calls (`item()`, `tolist()`, …), and had to wait for. */
  readonly readBacks?: readonly { readonly stack: StackIndex; readonly count: number; readonly bytes: number }[];
}
export interface Timing {
  readonly warmups: number;
  readonly repetitions: number;
  /** A steady call of the function: program and call overhead. */
  readonly total: Measurement;
  /** The compiled program alone. */
  readonly program: Measurement;
  /** The program with a timer around every kernel: what the kernel times add up to. */
  readonly profiled?: Measurement;
  /** What reading the clock once costs, nanoseconds, measured where kernels are timed. It is taken off: kernels' times are their own. */
  readonly clockNs?: number;
  /** The same in profiles whose kernel times include two readings a call. */
  readonly timerOverheadNs?: number;
  /** What a steady call costs beside kernels and copies, by part. */
  readonly call?: Readonly<Record<string, number>>;
}
export interface Track {
  readonly id: string;
  readonly name: string;
  readonly kind: "run" | "kernels" | "compile" | "host" | "transfer";
}
/** Something that took time. `start` counts from the click, or from the first thing that is known. */
export interface Span {
  readonly track: string;
  readonly start: number;
  readonly duration: number;
  readonly kernel?: KernelId;
  readonly name?: string;
  readonly run?: number;
}
export interface LineCost {
  readonly file: FileIndex;
  readonly line: number;
  readonly ms: number;
  readonly share: number;
  readonly parts: { readonly kernels?: number; readonly copies?: number; readonly call?: number; readonly transfers?: number };
  /** Nothing was measured: `ms` is the cost model's prediction. */
  readonly estimated?: boolean;
}
/** A line's part of tracing and compiling, by its equations. */
export interface LineCompile {
  readonly file: FileIndex;
  readonly line: number;
  /** Equations of the traced program that come from it; of a loop of the host, those of all its turns. */
  readonly equations: number;
  /** Part of all equations, 0 to 1. */
  readonly share: number;
  readonly ms: number;
  /** How often it ran while the function was traced: a loop of the host has become so many copies of its body. */
  readonly copies?: number;
}
export interface Memory {
  /** Most bytes held at one time during a call. */
  readonly peak: number;
  readonly predicted?: number;
  /** The step at which it is held. */
  readonly at?: number;
  /** Who holds the peak, largest first; `from` and `to` are steps. */
  readonly holders: readonly Holder[];
  /** Everything that is held during a call, at whatever step. */
  readonly lifetimes?: readonly Lifetime[];
  /** What was done already. */
  readonly saved?: { readonly donation?: number; readonly checkpoint?: number; readonly reuse?: number };
  /** What a person could do: arguments that a result could take the place of; what checkpointing would not keep (it is computed again then). */
  readonly could?: { readonly donation?: Possible; readonly checkpoint?: Possible };
}
export interface Possible {
  readonly bytes: number;
  readonly names: readonly string[];
}
/** Memory that is held from one step to another, both included. */
export interface Lifetime extends Holder {
  readonly from: number;
  readonly to: number;
  /** Steps that write it and read it; long lists are cut. */
  readonly writers?: readonly number[];
  readonly readers?: readonly number[];
}
export interface Holder {
  readonly bytes: number;
  readonly what: "argument" | "result" | "residual" | "carry" | "temporary" | "constant" | "code";
  readonly node?: NodeId;
  readonly line?: number;
  readonly file?: FileIndex;
  readonly text: string;
  readonly from?: number;
  readonly to?: number;
}
/** The numbers behind a program: one run with the arguments of the call that was profiled, operation by operation. */
export interface Values {
  readonly of: readonly ValueStats[];
  /** The first value that is not a number, and the first infinite one that matters. */
  readonly firsts: readonly FirstBad[];
  /** Why not all of it was looked at. */
  readonly cut?: "time" | "memory" | "error";
  readonly milliseconds: number;
}
/** One result of an operation, over all the times that it was evaluated. */
export interface ValueStats {
  readonly node: NodeId;
  /** Which of several results. */
  readonly result?: number;
  /** Of the finite elements, where there are any; of complex ones the absolute values. */
  readonly min?: number;
  readonly max?: number;
  readonly mean?: number;
  readonly elements: number;
  readonly nan: number;
  readonly inf: number;
  /** How often it was evaluated: more than once in a loop. */
  readonly times: number;
}
export interface FirstBad {
  readonly kind: "nan" | "inf";
  /** The operation, or the argument, that it first stood in. */
  readonly node: NodeId;
  readonly text: string;
  readonly stack: StackIndex | null;
}
/** A cause of lost time or memory at a line, and a remedy that was tried (or, where nothing can be tried, estimated). */
export interface Insight {
  /** The rule of report/advice that found it. */
  readonly rule: string;
  readonly file: FileIndex;
  readonly line: number;
  /** Other lines that have a part in it. */
  readonly lines: readonly number[];
  /** The cause, in sentences. */
  readonly text: string;
  readonly remedy: string;
  /** The sentences that have arguments (`label`: the action's); without, the sentence is its own template. */
  readonly phrases?: { readonly text?: Phrase; readonly remedy?: Phrase; readonly change?: Phrase; readonly label?: Phrase };
  /** What `predicted` and `gain` are of: a steady call (the default), the whole run of the file, compiling, or the peak of memory. */
  readonly of?: "call" | "run" | "compile" | "memory";
  /** What the remedy should save: milliseconds, of memory bytes. */
  readonly predicted?: number;
  /** Both programs, measured in turns: milliseconds, of memory bytes. null: not tried, the prediction is an estimate. */
  readonly gain: { readonly before: Measurement; readonly after: Measurement; readonly runs: number } | null;
  /** The largest difference between the results of both programs, as a part of the largest result; 0 where every bit is the same. */
  readonly error?: number;
  /** What was changed for the trial, in words. */
  readonly change?: string;
  readonly action?: InsightAction;
}
/** What one click can do about it. */
export type InsightAction =
  | { readonly label: string; readonly kind: "edit"; readonly edits: readonly TextChange[] }
  | { readonly label: string; readonly kind: "pin"; readonly pins: readonly string[] }
  | { readonly label: string; readonly kind: "snippet"; readonly snippet: string };
/** A change of a file's text, as it stands in `files`: positions count from 1, the end is exclusive. */
export interface TextChange extends Range {
  readonly file: FileIndex;
  readonly text: string;
}
export interface Warning {
  readonly kind: string;
  readonly message: string;
  readonly stack: StackIndex | null;
}
