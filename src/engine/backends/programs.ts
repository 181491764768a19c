// Programs on devices: each is compiled once and loaded once for each device it runs on. Eager operations are programs of one equation (eager.ts).
import { config } from "../core/config.ts";
import { isComplex, isFloat } from "../core/dtypes.ts";
import { FloatingPointError } from "../core/errors.ts";
import { type ClosedJaxpr, evalClosed } from "../core/jaxpr.ts";
import { currentSource, setEvaluator } from "../core/trace.ts";
import { NDArray, type Value } from "../core/value.ts";
import { checks } from "../compiler/checks.ts";
import { type Compilation, compileJaxpr } from "../compiler/compile.ts";
import type { Pins } from "../compiler/fusion/pins.ts";
import type { Target } from "../compiler/target.ts";
import { setProgramRunners } from "../transforms/jitPrimitive.ts";
import type { Device, Loaded, Timer } from "./device.ts";
import { defaultDevice, deviceFor } from "./devices.ts";
import { eagerProgram, sharedProgram } from "./eager.ts";

/** A program on a device. Its code is generated when it is first needed: what is only looked at has none. */
export class Compiled {
  /** Milliseconds of code generation and instantiation; 0 before. */
  codegen = 0;
  #loaded: Loaded | null = null;
  constructor(
    readonly compilation: Compilation,
    readonly device: Device,
  ) {}
  get loaded(): Loaded {
    if (!this.#loaded) {
      const planned = planning(this.compilation);
      const start = performance.now();
      this.#loaded = this.device.load(this.compilation);
      this.codegen = performance.now() - start - (planning(this.compilation) - planned);
    }
    return this.#loaded;
  }
}
interface Program {
  /** By what it is planned for; null: a device that runs the graph takes any. */
  readonly compilations: Map<Target | null, Compilation>;
  readonly on: Map<Device, Compiled>;
}
const programs = new WeakMap<ClosedJaxpr, Program>();
/** Compiles a program for a device, once. With pins, anew. */
export function compile(jaxpr: ClosedJaxpr, pins?: Pins, device: Device = defaultDevice()): Compiled {
  let program = pins ? undefined : programs.get(jaxpr);
  if (!program) {
    program = { compilations: new Map(), on: new Map() };
    if (!pins) programs.set(jaxpr, program);
  }
  let compiled = program.on.get(device);
  if (!compiled) {
    compiled = new Compiled(compilationFor(program, jaxpr, pins, device.target), device);
    program.on.set(device, compiled);
  }
  return compiled;
}
/** Devices with one target share what is compiled, and so do those without one and the first. */
function compilationFor({ compilations }: Program, jaxpr: ClosedJaxpr, pins: Pins | undefined, target: Target | null): Compilation {
  const known = compilations.get(target) ?? (target ? undefined : compilations.values().next().value);
  if (known) return known;
  const made = compileJaxpr(jaxpr, pins, target ?? undefined);
  compilations.set(made.target, made);
  return made;
}
/** A traced program on the device that its operands are committed to. */
export function compiledFor(
  traced: { readonly jaxpr: ClosedJaxpr; readonly consts: readonly Value[]; readonly name: string },
  values: readonly Value[],
): Compiled {
  const arrays = [...traced.consts, ...values].filter((v): v is NDArray => v instanceof NDArray);
  return compile(traced.jaxpr, undefined, deviceFor(arrays, traced.name));
}
/** A program as it was compiled, for the first device that asked; undefined where nobody did. */
export const compiledOf = (jaxpr: ClosedJaxpr): Compiled | undefined => programs.get(jaxpr)?.on.values().next().value;
/** The compiler's own time, which a device that asks for the plan sets off: it is not code generation. */
const planning = ({ phases }: Compilation): number => phases.passes + phases.plan;

/** Runs a program where its arguments are. Results are committed to that device where an argument is. @param given see `Loaded.run` */
export function execute(jaxpr: ClosedJaxpr, args: readonly NDArray[], timer?: Timer, given?: readonly boolean[]): NDArray[] {
  let committed = false;
  for (const a of args) committed ||= a.committed;
  const device = committed ? deviceFor(args, programName(jaxpr)) : defaultDevice();
  const { compilation, loaded } = compile(jaxpr, undefined, device);
  const results = jaxpr.jaxpr.outs;
  // What is looked at again after the run is not written over.
  const isLookedAt = config.debugNans || config.debugInfs || checks().ran;
  const outs = loaded.run(args, timer, isLookedAt ? undefined : given).map((s, i) => new NDArray(results[i]!.aval, s, undefined, committed));
  checks().ran?.(compilation, args, outs);
  if (config.debugNans || config.debugInfs)
    for (const [i, o] of outs.entries()) {
      const bad = notFinite(o);
      if (bad) {
        locate(jaxpr, args);
        throw bad.error(`output ${i} of ${programName(jaxpr)}`);
      }
    }
  return outs;
}
const programName = (jaxpr: ClosedJaxpr): string => jaxpr.jaxpr.name || jaxpr.eqns.at(-1)?.primitive.name || "a program";
/** The first NaN or infinity that the configuration forbids, or null. */
function notFinite(o: NDArray): { error: (where: string) => FloatingPointError } | null {
  if (!isFloat(o.dtype) && !isComplex(o.dtype)) return null;
  const d = o.dataSync();
  for (let i = 0; i < d.length; i++) {
    const v = Number(d[i]);
    const nan = v !== v;
    if ((config.debugNans && nan) || (config.debugInfs && Math.abs(v) === Infinity))
      return {
        error: (where) =>
          new FloatingPointError(
            `${nan ? "a NaN" : "an infinity"} appeared in ${where} (${o.aval}), at flat position ${i}; debug${nan ? "Nans" : "Infs"} is on`,
            currentSource().frames[0],
          ),
      };
  }
  return null;
}
/** Runs a program again operation by operation, so that the error names the operation and the line where the value first appeared. */
function locate(jaxpr: ClosedJaxpr, args: readonly NDArray[]): void {
  if (jaxpr.eqns.length > 1 || jaxpr.eqns.some((e) => e.primitive.calls?.transparent)) evalClosed(jaxpr, args);
}

setEvaluator((primitive, args, params) => {
  const e = eagerProgram(primitive, args, params);
  return execute(e.program, e.args);
});
setProgramRunners({
  own: (program, args, given) => execute(program, args, undefined, given),
  shared: (program, args) => execute(sharedProgram(program), args),
});
