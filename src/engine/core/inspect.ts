// What console.log shows of arrays and tracers: what JAX prints of them, not what they are made of.
import { NDArray, Tracer, Value } from "./value.ts";

/** Printing reads every element: of larger arrays the type says enough. */
const LARGEST = 10_000;
const TRACERS: Readonly<Record<string, string>> = { JaxprTracer: "JitTracer", JvpTracer: "GradTracer", BatchTracer: "VmapTracer" };
function inspect(this: Value): string {
  const type = `${this.dtype}[${this.shape.join(",")}]`;
  if (this instanceof Tracer) return `${TRACERS[this.constructor.name] ?? "Tracer"}(${type})`;
  if (!(this instanceof NDArray) || this.size > LARGEST) return `Array(${type})`;
  const text = this.toString();
  return text.startsWith("Array(") ? text : `Array(${text}, dtype=${this.dtype})`;
}
// The name under which Node's util.inspect, and so console.log, asks.
Object.defineProperty(Value.prototype, Symbol.for("nodejs.util.inspect.custom"), { value: inspect, configurable: true });
