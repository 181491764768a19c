// The shortest emitter, for tests and as an example: a Target, and a walk over scheduled kernels that writes JavaScript for float32, int32 and bool, and
// decides nothing. emitter.test.ts runs what it writes beside WebAssembly.
import type { DType } from "../core/dtypes.ts";
import type { Expr, Stmt } from "./kernel/ir.ts";
import type { Ix } from "./kernel/ix.ts";
import type { Schedule } from "./kernel/schedule.ts";
import { postOrder, readBy, statements } from "./kernel/walk.ts";
import { type Target, WASM } from "./target.ts";

/** One element at a time: no type has lanes. */
export const JAVASCRIPT: Target = {
  ...WASM,
  name: "javascript",
  dtypes: new Set<DType>(["float32", "int32", "bool"]),
  laneTypes: new Set(),
  wideTypes: new Set(),
  hasLaneForm: () => false,
  parallelism: { threads: 1, lanes: 1, grid: false, group: 1 },
  unroll: 1,
};

const PRELUDE = `const { fround } = Math, f = new Float32Array(1), i = new Int32Array(f.buffer);
const cast_float32 = fround, cast_bool = (x) => x, cast_int32 = (x) => Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(x) || 0));
const bitcast_int32 = (x) => ((f[0] = x), i[0]), bitcast_float32 = (x) => ((i[0] = x), f[0]);
const copysign = (x, y) => (y < 0 || Object.is(y, -0) ? -Math.abs(x) : Math.abs(x));
`;
const COMPARISONS: Readonly<Record<string, string>> = { eq: "===", ne: "!==", lt: "<", le: "<=", gt: ">", ge: ">=" };
const INFIX: Readonly<Record<string, string>> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  rem: "%",
  and: "&",
  or: "|",
  xor: "^",
  shl: "<<",
  shr_a: ">>",
};
const rounded = (text: string, d: DType): string => (d === "float32" ? `fround(${text})` : d === "int32" ? `(${text} | 0)` : text);
const value = (e: Expr): string => (e.kind === "acc" ? `a${e.acc.id}` : `v${e.id}`);

const MATH: ReadonlySet<string> = new Set(["max", "min", "abs", "floor", "ceil", "trunc", "sqrt"]);

/** The body of a JavaScript function: its parameters are `math`, which gives a function of the run-time library, and the buffers b0, b1, … */
export const emitJavaScript = (schedule: Schedule): string => PRELUDE + new Emitter(schedule).write();

class Emitter {
  readonly #lines: string[] = [];
  constructor(readonly schedule: Schedule) {}
  write(): string {
    const accs = [...statements(this.schedule.kernel.body)].flatMap((s) => (s.kind === "set" || s.kind === "reduce" ? [s.acc] : []));
    for (const a of new Set(accs)) this.#lines.push(`let a${a.id} = 0;`);
    this.#block(this.schedule.kernel.body, new Set());
    return this.#lines.join("\n");
  }
  /** `outside`: the values that stand in constants around the block. */
  #block(body: readonly Stmt[], outside: ReadonlySet<Expr>): void {
    const known = new Set(outside);
    const define = (e: Expr): void => {
      if (e.kind === "acc") return;
      known.add(e);
      this.#lines.push(`const v${e.id} = ${this.#form(e)};`);
    };
    for (const s of body) {
      postOrder(readBy(s), define, (e) => !known.has(e));
      this.#statement(s, known);
    }
  }
  #statement(s: Stmt, known: ReadonlySet<Expr>): void {
    if (s.kind === "loop" || s.kind === "if") {
      const i = s.kind === "loop" ? `i${s.v.id}` : "";
      if (s.kind === "loop" && this.schedule.loops.get(s.v)?.kind === "lanes") throw new Error("the target has no lanes");
      this.#lines.push(s.kind === "loop" ? `for (let ${i} = 0; ${i} < ${s.v.extent}; ${i}++) {` : `if (${value(s.cond)}) {`);
      this.#block(s.body, known);
      this.#lines.push("}");
    } else if (s.kind === "store") this.#lines.push(`b${s.buffer}[${this.#index(s.index)}] = ${value(s.value)};`);
    else if (s.kind === "set") this.#lines.push(`a${s.acc.id} = ${value(s.value)};`);
    else if (s.kind === "reduce") this.#lines.push(`a${s.acc.id} = ${this.#op(s.op, [`a${s.acc.id}`, value(s.value)], s.acc.dtype)};`);
    else throw new Error(`${s.kind} is not written as JavaScript`);
  }
  #form(e: Expr): string {
    switch (e.kind) {
      case "const":
        return Object.is(e.value, -0) ? "-0" : String(e.value);
      case "load":
        return `b${e.buffer}[${this.#index(e.index)}]`;
      case "index":
        return this.#index(e.index);
      case "acc":
        return value(e);
      case "op":
        return this.#op(e.op, e.args.map(value), e.dtype);
      case "select":
        return `${value(e.args[0])} ? ${value(e.args[1])} : ${value(e.args[2])}`;
      case "cast":
      case "bitcast":
        return `${e.kind}_${e.dtype}(${value(e.arg)})`;
      case "unless":
        return `${value(e.args[0])} ? ${rounded(`math(${JSON.stringify(e.fn)})(${e.args.slice(2).map(value).join(", ")})`, e.dtype)} : ${value(e.args[1])}`;
      case "call":
        return rounded(`math(${JSON.stringify(e.fn)})(${e.args.map(value).join(", ")})`, e.dtype);
    }
  }
  #op(op: string, args: readonly string[], d: DType): string {
    const [x = "", y = ""] = args;
    if (op in COMPARISONS) return `${x} ${COMPARISONS[op]} ${y} ? 1 : 0`;
    if (op === "neg" || op === "not") return rounded(op === "neg" ? `-${x}` : d === "bool" ? `${x} ^ 1` : `~${x}`, d);
    if (op === "mul" && d === "int32") return `Math.imul(${x}, ${y})`;
    if (op === "copysign") return `copysign(${x}, ${y})`;
    if (!(op in INFIX) && !MATH.has(op)) throw new Error(`${op} is not written as JavaScript`);
    return rounded(op in INFIX ? `${x} ${INFIX[op]} ${y}` : `Math.${op}(${args.join(", ")})`, d);
  }
  #index(ix: Ix): string {
    const terms = ix.terms.map(({ atom: a, coef }) => {
      if (a.kind === "var" || a.kind === "value") return `${coef} * ${a.kind === "var" ? `i${a.v.id}` : value(a.expr)}`;
      return `${coef} * ${a.kind === "div" ? `Math.floor((${this.#index(a.of)}) / ${a.by})` : `((${this.#index(a.of)}) % ${a.by})`}`;
    });
    return [...terms, ix.constant].join(" + ");
  }
}
