// The trace stack without a stack: `bind` is the single point of interception, and the current trace is dynamic context.
import type { Params, Primitive } from "./primitive.ts";
import { UnexpectedTracerError } from "./errors.ts";
import { type Frame, Stack, showFrame } from "./source.ts";
import { NDArray, Tracer, type Value } from "./value.ts";

/** An interpreter of primitives. */
export abstract class Trace {
  readonly #entry = new Stack(Trace as never, 24);
  /** Whether what is computed under this trace is written down to be kept: then equations need their lines at once. */
  get staged(): boolean {
    return false;
  }
  /** Where the transformation was entered, for messages about leaks. */
  get entered(): Frame | undefined {
    return this.#entry.frames[0];
  }
  alive = true;
  /** The trace that this one computes by; none where what happens is written down. */
  declare readonly parent?: Trace;
  abstract process(primitive: Primitive, args: readonly Value[], params: Params): readonly Value[];
  abstract describe(): string;
}

/** Evaluates at once, through the backend that is installed by `setEvaluator`. */
class EvalTrace extends Trace {
  process(primitive: Primitive, args: readonly Value[], params: Params): readonly Value[] {
    for (const a of args) if (a instanceof Tracer) throw leaked(a);
    if (primitive.impl) return primitive.impl(args, params);
    return evaluator(primitive, args as readonly NDArray[], params);
  }
  describe(): string {
    return "evaluating";
  }
}
type Evaluator = (primitive: Primitive, args: readonly NDArray[], params: Params) => readonly Value[];
let evaluator: Evaluator = () => {
  throw new Error("no backend is installed");
};
export const setEvaluator = (e: Evaluator): void => void (evaluator = e);

export const evalTrace: Trace = new EvalTrace();
let current: Trace = evalTrace;
export const currentTrace = (): Trace => current;
export function withTrace<R>(trace: Trace, fn: () => R): R {
  const before = current;
  current = trace;
  try {
    return fn();
  } finally {
    current = before;
  }
}

export function leaked(t: Tracer): UnexpectedTracerError {
  const made = t.owner.entered ? ` of the transformation at ${showFrame(t.owner.entered)}` : "";
  return new UnexpectedTracerError(
    `a traced value (${t.aval}) is used outside the transformation it belongs to: it was made while ${t.owner.describe()}${made}, and ${t.owner.alive ? "another transformation" : "that transformation has ended"}.${t.origin() ? `\n  The value ${t.origin()}.` : ""}\n  Instead: return the value from the transformed function rather than storing it in a variable outside`,
  );
}

/** Applies a primitive under the current trace. Every operation of the engine goes through here. */
export function bind<P extends object>(primitive: Primitive<P>, args: readonly Value[], params: P): readonly Value[] {
  return current.process(primitive as unknown as Primitive, args, params as Params);
}
export const bind1 = <P extends object>(primitive: Primitive<P>, args: readonly Value[], params: P): Value => bind(primitive, args, params)[0]!;

/** Where an equation comes from: the user's frames and the stack of names (scopes and transformations). */
export interface Source {
  readonly frames: readonly Frame[];
  readonly nameStack: NameStack;
}
export type NameStack = readonly { readonly kind: "scope" | "transform"; readonly name: string }[];

let nameStack: NameStack = [];
/** Has the frames of an operation, or finds them where it is first asked to. */
interface Lines {
  readonly frames: readonly Frame[];
  /** Captures the stack now, so that `frames` can be read later. */
  capture(): { readonly frames: readonly Frame[] };
}
let inherited: Lines | null = null;
/** Runs `fn` inside a named scope or transformation. */
export function withName<R>(kind: "scope" | "transform", name: string, fn: () => R): R {
  const before = nameStack;
  nameStack = [...nameStack, { kind, name }];
  try {
    return fn();
  } finally {
    nameStack = before;
  }
}
/** Runs `fn` so that the operations in it count as written where `source` was: how transformations hand lineage on. */
export function withSource<R>(source: Source, fn: () => R): R {
  const beforeFrames = inherited,
    beforeNames = nameStack;
  if (source instanceof LazySource || source.frames.length) inherited = new Given(source);
  nameStack = [...beforeNames, ...source.nameStack];
  try {
    return fn();
  } finally {
    inherited = beforeFrames;
    nameStack = beforeNames;
  }
}
class Given implements Lines {
  constructor(readonly source: { readonly frames: readonly Frame[] }) {}
  get frames(): readonly Frame[] {
    return this.source.frames;
  }
  capture(): { readonly frames: readonly Frame[] } {
    return this.source;
  }
}
/** One stack for all operations of a rule: capturing costs microseconds, more than most that a rule does. */
class OneStack implements Lines {
  #stack: Stack | null = null;
  capture(): Stack {
    return (this.#stack ??= new Stack());
  }
  get frames(): readonly Frame[] {
    return this.capture().frames;
  }
}
/** Runs a rule of the engine, all of whose operations stand on the line of the operation that it is a rule of. */
export function withOneSource<R>(fn: () => R): R {
  if (inherited) return fn();
  inherited = new OneStack();
  try {
    return fn();
  } finally {
    inherited = null;
  }
}
/** A source whose frames are worked out when they are asked for: for equations that seldom live longer than the call. */
class LazySource implements Source {
  readonly #stack: { readonly frames: readonly Frame[] };
  constructor(
    stack: { readonly frames: readonly Frame[] },
    readonly nameStack: NameStack,
  ) {
    this.#stack = stack;
  }
  get frames(): readonly Frame[] {
    return this.#stack.frames;
  }
}
/** What puts the dynamic context back as it is now: for code that is stopped from outside, where no `finally` runs. */
export function keepTrace(): () => void {
  const before = { current, nameStack, inherited };
  return () => {
    ({ current, nameStack, inherited } = before);
  };
}
export const currentSource = (): Source => ({ frames: (inherited ?? new Stack(currentSource)).frames, nameStack });
export const lazySource = (): Source => new LazySource(inherited?.capture() ?? new Stack(lazySource, 32), nameStack);
/** Runs `fn` with an empty name stack: a program that is kept and used again must not depend on where it was first needed. */
export function withoutNames<R>(fn: () => R): R {
  const before = nameStack;
  nameStack = [];
  try {
    return fn();
  } finally {
    nameStack = before;
  }
}

/** JAX's text of a name stack: `transpose(jvp(layer))/tanh`. */
export function showNameStack(stack: NameStack): string {
  let text = "";
  for (const e of [...stack].reverse()) {
    if (e.kind === "scope") text = text ? `${e.name}/${text}` : e.name;
    else {
      const [head, ...rest] = text.split("/");
      text = [`${e.name}(${head})`, ...rest].join("/");
    }
  }
  return text;
}
