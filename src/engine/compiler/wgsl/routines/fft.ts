// Discrete Fourier transforms on a grid: Stockham's self-sorting passes of radix 4, 2, 3, 5, 7, 11 and 13, a butterfly a thread; lengths with other factors go
// through Bluestein's convolution with a chirp. Roots of unity are tables, made in double precision: a GPU's own sines are not exact enough.
// Sources: Stockham, "High-speed convolution and correlation" (1966); Bluestein, "A linear filtering approach to the computation of the DFT" (1970).
import { sizeOf } from "../../../core/aval.ts";
import { isComplex } from "../../../core/dtypes.ts";
import type { Table } from "../memory.ts";
import type { EmittedPhase } from "../phase.ts";
import { constantText } from "../types.ts";
import { type DeviceRoutine, type RoutineCall, RoutineShader } from "./shader.ts";

/** Arrays of fewer elements are transformed on the CPU, in double precision, in less time than a GPU takes to begin. */
const LEAST = 4096;
const RADICES = [4, 2, 3, 5, 7, 11, 13];
/** Gives the element `k` of the line `o`, `s` as an expression of type vec2<f32>. */
type Read = (shader: RoutineShader, k: string) => string;
/** Statements that store it. */
type Write = (shader: RoutineShader, k: string, value: string) => string;

/** The factors of a length that passes can have; null where others are left. */
function radicesOf(n: number): number[] | null {
  const found: number[] = [];
  let rest = n;
  for (const r of RADICES) for (; rest % r === 0; rest /= r) found.push(r);
  return rest === 1 ? (found.length > 0 ? found : [1]) : null;
}
/** e^(−2πi k/n) as pairs. */
const rootsOf = (n: number): Table => ({
  key: `roots ${n}`,
  words: () =>
    Float32Array.from({ length: 2 * n }, (_v, i) =>
      i % 2 === 0 ? Math.cos((Math.PI * (i / 2) * 2) / n) : -Math.sin((Math.PI * ((i - 1) / 2) * 2) / n),
    ),
});
/** e^(−πi k²/n); k² modulo 2n keeps the angle exact. */
function chirp(n: number, k: number): readonly [number, number] {
  const angle = (Math.PI * ((k * k) % (2 * n))) / n;
  return [Math.cos(angle), -Math.sin(angle)];
}
const chirpOf = (n: number): Table => ({
  key: `chirp ${n}`,
  words: () => Float32Array.from({ length: 2 * n }, (_v, i) => chirp(n, i >> 1)[i % 2] ?? 0),
});
/** The transform of the conjugate chirp, of a length that is a power of two. */
const filterOf = (n: number, length: number): Table => ({
  key: `filter ${n} ${length}`,
  words() {
    const re = new Float64Array(length);
    const im = new Float64Array(length);
    for (let k = 0; k < n; k++) {
      const [c, s] = chirp(n, k);
      for (const at of new Set([k, (length - k) % length])) {
        re[at] = c;
        im[at] = -s;
      }
    }
    powerOf2(re, im);
    return Float32Array.from({ length: 2 * length }, (_v, i) => (i % 2 === 0 ? re : im)[i >> 1] ?? 0);
  },
});
/** In place, by halves. */
function powerOf2(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  if (n === 1) return;
  const half = n / 2;
  const parts = [0, 1].map((odd) => [re, im].map((x) => Float64Array.from({ length: half }, (_v, i) => x[2 * i + odd]!)));
  for (const [r, i] of parts) powerOf2(r!, i!);
  const [[er, ei], [or, oi]] = parts as [[Float64Array, Float64Array], [Float64Array, Float64Array]];
  for (let k = 0; k < half; k++) {
    const [c, s] = [Math.cos((2 * Math.PI * k) / n), -Math.sin((2 * Math.PI * k) / n)];
    const [r, i] = [or[k]! * c - oi[k]! * s, or[k]! * s + oi[k]! * c];
    re[k] = er[k]! + r;
    im[k] = ei[k]! + i;
    re[k + half] = er[k]! - r;
    im[k + half] = ei[k]! - i;
  }
}
const number = (x: number, { use }: RoutineShader): string => constantText(x, "float32", use);
const FUNCTIONS = `fn times(x: vec2<f32>, y: vec2<f32>) -> vec2<f32> { return vec2<f32>(x.x * y.x - x.y * y.y, x.x * y.y + x.y * y.x); }
fn turned(x: vec2<f32>) -> vec2<f32> { return vec2<f32>(x.y, -x.x); }
fn conjugate(x: vec2<f32>) -> vec2<f32> { return vec2<f32>(x.x, -x.y); }
`;
/** The lines of an array along one axis. */
interface Lines {
  readonly outer: number;
  readonly n: number;
  readonly stride: number;
}
const linesOf = (shape: readonly number[], axis: number): Lines => ({
  outer: sizeOf(shape.slice(0, axis)),
  n: shape[axis]!,
  stride: sizeOf(shape.slice(axis + 1)),
});
/** A place of the line `o`, `s`, of arrays that have `n` elements of it. */
const at = ({ stride }: Lines, n: number, k: string): string => `(o * ${n} + ${k}) * ${stride} + s`;

class Transform {
  readonly phases: EmittedPhase[] = [];
  /** Which of the two arrays of the memory between phases holds what the last pass gave. */
  #half = 0;
  /** @param size complex numbers of one such array */
  constructor(
    readonly call: RoutineCall,
    readonly size: number,
  ) {}
  get bytes(): number {
    return 2 * 8 * this.size;
  }
  #word(shader: RoutineShader, half: number, l: Lines, n: number, k: string, part: number): string {
    return shader.word(`2 * (${at(l, n, k)}) + ${2 * half * this.size + part}`);
  }
  #read(l: Lines, n: number): Read {
    const half = this.#half;
    return (sh, k) => `bitcast<vec2<f32>>(vec2<u32>(${this.#word(sh, half, l, n, k, 0)}, ${this.#word(sh, half, l, n, k, 1)}))`;
  }
  #write(l: Lines, n: number): Write {
    this.#half = 1 - this.#half;
    const half = this.#half;
    return (sh, k, value) =>
      `{ let out = bitcast<vec2<u32>>(${value}); ${this.#word(sh, half, l, n, k, 0)} = out.x; ${this.#word(sh, half, l, n, k, 1)} = out.y; }`;
  }
  /** What the transform before left, of arrays that have so many elements of a line. */
  left(l: Lines, n: number): Read {
    return this.#read(l, n);
  }
  /** Keeps the first elements of each line for the next transform. */
  cut(l: Lines, kept: number): Write {
    const store = this.#write(l, kept);
    return (sh, k, value) => `if (${k} < ${kept}) ${store(sh, k, value)}`;
  }
  /** Transforms all lines along an axis. @param read null: what the transform before left, @param write null: for the next one */
  along(l: Lines, inverse: boolean, read: Read | null, write: (() => Write) | null): void {
    const from = read ?? this.#read(l, l.n);
    const radices = radicesOf(l.n);
    if (radices) return this.#passes(l, l.n, radices, inverse, from, write);
    const length = 2 ** Math.ceil(Math.log2(2 * l.n - 1));
    const inner = radicesOf(length)!;
    const table = (sh: RoutineShader, t: Table, k: string): string =>
      `vec2<f32>(${sh.memory.table(t, "f32")}[2 * (${k})], ${sh.memory.table(t, "f32")}[2 * (${k}) + 1])`;
    const chirped = (sh: RoutineShader, x: string, k: string): string => `times(${x}, ${table(sh, chirpOf(l.n), k)})`;
    const conjugate = (x: string): string => (inverse ? `conjugate(${x})` : x);
    this.#passes(
      l,
      length,
      inner,
      false,
      (sh, k) => `select(vec2<f32>(), ${chirped(sh, conjugate(from(sh, `min(${k}, ${l.n - 1})`)), `min(${k}, ${l.n - 1})`)}, ${k} < ${l.n})`,
      null,
    );
    const product = this.#read(l, length);
    this.#passes(
      l,
      length,
      inner,
      true,
      (sh, k) => `times(${product(sh, k)}, ${table(sh, filterOf(l.n, length), k)})`,
      () => {
        const store = write?.() ?? this.#write(l, l.n);
        return (sh, k, value) => {
          const whole = conjugate(chirped(sh, value, k));
          return `if (${k} < ${l.n}) { ${store(sh, k, inverse ? `${whole} * ${number(1 / l.n, sh)}` : whole)} }`;
        };
      },
    );
  }
  #passes(l: Lines, n: number, radices: readonly number[], inverse: boolean, read: Read, write: (() => Write) | null): void {
    let done = 1;
    radices.forEach((r, i) => {
      const from = i === 0 ? read : this.#read(l, n);
      const isLast = i === radices.length - 1;
      const to = isLast && write ? write() : this.#write(l, n);
      this.#pass(l, n, r, done, inverse, isLast && inverse ? 1 / n : 1, from, to);
      done *= r;
    });
  }
  /** @param done the product of the radices before */
  #pass(l: Lines, n: number, r: number, done: number, inverse: boolean, scale: number, read: Read, write: Write): void {
    const shader = new RoutineShader(this.call, true);
    const apart = n / r;
    const table = r > 1 ? shader.memory.table(rootsOf(n), "f32") : "";
    const each = Array.from({ length: r }, (_v, m) => m);
    const lines = [
      ...(l.stride === 1
        ? [`let s = 0;`, `let j = at % ${apart};`, `let o = at / ${apart};`]
        : [`let s = at % ${l.stride};`, `let j = at / ${l.stride} % ${apart};`, `let o = at / ${l.stride * apart};`]),
      `let k = j % ${done};`,
      ...each.map((m) => {
        const x = read(shader, m === 0 ? "j" : `(j + ${m * apart})`);
        const value = inverse ? `conjugate(${x})` : x;
        if (m === 0 || done === 1) return `let x${m} = ${value};`;
        const root = `2 * (${m} * k * ${n / (done * r)})`;
        return `let x${m} = times(${value}, vec2<f32>(${table}[${root}], ${table}[${root} + 1]));`;
      }),
      ...butterfly(r, shader),
      `let first = j / ${done} * ${done * r} + k;`,
      ...each.map((m) => {
        const value = inverse ? `conjugate(y${m})` : `y${m}`;
        return write(shader, m === 0 ? "first" : `(first + ${m * done})`, scale === 1 ? value : `${value} * ${number(scale, shader)}`);
      }),
    ];
    const body = lines.map((line) => `  ${line}\n`).join("");
    this.phases.push(shader.finish({ body, functions: FUNCTIONS, threads: l.outer * l.stride * apart }, this.bytes));
  }
}
/** The transform of x0 … as y0 …. */
function butterfly(r: number, shader: RoutineShader): string[] {
  if (r === 1) return ["let y0 = x0;"];
  if (r === 2) return ["let y0 = x0 + x1;", "let y1 = x0 - x1;"];
  if (r === 4)
    return [
      "let a = x0 + x2;",
      "let b = x0 - x2;",
      "let c = x1 + x3;",
      "let d = turned(x1 - x3);",
      "let y0 = a + c;",
      "let y1 = b + d;",
      "let y2 = a - c;",
      "let y3 = b - d;",
    ];
  const each = Array.from({ length: r }, (_v, m) => m);
  const root = (k: number): string =>
    `vec2<f32>(${number(Math.cos((2 * Math.PI * k) / r), shader)}, ${number(-Math.sin((2 * Math.PI * k) / r), shader)})`;
  return each.map((q) => `let y${q} = ${each.map((m) => ((m * q) % r === 0 ? `x${m}` : `times(x${m}, ${root((m * q) % r)})`)).join(" + ")};`);
}
export const fft: DeviceRoutine = (call) => {
  const { fftType: kind, fftLengths: lengths } = call.node.attrs.params as {
    fftType: "FFT" | "IFFT" | "RFFT" | "IRFFT";
    fftLengths: readonly number[];
  };
  const [x] = call.node.inputs;
  const y = call.node.types[0]!;
  const shape = x!.shape;
  const refused = [x!.dtype, y.dtype].find((d) => d !== "complex64" && d !== "float32");
  if (refused) return `it transforms ${refused}`;
  if (Math.max(sizeOf(shape), sizeOf(y.shape)) < LEAST) return `it transforms fewer than ${LEAST} numbers`;
  const axes = lengths.map((_n, i) => shape.length - lengths.length + i);
  const last = axes.at(-1)!;
  const half = Math.floor(lengths.at(-1)! / 2) + 1;
  // The axes in their order, each with the shape at that time.
  const cut = kind === "RFFT" ? [...shape.slice(0, last), half] : shape;
  const whole = kind === "IRFFT" ? y.shape : shape;
  const steps = axes.map((axis) => ({ axis, lines: linesOf(axis === last ? whole : cut, axis) }));
  if (kind === "RFFT") steps.unshift(steps.pop()!);
  const length = (n: number): number => (radicesOf(n) ? n : 2 ** Math.ceil(Math.log2(2 * n - 1)));
  const size = Math.max(...steps.map(({ lines: l }) => l.outer * l.stride * Math.max(l.n, length(l.n))));
  const transform = new Transform(call, size);
  if (transform.bytes > call.most) return `its intermediate values take ${transform.bytes} bytes`;
  const inverse = kind === "IFFT" || kind === "IRFFT";
  steps.forEach(({ axis, lines: l }, i) => {
    const [isFirst, isEnd] = [i === 0, i === steps.length - 1];
    const kept = kind === "RFFT" && axis === last ? half : l.n;
    const given = kind === "IRFFT" && axis === last ? half : l.n;
    const complexIn = isComplex(x!.dtype);
    const input: Read = (sh, k) =>
      complexIn
        ? `vec2<f32>(${sh.load(0, `2 * (${at(l, given, k)})`)}, ${sh.load(0, `2 * (${at(l, given, k)}) + 1`)})`
        : `vec2<f32>(${sh.load(0, at(l, given, k))}, 0.0f)`;
    const before: Read | null = isFirst ? input : given === l.n ? null : transform.left(l, given);
    // The half that a real signal's transform need not have is the conjugate of the other one.
    const read: Read | null =
      given === l.n
        ? before
        : (sh, k) => {
            const at2 = `select(${l.n} - (${k}), ${k}, ${k} < ${half})`;
            const value = before!(sh, at2);
            return `(${value} * vec2<f32>(1.0f, select(select(-1.0f, 1.0f, ${k} < ${half}), 0.0f, ${k} == 0 || 2 * (${k}) == ${l.n})))`;
          };
    const output: Write = (sh, k, value) => {
      const to = at(l, kept, k);
      if (!isComplex(y.dtype)) return sh.store(1, to, `(${value}).x`);
      const store = `{ let out = ${value}; ${sh.store(1, `2 * (${to})`, "out.x")} ${sh.store(1, `2 * (${to}) + 1`, "out.y")} }`;
      return kept === l.n ? store : `if (${k} < ${kept}) { ${store} }`;
    };
    const next = isEnd ? (): Write => output : kept === l.n ? null : (): Write => transform.cut(l, kept);
    transform.along(l, inverse, read, next);
  });
  return transform.phases;
};
