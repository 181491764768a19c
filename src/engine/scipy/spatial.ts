// scipy.spatial.transform: rotations of space as quaternions (x, y, z, w), one or many; all functions work under jit, vmap and grad.
import { registerPytreeNodeClass } from "../core/pytree.ts";
import { ArgumentError, ShapeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import { type ArrayLike, asArray, promoteInexact } from "../numpy/convert.ts";
import * as np from "../numpy/index.ts";

const AXES = "xyz";
/** Angles below which series stand for quotients that lose all digits. */
const SMALL = 1e-3;
const float = (fn: string, x: ArrayLike): Value => promoteInexact(fn, [asArray(x, fn)])[0]!;
const norm = (v: Value): Value => np.sqrt(np.sum(v.mul(v), { axis: -1, keepdims: true }));
const part = (q: Value, i: number): Value => q.get("...", i);
const vectorOf = (q: Value): Value => q.get("...", ":3");
const scalarOf = (q: Value): Value => q.get("...", "3:");
const radians = (x: Value, degrees: boolean): Value => (degrees ? np.deg2rad(x) : x);
const inUnits = (x: Value, degrees: boolean): Value => (degrees ? np.rad2deg(x) : x);

/** Axes of Euler angles: "xyz" about fixed axes, "XYZ" about those that turn along. */
function axesOf(seq: string, least: number): { axes: number[]; intrinsic: boolean } {
  const intrinsic = /^[XYZ]{1,3}$/.test(seq);
  if ((!intrinsic && !/^[xyz]{1,3}$/.test(seq)) || seq.length < least)
    throw new ArgumentError(`Rotation: the axes are "${seq}", expected ${least === 3 ? "three" : "one to three"} letters of "xyz", or of "XYZ"`);
  for (let i = 1; i < seq.length; i++) if (seq[i] === seq[i - 1]) throw new ArgumentError(`Rotation: neighbouring axes differ, got "${seq}"`);
  return { axes: [...seq.toLowerCase()].map((c) => AXES.indexOf(c)), intrinsic };
}
/** The product of two quaternions: first q, then p. */
function compose(p: Value, q: Value): Value {
  const [a, b] = [vectorOf(p), vectorOf(q)];
  const [s, t] = [scalarOf(p), scalarOf(q)];
  const vector = s.mul(b).add(t.mul(a)).add(np.cross(a, b));
  return np.concatenate([vector, s.mul(t).sub(np.sum(a.mul(b), { axis: -1, keepdims: true }))], { axis: -1 });
}
/** A rotation of an angle about one of the axes. */
function about(axis: number, angle: Value): Value {
  const half = angle.div(2);
  const zero = np.zerosLike(half);
  return np.stack(
    [0, 1, 2, 3].map((i) => (i === 3 ? np.cos(half) : i === axis ? np.sin(half) : zero)),
    { axis: -1 },
  );
}
/** Rotations of space. `p.mul(q)` turns by q first. */
class Rotation {
  /** @param quat unit quaternions (x, y, z, w) on the last axis */
  constructor(readonly quat: Value) {}
  /** Of quaternions of any length but zero. */
  static fromQuat(quat: ArrayLike): Rotation {
    const q = float("Rotation.fromQuat", quat);
    if (q.shape.at(-1) !== 4) throw new ShapeError(`Rotation.fromQuat: quaternions have four numbers on the last axis, got ${q.aval}`);
    return new Rotation(q.div(norm(q)));
  }
  /** Of vectors along the axis whose length is the angle. */
  static fromRotvec(rotvec: ArrayLike, degrees = false): Rotation {
    const v = radians(float("Rotation.fromRotvec", rotvec), degrees);
    if (v.shape.at(-1) !== 3) throw new ShapeError(`Rotation.fromRotvec: vectors have three numbers on the last axis, got ${v.aval}`);
    const squared = np.sum(v.mul(v), { axis: -1, keepdims: true });
    const angle = np.sqrt(squared);
    const small = angle.le(SMALL);
    const series = np.subtract(0.5, squared.div(48)).add(squared.mul(squared).div(3840));
    const scale = np.where(small, series, np.sin(angle.div(2)).div(np.where(small, 1, angle)));
    return new Rotation(np.concatenate([scale.mul(v), np.cos(angle.div(2))], { axis: -1 }));
  }
  /** Of angles about axes, one after the other. */
  static fromEuler(seq: string, angles: ArrayLike, degrees = false): Rotation {
    const { axes, intrinsic } = axesOf(seq, 1);
    const given = radians(float("Rotation.fromEuler", angles), degrees);
    const a = given.ndim === 0 ? np.reshape(given, [1]) : given;
    if (a.shape.at(-1) !== axes.length)
      throw new ShapeError(`Rotation.fromEuler: "${seq}" needs ${axes.length} angles on the last axis, got ${a.aval}`);
    return new Rotation(
      axes.map((axis, i) => about(axis, part(a, i))).reduce((before, next) => (intrinsic ? compose(before, next) : compose(next, before))),
    );
  }
  /** Of rotation matrices, on the last two axes. */
  static fromMatrix(matrix: ArrayLike): Rotation {
    const m = float("Rotation.fromMatrix", matrix);
    if (m.ndim < 2 || m.shape.at(-1) !== 3 || m.shape.at(-2) !== 3)
      throw new ShapeError(`Rotation.fromMatrix: 3 × 3 matrices are expected, got ${m.aval}`);
    const at = (i: number, j: number): Value => m.get("...", i, j);
    const trace = at(0, 0).add(at(1, 1)).add(at(2, 2));
    // By the largest of the four: the others would divide by what rounding left of it.
    const largest = np.argmax(np.stack([at(0, 0), at(1, 1), at(2, 2), trace], { axis: -1 }), { axis: -1 });
    const byAxis = (i: number): Value => {
      const j = (i + 1) % 3;
      const k = (i + 2) % 3;
      const entries: Value[] = [];
      entries[i] = np.subtract(1, trace).add(at(i, i).mul(2));
      entries[j] = at(j, i).add(at(i, j));
      entries[k] = at(k, i).add(at(i, k));
      entries[3] = at(k, j).sub(at(j, k));
      return np.stack(entries, { axis: -1 });
    };
    const byTrace = np.stack([at(2, 1).sub(at(1, 2)), at(0, 2).sub(at(2, 0)), at(1, 0).sub(at(0, 1)), trace.add(1)], { axis: -1 });
    const which = np.expandDims(largest, -1);
    const q = [0, 1, 2].reduce((out, i) => np.where(which.eq(i), byAxis(i), out), byTrace);
    return new Rotation(q.div(norm(q)));
  }
  /** Of modified Rodrigues parameters: the axis times tan(angle / 4). */
  static fromMrp(mrp: ArrayLike): Rotation {
    const v = float("Rotation.fromMrp", mrp);
    const above = np.sum(v.mul(v), { axis: -1, keepdims: true }).add(1);
    return new Rotation(np.concatenate([v.mul(2), np.subtract(2, above)], { axis: -1 }).div(above));
  }
  /** No rotation. */
  static identity(): Rotation {
    return new Rotation(np.array([0, 0, 0, 1], { dtype: "float32" }));
  }
  /** Several rotations, or lists of them, as one list. */
  static concatenate(rotations: readonly Rotation[]): Rotation {
    return new Rotation(np.concatenate(rotations.map((r) => (r.single ? np.reshape(r.quat, [1, 4]) : r.quat))));
  }
  /** Whether it is one rotation and not a list of them. */
  get single(): boolean {
    return this.quat.ndim === 1;
  }
  /** How many rotations. */
  get length(): number {
    if (this.single) throw new TypeError("Rotation: a single rotation has no length");
    return this.quat.shape[0]!;
  }
  /** Some of a list of rotations. */
  get(...index: readonly (number | string | Value)[]): Rotation {
    if (this.single) throw new TypeError("Rotation: a single rotation has no parts");
    return new Rotation(this.quat.get(...index));
  }
  /** `other` first, then this one. */
  mul(other: Rotation): Rotation {
    return Rotation.fromQuat(compose(this.quat, other.quat));
  }
  /** The rotation back. */
  inv(): Rotation {
    return new Rotation(this.quat.mul(np.array([-1, -1, -1, 1], { dtype: this.quat.dtype })));
  }
  /** Turns vectors, on the last axis; with `inverse` the other way. */
  apply(vectors: ArrayLike, inverse = false): Value {
    const v = float("Rotation.apply", vectors);
    if (v.shape.at(-1) !== 3) throw new ShapeError(`Rotation.apply: vectors have three numbers on the last axis, got ${v.aval}`);
    const m = this.asMatrix();
    return np.sum((inverse ? np.swapaxes(m, -1, -2) : m).mul(np.expandDims(v, -2)), { axis: -1 });
  }
  /** The angle, 0 to π. */
  magnitude(): Value {
    return np.arctan2(np.squeeze(norm(vectorOf(this.quat)), { axis: -1 }), np.abs(part(this.quat, 3))).mul(2);
  }
  /** Quaternions (x, y, z, w), or (w, x, y, z) with `scalarFirst`; `canonical` chooses between a quaternion and its negative. */
  asQuat(options: { readonly canonical?: boolean; readonly scalarFirst?: boolean } = {}): Value {
    let q = this.quat;
    if (options.canonical) {
      const sign = [2, 1, 0, 3].reduce<Value>((later, i) => np.where(part(q, i).eq(0), later, np.sign(part(q, i))), np.onesLike(part(q, 0)));
      q = np.where(np.expandDims(sign.lt(0), -1), np.negative(q), q);
    }
    return options.scalarFirst ? np.roll(q, 1, { axis: -1 }) : q;
  }
  /** Rotation matrices, on the last two axes. */
  asMatrix(): Value {
    const [x, y, z, w] = [0, 1, 2, 3].map((i) => part(this.quat, i)) as [Value, Value, Value, Value];
    const two = (a: Value, b: Value): Value => a.mul(b).mul(2);
    const row = (...v: Value[]): Value => np.stack(v, { axis: -1 });
    const diagonal = (a: Value, b: Value, c: Value): Value => a.mul(a).sub(b.mul(b)).sub(c.mul(c)).add(w.mul(w));
    return np.stack(
      [
        row(diagonal(x, y, z), two(x, y).sub(two(z, w)), two(x, z).add(two(y, w))),
        row(two(x, y).add(two(z, w)), diagonal(y, x, z), two(y, z).sub(two(x, w))),
        row(two(x, z).sub(two(y, w)), two(y, z).add(two(x, w)), diagonal(z, x, y)),
      ],
      { axis: -2 },
    );
  }
  /** Vectors along the axis whose length is the angle. */
  asRotvec(degrees = false): Value {
    const q = np.where(scalarOf(this.quat).lt(0), np.negative(this.quat), this.quat);
    const angle = np.arctan2(norm(vectorOf(q)), scalarOf(q)).mul(2);
    const squared = angle.mul(angle);
    const small = angle.le(SMALL);
    const series = squared
      .div(12)
      .add(2)
      .add(squared.mul(squared).mul(7 / 2880));
    const scale = np.where(small, series, angle.div(np.sin(np.where(small, 1, angle).div(2))));
    return inUnits(scale, degrees).mul(vectorOf(q));
  }
  /** Modified Rodrigues parameters: the axis times tan(angle / 4). */
  asMrp(): Value {
    const sign = np.where(scalarOf(this.quat).lt(0), -1, 1).astype(this.quat.dtype);
    return sign.mul(vectorOf(this.quat)).div(sign.mul(scalarOf(this.quat)).add(1));
  }
  /** Three angles about three axes (Bernardes and Viollet, 2022); of a gimbal lock the third angle is zero. */
  asEuler(seq: string, degrees = false): Value {
    const { axes, intrinsic } = axesOf(seq, 3);
    const [i, j, last] = (intrinsic ? [...axes].reverse() : axes) as [number, number, number];
    const symmetric = i === last;
    const k = symmetric ? 3 - i - j : last;
    const sign = ((i - j) * (j - k) * (k - i)) / 2;
    const [qi, qj, qk, w] = [i, j, k, 3].map((n) => part(this.quat, n)) as [Value, Value, Value, Value];
    const [a, b, c, d] = symmetric ? [w, qi, qj, qk.mul(sign)] : [w.sub(qj), qi.add(qk.mul(sign)), qj.add(w), qk.mul(sign).sub(qi)];
    const middle = np.arctan2(np.hypot(c, d), np.hypot(a, b)).mul(2);
    const LOCKED = 1e-7;
    const flat = np.abs(middle).le(LOCKED);
    const upside = np.abs(middle.sub(Math.PI)).le(LOCKED);
    const [sum, difference] = [np.arctan2(b, a), np.arctan2(d, c)];
    const free = np.logicalNot(np.logicalOr(flat, upside));
    const locked = np.where(flat, sum.mul(2), difference.mul(intrinsic ? 2 : -2));
    const zero = np.zerosLike(sum);
    const outer = np.where(free, sum.sub(difference), intrinsic ? zero : locked);
    const inner = np.where(free, sum.add(difference), intrinsic ? locked : zero);
    const [first, third0] = intrinsic ? [inner, outer] : [outer, inner];
    const turned = symmetric ? 1 : sign;
    const angles = intrinsic
      ? [first.mul(turned), symmetric ? middle : middle.sub(Math.PI / 2), third0]
      : [first, symmetric ? middle : middle.sub(Math.PI / 2), third0.mul(turned)];
    return inUnits(np.mod(np.stack(angles, { axis: -1 }).add(Math.PI), 2 * Math.PI).sub(Math.PI), degrees);
  }
  /** The mean of a list of rotations, weighted: the eigenvector of Σ w·q·qᵀ (Markley et al., 2007). */
  mean(weights?: ArrayLike): Rotation {
    const w = weights === undefined ? np.ones([this.length], { dtype: this.quat.dtype }) : float("Rotation.mean", weights);
    const [, vectors] = np.linalg.eigh(np.matmul(np.transpose(this.quat).mul(w), this.quat)) as unknown as [Value, Value];
    return new Rotation(vectors.get(":", -1));
  }
  treeFlatten(): [Value[], null] {
    return [[this.quat], null];
  }
  static treeUnflatten(_aux: null, children: readonly Value[]): Rotation {
    return new Rotation(children[0]!);
  }
}
registerPytreeNodeClass(Rotation);
/** Interpolates between rotations at times, along the shortest ways. */
class Slerp {
  readonly #steps: Value;
  readonly #times: Value;
  constructor(
    times: ArrayLike,
    private readonly rotations: Rotation,
  ) {
    this.#times = float("Slerp", times);
    if (rotations.single || rotations.length < 2) throw new ShapeError("Slerp: at least two rotations are expected");
    if (this.#times.ndim !== 1 || this.#times.size !== rotations.length)
      throw new ShapeError(`Slerp: ${rotations.length} rotations need as many times, got ${this.#times.aval}`);
    this.#steps = rotations.get(":-1").inv().mul(rotations.get("1:")).asRotvec();
  }
  /** Starts an interpolation, as JAX spells it. */
  static init(times: ArrayLike, rotations: Rotation): Slerp {
    return new Slerp(times, rotations);
  }
  /** The rotations at some times. */
  at(times: ArrayLike): Rotation {
    const t = float("Slerp", times);
    if (t.ndim > 1) throw new ShapeError(`Slerp: times have at most one axis, got ${t.aval}`);
    const all = np.atleast1d(t) as Value;
    const index = np.clip(np.searchsorted(this.#times, all).sub(1), 0, this.#times.size - 2);
    const start = np.take(this.#times, index);
    const along = all.sub(start).div(np.take(this.#times, index.add(1)).sub(start));
    const step = Rotation.fromRotvec(np.take(this.#steps, index, { axis: 0 }).mul(along.get(":", null)));
    const out = new Rotation(np.take(this.rotations.quat, index, { axis: 0 })).mul(step);
    return t.ndim === 0 ? out.get(0) : out;
  }
}
/** Rotations of space. */
export const transform = { Rotation, Slerp };
export type { Rotation, Slerp };
