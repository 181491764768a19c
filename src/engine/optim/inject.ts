// Hyperparameters as part of the state: they can be read, logged, and changed between steps without tracing again.
import type { Tree } from "../core/pytree.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import { type GradientTransformation, type OptState, transformation } from "./base.ts";
import { safeIncrement, zeroCount } from "./numerics.ts";

type Factory<A extends readonly unknown[]> = (...args: A) => GradientTransformation;
/** State of `injectHyperparams`: change `hyperparams` to change the optimizer. */
export interface InjectHyperparamsState {
  readonly count: Value;
  readonly hyperparams: Readonly<Record<string, Value>>;
  readonly innerState: OptState;
}
const isPlain = (v: unknown): v is Record<string, unknown> => typeof v === "object" && v !== null && Object.getPrototypeOf(v) === Object.prototype;
type Injected = ArrayLike | ((count: Value) => ArrayLike);
const isInjected = (v: unknown): v is Injected => typeof v === "number" || typeof v === "function" || v instanceof Value;

/**
 * An optimizer's maker whose numbers and schedules live in the state: `injectHyperparams(adam)(0.1)`. The first argument is called `learningRate`, further
 * ones `argument1`, …; options go by their names. Booleans, strings and masks stay as they are.
 */
export function injectHyperparams<A extends readonly unknown[]>(innerFactory: Factory<A>): Factory<A> {
  return (...args) => {
    const last = args[args.length - 1];
    const options = args.length > 0 && isPlain(last) ? last : {};
    const positional = options === last ? args.slice(0, -1) : [...args];
    const given: Record<string, unknown> = { ...options };
    positional.forEach((v, i) => (given[i === 0 ? "learningRate" : `argument${i}`] = v));
    const injected = Object.fromEntries(Object.entries(given).filter(([name, v]) => name !== "clipValueFn" && isInjected(v))) as Record<
      string,
      Injected
    >;
    const valuesAt = (count: Value, kept: Readonly<Record<string, Value>> | null): Record<string, Value> =>
      Object.fromEntries(
        Object.entries(injected).map(([name, v]) => {
          if (typeof v === "function") return [name, np.asarray(v(count)).astype("float32")];
          return [name, kept?.[name] ?? np.asarray(v as ArrayLike, { dtype: "float32" })];
        }),
      );
    const make = (values: Readonly<Record<string, Value>>): GradientTransformation => {
      const where = { ...given, ...values };
      const first = positional.map((_v, i) => where[i === 0 ? "learningRate" : `argument${i}`]);
      const rest = Object.fromEntries(Object.keys(options).map((name) => [name, where[name]]));
      return innerFactory(...([...first, ...(Object.keys(options).length ? [rest] : [])] as unknown as A));
    };
    return transformation<InjectHyperparamsState>(
      (params: Tree) => {
        const hyperparams = valuesAt(zeroCount(), null);
        return { count: zeroCount(), hyperparams, innerState: make(hyperparams).init(params) as OptState };
      },
      (updates, state, params, extra) => {
        const hyperparams = valuesAt(state.count, state.hyperparams);
        const [out, innerState] = make(hyperparams).update(updates, state.innerState, params, extra);
        return [out, { count: safeIncrement(state.count), hyperparams, innerState }];
      },
    );
  };
}
