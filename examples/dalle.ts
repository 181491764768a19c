// Text to image in the manner of DALL·E mini (Dayma et al., 2021), for a laptop: a tokenizer turns pictures into words of a code book (VQ: van den Oord et al., 2017), and
// an encoder and a decoder of a transformer write these words for a caption. Some captions are kept from training: it draws them too.
// Click "jit & profile" above a function to see what the compiler makes of it.
import { type Array, jit, lax, nnx, numpy as np, optim, random } from "jitlens";

const size = 16, grid = 4, places = grid * grid, codes = 128, width = 48, heads = 4, batch = 48;
const tokenizerSteps = Number(process.env.STEPS ?? 400), drawingSteps = Number(process.env.STEPS ?? 400);

// ---- Pictures and their captions: four words each, "red circle top left".
const colours = { red: [1, 0.2, 0.2], green: [0.2, 0.9, 0.3], blue: [0.3, 0.4, 1], yellow: [1, 0.9, 0.2], white: [1, 1, 1] } as const;
const shapes = ["circle", "square", "cross", "ring"], rowsOf = ["top", "middle", "bottom"], columnsOf = ["left", "centre", "right"];
const words = [...Object.keys(colours), ...shapes, ...rowsOf, ...columnsOf];
const captions = Object.keys(colours).flatMap((c) => shapes.flatMap((s) => rowsOf.flatMap((row) => columnsOf.map((column) => [c, s, row, column] as const))));
function draw([colour, shape, row, column]: readonly [string, string, string, string]): number[] {
  const cx = 4 + 4 * columnsOf.indexOf(column), cy = 4 + 4 * rowsOf.indexOf(row);
  const inside = (x: number, y: number): boolean =>
    ({ circle: x * x + y * y < 13, square: Math.max(Math.abs(x), Math.abs(y)) < 3, cross: Math.min(Math.abs(x), Math.abs(y)) < 1 && Math.max(Math.abs(x), Math.abs(y)) < 4, ring: x * x + y * y < 15 && x * x + y * y > 5 })[shape]!;
  return globalThis.Array.from({ length: size * size }, (_x, i) => (inside((i % size) + 0.5 - cx, Math.floor(i / size) + 0.5 - cy) ? colours[colour as keyof typeof colours] : [0, 0, 0])).flat();
}
const pictures = np.array(Float32Array.from(captions.flatMap(draw))).reshape([-1, size, size, 3]);
const texts = np.array(Int32Array.from(captions.flatMap((c) => c.map((w) => words.indexOf(w))))).reshape([-1, 4]);
const isKept = (i: number): boolean => i % 8 === 3, all = captions.map((_c, i) => i);
const [known, kept] = [all.filter((i) => !isKept(i)), all.filter(isKept)].map((l) => np.array(Int32Array.from(l))) as [Array, Array];

// ---- The tokenizer: pictures as 4 × 4 words of a code book, and back.
const unit = (x: Array): Array => x.div(np.sqrt(np.square(x).sum({ axis: -1, keepdims: true }).add(1e-6)));
class Tokenizer extends nnx.Module {
  down1: nnx.Conv; down2: nnx.Conv; book: nnx.Embed; up1: nnx.ConvTranspose; up2: nnx.ConvTranspose;
  constructor(rngs: nnx.Rngs) {
    super();
    this.down1 = new nnx.Conv(3, 24, [2, 2], { strides: 2, rngs });
    this.down2 = new nnx.Conv(24, width, [2, 2], { strides: 2, rngs });
    this.book = new nnx.Embed(codes, width, { rngs, embeddingInit: nnx.initializers.normal(1) });
    this.up1 = new nnx.ConvTranspose(width, 24, [4, 4], { strides: 2, rngs });
    this.up2 = new nnx.ConvTranspose(24, 3, [4, 4], { strides: 2, rngs });
  }
  features(x: Array): Array { return unit(this.down2.call(nnx.relu(this.down1.call(x)))); }
  /** The nearest word of the book at each place: [B, 4, 4]. Words and features have length 1, so that none runs away from the others (Yu et al., 2022). */
  nearest(features: Array): Array { return features.matmul(unit(this.book.embedding.value).T).argmax({ axis: -1 }); }
  word(image: Array): Array { return unit(this.book.call(image)); }
  picture(features: Array): Array { return this.up2.call(nnx.relu(this.up1.call(features))); }
}
const trainTokenizer = nnx.jit(function trainTokenizer(model: Tokenizer, optimizer: nnx.Optimizer, x: Array): Array {
  const [loss, grads] = nnx.valueAndGrad((m: Tokenizer) => {
    const features = m.features(x), word = m.word(m.nearest(features));
    const through = features.add(lax.stopGradient(word.sub(features))); // The gradient goes past the choice, as if it had not been made.
    const settle = np.square(lax.stopGradient(features).sub(word)).mean().add(np.square(features.sub(lax.stopGradient(word))).mean().mul(0.25));
    return np.square(m.picture(through).sub(x)).mean().mul(10).add(settle);
  })(model);
  optimizer.update(model, grads);
  return loss;
});
const tokenize = nnx.jit((m: Tokenizer, x: Array): Array => m.nearest(m.features(x)).reshape([-1, places]));
const paint = nnx.jit((m: Tokenizer, image: Array): Array => m.picture(m.word(image).reshape([-1, grid, grid, width])));

// ---- The transformer: an encoder that reads the caption, a decoder that writes the picture's words in order.
class Layer extends nnx.Module {
  attention: nnx.MultiHeadAttention; across: nnx.MultiHeadAttention | null; up: nnx.Linear; down: nnx.Linear; norms: nnx.List<nnx.LayerNorm>;
  constructor(isDecoder: boolean, rngs: nnx.Rngs) {
    super();
    this.attention = new nnx.MultiHeadAttention(heads, width, { rngs });
    this.across = isDecoder ? new nnx.MultiHeadAttention(heads, width, { rngs }) : null;
    [this.up, this.down] = [new nnx.Linear(width, 2 * width, { rngs }), new nnx.Linear(2 * width, width, { rngs })];
    this.norms = new nnx.List([0, 1, 2].map(() => new nnx.LayerNorm(width, { rngs })));
  }
  call(x: Array, caption: Array | null): Array {
    const [first, second, third] = [...this.norms] as [nnx.LayerNorm, nnx.LayerNorm, nnx.LayerNorm];
    let y = x.add(this.attention.call(first.call(x), null, null, { isCausal: this.across !== null }));
    if (this.across !== null && caption !== null) y = y.add(this.across.call(second.call(y), caption));
    return y.add(this.down.call(nnx.gelu(this.up.call(third.call(y)))));
  }
}
class Painter extends nnx.Module {
  words: nnx.Embed; wordPlaces: nnx.Param; codes: nnx.Embed; codePlaces: nnx.Param; encoder: nnx.List<Layer>; decoder: nnx.List<Layer>; norm: nnx.LayerNorm; head: nnx.Linear;
  constructor(rngs: nnx.Rngs) {
    super();
    const table = (n: number): nnx.Param => new nnx.Param(random.normal(rngs.params(), [n, width]).mul(0.1));
    this.words = new nnx.Embed(words.length, width, { rngs });
    this.codes = new nnx.Embed(codes + 1, width, { rngs }); // The last one begins each picture.
    [this.wordPlaces, this.codePlaces] = [table(4), table(places)];
    [this.encoder, this.decoder] = [new nnx.List([new Layer(false, rngs)]), new nnx.List([new Layer(true, rngs), new Layer(true, rngs)])];
    [this.norm, this.head] = [new nnx.LayerNorm(width, { rngs }), new nnx.Linear(width, codes, { rngs })];
  }
  /** Captions [B, 4] and the picture's words before each place [B, 16] as logits of the word there [B, 16, codes]. */
  call(caption: Array, before: Array): Array {
    let c = this.words.call(caption).add(this.wordPlaces.value), x = this.codes.call(before).add(this.codePlaces.value);
    for (const layer of this.encoder) c = layer.call(c, null);
    for (const layer of this.decoder) x = layer.call(x, c);
    return this.head.call(this.norm.call(x));
  }
}
const shifted = (image: Array): Array => np.pad(image.get(":", ":-1"), [[0, 0], [1, 0]], { constantValues: codes });
const trainPainter = nnx.jit(function trainPainter(model: Painter, optimizer: nnx.Optimizer, caption: Array, image: Array): Array {
  const [loss, grads] = nnx.valueAndGrad((m: Painter) => optim.losses.softmaxCrossEntropyWithIntegerLabels(m.call(caption, shifted(image)), image).mean())(model);
  optimizer.update(model, grads);
  return loss;
});
/** The words of a picture for each caption, the likeliest first word, then the likeliest after it, and so on. */
const imagine = nnx.jit(function imagine(model: Painter, caption: Array): Array {
  const write = (i: Array, image: Array): Array => image.at(":", i).set(model.call(caption, shifted(image)).get(":", i).argmax({ axis: -1 }));
  return lax.foriLoop(0, places, write, np.zeros([caption.shape[0]!, places], { dtype: "int32" }));
});

const picked = (key: Array): Array => np.take(known, random.randint(key, [batch], 0, known.size));
const tokenizer = new Tokenizer(new nnx.Rngs(0)), first = new nnx.Optimizer(tokenizer, optim.adam(3e-3));
for (let step = 1; step <= tokenizerSteps; step++) {
  const loss = trainTokenizer(tokenizer, first, np.take(pictures, picked(random.key(step)), { axis: 0 }));
  if (step === 1 || step % 100 === 0) console.log(`tokenizer, step ${step}: loss ${Number(loss.item()).toFixed(3)}`);
}
const tokens = tokenize(tokenizer, pictures), painter = new Painter(new nnx.Rngs(1)), second = new nnx.Optimizer(painter, optim.adam(optim.schedules.cosineDecaySchedule(2e-3, drawingSteps)));
for (let step = 1; step <= drawingSteps; step++) {
  const some = picked(random.key(10_000 + step)), loss = trainPainter(painter, second, np.take(texts, some, { axis: 0 }), np.take(tokens, some, { axis: 0 }));
  if (step === 1 || step % 100 === 0) console.log(`painter, step ${step}: loss ${Number(loss.item()).toFixed(3)}`);
}
// ---- Captions that it has never seen, drawn; and how many of the pictures are nearer to what was meant than to any other.
const drawn = paint(tokenizer, imagine(painter, np.take(texts, kept, { axis: 0 })));
const far = np.square(drawn.get(":", null).sub(pictures)).sum({ axis: [2, 3, 4] }), right = far.argmin({ axis: 1 }).eq(kept);
const rows = (np.clip(drawn.max({ axis: -1 }), 0, 0.99).mul(6).astype("int32").tolist() as number[][][]).slice(0, 4), names = kept.tolist() as number[];
console.log(rows.map((_r, i) => captions[names[i]!]!.join(" ").padEnd(28)).join(""));
for (let y = 0; y < size; y += 2) console.log(rows.map((p) => p[y]!.map((v, x) => " .-+*#"[Math.max(v, p[y + 1]![x]!)]).join("").padEnd(28)).join(""));
console.log(`of ${kept.size} captions that were not in training, ${Number(right.sum().item())} are drawn as they say`);
