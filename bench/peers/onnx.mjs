// onnxruntime-node as a side of bench/peers.mjs, for the dense parts: models of a few nodes, written here in protobuf's wire format.

const varint = (n) => (n < 128 ? [n] : [(n & 127) | 128, ...varint(Math.floor(n / 128))]);
const field = (id, body) => [...varint(id * 8 + 2), ...varint(body.length), ...body];
const text = (id, s) => field(id, [...Buffer.from(s)]);
const number = (id, n) => [...varint(id * 8), ...varint(n)];
const node = ([op, inputs, output, attributes = []]) =>
  field(1, [...inputs.flatMap((x) => text(1, x)), ...text(2, output), ...text(4, op), ...attributes.flatMap((a) => field(5, a))]);
const integer = (name, n) => [...text(1, name), ...number(3, n), ...number(20, 2)];
const integers = (name, list) => [...text(1, name), ...list.flatMap((n) => number(8, n)), ...number(20, 7)];
/** float32 of a shape, or of none that is known. */
const value = (id, name, shape) => {
  const dims = shape ? field(2, shape.flatMap((d) => field(1, number(1, d)))) : [];
  return field(id, [...text(1, name), ...field(2, field(1, [...number(1, 1), ...dims]))]);
};
const model = (nodes, inputs) => {
  const graph = [...nodes.flatMap(node), ...text(2, "g"), ...inputs.flatMap(([n, s]) => value(11, n, s)), ...value(12, "out", null)];
  return Uint8Array.from([...number(1, 8), ...field(7, graph), ...field(8, number(2, 18))]);
};
const product = [["MatMul", ["a0", "a1"], "out"]];
const MODELS = {
  "softmax 4096×1024": [["Softmax", ["a0"], "out", [integer("axis", 1)]]],
  ...Object.fromEntries([64, 512, 1024, 2048].map((n) => [`matmul ${n}³`, product])),
  "tanh(x@w + b), 1024×512·512×512": [
    ["MatMul", ["a0", "a1"], "p"],
    ["Add", ["p", "a2"], "s"],
    ["Tanh", ["s"], "out"],
  ],
  "conv net": [
    ["Transpose", ["a3"], "x", [integers("perm", [0, 3, 1, 2])]],
    ...[1, 2].flatMap((i) => [
      ["Transpose", [`a${i - 1}`], `k${i}`, [integers("perm", [3, 2, 0, 1])]],
      ["Conv", [i === 1 ? "x" : "pool1", `k${i}`], `conv${i}`, [integers("pads", [1, 1, 1, 1])]],
      ["Relu", [`conv${i}`], `relu${i}`],
      ["AveragePool", [`relu${i}`], `pool${i}`, [integers("kernel_shape", [2, 2]), integers("strides", [2, 2])]],
    ]),
    ["Transpose", ["pool2"], "last", [integers("perm", [0, 2, 3, 1])]],
    ["Flatten", ["last"], "flat"],
    ["MatMul", ["flat", "a2"], "out"],
  ],
};
export default async function side(load, threads) {
  const { default: ort } = await load("onnxruntime-node");
  return {
    has: (name) => name in MODELS,
    async make(name, shapes) {
      const session = await ort.InferenceSession.create(model(MODELS[name], shapes.map((s, i) => [`a${i}`, s])), { intraOpNumThreads: threads, interOpNumThreads: 1 });
      return async (...args) => (await session.run(Object.fromEntries(args.map((a, i) => [`a${i}`, a])))).out;
    },
    array: (data, shape) => new ort.Tensor("float32", data, shape),
    finish: (out) => out,
    outputs: (out) => [out.data],
    drop: (out) => out.dispose?.(),
  };
}
