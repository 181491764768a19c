// Mutations of texts from a seeded generator: the same ones in every run.
export function randomFrom(seed: number): () => number {
  let s = seed >>> 0;
  return () => {
    // mulberry32
    s = (s + 0x6d2b79f5) >>> 0;
    let t = Math.imul(s ^ (s >>> 15), 1 | s);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
const LETTERS = "()[]{}:;,.=<>\"'`\\/*-+#@$%&|!?~^_ \n\t0159azAZ\u0000\u202e\ud800é😀";
/** A text with a few pieces taken out, doubled, moved, or replaced. */
export function mutated(text: string, random: () => number): string {
  let out = text;
  for (let n = 1 + Math.floor(random() * 4); n > 0; n--) {
    const at = Math.floor(random() * (out.length + 1)),
      length = Math.floor(random() ** 3 * 40),
      piece = out.slice(at, at + length);
    switch (Math.floor(random() * 6)) {
      case 0:
        out = out.slice(0, at) + out.slice(at + length);
        break;
      case 1:
        out = out.slice(0, at) + piece + out.slice(at);
        break;
      case 2:
        out = out.slice(0, at);
        break;
      case 3:
        out = out.slice(0, at) + LETTERS[Math.floor(random() * LETTERS.length)]! + out.slice(at);
        break;
      case 4:
        out = piece + out.slice(0, at) + out.slice(at + length);
        break;
      default:
        out = out.slice(0, at) + String(Math.floor(random() * 2e10) - 1e10) + out.slice(at + length);
    }
  }
  return out;
}
