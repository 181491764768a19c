// The ahead-of-time chain's types: what lower() and compile() give. The compiler installs the makers.
import type { Graph } from "../graph/graph.ts";

export interface CostAnalysis {
  readonly flops: number;
  readonly transcendentals: number;
  readonly bytesAccessed: number;
}
export interface MemoryAnalysis {
  readonly argumentSizeInBytes: number;
  readonly outputSizeInBytes: number;
  readonly tempSizeInBytes: number;
  readonly generatedCodeSizeInBytes: number;
}
export interface Compiled {
  call(...args: unknown[]): unknown;
  costAnalysis(): CostAnalysis;
  memoryAnalysis(): MemoryAnalysis;
  /** The fused program as text. */
  asText(): string;
}
export interface Lowered {
  readonly graph: Graph;
  /** The graph as text, StableHLO's operations. */
  asText(): string;
  compile(): Compiled;
}
