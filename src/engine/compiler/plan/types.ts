// The plan of a program: kernels and the other steps in their order, and the place of every stored value.
import type { Node, TensorType } from "../../graph/graph.ts";
import type { Region } from "../../graph/regions.ts";
import type { NDArray } from "../../core/value.ts";
import type { Fusion } from "../fusion/fuse.ts";
import type { Group } from "../fusion/groups.ts";
import type { Kernel } from "../kernel/ir.ts";

/** Where a value lives: a slot of the pointer table (arguments, results, constants) or an offset in the program's arena. */
export type Place = { readonly kind: "slot"; readonly slot: number } | { readonly kind: "arena"; readonly offset: number };
export const samePlace = (a: Place, b: Place): boolean =>
  a.kind === "slot" ? b.kind === "slot" && a.slot === b.slot : b.kind === "arena" && a.offset === b.offset;

export interface PlannedKernel {
  /** Unique in the program: its position among the plan's kernels. */
  readonly id: number;
  readonly kernel: Kernel;
  readonly group: Group;
  readonly nodes: readonly Node[];
  readonly outputs: readonly Node[];
  readonly region: Region;
}
/** A region of the program and what was decided in it. */
export interface PlannedRegion extends Region {
  readonly fusion: Fusion;
}
export interface KernelStep {
  readonly kind: "kernel";
  readonly kernel: PlannedKernel;
  /** A place for each of the kernel's buffers. */
  readonly places: readonly Place[];
  /** The value that each buffer holds; null for scratch. */
  readonly values: readonly (Node | null)[];
  /** The value that the kernel's result overwrites, where it updates one in place. */
  readonly updates: Node | null;
}
/** A routine of the library, or a callback into JavaScript. */
interface CallStep {
  readonly kernel: PlannedKernel;
  readonly ins: readonly Place[];
  readonly outs: readonly Place[];
  /** The nodes that read each result; null where nothing does. */
  readonly results: readonly (Node | null)[];
}
export interface LibraryStep extends CallStep {
  readonly kind: "library";
  readonly node: Node<"library">;
}
export interface CallbackStep extends CallStep {
  readonly kind: "callback";
  readonly node: Node<"callback">;
}
export interface CopyStep {
  readonly kind: "copy";
  readonly to: Place;
  readonly from: Place;
  readonly bytes: number;
  /** What is copied. */
  readonly value: Node;
  /** The loop that carries it, and as which of its values; at each turn, or before the first. Null: a result of the program or of a branch. */
  readonly carried: { readonly loop: Node<"while">; readonly index: number; readonly eachTurn: boolean } | null;
}
export interface WhileStep {
  readonly kind: "while";
  readonly node: Node<"while">;
  /** The places of the carried values: parameters of both regions, and the loop's results. */
  readonly carried: readonly Place[];
  readonly results: readonly (Node | null)[];
  readonly cond: readonly Step[];
  readonly predicate: Place;
  readonly body: readonly Step[];
}
export interface CaseStep {
  readonly kind: "case";
  readonly node: Node<"case">;
  readonly index: Place;
  readonly indexType: TensorType;
  /** The branches' parameters. */
  readonly operands: readonly Place[];
  readonly outs: readonly Place[];
  readonly results: readonly (Node | null)[];
  readonly branches: readonly (readonly Step[])[];
}
export type Step = KernelStep | LibraryStep | CallbackStep | CopyStep | WhileStep | CaseStep;

export interface Plan {
  readonly steps: readonly Step[];
  readonly kernels: readonly PlannedKernel[];
  /** The main graph and those of loops and branches, by their ids: `regions[r].id === r`. */
  readonly regions: readonly PlannedRegion[];
  readonly params: readonly TensorType[];
  readonly outs: readonly TensorType[];
  /** By result: the parameter in whose place it is, which the program writes over; null where it has a place of its own. */
  readonly takes: readonly (number | null)[];
  readonly constants: readonly NDArray[];
  /** How long deciding what is fused took, of the time that planning took. */
  readonly fuseMilliseconds: number;
  readonly arenaBytes: number;
  /** What the temporaries would take without reuse. */
  readonly unplannedBytes: number;
}
