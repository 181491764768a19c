// Jaxprs as JAX prints them, byte for byte: names a, b, … ba; parameters sorted; shared and large sub-programs hoisted.
import { RefAval, type ShapedArray } from "./aval.ts";
import { isInteger } from "./dtypes.ts";
import { type Atom, ClosedJaxpr, type Eqn, Jaxpr, Literal, type LiteralValue, Var, calledProgram, setJaxprPrinter, subJaxprs } from "./jaxpr.ts";
import { type Doc, brk, cat, group, join, mark, nest, render, text } from "./pretty.ts";

/** Sub-programs with more equations than this are hoisted in front of the main one. */
const HOIST_ABOVE = 10;

/** The text that parameters came with, where they were read from text: printed again as it was. */
const texts = new WeakMap<object, ReadonlyMap<string, string>>();
export const rememberText = (params: object, text: ReadonlyMap<string, string>): void => {
  if (text.size) texts.set(params, text);
};

class Printer {
  readonly #names = new Map<Var, string>();
  readonly #hoisted = new Map<Jaxpr, string>();
  readonly #used = new Set<Var>();
  #count = 0;

  name(v: Var): string {
    let n = this.#names.get(v);
    if (n === undefined) this.#names.set(v, (n = encode(this.#count++)));
    return n;
  }
  program(jaxpr: Jaxpr): Doc {
    const uses = new Map<Jaxpr, number>(),
      names = new Map<Jaxpr, string>(),
      order: Jaxpr[] = [];
    const visit = (j: Jaxpr): void => {
      for (const o of [...j.outs, ...j.eqns.flatMap((e) => e.inputs)]) if (o instanceof Var) this.#used.add(o);
      for (const e of j.eqns)
        for (const s of subJaxprs(e.params)) {
          const n = (uses.get(s) ?? 0) + 1;
          uses.set(s, n);
          if (n > 1) continue;
          names.set(s, typeof e.params.name === "string" ? e.params.name.replace("<lambda>", "lambda") : "jaxpr");
          visit(s);
          order.push(s);
        }
    };
    visit(jaxpr);
    const taken = new Map<string, number>(),
      definitions: Doc[] = [];
    for (const j of order) {
      if (uses.get(j)! < 2 && j.eqns.length <= HOIST_ABOVE) continue;
      const base = names.get(j)!,
        n = taken.get(base) ?? 0;
      taken.set(base, n + 1);
      const label = n ? `${base}${n}` : base;
      const body = this.jaxpr(j);
      this.#hoisted.set(j, label);
      definitions.push(cat(text(`let ${label} = `), body, text(" in"), brk()));
    }
    return cat(...definitions, this.jaxpr(jaxpr));
  }
  jaxpr(j: Jaxpr): Doc {
    const label = this.#hoisted.get(j);
    if (label) return text(label);
    const binders = (vars: readonly Var[]): Doc => this.list(vars.map((v) => text(`${this.name(v)}:${v.aval}`)));
    const head = cat(
      text("{ lambda "),
      binders([...j.constvars, ...j.invars.slice(0, j.shownConsts)]),
      text("; "),
      binders(j.invars.slice(j.shownConsts)),
      text(". let"),
    );
    const eqns = join(
      brk("; "),
      j.eqns.map((e) => mark(e.id, this.eqn(e))),
    );
    const outs = cat(
      text("("),
      this.list(
        j.outs.map((o) => text(this.atom(o))),
        ",",
      ),
      text(j.outs.length === 1 ? ",)" : ")"),
    );
    return group(cat(nest(2, cat(head, nest(2, cat(brk(), eqns)), brk(), text("in "), outs)), text(" }")));
  }
  eqn(e: Eqn): Doc {
    const lhs = this.list(e.outputs.map((v) => text(this.#used.has(v) ? `${this.name(v)}:${v.aval}` : `_:${v.aval}`)));
    if (e.primitive.name === "get" && e.inputs[0]!.aval instanceof RefAval) return cat(lhs, text(` <- ${this.atom(e.inputs[0]!)}[...]`));
    if (e.primitive.name === "swap") return text(`${this.atom(e.inputs[0]!)}[...] <- ${this.atom(e.inputs[1]!)}`);
    const custom: Record<string, string | null> = {
      ...(e.primitive.printParams?.(e.params) ?? {}),
      ...Object.fromEntries(texts.get(e.params) ?? []),
    };
    if (e.primitive.calls?.sharesNames) this.#alias(e);
    const keys = new Map<string, Doc>();
    for (const [k, v] of Object.entries(e.params)) {
      const own = k in custom ? custom[k] : undefined;
      if (own === null) continue;
      keys.set(snake(k), own === undefined ? this.value(v) : text(own));
    }
    for (const [k, v] of Object.entries(custom)) if (v !== null && !(k in e.params)) keys.set(snake(k), text(v));
    const sorted = [...keys].sort(([a], [b]) =>
      e.primitive.calls?.nameFirst && (a === "name" || b === "name") ? (a === "name" ? -1 : 1) : a < b ? -1 : 1,
    );
    const pairs = sorted.map(([k, d]) => cat(text(`${k}=`), d));
    const params = pairs.length ? group(cat(nest(2, cat(text("["), brk(""), join(brk(), pairs))), brk(""), text("]"))) : text("");
    const assign = e.outputs.length ? cat(lhs, text(" = ")) : text("");
    return cat(assign, text(e.primitive.name), params, text(" "), this.list(e.inputs.map((a) => text(this.atom(a)))));
  }
  /** The variables of the called program take the names they have outside. */
  #alias(e: Eqn): void {
    const inner = calledProgram(e).jaxpr;
    if (this.#hoisted.has(inner)) return;
    inner.invars.forEach((v, i) => {
      const outer = e.inputs[i];
      if (outer instanceof Var && !this.#names.has(v)) this.#names.set(v, this.name(outer));
    });
    inner.outs.forEach((o, i) => {
      const outer = e.outputs[i]!;
      if (o instanceof Var && !this.#names.has(o) && this.#used.has(outer)) this.#names.set(o, this.name(outer));
    });
  }
  list(docs: readonly Doc[], separator = ""): Doc {
    return nest(2, group(join(cat(text(separator), group(brk())), docs)));
  }
  atom(a: Atom): string {
    return a instanceof Literal ? `${showLiteral(a.value, a.aval)}:${a.aval}` : this.name(a);
  }
  value(v: unknown): Doc {
    if (v instanceof ClosedJaxpr) return this.jaxpr(v.jaxpr);
    if (v instanceof Jaxpr) return this.jaxpr(v);
    if (Array.isArray(v) && v.length && v.every((x) => x instanceof Jaxpr || x instanceof ClosedJaxpr))
      return cat(
        text("("),
        nest(
          2,
          cat(
            brk(""),
            join(
              brk(),
              v.map((x) => this.value(x)),
            ),
          ),
        ),
        brk(""),
        text(")"),
      );
    return text(python(v));
  }
}

/** Base 26 without a zero digit in front: a … z, ba, bb, … as JAX counts. */
function encode(n: number): string {
  let s = "";
  do {
    s = String.fromCharCode(97 + (n % 26)) + s;
    n = Math.floor(n / 26);
  } while (n > 0);
  return s;
}
export const snake = (k: string): string => (/^[A-Z]+$/.test(k) ? k : k.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`));

/** A float as Python's repr writes it. */
export function pythonFloat(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x > 0 ? "inf" : "-inf";
  if (Object.is(x, -0)) return "-0.0";
  if (x === 0) return "0.0";
  const [mantissa, exponent] = x.toExponential().split("e") as [string, string];
  const e = Number(exponent);
  if (e < -4 || e >= 16) return `${mantissa}e${e < 0 ? "-" : "+"}${String(Math.abs(e)).padStart(2, "0")}`;
  const plain = e < 0 ? x.toFixed(Math.max(1, (mantissa.split(".")[1]?.length ?? 0) - e)) : String(x);
  return plain.includes(".") ? plain : `${plain}.0`;
}
const f32 = new Float32Array(1);
export function showLiteral(value: LiteralValue, aval: ShapedArray): string {
  if (typeof value === "object") return `(${pythonFloat(value[0])}+${pythonFloat(value[1])}j)`;
  if (aval.dtype === "bool") return value ? "True" : "False";
  if (isInteger(aval.dtype)) return String(value);
  if (aval.dtype === "float64") return pythonFloat(Number(value));
  f32[0] = Number(value);
  return pythonFloat(f32[0]);
}
/** A parameter as Python prints it: tuples, None, True. */
export function python(v: unknown): string {
  if (v === null || v === undefined) return "None";
  if (v === true) return "True";
  if (v === false) return "False";
  if (typeof v === "number") return Number.isInteger(v) ? String(v) : pythonFloat(v);
  if (Array.isArray(v)) return v.length === 1 ? `(${python(v[0])},)` : `(${v.map(python).join(", ")})`;
  if (typeof v === "function") return v.name || "<lambda>";
  return String(v);
}
export function printJaxpr(jaxpr: Jaxpr): string {
  return render(new Printer().program(jaxpr)).text;
}
/** The text together with the 0-based line on which each equation (by id) starts. */
export function printJaxprWithLines(jaxpr: Jaxpr): { text: string; marks: Map<number, number> } {
  return render(new Printer().program(jaxpr));
}
setJaxprPrinter(printJaxpr);
