// Expressions as instructions, in the form that the schedule holds them in: each is made once for each form and lane, in the block of the loop
// it depends on.
import { itemsize } from "../../core/dtypes.ts";
import { type Expr, type Acc, regOf } from "../kernel/ir.ts";
import type { LoopVar } from "../kernel/ix.ts";
import type { Schedule } from "../kernel/schedule.ts";
import { partIndex, strideOf } from "../kernel/strides.ts";
import { Addresses } from "./addresses.ts";
import type { Asm, Block, Instr, Variable } from "./asm.ts";
import { isExtreme, laneBound } from "./extremes.ts";
import { Forms, type Request, shiftAmount } from "./forms.ts";
import { castLanes, extract, iota, laneOp, laneSelect, loadLanes, pack, splat, splatConstant } from "./lanes.ts";
import { bitcastScalar, castScalar, constant, loadScalar, scalarOp } from "./scalars.ts";

export interface Surroundings {
  readonly pointer: (buffer: number) => Instr;
  readonly counter: (v: LoopVar) => Instr;
  /** The variable of an accumulator, in lanes or as a scalar. */
  readonly accumulator: (acc: Acc, lanes: boolean) => Variable;
  /** Index of an imported mathematics function of so many arguments. */
  readonly math: (fn: string, args: number) => number;
}

export class Values extends Forms<Instr, 2 | 4> {
  readonly addresses: Addresses;
  constructor(
    readonly a: Asm,
    schedule: Schedule,
    readonly around: Surroundings,
  ) {
    super(schedule, 4);
    this.addresses = new Addresses(a, {
      pointer: around.pointer,
      counter: around.counter,
      value: (e, lane) => this.make({ e, lanes: false, at: lane }),
      lanesOf: () => this.vector,
    });
  }
  /** One number for each expression, form and lane; there are at most 32 lanes side by side. */
  #key({ e, lanes, at }: Request): number {
    return e.id * 64 + (lanes ? 32 : 0) + (this.differs(e) ? at : 0);
  }
  /** What is repeated wherever it is used, instead of being kept. */
  #isImmediate({ e, lanes }: Request): boolean {
    return e.kind === "const" || (e.kind === "acc" && this.differs(e) === lanes);
  }
  protected isThere(request: Request): boolean {
    return this.#isImmediate(request) || this.a.find(this.#key(request)) !== undefined;
  }
  protected beforehand(e: Expr & { readonly kind: "unless" }): readonly Expr[] {
    return e.args;
  }
  /** max or min with a constant, which needs no care for what the constant is not. */
  #bounded(e: Expr & { readonly kind: "op" }, [first, second]: readonly Instr[]): Instr | null {
    const [x, y] = e.args;
    const { op } = e;
    if (!x || !y || !first || !second || !isExtreme(op, x.dtype)) return null;
    return x.kind === "const" ? laneBound(this.a, op, second, x, first) : laneBound(this.a, op, first, y, second);
  }
  protected make(request: Request): Instr {
    const { e, lanes, at } = request;
    const differs = this.differs(e);
    if (e.kind === "const") return lanes ? splatConstant(this.a, e.value, e.dtype) : constant(this.a, e.value, e.dtype);
    if (e.kind === "acc" && differs === lanes) return this.a.read(this.around.accumulator(e.acc, lanes));
    const key = this.#key(request);
    const home: Block = this.a.home(e.depth);
    return (
      this.a.find(key) ??
      this.a.within(home, () =>
        e.kind === "unless"
          ? this.a.rememberVariable(key, this.#unless(e, lanes, at, differs))
          : this.a.remember(key, lanes ? this.#inLanes(e, at, differs) : this.#asScalar(e, at, differs)),
      )
    );
  }
  /** A value that is computed by a function of the library where that is needed, lane by lane; it stands in a variable. */
  #unless(e: Expr & { readonly kind: "unless" }, lanes: boolean, at: number, differs: boolean): Variable {
    const { a } = this;
    const [rare, usual, ...of] = e.args;
    const inLanes = lanes && differs && this.computedInLanes(e);
    const found = a.variable(lanes ? "v128" : regOf(e.dtype));
    if (lanes && !inLanes) a.write(found, this.#inLanes(e, at, differs));
    else if (!lanes && differs && this.computedInLanes(e)) a.write(found, this.#asScalar(e, at, differs));
    else {
      const make = (x: Expr): Instr => this.make({ e: x, lanes, at });
      const call = (args: readonly Instr[]): Instr => {
        const wide = args.map((x, i) => castScalar(a, of[i]?.dtype ?? e.dtype, "float64", x));
        return castScalar(a, "float64", e.dtype, a.call(this.around.math(e.fn, wide.length), wide, "f64"));
      };
      const where = make(rare);
      const args = of.map(make);
      a.write(found, make(usual));
      a.when(inLanes ? a.op("v128_any_true", where) : where, () => {
        if (!inLanes) return a.write(found, call(args));
        const each = Array.from({ length: this.width }, (_x, k) => call(args.map((x, i) => extract(a, of[i]?.dtype ?? e.dtype, x, k, this.width))));
        a.write(found, laneSelect(a, where, pack(a, e.dtype, each), a.read(found)));
      });
    }
    return found;
  }
  #asScalar(e: Expr, at: number, differs: boolean): Instr {
    const { a } = this;
    if (differs && e.kind !== "index" && this.computedInLanes(e))
      return extract(a, e.dtype, this.make({ e, lanes: true, at: Math.floor(at / this.width) }), at % this.width, this.width);
    const arg = (x: Expr): Instr => this.make({ e: x, lanes: false, at });
    switch (e.kind) {
      case "load": {
        const { base, offset } = this.addresses.of(e.buffer, partIndex(e), itemsize(e.dtype), differs ? at : 0);
        return loadScalar(a, e.dtype, base, offset);
      }
      case "index":
        return this.addresses.index(e.index, differs ? at : 0);
      case "op":
        return scalarOp(a, e.op, e.args[0]?.dtype ?? e.dtype, e.args.map(arg));
      case "cast":
        return castScalar(a, e.arg.dtype, e.dtype, arg(e.arg), e.exact);
      case "bitcast":
        return bitcastScalar(a, e.arg.dtype, e.dtype, arg(e.arg));
      case "select":
        return a.select(regOf(e.dtype), arg(e.args[1]), arg(e.args[2]), arg(e.args[0]));
      case "call": {
        const args = e.args.map((x) => castScalar(a, x.dtype, "float64", arg(x)));
        return castScalar(a, "float64", e.dtype, a.call(this.around.math(e.fn, args.length), args, "f64"));
      }
      case "unless":
      case "const":
      case "acc":
        throw new Error("constants, variables and accumulators have no instruction of their own");
    }
  }
  #inLanes(e: Expr, at: number, differs: boolean): Instr {
    const { a } = this;
    if (!differs) return splat(a, e.dtype, this.make({ e, lanes: false, at: 0 }));
    if (!this.computedInLanes(e))
      return pack(
        a,
        e.dtype,
        Array.from({ length: this.width }, (_x, k) => this.make({ e, lanes: false, at: at * this.width + k })),
      );
    const arg = (x: Expr): Instr => this.make({ e: x, lanes: true, at });
    switch (e.kind) {
      case "load": {
        const { base, offset } = this.addresses.of(e.buffer, partIndex(e), e.dtype === "bool" ? 1 : itemsize(e.dtype), at * this.width);
        return loadLanes(a, e.dtype, base, offset);
      }
      case "index":
        return iota(a, this.addresses.index(e.index, at * this.width), this.vector ? strideOf(e.index, this.vector) : 0);
      case "op": {
        const amount = shiftAmount(e);
        const args = e.args.filter((x) => x !== amount || e.args[0] === x).map(arg);
        const bounded = this.#bounded(e, args);
        if (bounded) return bounded;
        return laneOp(a, e.op, e.args[0]?.dtype ?? e.dtype, args, amount && this.make({ e: amount, lanes: false, at: 0 }));
      }
      case "cast":
        return castLanes(a, e.arg.dtype, e.dtype, arg(e.arg), e.exact);
      case "bitcast":
        return arg(e.arg);
      case "select":
        return laneSelect(a, arg(e.args[0]), arg(e.args[1]), arg(e.args[2]));
      case "call":
      case "unless":
      case "const":
      case "acc":
        throw new Error(`${e.kind} is not computed in lanes`);
    }
  }
}
