// Hyperparameters as part of the state: they can be read, logged, and changed between steps without tracing again.
import type { Tree } from "../core/pytree.ts";
import type { DType } from "../core/dtypes.ts";
import type { ArrayLike } from "../core/treeTypes.ts";
import { Value } from "../core/value.ts";
import * as np from "../numpy/index.ts";
import { type GradientTransformation, type OptState, transformation } from "./base.ts";
import { safeIncrement, zeroCount } from "./numerics.ts";
import { treeDtype } from "./treeUtils.ts";

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

/** Options of `injectHyperparams`. */
export interface InjectHyperparamsOptions {
  /** Names of arguments that stay as they are: functions that are no schedules, numbers that are to be known while tracing. */
  readonly staticArgs?: string | readonly string[];
  /** The type of the injected numbers. The widest of the parameters'. */
  readonly hyperparamDtype?: DType | null;
}
/**
 * An optimizer's maker whose numbers and schedules live in the state: `injectHyperparams(adam)(0.1)`. The first argument is called `learningRate`, further
 * ones `argument1`, …; options go by their names. Booleans, strings, masks and what `staticArgs` names stay as they are.
 * @example optim.injectHyperparams(optim.sgd)(0.5).init({ w: np.array([1]) }).hyperparams // { learningRate: 0.5 }
 */
export function injectHyperparams<A extends readonly unknown[]>(innerFactory: Factory<A>, q: InjectHyperparamsOptions = {}): Factory<A> {
  const statics = new Set([q.staticArgs ?? []].flat());
  return (...args) => {
    const last = args[args.length - 1];
    const options = args.length > 0 && isPlain(last) ? last : {};
    const positional = options === last ? args.slice(0, -1) : [...args];
    const given: Record<string, unknown> = { ...options };
    positional.forEach((v, i) => (given[i === 0 ? "learningRate" : `argument${i}`] = v));
    const injected = Object.fromEntries(
      Object.entries(given).filter(([name, v]) => name !== "clipValueFn" && !statics.has(name) && isInjected(v)),
    ) as Record<string, Injected>;
    const typeFor = (params: Tree | undefined): DType => q.hyperparamDtype ?? treeDtype(params ?? null, "highest");
    const valuesAt = (count: Value, kept: Readonly<Record<string, Value>> | null, dtype: DType): Record<string, Value> =>
      Object.fromEntries(
        Object.entries(injected).map(([name, v]) => {
          const value = np.asarray(typeof v === "function" ? v(count) : (kept?.[name] ?? v));
          return [name, /int|bool/.test(value.dtype) ? value : value.astype(dtype)];
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
        const hyperparams = valuesAt(zeroCount(), null, typeFor(params));
        return { count: zeroCount(), hyperparams, innerState: make(hyperparams).init(params) as OptState };
      },
      (updates, state, params, extra) => {
        const hyperparams = valuesAt(state.count, state.hyperparams, typeFor(params));
        const [out, innerState] = make(hyperparams).update(updates, state.innerState, params, extra);
        return [out, { count: safeIncrement(state.count), hyperparams, innerState }];
      },
    );
  };
}
