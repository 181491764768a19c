// Finding tracers that outlive their transformation: after a function has run, garbage is collected and what is still there is reported.
import { LeakedTracerError } from "../core/errors.ts";
import { builtin } from "../core/host.ts";
import { showFrame } from "../core/source.ts";
import { type Tracer, unwatchTracers, watchTracers } from "../core/value.ts";

const describe = (t: Tracer): string =>
  `${t.aval}, made while ${t.owner.describe()}${t.owner.entered ? ` entered at ${showFrame(t.owner.entered)}` : ""}${t.origin() ? `: the value ${t.origin()}` : ""}`;
/** The collector on demand: there in Node (through its own modules), elsewhere only when the host exposes it. */
function collector(): (() => void) | null {
  const { gc } = globalThis as { gc?: () => void };
  if (gc) return gc;
  const v8 = builtin("v8") as { setFlagsFromString(f: string): void } | undefined,
    vm = builtin("vm") as { runInNewContext(code: string): unknown } | undefined;
  if (!v8 || !vm) return null;
  v8.setFlagsFromString("--expose-gc");
  return vm.runInNewContext("gc") as () => void;
}
interface AsyncCalls {
  getStore(): unknown;
  run<R>(store: unknown, fn: () => R): R;
}
let storage: AsyncCalls | null | undefined;
/** Node's record of which asynchronous call is running; null elsewhere. */
function asyncCalls(): AsyncCalls | null {
  if (storage === undefined) {
    const hooks = builtin("async_hooks") as { AsyncLocalStorage: new () => AsyncCalls } | undefined;
    storage = hooks ? new hooks.AsyncLocalStorage() : null;
  }
  return storage;
}
const turn = (): Promise<void> => new Promise((r) => setTimeout(r, 0));
/**
 * Runs `fn` and throws LeakedTracerError if a traced value made in it can still be reached afterwards: stored in a variable outside, in a
 * closure, in an object. Asynchronous, because JavaScript frees nothing before the current task has ended.
 * @example await checkingLeaks(() => grad((x: Array) => x.mul(x))(np.array(3))) // 6
 */
export async function checkingLeaks<R>(fn: () => R | Promise<R>): Promise<R> {
  const gc = collector();
  if (!gc) throw new Error("checkingLeaks needs the garbage collector: run under Node 20.16 or newer, or with --expose-gc");
  const watched: WeakRef<Tracer>[] = [];
  // Where the host tells asynchronous calls apart, a call that runs at the same time is told from this one.
  const own = {},
    calls = asyncCalls();
  const watch = (t: Tracer): void => {
    if (!calls || calls.getStore() === own) watched.push(new WeakRef(t));
  };
  watchTracers(watch);
  let result: R;
  try {
    result = await (calls ? calls.run(own, fn) : fn());
  } finally {
    unwatchTracers(watch);
  }
  for (let i = 0; i < 3; i++) {
    await turn();
    gc();
  }
  const alive = watched.flatMap((w) => {
    const t = w.deref();
    return t && !t.owner.alive ? [describe(t)] : [];
  });
  if (alive.length)
    throw new LeakedTracerError(
      `${alive.length} traced value${alive.length === 1 ? "" : "s"} outlived the transformation:\n  ${alive.slice(0, 5).join("\n  ")}${alive.length > 5 ? "\n  …" : ""}\n  Something still refers to ${alive.length === 1 ? "it" : "them"}: return the value from the transformed function instead of storing it outside`,
    );
  return result;
}
