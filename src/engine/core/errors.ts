// Every error a person meets, by JAX's names. Messages say what came, what was expected, where, and the remedy.
import { type Frame, callerFrame, showFrame } from "./source.ts";

export class JitLensError extends Error {
  /** The user's line that caused it, where it is known. */
  readonly frame: Frame | undefined;
  constructor(message: string, frame: Frame | undefined = callerFrame()) {
    super(frame ? `${message}\n  at ${showFrame(frame)}` : message);
    this.name = new.target.name;
    this.frame = frame;
  }
}
/** A tracer's value was needed while tracing. */
export class ConcretizationTypeError extends JitLensError {}
/** A tracer was used after, or outside of, the transformation that made it. */
export class UnexpectedTracerError extends JitLensError {}
/** A jaxpr does not type-check: an error of the engine or of a hand-written jaxpr. */
export class JaxprTypeError extends JitLensError {}
export class TypePromotionError extends JitLensError {}
/** A primitive has no rule for the transformation at hand. */
export class MissingRuleError extends JitLensError {}
/** A collective names an axis that no vmap around it has bound. */
export class UnboundAxisError extends JitLensError {}
/** A tracer outlived its transformation, found by `checkingLeaks`. */
export class LeakedTracerError extends JitLensError {}
/** Wrong shape, axis or length. */
export class ShapeError extends JitLensError {}
/** Wrong dtype, or something that is no array at all. */
export class DTypeError extends JitLensError {}
/** A pytree has another structure than the one it must match. */
export class StructureError extends JitLensError {}
/** A NaN or an infinity appeared while debugNans / debugInfs was on. */
export class FloatingPointError extends JitLensError {}
/** A check failed: what `throw()` of an error of checkify throws, and a `checkify.check` that is not under checkify. */
export class JaxRuntimeError extends JitLensError {}
/** A deleted or donated array was used. */
export class DeletedArrayError extends JitLensError {}
/** A static argument cannot be compared, so it cannot be part of a cache key. */
export class NonHashableStaticArgumentError extends JitLensError {}
/** Arrays that are committed to different devices meet in one call. */
export class DeviceError extends JitLensError {}
/** A device has no room for an array or for a program's temporaries. */
export class OutOfMemoryError extends JitLensError {}
/** The number of an argument, or another option, that the function at hand cannot have. */
export class ArgumentError extends JitLensError {}
