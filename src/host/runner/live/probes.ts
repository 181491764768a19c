// What variables of the person's file held when their function was traced last: the compiled program notes each value under a number, and the number
// stands for a place in the text.
import type { At } from "./units.ts";

export interface Noted {
  readonly at: At;
  readonly name: string;
  /** Types that it had, as JAX writes them; more than one where it was traced with several. */
  readonly types: readonly string[];
}
const MOST_TYPES = 3,
  MOST_LEAVES = 3,
  DEEPEST = 4;

export class Probes {
  readonly #places = new Map<number, { readonly at: () => At | null; readonly name: string }>();
  #next = 0;
  #seen: Map<number, Set<string>> | null = null;
  /** A number for a place, which is worked out when it is asked for. */
  add(name: string, at: () => At | null): number {
    this.#places.set(this.#next, { at, name });
    return this.#next++;
  }
  /** How many places are held. */
  get size(): number {
    return this.#places.size;
  }
  /** Its code is in effect no more. */
  remove(n: number): void {
    this.#places.delete(n);
  }
  /** Where a place of the text that was run stands now. */
  moved: (at: At) => At | null = (at) => at;
  /** Called by the compiled program. */
  readonly note = (n: number, value: unknown): void => {
    if (!this.#seen) return;
    const type = typeText(value);
    if (type === null) return;
    const types = this.#seen.get(n);
    if (!types) this.#seen.set(n, new Set([type]));
    else if (types.size < MOST_TYPES) types.add(type);
  };
  /** Runs `trace`, and gives what was noted meanwhile; also where it throws. */
  during(trace: () => void): readonly Noted[] {
    this.#seen = new Map();
    try {
      trace();
    } finally {
      this.last = [...this.#seen].flatMap(([n, types]) => {
        const place = this.#places.get(n);
        const now = place?.at();
        return place && now ? [{ at: now, name: place.name, types: [...types] }] : [];
      });
      this.#seen = null;
    }
    return this.last;
  }
  last: readonly Noted[] = [];
}
const isArray = (v: unknown): v is { readonly aval: { toString(): string } } =>
  typeof v === "object" && v !== null && "aval" in v && typeof (v as { aval: unknown }).aval === "object";
/** `f32[2,3]`, `{w: f32[3], b: f32[]}`, `6 arrays`; null where no array is in it. */
export function typeText(value: unknown): string | null {
  if (isArray(value)) return value.aval.toString();
  const leaves = countLeaves(value, 0);
  if (leaves === 0) return null;
  return leaves > MOST_LEAVES ? `${leaves} arrays` : treeText(value, 0);
}
const plainKeys = (v: unknown): readonly [string, unknown][] => {
  if (typeof v !== "object" || v === null) return [];
  if (Array.isArray(v)) return v.map((x, i) => [String(i), x]);
  return Object.getPrototypeOf(v) === Object.prototype ? Object.entries(v) : [];
};
function countLeaves(v: unknown, depth: number): number {
  if (isArray(v)) return 1;
  if (depth === DEEPEST) return 0;
  return plainKeys(v).reduce((n, [, x]) => n + countLeaves(x, depth + 1), 0);
}
function treeText(v: unknown, depth: number): string {
  if (isArray(v)) return v.aval.toString();
  if (depth === DEEPEST) return "…";
  if (Array.isArray(v)) return `[${v.map((x) => treeText(x, depth + 1)).join(", ")}]`;
  const keys = plainKeys(v);
  return keys.length ? `{${keys.map(([k, x]) => `${k}: ${treeText(x, depth + 1)}`).join(", ")}}` : typeof v === "number" ? String(v) : "·";
}
