// A scheduled kernel as text for people: its loops with what each of them is, and every value once, where it is made.
import type { Node } from "../../graph/graph.ts";
import type { Target } from "../target.ts";
import { type Expr, type Kernel, type Stmt, childrenOf } from "./ir.ts";
import type { Ix } from "./ix.ts";
import { type LoopSchedule, type Schedule, scheduleKernel } from "./schedule.ts";
import { readBy, roots, postOrder } from "./walk.ts";

const NAMES = "ijklmnopqrstuvwxyz";
/** Values that are used once and are no longer than this stand where they are used. */
const INLINE = 60;

/** The loop nest of a kernel on a target. Long kernels are long texts: make it when somebody asks for it. */
export function kernelText(kernel: Kernel, target: Target): string {
  return new Text(scheduleKernel(kernel, target)).write();
}

/** The same, with the operation of the graph that each line was made for. */
export function kernelTextLines(schedule: Schedule): { readonly text: string; readonly lines: readonly (readonly [line: number, of: Node])[] } {
  const t = new Text(schedule);
  return { text: t.write(), lines: t.marks };
}

class Text {
  readonly #lines: string[] = [];
  readonly marks: (readonly [line: number, of: Node])[] = [];
  readonly #uses = new Map<Expr, number>();
  /** Names of values that have been written, by block: what is made in a loop is not known after it. */
  readonly #scopes: Map<Expr, string>[] = [new Map()];
  readonly #loops = new Map<number, string>();
  #next = 0;
  constructor(readonly schedule: Schedule) {
    const { kernel } = schedule;
    const use = (e: Expr): void => void this.#uses.set(e, (this.#uses.get(e) ?? 0) + 1);
    for (const e of roots(kernel.body)) use(e);
    postOrder(roots(kernel.body), (e) => childrenOf(e).forEach(use));
  }
  write(): string {
    const { name, buffers, body } = this.schedule.kernel;
    const parameters = buffers.map((b, i) => `${b.role} ${this.#buffer(i)}: ${b.dtype}[${b.size}]`);
    this.#line(
      0,
      `${name}(${parameters.length > 8 ? `${parameters.slice(0, 8).join(", ")}, … ${parameters.length - 8} more` : parameters.join(", ")})`,
    );
    this.#block(body, 1);
    return this.#lines.join("\n");
  }
  #line(indent: number, text: string, of?: Node | null): void {
    this.#lines.push("  ".repeat(indent) + text);
    if (of) this.marks.push([this.#lines.length, of]);
  }
  #buffer(i: number): string {
    const b = this.schedule.kernel.buffers[i];
    return b ? b.name.replace(/^%/, "b").replaceAll(" ", "_") : `b?${i}`;
  }
  #block(body: readonly Stmt[], indent: number): void {
    this.#scopes.push(new Map());
    for (const s of body) this.#stmt(s, indent);
    this.#scopes.pop();
  }
  #stmt(s: Stmt, indent: number): void {
    for (const e of s.kind === "fold" ? s.values : readBy(s)) this.#define(e, indent);
    switch (s.kind) {
      case "loop": {
        const v = NAMES[this.#loops.size % NAMES.length] ?? "i";
        const name = this.#loops.size < NAMES.length ? v : `${v}${Math.floor(this.#loops.size / NAMES.length)}`;
        this.#loops.set(s.v.id, name);
        this.#line(indent, `for ${name} in 0 … ${s.v.extent - 1}${kindText(this.schedule.loops.get(s.v))}`);
        return this.#block(s.body, indent + 1);
      }
      case "if":
        this.#line(indent, `if ${this.#value(s.cond)}`);
        return this.#block(s.body, indent + 1);
      case "store":
        return this.#line(indent, `${this.#buffer(s.buffer)}[${this.#index(s.index)}]${part(s)} = ${this.#value(s.value)}`, s.value.of);
      case "set":
        return this.#line(indent, `a${s.acc.id} = ${this.#value(s.value)}`, s.value.of);
      case "reduce":
        return this.#line(indent, `a${s.acc.id} = ${s.op}(a${s.acc.id}, ${this.#value(s.value)})`, s.of ?? s.value.of);
      case "fold": {
        const names = (of: Iterable<{ readonly id: number }>): string => [...of].map((a) => `a${a.id}`).join(", ");
        this.#line(indent, `(${names(s.accs)}) = join((${names(s.accs)}), (${s.values.map((e) => this.#value(e)).join(", ")})), where`, s.of);
        this.#scopes.push(new Map());
        for (const e of s.joined) this.#define(e, indent + 1);
        this.#line(indent + 1, `join((${names(s.left)}), (${names(s.right)})) = (${s.joined.map((e) => this.#value(e)).join(", ")})`);
        this.#scopes.pop();
        return;
      }
      case "copy":
        return this.#line(indent, `${this.#buffer(s.to)} = ${this.#buffer(s.from)}  (${s.bytes} bytes)`);
      case "tile":
        return this.#line(
          indent,
          `${this.#buffer(s.out)}[${this.#index(s.outIndex)}] ${s.adds ? "+=" : "="} tile of ${this.#buffer(s.a)}[${this.#index(s.aIndex)}] · ${this.#buffer(s.b)}[${this.#index(s.bIndex)}], ${s.k} deep`,
          s.of,
        );
    }
  }
  #known(e: Expr): string | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i--) {
      const name = this.#scopes[i]?.get(e);
      if (name !== undefined) return name;
    }
    return undefined;
  }
  /** Writes a line for every value that is needed several times, or is too long to stand where it is used. */
  #define(root: Expr, indent: number): void {
    const scope = this.#scopes.at(-1);
    postOrder(
      [root],
      (e) => {
        if (e.kind === "const" || e.kind === "acc" || e.kind === "index") return;
        const text = this.#form(e);
        if ((this.#uses.get(e) ?? 0) <= 1 && text.length <= INLINE && e.kind !== "call") scope?.set(e, text);
        else {
          const name = `v${this.#next++}`;
          scope?.set(e, name);
          this.#line(indent, `${name} = ${text}${this.#held(e)}`, e.of);
        }
      },
      (e) => this.#known(e) === undefined,
    );
  }
  #held(e: Expr): string {
    const held = this.schedule.held.get(e);
    return held && held !== "lanes" ? `  (${held})` : "";
  }
  #value(e: Expr): string {
    return this.#known(e) ?? this.#form(e);
  }
  #form(e: Expr): string {
    const args = (xs: readonly Expr[]): string => xs.map((x) => this.#value(x)).join(", ");
    switch (e.kind) {
      case "const":
        return String(e.value);
      case "acc":
        return `a${e.acc.id}`;
      case "index":
        return this.#index(e.index);
      case "load":
        return `${this.#buffer(e.buffer)}[${this.#index(e.index)}]${part(e)}`;
      case "cast":
        return `${e.dtype}(${this.#value(e.arg)})`;
      case "bitcast":
        return `bits_${e.dtype}(${this.#value(e.arg)})`;
      case "op":
        return `${e.op}(${args(e.args)})`;
      case "select":
        return `select(${args(e.args)})`;
      case "unless":
        return `unless(${this.#value(e.args[0])}, ${this.#value(e.args[1])}, ${e.fn}(${args(e.args.slice(2))}))`;
      case "call":
        return `${e.fn}(${args(e.args)})`;
    }
  }
  #index(ix: Ix): string {
    const terms = ix.terms.map(({ atom, coef }) => {
      const text =
        atom.kind === "var"
          ? (this.#loops.get(atom.v.id) ?? `v${atom.v.id}`)
          : atom.kind === "value"
            ? this.#value(atom.expr)
            : `(${this.#index(atom.of)} ${atom.kind === "div" ? "/" : "%"} ${atom.by})`;
      return coef === 1 ? text : `${coef}·${text}`;
    });
    if (ix.constant || terms.length === 0) terms.push(String(ix.constant));
    return terms.join(" + ");
  }
}
const part = (x: { readonly stored: string; readonly part: number }): string => (x.stored.startsWith("complex") ? (x.part ? ".im" : ".re") : "");
function kindText(plan: LoopSchedule | undefined): string {
  if (!plan) return "";
  const copies = plan.unroll > 1 ? ` × ${plan.unroll}` : "";
  const kind = plan.kind === "lanes" ? `lanes(${plan.lanes}${copies})` : plan.kind;
  return `: ${kind}${plan.kind === "lanes" && plan.carries.length ? ", reduce" : ""}`;
}
