// Variables: the places of a module that hold arrays and may be set. Their classes say what they are for; filters go by class and tag.
import { StructureError } from "../core/errors.ts";
import { registerPytreeNode } from "../core/pytree.ts";
import { currentTrace } from "../core/trace.ts";
import { Value } from "../core/value.ts";

/** What is said of a variable besides its value. */
export interface VariableMetadata {
  /** A word that filters go by (`nnx.WithTag`), such as the name of a stream of random numbers. */
  readonly tag?: string;
  readonly [key: string]: unknown;
}
/** A value with what is to be said of the variable that will hold it: what an initializer gives that was made by `nnx.withMetadata`. */
export class Annotated {
  constructor(
    readonly value: unknown,
    readonly metadata: VariableMetadata,
  ) {}
}
/** A class of variables. */
export type VariableClass = abstract new (...args: never[]) => Variable<unknown>;
const registered = new Set<VariableClass>();

/**
 * A place that holds a value (an array, or a tree of arrays) and may be set: `v.value = v.value.add(1)`. Source: flax.nnx.Variable.
 * A variable is a pytree of its value; its class and metadata belong to the structure. It is set under the transformation that it was made
 * under, or handed to as an argument of an `nnx` transformation: setting another throws StructureError.
 */
export class Variable<T = Value> {
  #metadata: VariableMetadata;
  #value: T;
  readonly #trace = currentTrace();
  constructor(value: T | Annotated, metadata: VariableMetadata = {}) {
    const annotated = value instanceof Annotated;
    this.#value = annotated ? (value.value as T) : value;
    this.#metadata = annotated ? { ...value.metadata, ...metadata } : metadata;
    register(new.target);
  }
  /** What is said of it. */
  get metadata(): VariableMetadata {
    return this.#metadata;
  }
  /** Says more of it. */
  annotate(metadata: VariableMetadata): void {
    this.#metadata = { ...this.#metadata, ...metadata };
  }
  /** What it holds. */
  get value(): T {
    return this.#value;
  }
  set value(v: T) {
    if (currentTrace() !== this.#trace)
      throw new StructureError(
        `a ${this.constructor.name} was set inside a transformation that it is no argument of: the new value would outlive the trace. Pass the module that holds it as an argument, to a function of nnx.jit, nnx.grad, nnx.vmap, nnx.scan, …`,
      );
    this.#value = v;
  }
  /** The sizes of the value's axes. Throws where the value is a tree. */
  get shape(): number[] {
    return this.#array().shape;
  }
  /** The dtype of the value. Throws where the value is a tree. */
  get dtype(): string {
    return this.#array().dtype;
  }
  #array(): Value {
    const v: unknown = this.#value;
    if (v instanceof Value) return v;
    throw new StructureError(`this ${this.constructor.name} holds no array, so it has no shape and dtype: read them of what is in its value`);
  }
  /** The same with another value. */
  replace<U = T>(value: U): Variable<U> {
    return variableOf(this.constructor as VariableClass, value, this.metadata) as Variable<U>;
  }
}
/** A variable of a class, whatever its constructor takes. */
export const variableOf = (cls: VariableClass, value: unknown, metadata: VariableMetadata): Variable<unknown> =>
  Reflect.construct(Variable, [value, metadata], cls) as Variable<unknown>;
function register(cls: VariableClass): void {
  if (registered.has(cls)) return;
  registered.add(cls);
  registerPytreeNode(
    cls,
    (v) => [[v.value], Object.entries(v.metadata)],
    (aux, [value]) => variableOf(cls, value, Object.fromEntries(aux as [string, unknown][])),
  );
}

/** What is trained: weights. Source: flax.nnx.Param. */
export class Param<T = Value> extends Variable<T> {}
/** Running statistics of batches. Source: flax.nnx.BatchStat. */
export class BatchStat<T = Value> extends Variable<T> {}
/** What is kept between the steps of decoding. Source: flax.nnx.Cache. */
export class Cache<T = Value> extends Variable<T> {}
/** What `sow` writes: values from inside a call, for who looks. Source: flax.nnx.Intermediate. */
export class Intermediate<T = Value> extends Variable<T> {}
/** What `perturb` adds: zeros whose gradient is the gradient of a value inside a call. Source: flax.nnx.Perturbation. */
export class Perturbation<T = Value> extends Variable<T> {}
/** The trained matrices of a low-rank adaptation. Source: flax.nnx.LoRAParam. */
export class LoRAParam<T = Value> extends Param<T> {}
/** The state of a stream of random numbers. */
export class RngState extends Variable {}
/** A stream's key. */
export class RngKey extends RngState {}
/** How many keys a stream has given. */
export class RngCount extends RngState {}
/** What an optimizer remembers. */
export class OptState<T = Value> extends Variable<T> {}
/** What a metric has summed up. */
export class MetricState extends Variable {}

const named = new Map<string, VariableClass>(
  Object.entries({ params: Param, batch_stats: BatchStat, cache: Cache, intermediates: Intermediate, perturbations: Perturbation }),
);
/** Gives a class of variables a name, as linen's collections have. Throws StructureError where the name is another's. Source: nnx.register_variable_name.
 * @example class Scale extends nnx.Param {} nnx.registerVariableName("scale", Scale); nnx.variableNameFromType(Scale) // "scale" */
export function registerVariableName<C extends VariableClass>(name: string, cls: C): C {
  const before = named.get(name);
  if (before && before !== cls) throw new StructureError(`nnx.registerVariableName: "${name}" is the name of ${before.name} already; choose another`);
  named.set(name, cls);
  return cls;
}
/** The class of variables that a name was given to. Throws StructureError where there is none. Source: nnx.variable_type_from_name.
 * @example nnx.variableTypeFromName("params") === nnx.Param // true */
export function variableTypeFromName(name: string): VariableClass {
  const cls = named.get(name);
  if (!cls) throw new StructureError(`nnx.variableTypeFromName: no class is named "${name}"; the names are ${[...named.keys()].join(", ")}`);
  return cls;
}
/** The name that a class of variables was given, or the class's own. Source: nnx.variable_name_from_type.
 * @example nnx.variableNameFromType(nnx.Param) // "params" */
export const variableNameFromType = (cls: VariableClass): string => [...named].find(([, c]) => c === cls)?.[0] ?? cls.name;
