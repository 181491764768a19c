// Kernel IR: a loop nest over index expressions with loads, scalar operations, reductions and stores. Emitters for each target read this.
import { type DType, isComplex, isHalf, realPart } from "../../core/dtypes.ts";
import type { Direction, Node } from "../../graph/graph.ts";
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
  /** The operation of the graph that it was made for first; null where that is not known. */
  readonly of: Node | null;
  readonly dtype: DType;
  /** Depth of the innermost loop it depends on. */ readonly depth: number;
  readonly vars: ReadonlySet<number>;
}
export type Expr =
  | (Base & { readonly kind: "const"; readonly value: number | bigint })
  /** `fresh`: it sees earlier stores of the kernel, so it is neither moved to an outer loop nor shared. */
  | (Base & {
      readonly kind: "load";
      readonly buffer: BufferId;
      readonly index: Ix;
      readonly stored: DType;
      readonly part: number;
      readonly fresh: boolean;
    })
  | (Base & { readonly kind: "index"; readonly index: Ix })
  | (Base & { readonly kind: "op"; readonly op: ScalarOp; readonly args: readonly Expr[] })
  /** `exact`: the value is known to be one of the type's, so that nothing is rounded. */
  | (Base & { readonly kind: "cast"; readonly arg: Expr; readonly exact: boolean })
  | (Base & { readonly kind: "bitcast"; readonly arg: Expr })
  | (Base & { readonly kind: "select"; readonly args: readonly [Expr, Expr, Expr] })
  /** A function of the run-time's mathematics library, computed in f64. */
  | (Base & { readonly kind: "call"; readonly fn: string; readonly args: readonly Expr[] })
  /** The second value; where the first holds, which is seldom, a function of the library instead, of the others. */
  | (Base & { readonly kind: "unless"; readonly fn: string; readonly args: readonly [rare: Expr, usual: Expr, ...of: Expr[]] })
  | (Base & { readonly kind: "acc"; readonly acc: Acc });

export type ReduceOp = "add" | "mul" | "max" | "min" | "and" | "or" | "xor";
export type Stmt =
  /** `contiguous`: neighbouring iterations mostly touch neighbouring elements, so that this is the loop to run in lanes. */
  | { readonly kind: "loop"; readonly v: LoopVar; readonly body: readonly Stmt[]; readonly contiguous: boolean }
  | { readonly kind: "store"; readonly buffer: BufferId; readonly index: Ix; readonly value: Expr; readonly stored: DType; readonly part: number }
  | { readonly kind: "set"; readonly acc: Acc; readonly value: Expr }
  /** acc = acc ∘ value; may be carried out in several lanes. */
  | { readonly kind: "reduce"; readonly acc: Acc; readonly op: ReduceOp; readonly value: Expr; readonly of?: Node }
  | Fold
  | { readonly kind: "if"; readonly cond: Expr; readonly body: readonly Stmt[] }
  /** memory.copy of whole buffers. */
  | { readonly kind: "copy"; readonly to: BufferId; readonly from: BufferId; readonly bytes: number }
  /**
   * A tile of a matrix product: see wasm/tile.ts. Rows of the left operand are `aRow` elements apart and steps of the depth `aStep`; columns of the
   * right one lie side by side, its steps are `bStep` apart. `adds`: to what is there.
   */
  | {
      readonly kind: "tile";
      readonly rows: number;
      readonly columns: number;
      readonly a: BufferId;
      readonly aIndex: Ix;
      readonly aRow: number;
      readonly aStep: number;
      readonly b: BufferId;
      readonly bIndex: Ix;
      readonly bStep: number;
      readonly out: BufferId;
      readonly outIndex: Ix;
      readonly adds: boolean;
      readonly k: number;
      readonly of?: Node;
    };

/**
 * accs = accs ∘ values, by an associative computation of several values at once: `joined` says it of `left` and `right`, which stand for the two operands.
 * Only kernels for a grid have it (`withoutFolds` says it by assignments).
 */
export interface Fold {
  readonly kind: "fold";
  readonly accs: readonly Acc[];
  readonly values: readonly Expr[];
  readonly left: readonly Acc[];
  readonly right: readonly Acc[];
  readonly joined: readonly Expr[];
  /** The accumulators' values where it stands. */
  readonly now: readonly Expr[];
  /** What changes nothing when it is joined. */
  readonly identity: readonly Expr[];
  readonly of?: Node;
}
export interface KernelBuffer {
  readonly name: string;
  readonly dtype: DType;
  readonly size: number;
  readonly role: "in" | "out" | "scratch";
  /** Scratch that a turn of the loops around it writes anew before it reads it, a tile or a row: who carries out turns beside one another has one for each. */
  readonly isOwn?: true;
}
export interface Kernel {
  readonly name: string;
  readonly buffers: readonly KernelBuffer[];
  readonly body: readonly Stmt[];
}

/** Makes expressions, each once. */
export class ExprBuilder {
  readonly #made = new Map<string, Expr>();
  /** @param wide whether integers of 64 bits are at hand; without, formulas do with 32 */
  constructor(readonly wide = true) {}
  #next = 0;
  #acc = 0;
  #var = 0;
  loopVar(extent: number, depth: number): LoopVar {
    return { id: this.#var++, extent, depth };
  }
  newAcc(dtype: DType): Acc {
    return { id: this.#acc++, dtype };
  }

  /** The operation that expressions are made for at present. */
  of: Node | null = null;
  #make(key: string, make: (base: Pick<Base, "id" | "of">) => Expr): Expr {
    let e = this.#made.get(key);
    if (!e) this.#made.set(key, (e = make({ id: this.#next++, of: this.of })));
    return e;
  }
  const(value: number | bigint, dtype: DType): Expr {
    const v = regOf(dtype) === "i64" ? BigInt(value) : typeof value === "bigint" ? Number(value) : value;
    return this.#make(`c${dtype}:${Object.is(v, -0) ? "-0" : v}`, (b) => ({ ...b, kind: "const", value: v, dtype, depth: 0, vars: NONE }));
  }
  /** `part` selects the real (0) or imaginary (1) half of complex elements. */
  load(buffer: BufferId, index: Ix, stored: DType, part = 0): Expr {
    const dtype = isComplex(stored) ? realPart(stored) : stored;
    return this.#make(`l${buffer}[${index.key}].${part}`, (b) => ({
      ...b,
      kind: "load",
      buffer,
      index,
      stored,
      part,
      fresh: false,
      dtype,
      ...dependence(index),
    }));
  }
  /** A load that sees earlier stores of the kernel. `depth` is that of the innermost loop around it. */
  freshLoad(buffer: BufferId, index: Ix, stored: DType, part: number, depth: number): Expr {
    const at = dependence(index),
      dtype = isComplex(stored) ? realPart(stored) : stored;
    return {
      id: this.#next++,
      of: this.of,
      kind: "load",
      buffer,
      index,
      stored,
      part,
      fresh: true,
      dtype,
      vars: at.vars,
      depth: Math.max(depth, at.depth),
    };
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
    if (arg.dtype === dtype) return arg;
    const exact = isHalf(dtype) && isValueOf(arg, dtype, 0);
    if (exact && arg.kind === "cast" && arg.arg.dtype === dtype) return arg.arg;
    return this.#make(`as(${arg.id})${dtype}`, (b) => ({ ...b, kind: "cast", arg, exact, dtype, ...merge([arg]) }));
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
  unless(rare: Expr, usual: Expr, fn: string, of: readonly Expr[]): Expr {
    const args = [rare, usual, ...of] as const;
    return this.#make(`!${fn}(${args.map((a) => a.id).join()})`, (b) => ({
      ...b,
      kind: "unless",
      fn,
      args: [...args],
      dtype: usual.dtype,
      ...merge(args),
    }));
  }
  /** The value of a variable as it stands at loop depth `depth`. */
  acc(acc: Acc, depth: number, vars: Iterable<number> = []): Expr {
    return this.#make(`a${acc.id}@${depth}`, (b) => ({ ...b, kind: "acc", acc, dtype: acc.dtype, depth, vars: new Set(vars) }));
  }
  binary(op: ScalarOp, x: Expr, y: Expr): Expr {
    return this.op(op, [x, y], COMPARE.has(op) ? "bool" : x.dtype);
  }
}
/** Operations whose float32 result is one of their operands' values, or an integer between them: a half type holds it when it holds those. */
const KEEPS_HALF: ReadonlySet<string> = new Set(["neg", "abs", "max", "min", "copysign", "floor", "ceil", "round_even", "trunc"]);
/** Whether a float32 expression is known to hold a value of a half type. It looks a few operations deep; what it misses is rounded in vain. */
function isValueOf(e: Expr, half: DType, looked: number): boolean {
  if (looked > 6 || e.dtype !== "float32") return false;
  switch (e.kind) {
    case "cast":
      return e.arg.dtype === half;
    case "const":
      return e.value === 0 || e.value === 1 || e.value === -1 || e.value === Infinity || e.value === -Infinity;
    case "op":
      return KEEPS_HALF.has(e.op) && e.args.every((a) => isValueOf(a, half, looked + 1));
    case "select":
      return isValueOf(e.args[1], half, looked + 1) && isValueOf(e.args[2], half, looked + 1);
    default:
      return false;
  }
}
const COMPARE: ReadonlySet<string> = new Set(["eq", "ne", "lt", "le", "gt", "ge"]);
const NONE: ReadonlySet<number> = new Set();
/** What operands depend on together. Sets are shared where one holds all the others, so that a long chain needs one. */
function merge(args: readonly Expr[]): { depth: number; vars: ReadonlySet<number> } {
  let depth = 0;
  let vars = NONE;
  for (const a of args) {
    depth = Math.max(depth, a.depth);
    if (a.vars === vars) continue;
    if (vars.size < a.vars.size && [...vars].every((v) => a.vars.has(v))) vars = a.vars;
    else if (![...a.vars].every((v) => vars.has(v))) vars = new Set([...vars, ...a.vars]);
  }
  return { depth, vars };
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
const NO_EXPRESSIONS: readonly Expr[] = [];
/** The sub-expressions of an expression, those inside indices too. */
export function childrenOf(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case "const":
    case "acc":
      return NO_EXPRESSIONS;
    case "load":
    case "index":
      return indexValues(e.index);
    case "cast":
    case "bitcast":
      return [e.arg];
    case "op":
    case "select":
    case "call":
    case "unless":
      return e.args;
  }
}
export function indexValues(ix: Ix): readonly Expr[] {
  if (!ix.terms.some((t) => t.atom.kind !== "var")) return NO_EXPRESSIONS;
  return ix.terms.flatMap(({ atom }) => (atom.kind === "value" ? [atom.expr] : atom.kind === "var" ? [] : indexValues(atom.of)));
}
