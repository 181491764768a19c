// Copies between places: what a region computed elsewhere than where it is wanted.
import { sizeOf } from "../../core/aval.ts";
import { type Node, bytesOf } from "../../graph/graph.ts";
import { type CopyStep, type Place, samePlace } from "./types.ts";

/** Copies what is not yet in its place. The targets are no sources of later copies. */
export const copies = (from: readonly Place[], to: readonly Place[], values: readonly Node[]): CopyStep[] =>
  from.flatMap((p, i): CopyStep[] => {
    const value = values[i]!;
    const { type } = value;
    return samePlace(p, to[i]!) || sizeOf(type.shape) === 0
      ? []
      : [{ kind: "copy", to: to[i]!, from: p, bytes: bytesOf(type), value, carried: null }];
  });
