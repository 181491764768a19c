// The Fourier transform of real numbers by the complex one: the second half of a real signal's spectrum is the first half, conjugated, so it is computed for nothing.
import { sentence } from "../../../core/sentence.ts";
import { isComplex } from "../../../core/dtypes.ts";
import type { GraphBuilder, Node } from "../../../graph/graph.ts";
import type { Candidate, Rule } from "../types.ts";
import { codeOf, partName, percent, times } from "../words.ts";

interface Fourier extends Candidate {
  /** Transforms of real numbers, and transforms back of which the real part is read of what is the spectrum of real numbers. */
  readonly forward: readonly Node<"library">[];
  readonly back: readonly Node<"library">[];
  readonly ms: number;
}
const ROUTINE = "fft";
type Params = { readonly fftType: string; readonly fftLengths: readonly number[] };
const paramsOf = (n: Node<"library">): Params => n.attrs.params as Params;
const isTransform = (n: Node, type: string): n is Node<"library"> =>
  n.is("library") && n.attrs.name === ROUTINE && paramsOf(n).fftType === type && paramsOf(n).fftLengths.length === 1;

export const realFourier: Rule<Fourier> = {
  name: "complex transform of real numbers",
  tolerance: 1e-4,
  find(f) {
    const forward = [...f.nodes()].filter((n): n is Node<"library"> => isTransform(n, "FFT") && realOf(n.inputs[0]!) !== null);
    if (!forward.length) return [];
    const even = new Set<Node>(forward);
    // What keeps a spectrum that of real numbers.
    for (const n of f.nodes())
      if (n.is("conj", "mul", "add", "sub", "neg") && n.inputs.every((i) => even.has(i) || (!n.is("conj", "neg") && isRealNumber(i)))) even.add(n);
    const back = [...f.nodes()].filter(
      (n): n is Node<"library"> => isTransform(n, "IFFT") && even.has(n.inputs[0]!) && !f.isResult(n) && f.users(n).every((u) => u.is("real")),
    );
    const all = [...forward, ...back];
    const ms = all.reduce((s, n) => s + f.ms(n), 0);
    return [{ at: f.line(all[0]!), others: all.map((n) => f.line(n)), forward, back, ms, most: 0.6 * ms }];
  },
  change: ({ forward, back }) => ({
    kind: "rewrite",
    rewrite(g, n, inputs) {
      if (forward.some((x) => x === n)) return whole(g, n as Node<"library">, realOf(inputs[0]!)!);
      if (!back.some((x) => x === n)) return null;
      return g.convert(realBack(g, n as Node<"library">, inputs[0]!), n.dtype);
    },
  }),
  say({ forward, back, ms }, o, f) {
    const real = realOf(forward[0]!.inputs[0]!)!;
    const x = partName(real, f);
    const name = codeOf(real, f) ?? "x";
    const n = paramsOf(forward[0]!).fftLengths[0]!;
    return {
      text: sentence(
        "{0} is real, and the complex Fourier transform is taken of it ({1} of the time): half of what it gives is the other half, conjugated.",
        x,
        percent(ms, f.total),
      ),
      remedy: back.length
        ? sentence(
            "Use the transform of real numbers: np.fft.rfft({0}) has n/2 + 1 elements, and np.fft.irfft(…, { n: {1} }) goes back without an imaginary part: {2} times faster.",
            ...[name, n, times(o.factor)],
          )
        : sentence("Use the transform of real numbers: np.fft.rfft({0}) has n/2 + 1 elements: {1} times faster.", name, times(o.factor)),
      change: sentence("transforms of real numbers"),
      action: {
        label: sentence("Copy rfft"),
        kind: "snippet",
        snippet: back.length ? `np.fft.irfft(np.fft.rfft(${name}), { n: ${n} })` : `np.fft.rfft(${name})`,
      },
    };
  },
};
/** The real value that was made complex; null for anything else. */
const realOf = (n: Node): Node | null => (n.is("convert") && !isComplex(n.inputs[0]!.dtype) ? n.inputs[0]! : null);
const isRealNumber = (n: Node): boolean => realOf(n) !== null || (n.is("broadcast") && isRealNumber(n.inputs[0]!));
const half = (n: number): number => Math.floor(n / 2) + 1;
/** All of the spectrum from the half of it: what nobody reads of the other half is not computed. */
function whole(g: GraphBuilder, n: Node<"library">, x: Node): Node {
  const size = paramsOf(n).fftLengths[0]!;
  const last = n.shape.length - 1;
  const kept = n.shape.map((s, i) => (i === last ? half(size) : s));
  const first = g.node("library", [x], { name: ROUTINE, params: { fftType: "RFFT", fftLengths: [size] } }, [{ shape: kept, dtype: n.dtype }]);
  const others = size - half(size);
  if (others === 0) return first;
  const mirrored = g.slice(
    first,
    kept.map((_s, i) => (i === last ? 1 : 0)),
    kept.map((s, i) => (i === last ? 1 + others : s)),
    kept.map(() => 1),
  );
  const turned = g.unary("conj", g.node("reverse", [mirrored], { dims: [last] }, [mirrored.type]));
  return g.node("concatenate", [first, turned], { dim: last }, [n.type]);
}
function realBack(g: GraphBuilder, n: Node<"library">, spectrum: Node): Node {
  const size = paramsOf(n).fftLengths[0]!;
  const last = n.shape.length - 1;
  const kept = n.shape.map((s, i) => (i === last ? half(size) : s));
  const first = g.slice(
    spectrum,
    kept.map(() => 0),
    kept,
    kept.map(() => 1),
  );
  const dtype = n.dtype === "complex128" ? "float64" : "float32";
  return g.node("library", [first], { name: ROUTINE, params: { fftType: "IRFFT", fftLengths: [size] } }, [{ shape: n.shape, dtype }]);
}
