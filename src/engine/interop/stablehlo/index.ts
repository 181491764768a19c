// StableHLO in and out. In: the text that JAX's `lower(…).as_text()` gives, as a function of arrays.
import type { ShapedArray } from "../../core/aval.ts";
import { ShapeError } from "../../core/errors.ts";
import type { ClosedJaxpr } from "../../core/jaxpr.ts";
import { bind } from "../../core/trace.ts";
import type { Value } from "../../core/value.ts";
import { jitCall } from "../../transforms/jitPrimitive.ts";
import { parseModule } from "./parse.ts";
import { Program } from "./program.ts";

export { NoStableHLOError, print } from "./print/index.ts";
export { StableHLOError } from "./scanner.ts";

/** A StableHLO program that was read. */
export class StableHLOProgram {
  constructor(
    /** The module's name: `jit_step`. */
    readonly name: string,
    /** What the text calls its arguments, by place; "" where it does not say. */
    readonly argumentNames: readonly string[],
    /** The program, each equation with the lines and scopes that its operation's location names. */
    readonly jaxpr: ClosedJaxpr,
  ) {}
  get inAvals(): readonly ShapedArray[] {
    return this.jaxpr.inAvals;
  }
  get outAvals(): readonly ShapedArray[] {
    return this.jaxpr.outAvals;
  }
  /** The program as a function of arrays, which gives its results as an array: one compiled program, and any other under a transformation. */
  asFun(): (...args: Value[]) => Value[] {
    const { name, jaxpr } = this;
    return (...args) => {
      const [got, want] = [args.map((a) => a.aval.strengthen()), this.inAvals].map((avals) => avals!.join(", "));
      if (got !== want) throw new ShapeError(`${name}: the arguments are ${got || "none"}, the program takes ${want || "none"}`);
      return [...bind(jitCall, args, { name, jaxpr, donatedInvars: args.map(() => false), inline: false })];
    };
  }
}
/** Reads the text of a StableHLO module. Throws StableHLOError, which names the line.
 * @example const text = interop.stablehlo.print((x: Array) => np.sin(x), np.ones([2])); String(interop.stablehlo.parse(text).outAvals[0]) // "f32[2]" */
export function parse(text: string): StableHLOProgram {
  const module = parseModule(text);
  const program = new Program(module);
  const { main } = program;
  return new StableHLOProgram(
    module.name || main.name,
    main.parameters.map((p) => p.label),
    program.closed(main, module.name || main.name),
  );
}
