// The parts of a program's picture as a tree: groups by name stack, kernels, loops and their regions, operations. What is drawn is this tree, opened as far
// as the person has opened it; the outline that a screen reader walks is the same tree.
import type { Category, Kernel, Node, Region } from "../types.ts";

export type ItemKind = "root" | "scope" | "part" | "kernel" | "control" | "region" | "node";
/** What was folded into an operation: an argument, a constant, a movement of what it reads; and what it gives back. */
export interface Chip {
  readonly text: string;
  readonly kind: "input" | "constant" | "result";
  readonly node: Node;
}
const NO_CHIPS: readonly Chip[] = [];
export class Item {
  /** Children of loops and calls are made when they are asked for. */
  #children: Item[] | null;
  readonly #make: (() => Item[]) | null;
  chips: readonly Chip[] = NO_CHIPS;
  /** Milliseconds of all kernels inside. */
  time = 0;
  /** Operations inside; of a kernel those that it computes. */
  operations = 0;
  kernels = 0;
  parent: Item | null = null;
  /** Used by one walk over the tree at a time (visible.ts). */
  mark = -1;
  shown: Item | null = null;
  index = -1;
  constructor(
    /** Unique in the picture, and the same for the same program. */
    readonly id: string,
    readonly kind: ItemKind,
    readonly label: string,
    readonly category: Category,
    readonly of: { readonly node?: Node; readonly kernel?: Kernel; readonly region?: Region },
    children: Item[] | (() => Item[]) = [],
  ) {
    this.#children = typeof children === "function" ? null : children;
    this.#make = typeof children === "function" ? children : null;
    for (const c of this.#children ?? []) c.parent = this;
  }
  get children(): readonly Item[] {
    if (!this.#children) {
      this.#children = this.#make!();
      for (const c of this.#children) c.parent = this;
    }
    return this.#children;
  }
  setChildren(children: Item[]): void {
    this.#children = children;
    for (const c of children) c.parent = this;
  }
  /** Whether there is something inside. */
  get opens(): boolean {
    return this.#make !== null || (this.#children?.length ?? 0) > 0;
  }
  get made(): boolean {
    return this.#children !== null;
  }
}
/** An edge of the tree's leaves, within one region. */
export interface LeafEdge {
  readonly from: Item;
  readonly to: Item;
  readonly producer: Node;
  readonly consumer: Node;
  /** Folded operations on the way, from the consumer's side. */
  readonly via: readonly Node[];
}
