// jit: staging a function once for each type of its arguments, and running the compiled program.
import { checkArguments } from "../core/signature.ts";
import { type ShapedArray } from "../core/aval.ts";
import { config, configKey } from "../core/config.ts";
import { axesKey } from "../core/axes.ts";
import { timesForgotten } from "../core/caches.ts";
import { ArgumentError } from "../core/errors.ts";
import { ClosedJaxpr } from "../core/jaxpr.ts";
import { convertConstsToInputs, JaxprTrace } from "../core/staging.ts";
import { type TreeDef } from "../core/pytree.ts";
import { parametersOf } from "../core/parameters.ts";
import { type Frame, Stack, userFrames } from "../core/source.ts";
import { bind, currentTrace, evalTrace, withTrace } from "../core/trace.ts";
import { NDArray, Tracer, type Value } from "../core/value.ts";
import type { AbstractArgs, AnyFunction, Arrays, LooseArgs } from "../core/treeTypes.ts";
import { argNumbersNamed, argumentName, flattenArgs, flattenAvals, flattenResult, functionName } from "./args.ts";
import { type CallContext, CallCache } from "./callCache.ts";
import { runDonating } from "./donation.ts";
import { jitCall, runProgram } from "./jitPrimitive.ts";
import { failedForRefs, jitMeetingRefs } from "./references.ts";
import { checkStatic } from "./statics.ts";
import {
  type RetraceCause,
  type RetraceEvent,
  type TraceKey,
  type TraceMemory,
  explainMiss,
  explainNewFunction,
  passingCause,
  remember,
  sameKey,
  signatureOf,
} from "./retrace.ts";
import { constantListeners, callListeners, createListeners, traceListeners, namer } from "./jitListeners.ts";

export interface JitOptions {
  /** Positions of arguments that are part of the program instead of inputs to it; compared by value. */
  readonly staticArgnums?: number | readonly number[];
  readonly staticArgnames?: string | readonly string[];
  /** Positions of arguments whose memory the results may take over; they cannot be used afterwards. */
  readonly donateArgnums?: number | readonly number[];
  readonly donateArgnames?: string | readonly string[];
  readonly inline?: boolean;
  /** Has no effect: inputs that are not read cost nothing. */
  readonly keepUnused?: boolean;
  /** Traces kept at most; the oldest goes first. */
  readonly cacheSize?: number;
}
export interface TracedEntry {
  readonly key: TraceKey;
  readonly jaxpr: ClosedJaxpr;
  readonly consts: readonly Value[];
  readonly outTree: TreeDef;
  /** For each input of the program, constants first: whether its memory is given away. */
  readonly donated: readonly boolean[];
  readonly donates: boolean;
}

const asList = <T>(v: T | readonly T[] | undefined): readonly T[] => (v === undefined ? [] : Array.isArray(v) ? (v as readonly T[]) : [v as T]);

export interface JitInfo {
  readonly fun: AnyFunction;
  /** The function's own name; where it has none, what the installed namer says, else `<lambda>`. */
  readonly name: string;
  /** Positions of static arguments. */
  readonly statics: ReadonlySet<number>;
  /** Where `jit` was called. */
  readonly frames: readonly Frame[];
}
/** A staged function: called as the function it was made of, with arrays in place of numbers in its results. */
export interface Jitted<F extends AnyFunction = AnyFunction> {
  (...args: LooseArgs<Parameters<F>>): Arrays<ReturnType<F>>;
  readonly jit: JitInfo;
  /** The staged program for arguments (arrays or shapeDtypeStructs), not run. */
  trace(...args: AbstractArgs<Parameters<F>>): Traced;
  /** Like `trace`, for a method: with its `this`. */
  traceWith(self: unknown, args: readonly unknown[]): Traced;
  /** The program as StableHLO operations: `lower(...).asText()`, `lower(...).compile().costAnalysis()`. Arguments as `trace` takes them. */
  lower(...args: AbstractArgs<Parameters<F>>): import("./stages.ts").Lowered;
  /** Forgets every trace. */
  clearCache(): void;
  /** How many traces are kept. */
  cacheSize(): number;
}
export interface Traced {
  readonly jaxpr: ClosedJaxpr;
  readonly outTree: TreeDef;
  readonly inTree: TreeDef;
  readonly consts: readonly Value[];
  readonly name: string;
  readonly fun: AnyFunction;
  readonly inAvals: readonly ShapedArray[];
  /** For each input of the program, constants first: whether its memory is given away. */
  readonly donated: readonly boolean[];
  lower(): import("./stages.ts").Lowered;
}

let makeLowered: (t: Traced) => import("./stages.ts").Lowered = () => {
  throw new Error("no compiler is installed");
};
export const setLowering = (m: typeof makeLowered): void => void (makeLowered = m);

type MethodDecorator2 = (
  value: AnyFunction,
  context: ClassMethodDecoratorContext | string | symbol,
  descriptor?: PropertyDescriptor,
) => AnyFunction | PropertyDescriptor;
/** `jit(fn, options)` wraps a function; `@jit` and `@jit({...})` decorate methods and static methods.
 * @example const f = jit((x: Array) => np.sin(x).mul(2)); f(1) // 1.683 */
export function jit<F extends AnyFunction>(fn: F, options?: JitOptions): Jitted<F>;
export function jit(options: JitOptions): MethodDecorator2;
export function jit<F extends AnyFunction>(fn: F, context: ClassMethodDecoratorContext): Jitted<F>;
export function jit(target: object, key: string | symbol, descriptor: PropertyDescriptor): PropertyDescriptor;
export function jit(first: unknown, second?: unknown, third?: unknown): unknown {
  if (typeof second === "string" || typeof second === "symbol") {
    const d = third as PropertyDescriptor;
    return { ...d, value: wrap(d.value as AnyFunction, {}) };
  }
  if (!isContext(second)) checkArguments("jit", second === undefined ? [first] : [first, second]);
  if (typeof first === "function") return wrap(first as AnyFunction, isContext(second) ? {} : ((second as JitOptions | undefined) ?? {}));
  if (typeof first === "object" && first !== null) {
    const options = first as JitOptions;
    return (value: unknown, _context: unknown, descriptor?: PropertyDescriptor) =>
      descriptor ? { ...descriptor, value: wrap(descriptor.value as AnyFunction, options) } : wrap(value as AnyFunction, options);
  }
  throw new TypeError(`jit: got ${String(first)}, expected a function (or options, when used as a decorator)`);
}
const isContext = (v: unknown): boolean => typeof v === "object" && v !== null && "kind" in v && "addInitializer" in v;

const MAX_PASSING = 16,
  MAX_SITES = 1024,
  MAX_EVICTED = 256;
const NONE: readonly unknown[] = [];
const made = new Map<string, TraceMemory>();
/** @param meets whether the function may meet references: that of a program that has them as operands does not */
function wrap<F extends AnyFunction>(fn: F, options: JitOptions, meets = true): Jitted<F> {
  const { names, open } = parametersOf(fn),
    frames = userFrames(),
    name = fn.name || (namer(frames) ?? functionName(fn));
  const byName = (list: string | readonly string[] | undefined, what: string): number[] => argNumbersNamed("jit", what, fn, list ?? []);
  const byNumber = (list: number | readonly number[] | undefined, what: string): number[] =>
    asList(list).map((n) => {
      const i = n < 0 ? n + names.length : n;
      if (!Number.isInteger(n) || i < 0 || (i >= names.length && !open))
        throw new ArgumentError(
          `jit: ${what} names argument ${String(n)}, but ${name} takes ${names.length} argument${names.length === 1 ? "" : "s"} (${names.join(", ")})`,
        );
      return i;
    });
  const statics = new Set([...byNumber(options.staticArgnums, "staticArgnums"), ...byName(options.staticArgnames, "staticArgnames")]);
  const donated = new Set([...byNumber(options.donateArgnums, "donateArgnums"), ...byName(options.donateArgnames, "donateArgnames")]);
  for (const i of donated)
    if (statics.has(i)) throw new ArgumentError(`jit: argument ${names[i] ?? i} of ${name} is static and donated; static arguments are no arrays`);
  const cacheSize = options.cacheSize ?? 512,
    cache = new CallCache<TracedEntry>(),
    entries: TracedEntry[] = [],
    passing: TraceKey[] = [],
    evicted = new Set<string>(),
    info: JitInfo = { fun: fn, name, statics, frames };
  let traces = 0;

  // Where jit was called, and on what: a function made anew is known by this.
  const at = info.frames[0],
    site = at ? `${at.file}:${at.line}:${at.column}:${fn.toString()}` : "";
  const contextOf = (self: unknown, args: readonly unknown[]): CallContext => ({
    config: configKey(),
    axes: axesKey(),
    self,
    statics: statics.size ? args.filter((_a, i) => statics.has(i)) : NONE,
  });
  interface Flattened {
    readonly avals: readonly ShapedArray[];
    readonly tree: TreeDef;
    readonly paths: readonly (readonly (string | number)[])[];
  }
  /** Traces for arguments that no trace is there for, tells of it, and keeps the trace. */
  function traceAnew(context: CallContext, args: readonly unknown[], flat: Flattened, dynamic: readonly number[]): TracedEntry {
    const key: TraceKey = {
      tree: flat.tree,
      avals: flat.avals,
      statics: context.statics,
      self: context.self,
      config: `${context.config}${context.axes}`,
      names: flat.paths.map((p) => argumentName(fn, [dynamic[Number(p[0])]!, ...p.slice(1)])),
      staticNames: [...statics].sort((x, y) => x - y).map((i) => names[i] ?? `argument ${i}`),
    };
    const calledAt = new Stack(traceAnew),
      start = performance.now(),
      entry = trace(context.self, args, flat, dynamic, key),
      milliseconds = performance.now() - start,
      tracers = entry.consts.filter((c) => c instanceof Tracer),
      signature = signatureOf(key),
      ids = flat.avals.map((a) => a.id),
      mark = `${key.config}|${key.tree.inner()}|${ids.join()}|${signature}`,
      causes: RetraceCause[] = evicted.delete(mark)
        ? [{ kind: "evicted", argument: name, before: `${cacheSize} traces`, now: signature }]
        : causesOf(entry, tracers);
    if (traceListeners.size) {
      const { frames } = calledAt,
        event: RetraceEvent = {
          function: name,
          causes,
          frame: frames[0],
          frames,
          milliseconds,
          index: traces,
          signature,
          madeAt: info.frames[0],
          jaxpr: entry.jaxpr,
        };
      for (const l of traceListeners) l(event);
    }
    traces++;
    for (const c of entry.consts)
      if (c.nbytes > config.largeConstantBytes)
        for (const l of constantListeners) l({ function: name, type: c.aval.toString(), bytes: c.nbytes, frame: info.frames[0] });
    // A program that closes over tracers of an outer transformation holds only while that runs.
    if (tracers.length) {
      passing.push(entry.key);
      if (passing.length > MAX_PASSING) passing.shift();
      return entry;
    }
    entries.push(entry);
    cache.add(context, flat.tree, ids, entry);
    if (entries.length > cacheSize) {
      const oldest = entries.shift()!;
      cache.remove(oldest);
      const k = oldest.key;
      evicted.add(`${k.config}|${k.tree.inner()}|${k.avals.map((a) => a.id).join()}|${signatureOf(k)}`);
      if (evicted.size > MAX_EVICTED) evicted.delete(evicted.values().next().value!);
    }
    return entry;
  }
  function causesOf(entry: TracedEntry, tracers: readonly Value[]): RetraceCause[] {
    if (entries.length)
      return explainMiss(
        entry.key,
        entries.map((e) => e.key),
      );
    if (tracers.length && passing.some((k) => sameKey(entry.key, k)))
      return [
        passingCause(
          name,
          tracers.map((c) => c.aval.toString()),
        ),
      ];
    const memory = remember(entry.key, entry.jaxpr, entry.consts),
      before = made.get(site);
    // Memories are few: a place in the source has one.
    if (made.size > MAX_SITES) made.clear();
    if (site) made.set(site, memory);
    return before ? explainNewFunction(name, memory, before) : explainMiss(entry.key, []);
  }
  function trace(self: unknown, args: readonly unknown[], flat: Flattened, dynamic: readonly number[], key: TraceKey): TracedEntry {
    const t = new JaxprTrace(name, "tracing");
    const inputs = flat.avals.map((a, i) => t.newInput(a, `the argument ${key.names[i]} of ${name}`));
    try {
      const { closed, tree } = withTrace(t, () => {
        const dynamicArgs = flat.tree.unflatten(inputs) as unknown[],
          full = args.map((a, i) => (statics.has(i) ? a : dynamicArgs[dynamic.indexOf(i)]));
        const result = flattenResult(fn.apply(self, full), name);
        return { closed: t.finish(inputs, result.values), tree: result.tree };
      });
      const open = convertConstsToInputs(closed),
        donates = flat.paths.map((p) => donated.has(dynamic[Number(p[0])]!)),
        mask = [...open.consts.map(() => false), ...donates];
      return {
        key,
        jaxpr: new ClosedJaxpr(open.jaxpr, [], mask),
        consts: open.consts,
        outTree: tree,
        donated: mask,
        donates: donates.some(Boolean),
      };
    } finally {
      t.alive = false;
    }
  }
  const dynamicOf = (args: readonly unknown[]): number[] => args.map((_a, i) => i).filter((i) => !statics.has(i));
  const checkStatics = (args: readonly unknown[]): void => {
    for (const i of statics) if (i < args.length) checkStatic(name, String(names[i] ?? i), args[i]);
  };

  const shifted = (list: ReadonlySet<number>): number[] => [...list].map((i) => i + 1),
    withRefs = jitMeetingRefs(fn, (f) =>
      wrap(f, { ...options, staticArgnums: shifted(statics), staticArgnames: [], donateArgnums: shifted(donated), donateArgnames: [] }, false),
    );
  function refsOrNot(self: unknown, args: Parameters<F>): ReturnType<F> {
    if (withRefs.used()) return withRefs.call(self, args) as ReturnType<F>;
    try {
      return staged(self, args);
    } catch (e) {
      if (!meets || config.disableJit || !failedForRefs(e, args)) throw e;
      return withRefs.call(self, args) as ReturnType<F>;
    }
  }
  function call(this: unknown, ...args: Parameters<F>): ReturnType<F> {
    if (!callListeners.size) return refsOrNot(this, args);
    const ends = [...callListeners].map((l) => l({ fn: jitted, self: this, args }));
    let result: ReturnType<F> | undefined;
    try {
      return (result = refsOrNot(this, args));
    } finally {
      for (const end of ends) end?.(result);
    }
  }
  let known = timesForgotten();
  /** What was traced before `clearCaches` goes with the first look afterwards. */
  function forgetOld(): void {
    if (known === timesForgotten()) return;
    known = timesForgotten();
    entries.length = 0;
    cache.clear();
  }
  function staged(self: unknown, args: Parameters<F>): ReturnType<F> {
    forgetOld();
    if (config.disableJit) return fn.apply(self, args) as ReturnType<F>;
    if (statics.size) checkStatics(args);
    const context = contextOf(self, args),
      dynamicArgs: readonly unknown[] = statics.size ? args.filter((_a, i) => !statics.has(i)) : args;
    let found = cache.find(context, dynamicArgs);
    if (!found) {
      const flat = flattenArgs(fn, dynamicArgs, name),
        leaves = flat.values,
        entry =
          cache.findFlat(context, flat.tree, leaves) ??
          traceAnew(context, args, { avals: leaves.map((v) => v.aval), tree: flat.tree, paths: flat.paths }, dynamicOf(args));
      found = { entry, leaves, traced: true };
    }
    return run(found.entry, found.leaves, found.traced) as ReturnType<F>;
  }
  function run(entry: TracedEntry, leaves: Value[], traced: boolean): unknown {
    const operands = entry.consts.length ? [...entry.consts, ...leaves] : leaves;
    // Concrete arrays outside every transformation run the program at once; everything else is an equation of whoever asks.
    const isOutside = currentTrace() === evalTrace;
    if (entry.donates && isOutside) return entry.outTree.unflatten(runDonating(entry, operands, traced, call));
    const outs =
      !traced && isOutside
        ? runProgram(entry.jaxpr, operands as NDArray[])
        : bind(jitCall, operands, { name, jaxpr: entry.jaxpr, donatedInvars: entry.donated, inline: options.inline ?? false });
    return entry.outTree.unflatten(outs);
  }
  const jitted = Object.assign(call, {
    jit: info,
    trace(...args: unknown[]): Traced {
      return jitted.traceWith(undefined, args);
    },
    traceWith(self: unknown, args: readonly unknown[]): Traced {
      checkStatics(args);
      forgetOld();
      const context = contextOf(self, args),
        dynamic = dynamicOf(args),
        flat = flattenAvals(
          fn,
          dynamic.map((i) => args[i]),
          name,
        ),
        entry =
          cache.findFlat(
            context,
            flat.tree,
            flat.avals.map((aval) => ({ aval })),
          ) ?? traceAnew(context, args, flat, dynamic);
      const traced: Traced = {
        jaxpr: entry.jaxpr,
        outTree: entry.outTree,
        inTree: flat.tree,
        donated: entry.donated,
        consts: entry.consts,
        name,
        fun: fn,
        inAvals: flat.avals,
        lower: () => makeLowered(traced),
      };
      return traced;
    },
    lower(...args: unknown[]): import("./stages.ts").Lowered {
      return jitted.traceWith(undefined, args).lower();
    },
    clearCache(): void {
      entries.length = 0;
      cache.clear();
    },
    cacheSize: () => {
      forgetOld();
      return entries.length;
    },
  }) as Jitted<F>;
  Object.defineProperty(jitted, "name", { value: name, configurable: true });
  // What console.log shows: the rest of it is our own business.
  Object.defineProperty(jitted, Symbol.for("nodejs.util.inspect.custom"), { value: () => `[jit: ${name}]` });
  for (const l of createListeners) l(jitted);
  return jitted;
}
