// Calls back into JavaScript from inside compiled programs: printing, debugging, pure host functions, host functions with effects.
import type { ShapedArray } from "../core/aval.ts";
import { fromTyped } from "../core/arrays.ts";
import { viewOf } from "../core/dtypes.ts";
import { DTypeError, MissingRuleError } from "../core/errors.ts";
import { type Primitive, type Tangent, Zero, absent, definePrimitive } from "../core/primitive.ts";
import { TreeDef } from "../core/pytree.ts";
import { bind } from "../core/trace.ts";
import { NDArray, type Value } from "../core/value.ts";
import type { GraphBuilder, Node } from "../graph/graph.ts";
import * as o from "./ops.ts";

/** A JavaScript function of concrete arrays. */
export type HostFunction = (...args: NDArray[]) => readonly NDArray[];
const noSuchText = (what: string): never => {
  throw new DTypeError(
    `${what}: this program was read from text, so the JavaScript function behind the call is not known; it can be printed, not run`,
  );
};
/** Effects happen in the order of the program: each takes a token from the one before it. */
function effect(g: GraphBuilder, inputs: readonly Node[], call: HostFunction, outs: readonly ShapedArray[]): Node[] {
  const n = inputs.length,
    token = { shape: [0], dtype: "uint8" as const },
    node = g.node("callback", [...inputs, ...(g.token ? [g.token] : [])], { call: (...xs) => call(...xs.slice(0, n)), effectful: true }, [
      ...outs.map((a) => ({ shape: a.shape, dtype: a.dtype })),
      token,
    ]),
    results = g.results(node);
  g.token = results.at(-1)!;
  return results.slice(0, -1);
}
/** The slice of an array at one place of its leading axis. */
function slab(a: NDArray, i: number): NDArray {
  const shape = a.shape.slice(1),
    bytes = a.nbytes / a.shape[0]!,
    raw = a.storage.bytes().slice(i * bytes, (i + 1) * bytes);
  return fromTyped(
    viewOf(
      a.dtype,
      raw.buffer,
      0,
      shape.reduce((p, q) => p * q, 1),
    ),
    shape,
    a.dtype,
  );
}
function stackSlabs(parts: readonly NDArray[]): NDArray {
  const bytes = parts[0]!.nbytes,
    all = new Uint8Array(bytes * parts.length);
  parts.forEach((p, i) => all.set(p.storage.bytes(), i * bytes));
  return fromTyped(viewOf(parts[0]!.dtype, all.buffer, 0, parts.length * parts[0]!.size), [parts.length, ...parts[0]!.shape], parts[0]!.dtype);
}
/** Calls once for each example, on its slices; what is not mapped is passed whole. */
const perExample =
  (call: HostFunction, mapped: readonly boolean[], size: number): HostFunction =>
  (...args) => {
    const each = Array.from({ length: size }, (_x, i) => call(...args.map((a, k) => (mapped[k] ? slab(a, i) : a))));
    return each[0]!.map((_r, k) => stackSlabs(each.map((r) => r[k]!)));
  };
const fronts = (args: readonly Value[], dims: readonly (number | null)[]): Value[] => args.map((a, i) => o.frontAxis(a, dims[i]!));

export interface DebugParams {
  readonly callback: HostFunction | string;
  readonly effect: string;
  readonly partitioned: boolean;
}
function debugPrimitive<P extends object>(
  name: string,
  functionOf: (p: P) => HostFunction,
  withFunction: (p: P, f: HostFunction) => P,
  printParams?: Primitive<P>["printParams"],
): Primitive<P> {
  const p: Primitive<P> = definePrimitive<P>({
    name,
    multipleResults: true,
    effectful: true,
    abstract: () => [],
    impl: (args, params) => {
      functionOf(params)(...(args as NDArray[]));
      return [];
    },
    jvp: (primals, _t, params) => [bind(p, primals, params), []],
    transpose: (_c, args) => args.map(() => null),
    batch: (args, dims, params, { size }) => [
      bind(
        p,
        fronts(args, dims),
        withFunction(
          params,
          perExample(
            functionOf(params),
            dims.map((d) => d !== null),
            size,
          ),
        ),
      ),
      [],
    ],
    lower: (g, inputs, params) => effect(g, inputs, functionOf(params), []),
    ...(printParams ? { printParams } : {}),
  });
  return p;
}
const quote = (f: unknown): string => (typeof f === "string" ? f : `<function ${(f as { name?: string }).name || "<lambda>"}>`);
export const debugCallback = debugPrimitive<DebugParams>(
  "debug_callback",
  (p) => (typeof p.callback === "string" ? noSuchText("debug_callback") : p.callback),
  (p, callback) => ({ ...p, callback }),
  ({ callback }) => ({ callback: quote(callback) }),
);

export interface PrintParams {
  readonly fmt: string;
  readonly hasPlaceholders: boolean;
  readonly inTree: TreeDef | string;
  readonly loggingRecord: null;
  readonly npPrintoptions: unknown;
  readonly ordered: boolean;
  readonly partitioned: boolean;
  readonly staticArgs: readonly unknown[];
  /** How a vectorized print is carried out; absent for a plain one. */
  readonly each?: HostFunction;
}
let writeLine: (line: string) => void = (line) => console.log(line);
/** Where debug.print writes: the console, unless a host redirects it.
 * @example const lines: string[] = []; debug.setPrinter((line) => lines.push(line)); debug.print("{x:.1f}", { x: 0.24 });
 * debug.setPrinter((line) => console.log(line)); lines // ["0.2"] */
export const setPrinter = (w: (line: string) => void): void => void (writeLine = w);
/** `{}`, `{0}` and `{name}` with an optional format such as `:.3f`, as Python's str.format has them. */
export function format(fmt: string, positional: readonly unknown[], named: Readonly<Record<string, unknown>>): string {
  let next = 0;
  return fmt.replace(/\{\{|\}\}|\{([^{}:!]*)(?::([^{}]*))?\}/g, (all, key: string | undefined, spec: string | undefined) => {
    if (all === "{{" || all === "}}") return all[0]!;
    const v = key === "" || key === undefined ? positional[next++] : /^\d+$/.test(key) ? positional[Number(key)] : named[key];
    return show(v, spec);
  });
}
function show(v: unknown, spec?: string): string {
  const digits = /^\.?(\d+)?([feg])$/.exec(spec ?? "");
  if (digits && v instanceof NDArray && v.size === 1) {
    const x = Number(v.item()),
      n = Number(digits[1] ?? 6);
    return digits[2] === "f" ? x.toFixed(n) : digits[2] === "e" ? x.toExponential(n) : String(+x.toPrecision(n));
  }
  if (v instanceof NDArray) return v.ndim === 0 ? String(v) : String(v).replace(/^Array\(|, dtype=[\w<>]+\)$/g, "");
  if (Array.isArray(v)) return `[${v.map((x) => show(x, spec)).join(", ")}]`;
  if (typeof v === "object" && v !== null)
    return `{${Object.entries(v)
      .map(([k, x]) => `${k}: ${show(x, spec)}`)
      .join(", ")}}`;
  return String(v);
}
const printer = (p: PrintParams): HostFunction =>
  p.each ??
  ((...args) => {
    const [positional, named] =
      p.inTree instanceof TreeDef
        ? (p.inTree.unflatten(args) as [unknown[], Record<string, unknown>])
        : [args as unknown[], Object.fromEntries([...p.fmt.matchAll(/\{(\w+)/g)].map((m, i) => [m[1]!, args[i]]))];
    writeLine(p.hasPlaceholders ? format(p.fmt, positional, named) : p.fmt);
    return [];
  });
export const debugPrint = debugPrimitive<PrintParams>(
  "debug_print",
  printer,
  (p, each) => ({ ...p, each }),
  () => ({ each: null }),
);

export interface PureParams {
  readonly callback: HostFunction | string;
  readonly resultAvals: readonly ShapedArray[];
  readonly sharding: null;
  readonly vmapMethod: string | null;
}
const pureFunction = (p: PureParams): HostFunction => (typeof p.callback === "string" ? noSuchText("pure_callback") : p.callback);
export const VMAP_METHODS = ["sequential", "sequential_unrolled", "expand_dims", "broadcast_all", "legacy_vectorized"] as const;
/** A JavaScript function without effects: it may be called more or less often than written. */
export const pureCallback: Primitive<PureParams> = definePrimitive<PureParams>({
  name: "pure_callback",
  multipleResults: true,
  abstract: (_a, { resultAvals }) => resultAvals,
  impl: (args, p) => pureFunction(p)(...(args as NDArray[])),
  jvp: () => {
    throw new MissingRuleError("a pureCallback cannot be differentiated: wrap it in customJvp or customVjp and give its derivative");
  },
  transpose: absent("a pureCallback is not known to be linear"),
  batch: (args, dims, p, { size }) => {
    const shapes = p.resultAvals.map((a) => a.withShape([size, ...a.shape])),
      f = pureFunction(p);
    switch (p.vmapMethod) {
      case "sequential":
      case "sequential_unrolled":
        return [
          bind(pureCallback, fronts(args, dims), {
            ...p,
            callback: perExample(
              f,
              dims.map((d) => d !== null),
              size,
            ),
            resultAvals: shapes,
          }),
          shapes.map(() => 0),
        ];
      case "expand_dims":
      case "broadcast_all":
      case "legacy_vectorized": {
        const spread = args.map((a, i) =>
          dims[i] !== null
            ? o.moveaxis(a, dims[i]!, 0)
            : p.vmapMethod === "broadcast_all"
              ? o.spreadBatch(a, null, size)
              : p.vmapMethod === "expand_dims"
                ? o.expandDims(a, 0)
                : a,
        );
        return [bind(pureCallback, spread, { ...p, resultAvals: shapes }), shapes.map(() => 0)];
      }
      default:
        throw new MissingRuleError(
          `vmap of a pureCallback: say how it is vectorized with { vmapMethod: ${VMAP_METHODS.map((m) => `"${m}"`).join(" | ")} }`,
        );
    }
  },
  lower: (g, inputs, p, outs) =>
    g.results(
      g.node(
        "callback",
        inputs,
        { call: pureFunction(p), effectful: false },
        outs.map((a) => ({ shape: a.shape, dtype: a.dtype })),
      ),
    ),
  printParams: ({ callback, resultAvals }) => ({
    callback: typeof callback === "string" ? callback : `_FlatCallback(callback_func=${quote(callback)})`,
    resultAvals: `(${resultAvals.map((a) => `ShapedArray(${a.dtype}[${a.shape.join()}])`).join(", ")}${resultAvals.length === 1 ? "," : ""})`,
  }),
});
export interface IoParams {
  readonly callback: HostFunction | string;
  readonly resultAvals: readonly ShapedArray[];
  readonly sharding: null;
  readonly ordered: boolean;
}
const ioFunction = (p: IoParams): HostFunction => (typeof p.callback === "string" ? noSuchText("io_callback") : p.callback);
/** A JavaScript function with effects: called exactly as often as written, in order. */
export const ioCallback: Primitive<IoParams> = definePrimitive<IoParams>({
  name: "io_callback",
  multipleResults: true,
  effectful: true,
  abstract: (_a, { resultAvals }) => resultAvals,
  impl: (args, p) => ioFunction(p)(...(args as NDArray[])),
  jvp: (primals, _t, p): [readonly Value[], readonly Tangent[]] => {
    const outs = bind(ioCallback, primals, p);
    return [outs, outs.map((v) => new Zero(v.aval))];
  },
  transpose: absent("an ioCallback is not linear"),
  batch: (args, dims, p, { size }) => {
    if (p.ordered) throw new MissingRuleError("vmap of an ordered ioCallback: the order of the examples is not defined; pass ordered: false");
    const shapes = p.resultAvals.map((a) => a.withShape([size, ...a.shape]));
    return [
      bind(ioCallback, fronts(args, dims), {
        ...p,
        callback: perExample(
          ioFunction(p),
          dims.map((d) => d !== null),
          size,
        ),
        resultAvals: shapes,
      }),
      shapes.map(() => 0),
    ];
  },
  lower: (g, inputs, p, outs) => effect(g, inputs, ioFunction(p), outs),
  printParams: ({ callback }) => ({ callback: quote(callback) }),
});
