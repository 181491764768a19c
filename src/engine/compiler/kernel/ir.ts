// Kernel IR: a loop nest over index expressions with loads, scalar operations, reductions and stores. Emitters for each target read this.
import { type DType, isComplex } from "../../core/dtypes.ts";
import type { Direction } from "../../graph/graph.ts";
import type { Ix, LoopVar } from "./ix.ts";

/** A buffer of the kernel, by its position in the kernel's parameter list. */
export type BufferId = number;
/** How a value is held in a register. Half types compute in f32, narrow integers in i32, booleans as 0 or 1. */
export type Reg = "f32" | "f64" | "i32" | "i64";
export function regOf(d: DType): Reg {
  switch (d) {
    case "float32":
    case "float16":
    case "bfloat16":
      return "f32";
    case "float64":
      return "f64";
    case "int64":
    case "uint64":
      return "i64";
    case "complex64":
    case "complex128":
    case "key<fry>":
      throw new Error(`${d} values are split before code generation`);
    default:
      return "i32";
  }
}

export type ScalarOp =
  | "add"
  | "sub"
  | "mul"
  | "div"
  | "rem"
  | "max"
  | "min"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shr_a"
  | "shr_l"
  | "neg"
  | "abs"
  | "floor"
  | "ceil"
  | "round_even"
  | "trunc"
  | "sqrt"
  | "not"
  | "popcnt"
  | "clz"
  | "copysign"
  | Direction;
/** A reduction's accumulator, or any variable that statements assign. */
export interface Acc {
  readonly id: number;
  readonly dtype: DType;
}

interface Base {
  readonly id: number;
  readonly dtype: DType;
  /** Depth of the innermost loop it depends on. */ readonly depth: number;
  readonly vars: ReadonlySet<number>;
}
export type Expr =
  | (Base & { readonly kind: "const"; readonly value: number | bigint })
  | (Base & { readonly kind: "load"; readonly buffer: BufferId; readonly index: Ix; readonly stored: DType; readonly part: number })
  | (Base & { readonly kind: "index"; readonly index: Ix })
  | (Base & { readonly kind: "op"; readonly op: ScalarOp; readonly args: readonly Expr[] })
  | (Base & { readonly kind: "cast"; readonly arg: Expr })
  | (Base & { readonly kind: "bitcast"; readonly arg: Expr })
  | (Base & { readonly kind: "select"; readonly args: readonly [Expr, Expr, Expr] })
  /** A function of the run-time's mathematics library, computed in f64. */
  | (Base & { readonly kind: "call"; readonly fn: string; readonly args: readonly Expr[] })
  | (Base & { readonly kind: "acc"; readonly acc: Acc });

export type ReduceOp = "add" | "mul" | "max" | "min" | "and" | "or" | "xor";
export type Stmt =
  | { readonly kind: "loop"; readonly v: LoopVar; readonly body: readonly Stmt[]; readonly vectorize: boolean; readonly unroll: number }
  | { readonly kind: "store"; readonly buffer: BufferId; readonly index: Ix; readonly value: Expr; readonly stored: DType; readonly part: number }
  | { readonly kind: "set"; readonly acc: Acc; readonly value: Expr }
  /** acc = acc ∘ value; may be carried out in several lanes. */
  | { readonly kind: "reduce"; readonly acc: Acc; readonly op: ReduceOp; readonly value: Expr }
  | { readonly kind: "if"; readonly cond: Expr; readonly body: readonly Stmt[] }
  /** memory.copy of whole buffers. */
  | { readonly kind: "copy"; readonly to: BufferId; readonly from: BufferId; readonly bytes: number }
  /** 4×8 tile += A panel · B panel, both packed: see wasm/gemm.ts. */
  | {
      readonly kind: "tile";
      readonly a: BufferId;
      readonly aIndex: Ix;
      readonly b: BufferId;
      readonly bIndex: Ix;
      readonly out: BufferId;
      readonly k: number;
    };

export interface KernelBuffer {
  readonly name: string;
  readonly dtype: DType;
  readonly size: number;
  readonly role: "in" | "out" | "scratch";
}
export interface Kernel {
  readonly name: string;
  readonly buffers: readonly KernelBuffer[];
  readonly body: readonly Stmt[];
}

/** Makes expressions, each once. */
export class ExprBuilder {
  readonly #made = new Map<string, Expr>();
  #next = 0;
  #acc = 0;
  #var = 0;
  loopVar(extent: number, depth: number): LoopVar {
    return { id: this.#var++, extent, depth };
  }
  newAcc(dtype: DType): Acc {
    return { id: this.#acc++, dtype };
  }

  #make(key: string, make: (base: { id: number }) => Expr): Expr {
    let e = this.#made.get(key);
    if (!e) this.#made.set(key, (e = make({ id: this.#next++ })));
    return e;
  }
  const(value: number | bigint, dtype: DType): Expr {
    const v = regOf(dtype) === "i64" ? BigInt(value) : typeof value === "bigint" ? Number(value) : value;
    return this.#make(`c${dtype}:${Object.is(v, -0) ? "-0" : v}`, (b) => ({ ...b, kind: "const", value: v, dtype, depth: 0, vars: NONE }));
  }
  /** `part` selects the real (0) or imaginary (1) half of complex elements. */
  load(buffer: BufferId, index: Ix, stored: DType, part = 0): Expr {
    const dtype = isComplex(stored) ? (stored === "complex64" ? "float32" : "float64") : stored;
    return this.#make(`l${buffer}[${index.key}].${part}`, (b) => ({ ...b, kind: "load", buffer, index, stored, part, dtype, ...dependence(index) }));
  }
  /** A load that sees earlier stores of the kernel: never moved or shared. */
  freshLoad(buffer: BufferId, index: Ix, stored: DType, part: number, depth: number): Expr {
    const e = this.load(buffer, index, stored, part);
    return { ...e, id: this.#next++, depth: Math.max(depth, e.depth) } as Expr;
  }
  index(index: Ix): Expr {
    return index.isConstant
      ? this.const(index.constant, "int32")
      : this.#make(`i${index.key}`, (b) => ({ ...b, kind: "index", index, dtype: "int32", ...dependence(index) }));
  }
  op(op: ScalarOp, args: readonly Expr[], dtype: DType): Expr {
    return this.#make(`${op}(${args.map((a) => a.id).join()})${dtype}`, (b) => ({ ...b, kind: "op", op, args, dtype, ...merge(args) }));
  }
  cast(arg: Expr, dtype: DType): Expr {
    return arg.dtype === dtype ? arg : this.#make(`as(${arg.id})${dtype}`, (b) => ({ ...b, kind: "cast", arg, dtype, ...merge([arg]) }));
  }
  bitcast(arg: Expr, dtype: DType): Expr {
    return arg.dtype === dtype ? arg : this.#make(`bits(${arg.id})${dtype}`, (b) => ({ ...b, kind: "bitcast", arg, dtype, ...merge([arg]) }));
  }
  select(p: Expr, t: Expr, f: Expr): Expr {
    return t === f
      ? t
      : this.#make(`?(${p.id},${t.id},${f.id})`, (b) => ({ ...b, kind: "select", args: [p, t, f], dtype: t.dtype, ...merge([p, t, f]) }));
  }
  call(fn: string, args: readonly Expr[], dtype: DType): Expr {
    return this.#make(`${fn}(${args.map((a) => a.id).join()})${dtype}`, (b) => ({ ...b, kind: "call", fn, args, dtype, ...merge(args) }));
  }
  /** The value of a variable as it stands at loop depth `depth`. */
  acc(acc: Acc, depth: number, vars: Iterable<number> = []): Expr {
    return this.#make(`a${acc.id}@${depth}`, (b) => ({ ...b, kind: "acc", acc, dtype: acc.dtype, depth, vars: new Set(vars) }));
  }
  binary(op: ScalarOp, x: Expr, y: Expr): Expr {
    return this.op(op, [x, y], COMPARE.has(op) ? "bool" : x.dtype);
  }
}
const COMPARE: ReadonlySet<string> = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);
export const isCompare = (op: string): boolean => COMPARE.has(op);
const NONE: ReadonlySet<number> = new Set();
function merge(args: readonly Expr[]): { depth: number; vars: ReadonlySet<number> } {
  let depth = 0,
    vars: Set<number> | null = null;
  for (const a of args) {
    depth = Math.max(depth, a.depth);
    if (a.vars.size) {
      vars ??= new Set();
      for (const v of a.vars) vars.add(v);
    }
  }
  return { depth, vars: vars ?? NONE };
}
const dependences = new WeakMap<Ix, { depth: number; vars: ReadonlySet<number> }>();
/** Loop variables that an index depends on, also through quotients and computed values. */
export function dependence(ix: Ix): { depth: number; vars: ReadonlySet<number> } {
  let d = dependences.get(ix);
  if (d) return d;
  let depth = 0;
  const vars = new Set<number>();
  for (const { atom } of ix.terms) {
    if (atom.kind === "var") {
      depth = Math.max(depth, atom.v.depth);
      vars.add(atom.v.id);
      continue;
    }
    const inner = atom.kind === "value" ? atom.expr : dependence(atom.of);
    depth = Math.max(depth, inner.depth);
    for (const v of inner.vars) vars.add(v);
  }
  d = { depth, vars };
  dependences.set(ix, d);
  return d;
}
/** The sub-expressions of an expression, those inside indices too. */
export function childrenOf(e: Expr): Expr[] {
  switch (e.kind) {
    case "const":
    case "acc":
      return [];
    case "load":
    case "index":
      return indexValues(e.index);
    case "cast":
    case "bitcast":
      return [e.arg];
    case "op":
    case "select":
    case "call":
      return [...e.args];
  }
}
export function indexValues(ix: Ix): Expr[] {
  return ix.terms.flatMap(({ atom }) => (atom.kind === "value" ? [atom.expr] : atom.kind === "var" ? [] : indexValues(atom.of)));
}
