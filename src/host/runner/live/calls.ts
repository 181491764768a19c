// The jit functions of the file with the types of their last calls, by their place in its list of jit functions: an edit may make a function anew, and
// it is called the way the one before it was.
import type { RunParams, Site } from "../../protocol.ts";
import type { Jitted } from "../../../engine/transforms/jit.ts";
import { isMadeAt } from "../match.ts";

export interface Call {
  readonly fn: Jitted;
  readonly self: unknown;
  /** Stand-ins for the arrays, everything else as it was. */
  readonly args: readonly unknown[];
}
type TypesOf = (tree: unknown) => unknown;

/** The same function in two versions of a file has the same key. */
export function siteKeys(sites: readonly Site[]): readonly string[] {
  const count = new Map<string, number>();
  return sites.map((s) => {
    const name = `${s.className ?? ""}.${s.name} ${s.kind}`;
    const n = count.get(name) ?? 0;
    count.set(name, n + 1);
    return `${name}#${n}`;
  });
}
export class Calls {
  #sites: readonly Site[];
  #keys: readonly string[];
  readonly #keyOf = new WeakMap<object, string>();
  readonly #fns = new Map<string, Jitted>();
  readonly #args = new Map<string, { readonly self: unknown; args: readonly unknown[]; typed: boolean }>();
  readonly #all = new Set<WeakRef<Jitted>>();
  constructor(
    private readonly p: RunParams,
    private readonly typesOf: TypesOf,
  ) {
    this.#sites = p.sites ?? [p.site];
    this.#keys = siteKeys(this.#sites);
  }
  get sites(): readonly Site[] {
    return this.#sites;
  }
  /** The functions of the text as it is now. */
  setSites(sites: readonly Site[]): void {
    this.#sites = sites;
    this.#keys = siteKeys(sites);
  }
  keyOf(site: Site): string | null {
    return this.#keys[this.#sites.indexOf(site)] ?? null;
  }
  siteOf(key: string): Site | null {
    return this.#sites[this.#keys.indexOf(key)] ?? null;
  }
  made(fn: Jitted): void {
    this.#all.add(new WeakRef(fn));
    const i = this.#sites.findIndex((site) => isMadeAt(fn, { ...this.p, site }));
    if (i < 0) return;
    this.#keyOf.set(fn, this.#keys[i]!);
    this.#fns.set(this.#keys[i]!, fn);
  }
  called(fn: Jitted, self: unknown, args: readonly unknown[], typed = false): void {
    const key = this.#keyOf.get(fn);
    if (key !== undefined) this.#args.set(key, { self, args, typed });
  }
  /** How a function was called last, as it is now; null where it never was. */
  last(key: string): Call | null {
    const fn = this.#fns.get(key);
    const call = this.#args.get(key);
    return fn && call ? { fn, self: call.self, args: call.args } : null;
  }
  /** The objects on which a function was called last. */
  selves(): unknown[] {
    return [...this.#args.values()].map((c) => c.self);
  }
  /** Arrays are no longer held: their types are enough. */
  settle(): void {
    for (const call of this.#args.values()) {
      if (call.typed) continue;
      call.args = call.args.map((a) => this.typesOf(a));
      call.typed = true;
    }
  }
  clearCaches(): void {
    for (const ref of this.#all) {
      const fn = ref.deref();
      if (fn) fn.clearCache();
      else this.#all.delete(ref);
    }
  }
}
