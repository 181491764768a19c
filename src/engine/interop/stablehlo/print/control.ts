// Loops, branches, routines of the library, and what has no operands.
import { isComplex, isFloat } from "../../../core/dtypes.ts";
import type { NDArray } from "../../../core/value.ts";
import type { Node } from "../../../graph/graph.ts";
import { type Form, type Forms, blockOf, none } from "./form.ts";
import { type Block, type Ref, type Writer, i64, i64s, typed } from "./writer.ts";

type Library = Node<"library">;
const number = (n: Library, name: string): number => Number(n.attrs.params[name]);
const is = (n: Library, name: string): boolean => n.attrs.params[name] === true;

/** A key so that it is ordered as JAX orders it: both zeros are one, and so are all NaNs, which come last. */
function ordered(w: Writer, x: Ref): Ref {
  if (!isFloat(x.type.dtype)) return x;
  const zero = w.full(0, x.type);
  const noSign = w.select(w.compare("eq", x, zero), zero, x);
  return w.select(w.compare("ne", noSign, noSign), w.full(NaN, x.type), noSign);
}
/** The first key that differs decides. */
function comparator(w: Writer, xs: readonly Ref[], keys: number): Block {
  const scalars = xs.map((x) => typed([], x.type.dtype));
  return {
    takes: scalars.flatMap((t) => [t, t]),
    gives: (args) => {
      const parts = Array.from({ length: keys }, (_x, k) => [args[2 * k]!, args[2 * k + 1]!] as const).flatMap(([a, b]) =>
        isComplex(a.type.dtype) ? [[w.real(a), w.real(b)] as const, [w.imag(a), w.imag(b)] as const] : [[a, b] as const],
      );
      const pairs = parts.map(([a, b]) => [ordered(w, a), ordered(w, b)] as const);
      let less = w.compare("lt", ...pairs.at(-1)!, true);
      for (const [a, b] of pairs.slice(0, -1).reverse())
        less = w.same("or", w.compare("lt", a, b, true), w.same("and", w.compare("eq", a, b, true), less));
      return [less];
    },
  };
}
/** Where the row is not less than the column. */
function lowerTriangle(w: Writer, shape: readonly number[]): Ref {
  const type = typed(shape, "int32");
  return w.compare("ge", w.iota(type, shape.length - 2), w.iota(type, shape.length - 1));
}
const conjugate = (w: Writer, x: Ref): Ref => w.op("complex", [w.real(x), w.same("negate", w.imag(x))], x.type);
const ROUTINES: Readonly<Record<string, Form<"library">>> = {
  sort: (w, n, ins) =>
    w.all("stablehlo.sort", ins, n.types, { dimension: i64(number(n, "dimension")), is_stable: "true" }, [comparator(w, ins, number(n, "numKeys"))]),
  /** CHLO's takes the last axis. */
  topK(w, n, [x]) {
    const { shape, dtype } = x!.type;
    const axis = number(n, "axis");
    const last = shape.length - 1;
    const order = shape.map((_n, i) => (i === axis ? last : i === last ? axis : i));
    const turn = (y: Ref): Ref =>
      axis === last
        ? y
        : w.op(
            "transpose",
            [y],
            typed(
              order.map((d) => y.type.shape[d]!),
              y.type.dtype,
            ),
            { permutation: i64s(order) },
          );
    const turned = turn(x!);
    const found = [...turned.type.shape.slice(0, -1), number(n, "k")];
    return w.all("chlo.top_k", [turned], [typed(found, dtype), typed(found, "int32")], { k: i64(number(n, "k")) }).map(turn);
  },
  fft: (w, n, ins) => [
    w.op("fft", ins, n.type, {
      fft_type: `#stablehlo<fft_type ${String(n.attrs.params.fftType)}>`,
      fft_length: i64s(n.attrs.params.fftLengths as number[]),
    }),
  ],
  /** What stands above the diagonal is open in StableHLO. */
  cholesky(w, n, ins) {
    const found = w.op("cholesky", ins, n.type, { lower: "true" });
    return [w.select(lowerTriangle(w, n.shape), found, w.full(0, n.type))];
  },
  triangular_solve(w, n, [a, b]) {
    const transposes = is(n, "transposeA");
    const conjugates = is(n, "conjugateA") && isComplex(a!.type.dtype);
    return [
      w.op("triangular_solve", [conjugates && !transposes ? conjugate(w, a!) : a!, b!], n.type, {
        left_side: String(is(n, "leftSide")),
        lower: String(is(n, "lower")),
        transpose_a: `#stablehlo<transpose ${!transposes ? "NO_TRANSPOSE" : conjugates ? "ADJOINT" : "TRANSPOSE"}>`,
        unit_diagonal: String(is(n, "unitDiagonal")),
      }),
    ];
  },
  bitcast: (w, n, ins) => [w.op("bitcast_convert", ins, n.type)],
};
const library: Form<"library"> = (w, n, ins, region) =>
  (ROUTINES[n.attrs.name] ?? none("StableHLO has no such factorization; JAX calls LAPACK for it"))(w, n, ins, region);

export const CONTROL: Forms<"while" | "case" | "library" | "callback" | "get" | "barrier" | "parameter" | "constant" | "iota"> = {
  while: (w, n, ins, region) => w.all("stablehlo.while", ins, n.types, {}, [blockOf(n.attrs.cond, region), blockOf(n.attrs.body, region)]),
  /** Branches have no parameters: they see the values around them. */
  case: (w, n, [index, ...operands], region) =>
    w.all(
      "stablehlo.case",
      [w.convert(index!, "int32")],
      n.types,
      {},
      n.attrs.branches.map((g) => ({ takes: [], gives: () => region(g, operands) })),
    ),
  library,
  callback: none("a call back into JavaScript runs in no other program"),
  get: (_w, n, ins) => [ins[n.attrs.index]!],
  barrier: (w, n, ins) => w.all("stablehlo.optimization_barrier", ins, n.types),
  parameter: none("it stands outside of its graph"),
  constant: (w, n) => [w.constant((n.attrs.value as NDArray).storage.bytes(), n.type)],
  iota: (w, n) => [w.iota(n.type, n.attrs.dim)],
};
