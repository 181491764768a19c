// Mutable references (jax.ref). A reference is a box with the value of the trace that it was made under: there reading and writing are no operations at all, and
// derivatives and vectorization see values flow through it. Where a function is staged (jit, scan, cond, …) and meets a reference of outside, the reference's
// value becomes one more operand and result of what is staged: it is found out by trying.
import { ArgumentError, DTypeError, JitLensError, ShapeError } from "../core/errors.ts";
import { flatten } from "../core/pytree.ts";
import { type Trace, currentTrace, leaked } from "../core/trace.ts";
import { Tracer, type Value } from "../core/value.ts";
import { convert, splat } from "../primitives/ops.ts";
import type { AnyFunction } from "../core/treeTypes.ts";

/** A function that is being staged meets a reference of outside. What stages it gives it the value; what cannot shows this to the person. */
class OutsideError extends JitLensError {
  constructor(readonly reference: Ref) {
    super(
      "a mutable reference that was made outside is used in a function that is being traced here, which cannot hand it on; read it before (`r.value`), and pass the value",
    );
  }
}
/** A mutable reference to an array: `r.value` reads it, `r.value = x` writes it. Made by `ref.newRef`. JAX's jax.Ref. */
export class Ref {
  #home: Trace;
  #value: Value;
  #frozen = false;
  constructor(value: Value) {
    this.#home = currentTrace();
    this.#value = convert(value, value.dtype);
  }
  /** Throws where the reference is frozen, or belongs to another program than the one that is being written. */
  #reach(): void {
    if (this.#frozen) throw new ArgumentError("this mutable reference was frozen: it can be neither read nor written any more");
    for (let t: Trace | undefined = currentTrace(); t; t = t.parent) if (t === this.#home) return;
    if (this.#value instanceof Tracer && !this.#value.owner.alive) throw leaked(this.#value);
    throw new OutsideError(this);
  }
  /** The value now. */
  get value(): Value {
    this.#reach();
    return this.#value;
  }
  /** Writes the whole: x has the reference's dtype, and its shape or one that spreads over it. */
  set value(x: Value) {
    this.#reach();
    const y = x.weakType && x.dtype !== this.dtype ? convert(x, this.dtype) : x;
    if (y.dtype !== this.dtype) throw new DTypeError(`a reference to ${this.dtype} cannot hold ${y.dtype}; convert it with astype`);
    if (y.ndim !== 0 && y.shape.join() !== this.shape.join())
      throw new ShapeError(`a reference to an array of shape [${this.shape.join(", ")}] cannot hold ${y.aval}`);
    this.#refuseInner(y);
    this.#value = convert(splat(y, this.shape), this.dtype);
  }
  /** A value of a transformation that the reference stands outside of would outlive it. */
  #refuseInner(x: Value): void {
    if (!(x instanceof Tracer)) return;
    for (let t: Trace | undefined = currentTrace(); t && t !== this.#home; t = t.parent)
      if (x.owner === t)
        throw new ArgumentError(
          `a value is written that belongs to a transformation (${t.describe()}) which the mutable reference stands outside of; make the reference inside, pass it as an argument (vmap), or write lax.stopGradient(x)`,
        );
  }
  /** The sizes of the axes. */
  get shape(): number[] {
    return this.#value.shape;
  }
  /** The type of the elements, which stays. */
  get dtype(): Value["dtype"] {
    return this.#value.dtype;
  }
  /** The number of axes. */
  get ndim(): number {
    return this.#value.ndim;
  }
  /** The number of elements. */
  get size(): number {
    return this.#value.size;
  }
  /** Ends the reference and gives its last value. */
  freeze(): Value {
    const last = this.value;
    this.#frozen = true;
    return last;
  }
  toString(): string {
    return String(this.#value)
      .replace(/^Array\(|^/, "Ref(")
      .replace(/\)?$/, ")");
  }
  /** Runs `fn` with this reference as one of the trace at hand, with this value; gives its result and the last value. */
  within<R>(value: Value, fn: () => R): [R, Value] {
    const before = { home: this.#home, value: this.#value };
    this.#home = currentTrace();
    this.#value = convert(value, value.dtype);
    try {
      const r = fn();
      return [r, this.#value];
    } finally {
      this.#home = before.home;
      this.#value = before.value;
    }
  }
}
Object.defineProperty(Ref.prototype, Symbol.for("nodejs.util.inspect.custom"), {
  value(this: Ref) {
    return this.toString();
  },
});

export const isRef = (v: unknown): v is Ref => v instanceof Ref;
/** Whether a tree holds references. */
export const holdsRefs = (tree: unknown): boolean => flatten(tree, isRef)[0].some(isRef);

/** Runs `fn` with references of outside as values of the trace at hand; gives its result and their last values. */
export function withValues<R>(refs: readonly Ref[], values: readonly Value[], fn: () => R): [R, Value[]] {
  const run = (k: number): [R, Value[]] => {
    if (k === refs.length) return [fn(), []];
    const [[r, rest], last] = refs[k]!.within(values[k]!, () => run(k + 1));
    return [r, [last, ...rest]];
  };
  return run(0);
}
/** The values of references, to be handed to what is staged. */
export const valuesOf = (refs: readonly Ref[]): Value[] => refs.map((r) => r.value);
export const write = (refs: readonly Ref[], values: readonly Value[]): void => refs.forEach((r, i) => (r.value = values[i]!));

/**
 * Runs what stages functions. Where they meet references of outside it is run again with these: `run` hands their values in (`valuesOf`), gives them to the
 * functions (`withValues`), and writes what comes out (`write`).
 */
export function meetingRefs<T>(run: (refs: readonly Ref[]) => T, refs: Ref[] = []): T {
  for (;;)
    try {
      return run(refs);
    } catch (e) {
      // One that is outside of this trace as well is met further out.
      if (!(e instanceof OutsideError) || refs.includes(e.reference)) throw e;
      void e.reference.value;
      refs.push(e.reference);
    }
}

/** Arguments with the values of the references among them, and a function of such arguments: it gives `[result, last values]`. */
export function passRefs(fn: AnyFunction, args: readonly unknown[]): { args: unknown[]; refs: Ref[]; places: readonly number[]; fn: AnyFunction } {
  const [leaves, tree] = flatten(args, isRef),
    places = leaves.flatMap((v, i) => (isRef(v) ? [i] : []));
  return {
    args: tree.unflatten(leaves.map((v) => (isRef(v) ? v.value : v))) as unknown[],
    refs: leaves.filter(isRef),
    places,
    fn: function (this: unknown, ...inner: unknown[]) {
      const [xs, def] = flatten(inner),
        made = places.map((i) => new Ref(xs[i] as Value)),
        result: unknown = fn.apply(this, def.unflatten(xs.map((x, i) => (places.includes(i) ? made[places.indexOf(i)] : x))) as unknown[]);
      return [result, valuesOf(made)];
    },
  };
}

/** Calls a function under jit that meets references: their values are operands and results of its program. `compile` makes a jit of a function with one argument more in front. */
export function jitMeetingRefs(
  fn: AnyFunction,
  compile: (fn: AnyFunction) => AnyFunction,
): { used: () => boolean; call: (self: unknown, args: readonly unknown[]) => unknown } {
  const outside: Ref[] = [],
    programs = new Map<string, AnyFunction>();
  return {
    used: () => programs.size > 0,
    call: (self, args) =>
      meetingRefs((refs) => {
        const passed = passRefs(fn, args),
          met = [...refs],
          key = `${met.length} ${passed.places.join()}`;
        let program = programs.get(key);
        if (!program) {
          const inner = function (this: unknown, now: readonly Value[], ...xs: unknown[]): unknown {
            return withValues(met, now, () => passed.fn.apply(this, xs) as unknown);
          };
          programs.set(key, (program = compile(Object.defineProperty(inner, "name", { value: fn.name }))));
        }
        const [[out, inArguments], last] = program.call(self, valuesOf(met), ...passed.args) as [[unknown, Value[]], Value[]];
        write(passed.refs, inArguments);
        write(met, last);
        return out;
      }, outside),
  };
}
/** Whether a call failed because references were met, which another way of calling can do. */
export function failedForRefs(error: unknown, args: readonly unknown[]): boolean {
  if (error instanceof OutsideError) return true;
  try {
    return holdsRefs(args);
  } catch {
    // What cannot be gone through holds none that would help: the call's own error says what is wrong with it.
    return false;
  }
}
