// Memory while a plan is checked: which values lie where. A value is a node of the program; copies make several values of one place.
import type { Node } from "../../graph/graph.ts";
import type { Place } from "./types.ts";

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly values: ReadonlySet<Node>;
}
/** What lies at each place. Slots are memories of their own; the arena is one, in which places may overlap. */
export class Memory {
  #arena: Piece[];
  readonly #slots: Map<number, ReadonlySet<Node>>;
  constructor(from?: Memory) {
    this.#arena = from ? [...from.#arena] : [];
    this.#slots = new Map(from ? from.#slots : []);
  }
  /** The values that a place holds in full. Empty: it was never written, or overwritten in part. */
  at(p: Place, bytes: number): ReadonlySet<Node> {
    if (p.kind === "slot") return this.#slots.get(p.slot) ?? NOTHING;
    return this.#arena.find((x) => x.start === p.offset && x.end === p.offset + bytes)?.values ?? NOTHING;
  }
  /** Writes values to a place: whatever it overlaps is gone. */
  write(p: Place, bytes: number, values: Iterable<Node>): void {
    if (bytes === 0) return;
    if (p.kind === "slot") {
      this.#slots.set(p.slot, new Set(values));
      return;
    }
    const end = p.offset + bytes;
    this.#arena = this.#arena.filter((x) => x.end <= p.offset || x.start >= end);
    this.#arena.push({ start: p.offset, end, values: new Set(values) });
  }
  /** A further name for what a place holds. */
  alias(p: Place, bytes: number, value: Node): void {
    const values = new Set([...this.at(p, bytes), value]);
    if (p.kind === "slot") this.#slots.set(p.slot, values);
    else this.#arena = this.#arena.map((x) => (x.start === p.offset && x.end === p.offset + bytes ? { ...x, values } : x));
  }
  /** What is the same in both. */
  meet(other: Memory): Memory {
    const m = new Memory();
    for (const x of this.#arena) {
      const values = both(x.values, other.at({ kind: "arena", offset: x.start }, x.end - x.start));
      if (values.size > 0) m.#arena.push({ ...x, values });
    }
    for (const [slot, values] of this.#slots) m.#slots.set(slot, both(values, other.#slots.get(slot) ?? NOTHING));
    return m;
  }
}
const NOTHING: ReadonlySet<Node> = new Set();
const both = (a: ReadonlySet<Node>, b: ReadonlySet<Node>): Set<Node> => new Set([...a].filter((n) => b.has(n)));
