// A module that calls a function of the mathematics library many times, as kernels do: what a call costs is measured with it.
import { Bytes, ModuleBuilder, type ValType } from "./encoder.ts";
import { OP, writeOp } from "./opcodes.ts";

/** Arguments between the first number and this plus one, in no order that a processor could foresee: each is so far beyond the last, without its whole part. */
const FROM = 0.001;
const STEP = 0.6180339887;
/** A second argument. */
const SECOND = 1;
/** Its export `run` takes how often `fn` is called. */
export function emitCaller(fn: string, args: number): Uint8Array {
  const m = new ModuleBuilder();
  const f = m.import("math", fn, Array<ValType>(args).fill("f64"), ["f64"]);
  const [left, x, sum] = [0, 1, 2];
  const b = new Bytes();
  const number = (n: number): Bytes => b.u8(OP.f64_const).f64(n);
  b.u8(OP.loop).u8(0x40);
  // sum += f(x)
  b.u8(OP.local_get).u32(sum).u8(OP.local_get).u32(x);
  number(FROM);
  writeOp(b, "f64_add");
  for (let i = 1; i < args; i++) number(SECOND);
  b.u8(OP.call).u32(f);
  writeOp(b, "f64_add");
  b.u8(OP.local_set).u32(sum);
  // x = (x + step) − ⌊x + step⌋
  b.u8(OP.local_get).u32(x);
  number(STEP);
  writeOp(b, "f64_add");
  b.u8(OP.local_tee).u32(x).u8(OP.local_get).u32(x);
  writeOp(b, "f64_floor");
  writeOp(b, "f64_sub");
  b.u8(OP.local_set).u32(x);
  b.u8(OP.local_get).u32(left).u8(OP.i32_const).s32(1);
  writeOp(b, "i32_sub");
  b.u8(OP.local_tee).u32(left).u8(OP.br_if).u32(0).u8(OP.end);
  b.u8(OP.local_get).u32(sum);
  m.add(["i32"], ["f64"], ["f64", "f64"], b, "run");
  return m.build();
}
