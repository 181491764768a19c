// Modules made of modules: one after the other, lists, dictionaries; and low-rank adaptations of linear layers.
import { StructureError } from "../core/errors.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import type { Value } from "../core/value.ts";
import { heUniform, zeros, type Initializer } from "../nn/initializers.ts";
import { promoteDtype } from "./dtypes.ts";
import { type KernelOptions, type LayerOptions, Linear } from "./linear.ts";
import { Module } from "./module.ts";
import { LoRAParam } from "./variable.ts";

/** A function, or a module with a method `call`. */
export type Layer = ((x: Value) => unknown) | { call(x: Value): unknown };
/** What a layer makes of a value. Source: flax.nnx.call.
 * @example nnx.call((x) => x.mul(2), np.array([1, 2])) // [2, 4] */
export function call(layer: Layer, x: unknown): unknown {
  if (typeof layer === "function") return layer(x as Value);
  if (typeof layer.call === "function") return layer.call(x as Value);
  throw new StructureError(`nnx: ${(layer as object).constructor.name} is no layer; expected a function, or a module with a method call`);
}
/** Layers one after the other: modules with a method `call`, and functions. Source: flax.nnx.Sequential. */
export class Sequential extends Module {
  layers: Layer[];
  constructor(...layers: Layer[]) {
    super();
    this.layers = layers;
  }
  /** The last layer's result. */
  call(x: ArrayLike): Value {
    return this.layers.reduce<unknown>((v, layer) => call(layer, v), x) as Value;
  }
}
/** A list of modules, itself a module. An ordinary array in a field does as well. Source: flax.nnx.List. */
export class List<T = unknown> extends Module {
  items: T[];
  constructor(items: Iterable<T> = []) {
    super();
    this.items = [...items];
  }
  /** How many there are. */
  get length(): number {
    return this.items.length;
  }
  /** One of them; a negative number counts from the end. */
  at(i: number): T | undefined {
    return this.items.at(i);
  }
  /** Puts one more at the end. */
  append(item: T): void {
    this.items.push(item);
  }
  [Symbol.iterator](): Iterator<T> {
    return this.items[Symbol.iterator]();
  }
}
/** Modules by name, itself a module. An ordinary object in a field does as well. Source: flax.nnx.Dict. */
export class Dict<T = unknown> extends Module {
  items: Record<string, T>;
  constructor(items: Readonly<Record<string, T>> = {}) {
    super();
    this.items = { ...items };
  }
  /** One of them. */
  get(name: string): T | undefined {
    return this.items[name];
  }
  /** Puts one more in. */
  set(name: string, item: T): void {
    this.items[name] = item;
  }
}
/** Options of LoRA. */
export interface LoRAOptions extends LayerOptions {
  /** What the adaptation is added to. */
  readonly baseModule?: Layer | null;
  /** Makes the first matrix. Default heUniform. */
  readonly aInitializer?: Initializer;
  /** Makes the second matrix. Default zeros: the adaptation starts as nothing. */
  readonly bInitializer?: Initializer;
}
/** x A B, of low rank, added to a module's result. Source: flax.nnx.LoRA (arXiv:2106.09685). */
export class LoRA extends Module {
  loraA: LoRAParam;
  loraB: LoRAParam;
  readonly baseModule: Layer | null;
  constructor(
    readonly inFeatures: number,
    readonly loraRank: number,
    readonly outFeatures: number,
    options: LoRAOptions,
  ) {
    super();
    const { rngs, paramDtype = "float32" } = options;
    this.loraA = new LoRAParam((options.aInitializer ?? heUniform())(rngs.params(), [inFeatures, loraRank], paramDtype));
    this.loraB = new LoRAParam((options.bInitializer ?? zeros)(rngs.params(), [loraRank, outFeatures], paramDtype));
    this.baseModule = options.baseModule ?? null;
  }
  /** [..., inFeatures] → [..., outFeatures]. */
  call(inputs: ArrayLike): Value {
    const [x, a, b] = promoteDtype([inputs, this.loraA.value, this.loraB.value]),
      y = x.matmul(a).matmul(b);
    return this.baseModule ? y.add(call(this.baseModule, x) as Value) : y;
  }
}
/** A linear layer with a low-rank adaptation: its own matrices are LoRAParams. Source: flax.nnx.LoRALinear. */
export class LoRALinear extends Linear {
  lora: LoRA;
  constructor(inFeatures: number, outFeatures: number, options: KernelOptions & { readonly loraRank: number } & Omit<LoRAOptions, "baseModule">) {
    super(inFeatures, outFeatures, options);
    this.lora = new LoRA(inFeatures, options.loraRank, outFeatures, options);
  }
  override call(inputs: ArrayLike): Value {
    return super.call(inputs).add(this.lora.call(inputs));
  }
}
