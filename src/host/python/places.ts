// The bridge's frames and stacks as the Report's, and frames of HLO beside them.
import { Places, type Position } from "../../engine/report/places.ts";
import type { Frame, Report, StackIndex } from "../../engine/report/types.ts";
import type { HloPlace } from "../../xla/hlo.ts";
import type { BridgeMore } from "./record.ts";

/** Files that are nobody's work here: installed packages, and what has no file. */
const isLibrary = (path: string): boolean => /[\\/](?:site|dist)-packages[\\/]|[\\/]lib[\\/]python\d|^</.test(path) || path === "" || path === "-";

export class BridgePlaces {
  readonly places: Places;
  #frames: readonly Position[] = [];
  #stacks: BridgeMore["stacks"] = [];
  constructor(root: string | null, before?: Places) {
    this.places = before ?? new Places(root);
  }
  static of(root: string | null, before: Pick<Report, "files" | "frames" | "stacks">): BridgePlaces {
    return new BridgePlaces(root, new Places(root, before));
  }
  read(more: Pick<BridgeMore, "frames" | "stacks">): void {
    this.#frames = more.frames.map(([file, line, column, func]) => ({ file, line, column, func }));
    this.#stacks = more.stacks;
  }
  positions(stack: number | null): Position[] {
    return stack === null ? [] : (this.#stacks[stack] ?? []).flatMap((f) => this.#frames[f] ?? []);
  }
  stack(stack: number | null): StackIndex | undefined {
    return this.places.stack(this.positions(stack));
  }
  /** XLA's columns count from 0. */
  hloStack(list: readonly HloPlace[]): StackIndex | undefined {
    return this.places.stack(list.filter((p) => !isLibrary(p.file)).map((p) => ({ ...p, column: p.column + 1 })));
  }
  top(stack: StackIndex | undefined): Frame | undefined {
    return this.places.top(stack);
  }
}
