// What the engine's thread and the GPU's thread say to each other. Buffers and pipelines go by numbers that the engine gives; messages are carried out in
// their order, so that nothing waits but what asks.

/** One dispatch: a pipeline, the buffers that its bindings take, and how many work groups it starts. */
export interface Dispatch {
  readonly pipeline: number;
  readonly buffers: readonly number[];
  readonly x: number;
  readonly y: number;
  /** What its time is noted under, where times are taken. */
  readonly mark: number;
}
export type Command =
  | { readonly kind: "buffer"; readonly buffer: number; readonly bytes: number }
  | { readonly kind: "drop"; readonly buffer: number }
  | { readonly kind: "write"; readonly buffer: number; readonly at: number; readonly data: Uint8Array }
  /** `written`: for each binding, whether the shader writes to it. */
  | { readonly kind: "pipeline"; readonly pipeline: number; readonly code: string; readonly written: readonly boolean[] }
  | { readonly kind: "run"; readonly dispatches: readonly Dispatch[]; readonly timed: boolean };
export type Question =
  /** Opens an adapter of the package at `module`, with Dawn's flags, and without some features though it has them. */
  | { readonly kind: "open"; readonly module: string; readonly flags: readonly string[]; readonly without: readonly string[] }
  | { readonly kind: "read"; readonly buffer: number; readonly at: number; readonly bytes: number }
  | { readonly kind: "wait" }
  /** Gives the device back when all is done: what is asked afterwards is answered by its loss. */
  | { readonly kind: "close" }
  /** The times of the dispatches that were timed since the last such question. */
  | { readonly kind: "times" };
export interface AdapterInfo {
  readonly name: string;
  readonly vendor: string;
  readonly architecture: string;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}
export interface Reply {
  readonly id: number;
  /** What went wrong since the last reply, in the implementation's words. */
  readonly failed?: string;
  /** The device is gone: nothing will work any more. */
  readonly lost?: string;
  readonly adapter?: AdapterInfo;
  readonly data?: Uint8Array;
  /** Three numbers a dispatch: its mark, begin and end in milliseconds of the process's monotonic clock. */
  readonly times?: Float64Array;
}
