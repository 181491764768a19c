// The passes of a Fourier transform over columns side by side (Stockham's: the result comes out in order), in lanes; the ways into them and out.
// Real and imaginary parts lie in arrays of their own. Source: Van Loan, "Computational Frameworks for the Fast Fourier Transform", chapter 1.
import type { Instr, Variable } from "../../../compiler/wasm/asm.ts";
import { type Code, type Routine, laneFunctions } from "./code.ts";

type Complex = readonly [re: Instr, im: Instr];
const plus = (c: Code, x: Complex, y: Complex): Complex => [c.add(x[0], y[0]), c.add(x[1], y[1])];
const minus = (c: Code, x: Complex, y: Complex): Complex => [c.sub(x[0], y[0]), c.sub(x[1], y[1])];
const times = (c: Code, x: Complex, w: Complex): Complex => [
  c.sub(c.mul(x[0], w[0]), c.mul(x[1], w[1])),
  c.add(c.mul(x[0], w[1]), c.mul(x[1], w[0])),
];
/** −i·x */
const turned = (c: Code, x: Complex): Complex => [x[1], c.neg(x[0])];
const scaled = (c: Code, x: Complex, f: Instr): Complex => [c.mul(x[0], f), c.mul(x[1], f)];

/** The transform of as many values as the radix says. */
function butterfly(c: Code, x: readonly Complex[], constant: (v: number) => Instr): Complex[] {
  const [a, b, d, e, f] = x as [Complex, Complex, Complex, Complex, Complex];
  switch (x.length) {
    case 2:
      return [plus(c, a, b), minus(c, a, b)];
    case 3: {
      const sum = plus(c, b, d);
      const middle = minus(c, a, scaled(c, sum, constant(0.5)));
      const side = turned(c, scaled(c, minus(c, b, d), constant(Math.sqrt(3) / 2)));
      return [plus(c, a, sum), plus(c, middle, side), minus(c, middle, side)];
    }
    case 4: {
      const [p, q, r, s] = [plus(c, a, d), minus(c, a, d), plus(c, b, e), turned(c, minus(c, b, e))];
      return [plus(c, p, r), plus(c, q, s), minus(c, p, r), minus(c, q, s)];
    }
    default: {
      const angle = (2 * Math.PI) / 5;
      const [p, q, r, s] = [plus(c, b, f), plus(c, d, e), minus(c, b, f), minus(c, d, e)];
      const mixed = (u: Complex, v: Complex, fu: number, fv: number): Complex => plus(c, scaled(c, u, constant(fu)), scaled(c, v, constant(fv)));
      const m1 = plus(c, a, mixed(p, q, Math.cos(angle), Math.cos(2 * angle)));
      const m2 = plus(c, a, mixed(p, q, Math.cos(2 * angle), Math.cos(angle)));
      const s1 = turned(c, mixed(r, s, Math.sin(angle), Math.sin(2 * angle)));
      const s2 = turned(c, mixed(r, s, Math.sin(2 * angle), -Math.sin(angle)));
      return [plus(c, a, plus(c, p, q)), plus(c, m1, s1), plus(c, m2, s2), minus(c, m2, s2), minus(c, m1, s1)];
    }
  }
}
/**
 * One pass. Columns of `width` bytes; results that are `p` apart before are `radix · p` apart after.
 * y[q + width·(radix·p + k)] = w(p)^k · Σ_j x[q + width·(p + m·j)] · e^(−2πi jk/radix)
 */
const pass = (radix: number): Routine => ({
  parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  write: (c, xr, xi, yr, yi, twiddles, m, width) => {
    const { bytes } = c;
    const apart = c.i32("mul", m, width);
    const [dx, dy] = [c.i32("sub", xi, xr), c.i32("sub", yi, yr)];
    const constants = new Map<number, Instr>();
    for (const v of radix === 3 ? [0.5, Math.sqrt(3) / 2] : radix === 5 ? fifth() : []) constants.set(v, c.constant(v));
    const constant = (v: number): Instr => constants.get(v) ?? c.constant(v);
    const from = c.index(xr);
    const to = c.index(yr);
    const w = c.index(twiddles);
    const end = c.i32("add", xr, apart);
    const inner = c.a.variable("i32");
    const out = c.a.variable("i32");
    c.below(from, end, width, () => {
      const factors = Array.from({ length: radix - 1 }, (_x, k): Complex => [c.spread(w, 2 * k * bytes), c.spread(w, (2 * k + 1) * bytes)]);
      c.set(inner, from);
      c.set(out, to);
      const last = c.i32("add", from, width);
      c.below(inner, last, 16, () => {
        const values: Complex[] = [];
        let at: Instr = c.v(inner);
        for (let j = 0; j < radix; j++) {
          if (j > 0) at = c.i32("add", at, apart);
          values.push([c.load(at), c.load(c.i32("add", at, dx))]);
        }
        const results = butterfly(c, values, constant).map((y, k) => (k === 0 ? y : times(c, y, factors[k - 1]!)));
        let place: Instr = c.v(out);
        for (const [k, [re, im]] of results.entries()) {
          if (k > 0) place = c.i32("add", place, width);
          c.store(place, re);
          c.store(c.i32("add", place, dy), im);
        }
        c.step(out, 16);
      });
      c.step(w, 2 * (radix - 1) * bytes);
      c.step(to, c.i32("mul", width, radix));
    });
  },
});
const fifth = (): number[] => {
  const angle = (2 * Math.PI) / 5;
  return [Math.cos(angle), Math.cos(2 * angle), Math.sin(angle), Math.sin(2 * angle), -Math.sin(angle)];
};
/** Loops over n elements of some lines: `line` for each, with the address outside (interleaved) and those of the parts, and how far they move. */
function overLines(
  c: Code,
  [outside, inside, n, lines, element, line, width]: readonly [Variable, Variable, Variable, Variable, Variable, Variable, Variable],
  body: (outside: Variable, inside: Variable) => void,
  begin: () => void = () => undefined,
  after: () => void = () => undefined,
): void {
  const start = c.index(outside);
  const column = c.index(inside);
  const end = c.i32("add", inside, c.i32("mul", lines, c.bytes));
  c.below(column, end, c.bytes, () => {
    const from = c.a.variable("i32");
    const to = c.a.variable("i32");
    c.set(from, start);
    c.set(to, column);
    begin();
    const last = c.i32("add", column, c.i32("mul", n, width));
    c.below(to, last, width, () => {
      body(from, to);
      c.step(from, element);
    });
    c.step(start, line);
    after();
  });
}
/** The same where lines lie side by side and fill vectors. */
function overVectors(
  c: Code,
  [outside, inside, n, lines, element, width]: readonly [Variable, Variable, Variable, Variable, Variable, Variable],
  body: (outside: Variable, inside: Variable) => void,
): void {
  const start = c.index(outside);
  const row = c.index(inside);
  const end = c.i32("add", inside, c.i32("mul", n, width));
  const across = c.i32("mul", lines, c.bytes);
  c.below(row, end, width, () => {
    const from = c.a.variable("i32");
    const to = c.a.variable("i32");
    c.set(from, start);
    c.set(to, row);
    c.below(to, c.i32("add", row, across), 16, () => {
      body(from, to);
      c.step(from, 32);
    });
    c.step(start, element);
  });
}
const LINES = ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32"] as const;
const evenAndOdd = (lanes: number): [number[], number[]] => [
  Array.from({ length: lanes }, (_x, i) => 2 * i),
  Array.from({ length: lanes }, (_x, i) => 2 * i + 1),
];
const woven = (lanes: number, first: number): number[] => Array.from({ length: lanes }, (_x, i) => first + (i >> 1) + (i & 1) * lanes);

/** Parameters of gather and scatter: the interleaved lines, the parts, elements of a line, lines, bytes between elements and between lines, bytes of a row of the parts. */
export const butterflies = laneFunctions({
  pass2: pass(2),
  pass3: pass(3),
  pass4: pass(4),
  pass5: pass(5),
  gather: {
    parameters: LINES,
    write: (c, x, re, im, n, lines, element, line, width) => {
      const apart = c.i32("sub", im, re);
      overLines(c, [x, re, n, lines, element, line, width], (from, to) => {
        c.put(to, c.get(from));
        c.put(c.i32("add", to, apart), c.get(from, c.bytes));
      });
    },
  },
  gatherVectors: {
    parameters: LINES,
    write: (c, x, re, im, n, lines, element, _line, width) => {
      const apart = c.i32("sub", im, re);
      const [even, odd] = evenAndOdd(c.lanes);
      overVectors(c, [x, re, n, lines, element, width], (from, to) => {
        const [u, v] = [c.load(from), c.load(from, 16)];
        c.store(to, c.shuffle(u, v, even));
        c.store(c.i32("add", to, apart), c.shuffle(u, v, odd));
      });
    },
  },
  scatter: {
    parameters: [...LINES, "real"],
    write: (c, y, re, im, n, lines, element, line, width, factor) => {
      const apart = c.i32("sub", im, re);
      overLines(c, [y, re, n, lines, element, line, width], (to, from) => {
        c.put(to, c.s("mul", c.get(from), factor));
        c.put(to, c.s("mul", c.get(c.i32("add", from, apart)), factor), c.bytes);
      });
    },
  },
  scatterVectors: {
    parameters: [...LINES, "real"],
    write: (c, y, re, im, n, lines, element, _line, width, factor) => {
      const apart = c.i32("sub", im, re);
      const f = c.splat(c.v(factor));
      overVectors(c, [y, re, n, lines, element, width], (to, from) => {
        const [u, v] = [c.mul(c.load(from), f), c.mul(c.load(c.i32("add", from, apart)), f)];
        c.store(to, c.shuffle(u, v, woven(c.lanes, 0)));
        c.store(to, c.shuffle(u, v, woven(c.lanes, c.lanes / 2)), 16);
      });
    },
  },
  /**
   * Scatter of lines that start at column `first`, each element times w^(element · column): the angle's power is looked up in two tables, by its
   * high bits and by the low `bits`.
   */
  scatterTurned: {
    parameters: [...LINES, "i32", "i32", "i32", "i32"],
    write: (c, y, re, im, n, lines, element, line, width, high, low, bits, first) => {
      const apart = c.i32("sub", im, re);
      const column = c.index(first);
      const power = c.index();
      const mask = c.i32("sub", c.i32("shl", 1, bits), 1);
      const shift = Math.log2(2 * c.bytes);
      const turn = (to: Variable, from: Variable): void => {
        const h = c.i32("add", high, c.i32("shl", c.i32("shr_u", power, bits), shift));
        const l = c.i32("add", low, c.i32("shl", c.i32("and", power, mask), shift));
        const [hr, hi, lr, li] = [c.get(h), c.get(h, c.bytes), c.get(l), c.get(l, c.bytes)];
        const wr = c.s("sub", c.s("mul", hr, lr), c.s("mul", hi, li));
        const wi = c.s("add", c.s("mul", hr, li), c.s("mul", hi, lr));
        const [xr, xi] = [c.get(from), c.get(c.i32("add", from, apart))];
        c.put(to, c.s("sub", c.s("mul", xr, wr), c.s("mul", xi, wi)));
        c.put(to, c.s("add", c.s("mul", xr, wi), c.s("mul", xi, wr)), c.bytes);
        c.step(power, column);
      };
      overLines(
        c,
        [y, re, n, lines, element, line, width],
        turn,
        () => c.set(power, 0),
        () => c.step(column, 1),
      );
    },
  },
  /** y = x · w · factor, line by line. Real and imaginary parts of x and y stand where the last parameters say. */
  multiply: {
    parameters: ["i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "i32", "real"],
    write: (c, x, y, w, n, elementX, elementY, lines, lineX, lineY, xr, xi, yr, yi, factor) => {
      const [startX, startY] = [c.index(x), c.index(y)];
      c.count(lines, 1, () => {
        const [from, to, by] = [c.index(startX), c.index(startY), c.index(w)];
        c.below(by, c.i32("add", w, c.i32("mul", n, 2 * c.bytes)), 2 * c.bytes, () => {
          const [wr, wi] = [c.s("mul", c.get(by), factor), c.s("mul", c.get(by, c.bytes), factor)];
          const [re, im] = [c.get(c.i32("add", from, xr)), c.get(c.i32("add", from, xi))];
          const product = [c.s("sub", c.s("mul", re, wr), c.s("mul", im, wi)), c.s("add", c.s("mul", re, wi), c.s("mul", im, wr))] as const;
          c.put(c.i32("add", to, yr), product[0]);
          c.put(c.i32("add", to, yi), product[1]);
          c.step(from, elementX);
          c.step(to, elementY);
        });
        c.step(startX, lineX);
        c.step(startY, lineY);
      });
    },
  },
  /** Real numbers with an imaginary part of zero. */
  widen: {
    parameters: ["i32", "i32", "i32"],
    write: (c, x, y, count) => {
      const to = c.index(y);
      const from = c.index(x);
      c.below(from, c.i32("add", x, c.i32("mul", count, c.bytes)), c.bytes, () => {
        c.put(to, c.get(from));
        c.put(to, c.number(0), c.bytes);
        c.step(to, 2 * c.bytes);
      });
    },
  },
  reals: {
    parameters: ["i32", "i32", "i32"],
    write: (c, x, y, count) => {
      const to = c.index(y);
      const from = c.index(x);
      c.below(to, c.i32("add", y, c.i32("mul", count, c.bytes)), c.bytes, () => {
        c.put(to, c.get(from));
        c.step(from, 2 * c.bytes);
      });
    },
  },
  /** Lines of `half` numbers become lines of n whose other numbers are their conjugates; the imaginary parts that a real signal cannot have are dropped. */
  complete: {
    parameters: ["i32", "i32", "i32", "i32", "i32"],
    write: (c, x, y, n, half, lines) => {
      const size = 2 * c.bytes;
      const [from, to] = [c.index(x), c.index(y)];
      c.count(lines, 1, () => {
        const first = c.index(from);
        const front = c.index(to);
        const back = c.index(c.i32("add", to, c.i32("mul", n, size)));
        const middle = c.i32("add", to, c.i32("mul", n, c.bytes));
        c.below(front, c.i32("add", to, c.i32("mul", half, size)), size, () => {
          const [re, im] = [c.get(first), c.get(first, c.bytes)];
          c.a.when(c.i32("lt_u", front, back), () => {
            c.a.when(c.i32("gt_u", front, to), () => {
              c.put(back, re);
              c.put(back, c.s("sub", c.number(0), im), c.bytes);
            });
          });
          c.put(front, re);
          c.put(front, im, c.bytes);
          c.step(first, size);
          c.step(back, -size);
        });
        c.put(to, c.number(0), c.bytes);
        // The middle of an even number of elements is an element.
        c.a.when(c.i32("xor", c.i32("and", n, 1), 1), () => c.put(middle, c.number(0), c.bytes));
        c.set(from, first);
        c.step(to, c.i32("mul", n, size));
      });
    },
  },
});
