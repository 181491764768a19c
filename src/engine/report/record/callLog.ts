// The calls of the profiled function in its run: from where, how long the host takes between two of them, and what it reads back meanwhile. What the log
// itself costs is taken off the times between calls.
import { type Frame, Stack, framePath } from "../../core/source.ts";
import { leavesOf } from "../../core/pytree.ts";
import { NDArray } from "../../core/value.ts";
import type { Places } from "../places.ts";
import type { Calls } from "../types.ts";
import { summarize } from "./measure.ts";

/** Stacks are worked out for every call up to so many; beyond, for one in `EVERY` on average, which then stands for the others. */
const ALL_UP_TO = 256;
const EVERY = 16;
/** Reads between two calls that are told apart; further ones of the same gap are not counted. */
const MOST_READS = 256;
/** Times between calls that are kept; of more, every second one, then every fourth. */
const MOST_TIMES = 4096;

interface Site {
  readonly frames: readonly Frame[];
  count: number;
  bytes: number;
}
/** Counts things by the place in the person's code that they come from. */
class Sites {
  readonly #sites = new Map<string, Site>();
  #seen = 0;
  #waiting = 0;
  #bytes = 0;
  #next = 0;
  #random = 1;
  add(bytes: number, stack: () => Stack): void {
    this.#waiting++;
    this.#bytes += bytes;
    if (++this.#seen > ALL_UP_TO && this.#seen < this.#next) return;
    // Steps of no fixed length: calls that take turns are met in turns.
    this.#random = (Math.imul(this.#random, 1103515245) + 12345) & 0x7fffffff;
    this.#next = this.#seen + 1 + ((this.#random >> 8) % (2 * EVERY - 1));
    const { frames } = stack();
    const key = frames.map((f) => `${f.file}:${f.line}:${f.column}`).join();
    let site = this.#sites.get(key);
    if (!site) this.#sites.set(key, (site = { frames, count: 0, bytes: 0 }));
    site.count += this.#waiting;
    site.bytes += this.#bytes;
    this.#waiting = this.#bytes = 0;
  }
  /** The most frequent first; what came after the last stack was looked at belongs to the place it was at. */
  get list(): readonly Site[] {
    const all = [...this.#sites.values()].sort((a, b) => b.count - a.count);
    const [first] = all;
    if (first) {
      first.count += this.#waiting;
      first.bytes += this.#bytes;
      this.#waiting = this.#bytes = 0;
    }
    return all.filter((s) => s.frames.length > 0);
  }
}
/** Elements of an argument whose values are looked at; larger ones are told apart as objects. */
const SMALL = 16;
/** What tells an argument from another one: its values where they are few and at hand. */
function valueOf(a: unknown): unknown {
  if (!(a instanceof NDArray) || a.size > SMALL || a.committed) return a;
  return `${a.dtype} ${a.shape.join()} ${a.raw().join()}`;
}
/** How many cases a loop of calls goes over: an argument that changes at some calls and stays at most of them is a case's own. */
class Cases {
  #last: readonly unknown[] = [];
  #calls = 0;
  /** Of each argument: how many values it took, one after the other, and the most calls with one. */
  readonly #seen: { count: number; since: number; longest: number }[] = [];
  add(args: readonly unknown[]): void {
    const now = args.map(valueOf);
    now.forEach((v, i) => {
      const own = (this.#seen[i] ??= { count: 0, since: 0, longest: 0 });
      if (this.#calls === 0 || !Object.is(v, this.#last[i])) {
        own.count++;
        own.since = this.#calls;
      }
      own.longest = Math.max(own.longest, this.#calls - own.since + 1);
    });
    this.#calls++;
    this.#last = now;
  }
  /** Undefined where no argument is a case's own. */
  get found(): { readonly count: number; readonly longest: number } | undefined {
    const own = this.#seen.filter((a) => a.count > 1 && a.count <= this.#calls / 2).sort((a, b) => a.count - b.count);
    return own[0] && { count: own[0].count, longest: own[0].longest };
  }
}
/** Calls whose arguments are looked at for what is new among them. */
const LOOKED_AT = 64;
/** Whether calls take arrays that none of them had before, or gave. */
class Feeds {
  readonly #known = new WeakSet<NDArray>();
  #calls = 0;
  #fed = 0;
  begins(args: readonly unknown[]): void {
    if (this.#calls > LOOKED_AT) return;
    const isNew = this.#note(args);
    if (this.#calls++ > 0 && isNew) this.#fed++;
  }
  ends(result: unknown): void {
    if (this.#calls <= LOOKED_AT) this.#note(result);
  }
  /** Whether there was an array that is new; numbers alone may be counted inside a program as well. */
  #note(tree: unknown): boolean {
    const arrays = leavesOf(tree as never).filter((x): x is NDArray => x instanceof NDArray && x.size > 1);
    const before = arrays.every((x) => this.#known.has(x));
    for (const x of arrays) this.#known.add(x);
    return !before;
  }
  get are(): boolean {
    return this.#calls > 1 && this.#fed > (this.#calls - 1) / 2;
  }
}
export class CallLog {
  count = 0;
  readonly #calls = new Sites();
  readonly #reads = new Sites();
  readonly #cases = new Cases();
  readonly #feeds = new Feeds();
  /** Since the last call ended: they count where another call follows. */
  #pending: { readonly bytes: number; readonly stack: Stack }[] = [];
  #between: number[] = [];
  #step = 1;
  #inside = 0;
  #outside = 0;
  #depth = 0;
  #ended = 0;
  /** Spent in here since the last call ended. */
  #own = 0;

  /** A call begins, with these arguments; what it gives is called when the call ends, with its result. */
  began(args: readonly unknown[] = []): (result?: unknown) => void {
    const start = performance.now();
    // A call inside a call is part of it.
    if (this.#depth++ > 0) return () => void this.#depth--;
    if (this.#ended > 0) this.#note(Math.max(0, start - this.#ended - this.#own));
    for (const { bytes, stack } of this.#pending) this.#reads.add(bytes, () => stack);
    this.#pending = [];
    this.count++;
    this.#calls.add(0, () => new Stack());
    this.#cases.add(args);
    this.#feeds.begins(args);
    const from = performance.now();
    return (result) => {
      this.#ended = performance.now();
      this.#inside += this.#ended - from;
      this.#feeds.ends(result);
      this.#own = performance.now() - this.#ended;
      this.#depth--;
    };
  }
  /** The host reads an array's values. */
  read(bytes: number): void {
    if (this.#ended === 0 || this.#depth > 0 || this.#pending.length >= MOST_READS) return;
    const start = performance.now();
    this.#pending.push({ bytes, stack: new Stack() });
    this.#own += performance.now() - start;
  }
  #note(ms: number): void {
    this.#outside += ms;
    if ((this.count - 1) % this.#step) return;
    this.#between.push(ms);
    if (this.#between.length < MOST_TIMES) return;
    this.#between = this.#between.filter((_t, i) => i % 2 === 0);
    this.#step *= 2;
  }
  report(places: Places): Omit<Calls, "wall"> {
    const stack = (s: Site): number | undefined =>
      places.stack(s.frames.map((f) => ({ file: framePath(f), line: f.line, column: f.column, func: f.func })));
    const from = this.#calls.list.flatMap((s) => {
      const at = stack(s);
      return at === undefined ? [] : [{ stack: at, count: s.count }];
    });
    const readBacks = this.#reads.list.flatMap((s) => {
      const at = stack(s);
      return at === undefined ? [] : [{ stack: at, count: s.count, bytes: s.bytes }];
    });
    const cases = this.#cases.found;
    return {
      count: this.count,
      from,
      ...(this.#between.length ? { between: summarize(this.#between), run: { inside: this.#inside, between: this.#outside } } : {}),
      ...(cases ? { cases } : {}),
      ...(this.#feeds.are ? { fed: true as const } : {}),
      ...(readBacks.length ? { readBacks } : {}),
    };
  }
}
