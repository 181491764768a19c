// What the fusion rules ask about a graph, computed once: who reads a value, how large it is, what an element of it costs.
import { sizeOf } from "../../core/aval.ts";
import { type Graph, type Node, isElementwise, isMovement } from "../../graph/graph.ts";
import { isTiledConvolution } from "../kernel/convolutionSize.ts";
import { isReduction } from "../kernel/heroes.ts";
import { isTiled } from "../kernel/matmulSize.ts";
import { isRegion } from "../kernel/region.ts";
import type { Costs, Limits, Target, TileShape } from "../target.ts";
import { flopsPerElement, nodeBytes } from "./cost.ts";
import type { GroupKind } from "./groups.ts";

const STANDALONE: ReadonlySet<string> = new Set<GroupKind>(["library", "while", "case", "callback"]);
/** Runs on its own and reads its operands from memory. */
export const isStandalone = (n: Node): boolean => STANDALONE.has(n.op);
/** Computed wherever it is needed, at any index: it never needs a kernel of its own. */
export const isFree = (n: Node): boolean => isElementwise(n) || (isMovement(n) && !isRegion(n)) || n.is("iota", "barrier");
/** Always at hand: read from memory (or written into the code) wherever it is needed. */
export const isGiven = (n: Node): boolean => n.is("parameter", "constant");
/** What kind of kernel a node heads. */
function kindOf(n: Node, tile: TileShape | null): GroupKind {
  if (n.is("library", "while", "case", "callback")) return n.op;
  if (isTiled(n, tile) || isTiledConvolution(n, tile)) return "matmul";
  if (isReduction(n)) return "reduce";
  if (n.is("cumulative")) return "cumulative";
  return isRegion(n) ? "region" : "loop";
}
/** A walk for leaves ends after so many nodes: beyond, the estimate is good enough. */
const MAX_WALK = 64;

export class Facts {
  readonly costs: Costs;
  readonly limits: Limits;
  readonly tile: TileShape | null;
  readonly #users = new Map<Node, Node[]>();
  readonly #results: ReadonlySet<Node>;
  readonly #position = new Map<Node, number>();
  readonly #ownFlops = new Map<Node, number>();
  readonly #inlineFlops = new Map<Node, number>();
  constructor(
    readonly graph: Graph,
    target: Target,
  ) {
    this.costs = target.costs;
    this.limits = target.limits;
    this.tile = target.tile;
    this.#results = new Set(graph.outs);
    graph.nodes.forEach((n, at) => {
      this.#position.set(n, at);
      for (const i of new Set(n.inputs)) {
        const list = this.#users.get(i);
        if (list) list.push(n);
        else this.#users.set(i, [n]);
      }
    });
    for (const n of graph.nodes) {
      let flops = flopsPerElement(n);
      this.#ownFlops.set(n, flops);
      // What is one number is computed once, before the loops.
      for (const i of new Set(n.inputs)) if (this.#isInline(i) && (sizeOfNode(i) > 1 || sizeOfNode(n) <= 1)) flops += this.#inlineFlops.get(i)!;
      this.#inlineFlops.set(n, flops);
    }
  }
  /** The operations that read a value, each once, in the order of the program. */
  users(n: Node): readonly Node[] {
    return this.#users.get(n) ?? [];
  }
  isResult(n: Node): boolean {
    return this.#results.has(n);
  }
  kindOf(n: Node): GroupKind {
    return kindOf(n, this.tile);
  }
  /** Place in the program's order. */
  position(n: Node): number {
    return this.#position.get(n)!;
  }
  /** Arithmetic of one element of the node alone. */
  ownFlops(n: Node): number {
    return this.#ownFlops.get(n)!;
  }
  /** Arithmetic of one element with everything that would be computed along: free producers that nothing else reads. */
  inlineFlops(n: Node): number {
    return this.#inlineFlops.get(n)!;
  }
  /** Bytes of what a value is computed from, where everything that nothing else reads is computed along. */
  leafBytes(n: Node): number {
    const leaves = new Set<Node>();
    const stack = [n];
    for (let walked = 0; stack.length > 0; walked++)
      for (const i of stack.pop()!.inputs)
        if (this.#isInline(i) && walked < MAX_WALK) stack.push(i);
        else leaves.add(i);
    return [...leaves].reduce((sum, l) => sum + nodeBytes(l), 0);
  }
  #isInline(n: Node): boolean {
    return isFree(n) && this.users(n).length <= 1;
  }
}
export const sizeOfNode = (n: Node): number => sizeOf(n.shape);
