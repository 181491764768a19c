// jit: staging a function once for each type of its arguments, and running the compiled program.
import { type ShapedArray } from "../core/aval.ts";
import { config, configKey } from "../core/config.ts";
import { axesKey } from "../core/axes.ts";
import { NonHashableStaticArgumentError } from "../core/errors.ts";
import { ClosedJaxpr } from "../core/jaxpr.ts";
import { convertConstsToInputs, JaxprTrace } from "../core/staging.ts";
import { type TreeDef } from "../core/pytree.ts";
import { type Frame, callerFrame, parameterNames, userFrames } from "../core/source.ts";
import { bind, withTrace } from "../core/trace.ts";
import { NDArray, Tracer, type Value } from "../core/value.ts";
import type { AbstractArgs, AnyFunction, Arrays, LooseArgs } from "../core/treeTypes.ts";
import { argumentName, flattenArgs, flattenAvals, flattenResult, functionName } from "./args.ts";
import { jitCall } from "./jitPrimitive.ts";
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
} from "./retrace.ts";

export interface JitOptions {
  /** Positions of arguments that are part of the program instead of inputs to it; compared by value. */
  readonly staticArgnums?: number | readonly number[];
  readonly staticArgnames?: string | readonly string[];
  /** Positions of arguments whose memory the results may take over; they cannot be used afterwards. */
  readonly donateArgnums?: number | readonly number[];
  readonly donateArgnames?: string | readonly string[];
  readonly inline?: boolean;
  /** Traces kept at most; the oldest goes first. */
  readonly cacheSize?: number;
}
export interface TracedEntry {
  readonly key: TraceKey;
  readonly jaxpr: ClosedJaxpr;
  readonly consts: readonly Value[];
  readonly outTree: TreeDef;
}

/** A call that a listener may want to look at: the profiler's way in. */
export interface JitCall {
  readonly fn: Jitted;
  readonly self: unknown;
  readonly args: readonly unknown[];
}
type CallListener = (call: JitCall) => void;
const callListeners = new Set<CallListener>();
export function onJitCall(listener: CallListener): () => void {
  callListeners.add(listener);
  return () => callListeners.delete(listener);
}
const traceListeners = new Set<(e: RetraceEvent) => void>();
export function onRetrace(listener: (e: RetraceEvent) => void): () => void {
  traceListeners.add(listener);
  return () => traceListeners.delete(listener);
}
/** Constants that were baked into a program and are larger than `config.largeConstantBytes`. */
export interface LargeConstant {
  readonly function: string;
  readonly type: string;
  readonly bytes: number;
  readonly frame: Frame | undefined;
}
const constantListeners = new Set<(c: LargeConstant) => void>();
export function onLargeConstant(listener: (c: LargeConstant) => void): () => void {
  constantListeners.add(listener);
  return () => constantListeners.delete(listener);
}

const asList = <T>(v: T | readonly T[] | undefined): readonly T[] => (v === undefined ? [] : Array.isArray(v) ? (v as readonly T[]) : [v as T]);

const createListeners = new Set<(j: Jitted) => void>();
/** Tells of every function that is made by `jit`, also of those that are never called. */
export function onJitCreate(listener: (j: Jitted) => void): () => void {
  createListeners.add(listener);
  return () => createListeners.delete(listener);
}

export interface JitInfo {
  readonly fun: AnyFunction;
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
/** `jit(fn, options)` wraps a function; `@jit` and `@jit({...})` decorate methods and static methods. */
export function jit<F extends AnyFunction>(fn: F, options?: JitOptions): Jitted<F>;
export function jit(options: JitOptions): MethodDecorator2;
export function jit<F extends AnyFunction>(fn: F, context: ClassMethodDecoratorContext): Jitted<F>;
export function jit(target: object, key: string | symbol, descriptor: PropertyDescriptor): PropertyDescriptor;
export function jit(first: unknown, second?: unknown, third?: unknown): unknown {
  if (typeof second === "string" || typeof second === "symbol") {
    const d = third as PropertyDescriptor;
    return { ...d, value: wrap(d.value as AnyFunction, {}) };
  }
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
  MAX_SITES = 1024;
const made = new Map<string, TraceMemory>();
function wrap<F extends AnyFunction>(fn: F, options: JitOptions): Jitted<F> {
  const names = parameterNames(fn),
    name = functionName(fn);
  const byName = (list: string | readonly string[] | undefined, what: string): number[] =>
    asList(list).map((n) => {
      const i = names.indexOf(n);
      if (i < 0) throw new TypeError(`jit: ${what} names "${n}", but the parameters of ${name} are ${names.join(", ") || "none"}`);
      return i;
    });
  const normal = (i: number): number => (i < 0 ? i + names.length : i);
  const statics = new Set([...asList(options.staticArgnums).map(normal), ...byName(options.staticArgnames, "staticArgnames")]);
  const donated = new Set([...asList(options.donateArgnums).map(normal), ...byName(options.donateArgnames, "donateArgnames")]);
  const entries: TracedEntry[] = [],
    passing: TraceKey[] = [],
    info: JitInfo = { fun: fn, name, statics, frames: userFrames() };

  // Where jit was called, and on what: a function made anew is known by this.
  const at = info.frames[0],
    site = at ? `${at.file}:${at.line}:${at.column}:${fn.toString()}` : "";

  function keyOf(
    self: unknown,
    args: readonly unknown[],
    avals: readonly ShapedArray[],
    tree: TreeDef,
    leafNames: () => readonly string[],
  ): TraceKey {
    const staticValues = args.filter((_a, i) => statics.has(i));
    return {
      tree,
      avals,
      statics: staticValues,
      self,
      config: `${configKey()}${axesKey()}`,
      get names() {
        return leafNames();
      },
      staticNames: [...statics].map((i) => names[i] ?? `argument ${i}`),
    };
  }
  /** Static values are compared: what has no comparison (arrays, maps, typed arrays), at any depth, is refused by its path. */
  function checkStatic(v: unknown, i: number, path = ""): void {
    const refuse = (what: string, remedy: string): never => {
      throw new NonHashableStaticArgumentError(
        `${name}: the static argument ${names[i] ?? i}${path} is ${what}; static arguments are compared by value and must be plain values. ${remedy}`,
      );
    };
    if (v instanceof Tracer || v instanceof NDArray) refuse(`an array (${v.aval})`, "Pass it as an ordinary argument");
    if (ArrayBuffer.isView(v) || v instanceof ArrayBuffer)
      refuse(`a ${v.constructor.name}`, "Pass it as an ordinary argument, or as a plain array of numbers");
    if (v instanceof Map || v instanceof Set || v instanceof WeakMap || v instanceof Promise || v instanceof Date)
      refuse(`a ${v.constructor.name}`, "Use a plain object or array, or give its class an equals(other) method");
    if (Array.isArray(v)) v.forEach((x, k) => checkStatic(x, i, `${path}[${k}]`));
    else if (typeof v === "object" && v !== null && Object.getPrototypeOf(v) === Object.prototype)
      for (const [k, x] of Object.entries(v)) checkStatic(x, i, `${path}.${k}`);
  }
  function lookup(
    self: unknown,
    args: readonly unknown[],
    flat: { avals: readonly ShapedArray[]; tree: TreeDef; paths: readonly (readonly (string | number)[])[] },
    dynamic: readonly number[],
    keep = true,
  ): TracedEntry {
    const leafNames = (): string[] => flat.paths.map((p) => argumentName(fn, [dynamic[Number(p[0])]!, ...p.slice(1)]));
    const key = keyOf(self, args, flat.avals, flat.tree, leafNames);
    const hit = entries.find((e) => sameKey(key, e.key));
    if (hit) return hit;
    const start = performance.now(),
      entry = trace(self, args, flat, dynamic, key, leafNames()),
      tracers = entry.consts.filter((c) => c instanceof Tracer),
      causes = causesOf(entry, tracers);
    const event: RetraceEvent = { function: name, causes, frame: callerFrame(), milliseconds: performance.now() - start };
    for (const l of traceListeners) l(event);
    for (const c of entry.consts)
      if (c.nbytes > config.largeConstantBytes)
        for (const l of constantListeners) l({ function: name, type: c.aval.toString(), bytes: c.nbytes, frame: info.frames[0] });
    // A program that closes over tracers of an outer transformation holds only while that runs.
    if (tracers.length) {
      passing.push(entry.key);
      if (passing.length > MAX_PASSING) passing.shift();
    }
    if (keep && !tracers.length) {
      entries.push(entry);
      if (entries.length > (options.cacheSize ?? 512)) entries.shift();
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
  function trace(
    self: unknown,
    args: readonly unknown[],
    flat: { avals: readonly ShapedArray[]; tree: TreeDef },
    dynamic: readonly number[],
    key: TraceKey,
    leafNames: readonly string[],
  ): TracedEntry {
    const t = new JaxprTrace(name, "tracing");
    const inputs = flat.avals.map((a, i) => t.newInput(a, `the argument ${leafNames[i]} of ${name}`));
    try {
      const { closed, tree } = withTrace(t, () => {
        const dynamicArgs = flat.tree.unflatten(inputs) as unknown[],
          full = args.map((a, i) => (statics.has(i) ? a : dynamicArgs[dynamic.indexOf(i)]));
        const result = flattenResult(fn.apply(self, full), name);
        return { closed: t.finish(inputs, result.values), tree: result.tree };
      });
      const open = convertConstsToInputs(closed);
      return { key: { ...key, names: leafNames }, jaxpr: new ClosedJaxpr(open.jaxpr, []), consts: open.consts, outTree: tree };
    } finally {
      t.alive = false;
    }
  }
  const split = (args: readonly unknown[]): { dynamic: number[]; values: unknown[] } => {
    const dynamic = args.map((_a, i) => i).filter((i) => !statics.has(i));
    args.forEach((a, i) => {
      if (statics.has(i)) checkStatic(a, i);
    });
    return { dynamic, values: dynamic.map((i) => args[i]) };
  };

  function call(this: unknown, ...args: Parameters<F>): ReturnType<F> {
    for (const l of callListeners) l({ fn: jitted, self: this, args });
    if (config.disableJit) return fn.apply(this, args) as ReturnType<F>;
    const { dynamic, values } = split(args),
      flat = flattenArgs(fn, values, name);
    const entry = lookup(this, args, { ...flat, avals: flat.values.map((v) => v.aval) }, dynamic);
    const donatedLeaves = flat.paths.map((p) => donated.has(dynamic[Number(p[0])]!));
    const outs = bind(jitCall, [...entry.consts, ...flat.values], {
      name,
      jaxpr: entry.jaxpr,
      donatedInvars: [...entry.consts.map(() => false), ...donatedLeaves],
      inline: options.inline ?? false,
    });
    flat.values.forEach((v, i) => {
      if (donatedLeaves[i] && v instanceof NDArray && !v.isDeleted) v.delete(`donated to ${name}`);
    });
    return entry.outTree.unflatten(outs) as ReturnType<F>;
  }
  const jitted = Object.assign(call, {
    jit: info,
    trace(...args: unknown[]): Traced {
      return jitted.traceWith(undefined, args);
    },
    traceWith(self: unknown, args: readonly unknown[]): Traced {
      const { dynamic, values } = split(args),
        flat = flattenAvals(fn, values, name),
        entry = lookup(self, args, flat, dynamic);
      const traced: Traced = {
        jaxpr: entry.jaxpr,
        outTree: entry.outTree,
        inTree: flat.tree,
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
    },
    cacheSize: () => entries.length,
  }) as Jitted<F>;
  Object.defineProperty(jitted, "name", { value: name, configurable: true });
  for (const l of createListeners) l(jitted);
  return jitted;
}
/** Whether a function is the result of `jit`. */
export const isJitted = (f: unknown): f is Jitted => typeof f === "function" && "jit" in f;
