// Products: dot_general, convolutions, Fourier transforms.
import * as o from "../../../primitives/ops.ts";
import { type Attribute, Named } from "../attributes.ts";
import type { Call, Row, Rows } from "../row.ts";

const dotGeneral: Row = ([x, y], c) => {
  const d = c.fields("dot_dimension_numbers");
  return o.dotGeneral(
    x!,
    y!,
    [
      [d.integers("lhs_contracting_dimensions"), d.integers("rhs_contracting_dimensions")],
      [d.integers("lhs_batching_dimensions"), d.integers("rhs_batching_dimensions")],
    ],
    c.out.dtype,
  );
};
/** `[b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1]`: where each operand has its batch, its features, and each axis of space. */
function layoutOf(a: Attribute | undefined, c: Call): readonly (readonly number[])[] {
  const text = a instanceof Named ? a.text : String(a ?? "");
  const m = /^\s*\[(.*?)\]\s*x\s*\[(.*?)\]\s*->\s*\[(.*?)\]\s*$/.exec(text);
  if (!m) return c.fail("has no dimension numbers such as [b, f, 0, 1]x[o, i, 0, 1]->[b, f, 0, 1]");
  const heads = [
    ["b", "f"],
    ["o", "i"],
    ["b", "f"],
  ] as const;
  return heads.map((head, k) => {
    const names = m[k + 1]!.split(",").map((n) => n.trim());
    return [...head, ...names.filter((n) => /^\d+$/.test(n)).sort((a, b) => Number(a) - Number(b))].map((n) => names.indexOf(n));
  });
}
const convolution: Row = ([x, w], c) => {
  const [lhsSpec, rhsSpec, outSpec] = layoutOf(c.attribute("dimension_numbers"), c) as [number[], number[], number[]];
  const rank = lhsSpec.length - 2;
  const reversal = c.attribute("window_reversal");
  const reversed = Array.isArray(reversal) ? rhsSpec.slice(2).filter((_axis, i) => reversal[i] === true) : [];
  return o.callAll("conv_general_dilated", [x!, o.rev(w!, reversed)], {
    dimensionNumbers: { lhsSpec, rhsSpec, outSpec },
    windowStrides: c.perAxis("window_strides", rank, 1),
    padding: c.pairs("padding", rank),
    lhsDilation: c.perAxis("lhs_dilation", rank, 1),
    rhsDilation: c.perAxis("rhs_dilation", rank, 1),
    featureGroupCount: c.perAxis("feature_group_count", 1, 1)[0],
    batchGroupCount: c.perAxis("batch_group_count", 1, 1)[0],
    precision: null,
    preferredElementType: c.out.dtype,
    outSharding: null,
  });
};
const fft: Row = ([x], c) => o.callAll("fft", [x!], { fftType: c.word("fft_type"), fftLengths: c.integers("fft_length") });

export const CONTRACTION: Rows = { dot_general: dotGeneral, convolution, fft };
