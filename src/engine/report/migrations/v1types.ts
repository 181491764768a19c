// The Report as it was in version 1: read by the migration only.
// Ids are small integers, unique within their list. Times are milliseconds, sizes bytes. Lines and columns count from 1.

export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly func: string;
}
export interface ReportFunction {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
}
export interface ReportArgument {
  readonly name: string;
  readonly type: string;
}

/** One equation of the traced program. */
export interface ReportEqn {
  readonly id: number;
  readonly primitive: string;
  readonly types: readonly string[];
  /** User frames, innermost first. */
  readonly frames: readonly Position[];
  readonly nameStack: string;
  /** 0-based line of the jaxpr text where it starts, or −1 inside a program that was hoisted away. */
  readonly textLine: number;
}
export interface ReportNode {
  readonly id: number;
  readonly op: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly inputs: readonly number[];
  /** Equations it computes. */
  readonly eqns: readonly number[];
  /** The kernel that computes it (fused graph), or null. */
  readonly kernel: number | null;
  /** The named call it belongs to (traced graph), "" at top level. */
  readonly group: string;
}
export interface ReportGraph {
  readonly nodes: readonly ReportNode[];
  readonly outputs: readonly number[];
}

/** A duration measured over repetitions. `spread` is the interquartile range. */
export interface Measurement {
  readonly min: number;
  readonly median: number;
  readonly spread: number;
}
export interface LineShare {
  readonly file: string;
  readonly line: number;
  readonly share: number;
}
export interface ReportKernel {
  readonly id: number;
  readonly name: string;
  readonly kind: string;
  /** Which program it belongs to: the main one, a loop's body, a branch. */
  readonly region: string;
  readonly nodes: readonly number[];
  readonly eqns: readonly number[];
  readonly outputs: readonly string[];
  /** Source lines that caused it; shares add up to 1. */
  readonly lines: readonly LineShare[];
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly flops: number;
  readonly transcendentals: number;
  /** Time per run of the function; null when only traced. */
  readonly time: Measurement | null;
  /** Calls per run of the function. */
  readonly calls: number;
}
export interface ReportDecision {
  readonly region: string;
  readonly producer: number;
  readonly consumer: number;
  readonly producerOp: string;
  readonly consumerOp: string;
  readonly fused: boolean;
  readonly rule: string;
  readonly reason: string;
  readonly otherwise: string;
  readonly bytesSaved: number;
  readonly flopsRecomputed: number;
  readonly launchesSaved: number;
}
export interface ReportPass {
  readonly name: string;
  readonly before: number;
  readonly after: number;
  readonly changed: readonly string[];
}
/** One kernel call on the timeline: run number, kernel, start and duration relative to the first run. */
export interface ReportSpan {
  readonly run: number;
  readonly kernel: number;
  readonly start: number;
  readonly duration: number;
}
export interface ReportTiming {
  readonly warmups: number;
  readonly repetitions: number;
  /** The whole function, without the timers. */
  readonly total: Measurement;
  /** The whole function with a timer around every kernel: what the kernel times add up to. */
  readonly profiled: Measurement;
  /** What one timer reading costs, nanoseconds: the kernel times include it. */
  readonly timerOverheadNs: number;
}
export interface ReportRetrace {
  readonly function: string;
  readonly causes: readonly string[];
  readonly frame: Position | null;
  readonly milliseconds: number;
}
export interface ReportWarning {
  readonly message: string;
  readonly frame: Position | null;
}
export interface Report {
  readonly format: "jitprofile";
  readonly version: 1;
  readonly created: string;
  readonly tool: string;
  readonly function: ReportFunction;
  readonly arguments: readonly ReportArgument[];
  readonly results: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Text of the user's files that lines refer to. */
  readonly sources: readonly { readonly file: string; readonly text: string }[];
  readonly jaxpr: { readonly text: string; readonly eqns: readonly ReportEqn[] };
  readonly traced: ReportGraph;
  readonly fused: ReportGraph;
  readonly kernels: readonly ReportKernel[];
  readonly ledger: readonly ReportDecision[];
  readonly passes: readonly ReportPass[];
  readonly phases: Readonly<Record<string, number>>;
  readonly timing: ReportTiming | null;
  readonly timeline: readonly ReportSpan[];
  /** Each line's part of the measured time (estimated time where nothing was measured); shares add up to 1. */
  readonly lines: readonly LineShare[];
  readonly memory: {
    readonly arena: number;
    readonly unplanned: number;
    readonly arguments: number;
    readonly results: number;
    readonly code: number;
  };
  readonly retraces: readonly ReportRetrace[];
  readonly warnings: readonly ReportWarning[];
}
