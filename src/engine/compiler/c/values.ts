// Expressions as C, in the form that the schedule holds them in: each is defined once for each form and lane, in the block of the loop it depends on.
import { itemsize } from "../../core/dtypes.ts";
import { type Expr, regOf } from "../kernel/ir.ts";
import type { Atom, Ix, LoopVar } from "../kernel/ix.ts";
import type { Schedule } from "../kernel/schedule.ts";
import { atomVaries, levelOf, partIndex, strideOf } from "../kernel/strides.ts";
import type { VectorWidth as Width } from "../target.ts";
import { Forms, type Request, shiftAmount } from "../wasm/forms.ts";
import { laneType } from "../wasm/instructions.ts";
import { bounded, castLanes, extract, iota, laneOp, loadLanes, pack, select, splat, splatConstant, vectorType } from "./lanes.ts";
import { bitcastScalar, castScalar, constant, loadScalar, scalarOp } from "./scalars.ts";
import type { CText } from "./text.ts";

/** Not by an i: i32 is a type. */
export const counter = (v: LoopVar): string => `v${v.id}`;
export const accumulator = (id: number, width: Width | null): string => `a${id}${width === null ? "" : `x${width}`}`;
/** An accumulator of one lane, where lanes are scalars. */
export const part = (id: number, lane: number): string => `a${id}_${lane}`;
/** What remembers that a value needed the library: for vectors of each width, and scalars. */
export const rareName = (width: Width | null): string => (width === null ? "rare" : `rare${width}`);

export class Values extends Forms<string, Width> {
  /** Inside a loop of lanes whose elements fill two of them: here lanes are scalars, one by one, in the same order. */
  apart = false;
  /** Vectors of which widths have noted that a value needs the library. */
  readonly rare = new Set<Width | null>();
  constructor(
    readonly c: CText,
    schedule: Schedule,
  ) {
    super(schedule, 4);
  }
  #key({ e, lanes, at }: Request): string {
    return `${lanes ? `v${this.width}` : "s"}${e.id}:${this.differs(e) ? at : 0}`;
  }
  protected override computedInLanes(e: Expr): boolean {
    return !this.apart && super.computedInLanes(e);
  }
  /** What is written out wherever it is used, instead of being kept. */
  #immediate({ e, lanes, at }: Request): string | null {
    if (this.apart && e.kind === "acc" && this.differs(e)) return part(e.acc.id, at);
    if (e.kind === "const") return lanes ? splatConstant(this.c, e.value, e.dtype, this.width) : constant(e.value, e.dtype);
    return e.kind === "acc" && this.differs(e) === lanes ? accumulator(e.acc.id, lanes ? this.width : null) : null;
  }
  protected isThere(request: Request): boolean {
    return this.#immediate(request) !== null || this.c.find(this.#key(request)) !== undefined;
  }
  /** Whether it is needed, and the usual value: where it is needed the kernel gives up. */
  protected beforehand(e: Expr & { readonly kind: "unless" }): readonly Expr[] {
    return e.args.slice(0, 2);
  }
  protected make(request: Request): string {
    const { e, lanes, at } = request;
    const here = this.#immediate(request);
    if (here !== null) return here;
    const differs = this.differs(e);
    return this.c.once(this.#key(request), e.depth, () =>
      lanes
        ? this.c.define(vectorType(e.dtype, this.width), this.#inLanes(e, at, differs))
        : this.c.define(regOf(e.dtype), this.#asScalar(e, at, differs)),
    );
  }
  #asScalar(e: Expr, at: number, differs: boolean): string {
    const { c } = this;
    if (differs && e.kind !== "index" && this.computedInLanes(e))
      return extract(e.dtype, this.make({ e, lanes: true, at: Math.floor(at / this.width) }), at % this.width);
    const arg = (x: Expr): string => this.make({ e: x, lanes: false, at });
    switch (e.kind) {
      case "load":
        return loadScalar(c, e.dtype, this.address(e.buffer, partIndex(e), itemsize(e.dtype), differs ? at : 0));
      case "index":
        return `(i32)(${this.#index(e.index, 1, differs ? at : 0)})`;
      case "op":
        return scalarOp(c, e.op, e.args[0]?.dtype ?? e.dtype, e.args.map(arg));
      case "cast":
        return castScalar(c, e.arg.dtype, e.dtype, arg(e.arg), e.exact);
      case "bitcast":
        return bitcastScalar(c, e.arg.dtype, e.dtype, arg(e.arg));
      case "select":
        return `${arg(e.args[0])} ? ${arg(e.args[1])} : ${arg(e.args[2])}`;
      case "unless":
        this.rare.add(null);
        c.line(`${rareName(null)} |= ${arg(e.args[0])};`);
        return arg(e.args[1]);
      case "call":
        throw new Error(`the library's ${e.fn} is not there in C`);
      case "const":
      case "acc":
        throw new Error("constants and accumulators are written where they are used");
    }
  }
  #inLanes(e: Expr, at: number, differs: boolean): string {
    const { c, width } = this;
    if (!differs) return splat(c, e.dtype, this.make({ e, lanes: false, at: 0 }), width);
    if (!this.computedInLanes(e))
      return pack(
        e.dtype,
        Array.from({ length: width }, (_x, k) => this.make({ e, lanes: false, at: at * width + k })),
        width,
      );
    const arg = (x: Expr): string => this.make({ e: x, lanes: true, at });
    switch (e.kind) {
      case "load":
        return loadLanes(c, e.dtype, this.address(e.buffer, partIndex(e), itemsize(e.dtype), at * width), width);
      case "index":
        return iota(c, `(i32)(${this.#index(e.index, 1, at * width)})`, this.vector ? strideOf(e.index, this.vector) : 0, width);
      case "op": {
        const amount = shiftAmount(e);
        const args = e.args.filter((x) => x !== amount || e.args[0] === x).map(arg);
        const short = this.#bounded(e, args);
        if (short) return short;
        return laneOp(c, e.op, e.args[0]?.dtype ?? e.dtype, args, amount && this.make({ e: amount, lanes: false, at: 0 }), width);
      }
      case "cast":
        return castLanes(c, e.arg.dtype, e.dtype, arg(e.arg), e.exact, width);
      case "bitcast":
        return `(${vectorType(e.dtype, width)})${arg(e.arg)}`;
      case "select":
        return select(c, arg(e.args[0]), arg(e.args[1]), arg(e.args[2]), e.dtype, width);
      case "unless":
        this.rare.add(width);
        c.line(`${rareName(width)} |= ${arg(e.args[0])};`);
        return arg(e.args[1]);
      case "call":
      case "const":
      case "acc":
        throw new Error(`${e.kind} is not computed in lanes`);
    }
  }
  /** max or min with a constant, which needs no care for what the constant is not. */
  #bounded(e: Expr & { readonly kind: "op" }, [first = "", second = ""]: readonly string[]): string | null {
    const [x, y] = e.args;
    if (!x || !y || (e.op !== "max" && e.op !== "min") || laneType(x.dtype) !== "f32x4") return null;
    if (x.kind === "const") return bounded(this.c, e.op, second, Number(x.value), first, this.width);
    return y.kind === "const" ? bounded(this.c, e.op, first, Number(y.value), second, this.width) : null;
  }

  // ---- indices
  /** The address of an element, for lane `lane` of the loop of lanes. */
  address(buffer: number, ix: Ix, size: number, lane: number): string {
    const sum = this.#index(ix, size, lane);
    return sum === "0" ? `b${buffer}` : `b${buffer} + (${sum})`;
  }
  /** An index times a factor, in 64 bits. */
  #index(ix: Ix, factor: number, lane: number): string {
    const terms = ix.terms.map(({ atom, coef }) => {
      const times = coef * factor;
      const x = this.#atom(atom, lane);
      return times === 1 ? x : `${x} * ${times}LL`;
    });
    if (ix.constant !== 0 || terms.length === 0) terms.push(terms.length === 0 && ix.constant === 0 ? "0" : `${ix.constant * factor}LL`);
    return terms.join(" + ");
  }
  #atom(atom: Atom, lane: number): string {
    const v = this.vector;
    if (atom.kind === "value") return `(i64)${this.make({ e: atom.expr, lanes: false, at: lane })}`;
    if (atom.kind === "var") return lane === 0 || atom.v !== v ? counter(atom.v) : `(${counter(atom.v)} + ${lane})`;
    const at = v !== null && atomVaries(atom, v) ? lane : 0;
    return this.c.once(`#${atom.key}:${at}`, levelOf(atom), () => this.c.define("i64", this.#quotient(atom, lane)));
  }
  /** Division towards minus infinity, of unsigned 32-bit numbers: they take a fraction of what signed ones of 64 bits take. */
  #quotient(atom: Atom & { readonly kind: "div" | "mod" }, lane: number): string {
    const x = this.#index(atom.of, 1, lane);
    const shift = atom.of.min >= 0 ? 0 : Math.ceil(-atom.of.min / atom.by) * atom.by;
    const q = `(i64)((u32)(${x}${shift ? ` + ${shift}` : ""}) ${atom.kind === "div" ? "/" : "%"} ${atom.by}u)`;
    return atom.kind === "div" && shift ? `${q} - ${shift / atom.by}` : q;
  }
}
