// Pictures as arrays. Decoders are packages of their own, which a program installs that reads pictures: fast-png and jpeg-js.
import { fromTyped } from "../core/arrays.ts";
import { ArgumentError } from "../core/errors.ts";
import { builtin } from "../core/host.ts";
import type { Value } from "../core/value.ts";

/** What fast-png makes of a file; samples of less than a byte are packed, each row from a byte of its own. */
interface Png {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly depth: number;
  readonly data: Uint8Array | Uint8ClampedArray | Uint16Array;
  readonly palette?: readonly (readonly number[])[];
}
/** The functions of fast-png that are used. */
export interface PngDecoder {
  decode(bytes: Uint8Array): Png;
}
/** The functions of jpeg-js that are used. */
export interface JpegDecoder {
  decode(
    bytes: Uint8Array,
    options: { readonly useTArray: true; readonly formatAsRGBA: false },
  ): { readonly width: number; readonly height: number; readonly data: Uint8Array };
}
/** Options of `image`. */
export interface ImageOptions {
  /** How many values a pixel has: 1 (grey), 2 (grey and opacity), 3 (red, green, blue) or 4 (and opacity); null: as the file has them, JPEGs 3. */
  readonly channels?: 1 | 2 | 3 | 4 | null;
  /** The package fast-png as it was imported; null: it is looked for beside the program. */
  readonly png?: PngDecoder | null;
  /** The package jpeg-js as it was imported; null: it is looked for beside the program. */
  readonly jpeg?: JpegDecoder | null;
}
type Samples = Uint8Array | Uint16Array;
interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Samples;
}

/**
 * A PNG or JPEG picture as an array `[height, width, channels]` of uint8, or uint16 where a PNG has 16 bits a sample; `bytes` are the file's content or, in Node.js,
 * its path. Colours of a palette are written out, samples of fewer bits widened to a byte. Decoders are not shipped: install `fast-png` for PNG and `jpeg-js` for
 * JPEG, or give them (`{ png: await import("fast-png") }`), as a page has to.
 * Throws ArgumentError where a decoder is missing, or for bytes that are no such picture. Source: the packages; torchvision.io.decode_image has the same.
 * @example await data.image(new Uint8Array([0x89, 0x50, 0x4e, 0x47]), { png: { decode: () => ({ width: 1, height: 1, channels: 1, depth: 8, data: new Uint8Array([7]) }) } }) // [[[7]]]
 */
export async function image(bytes: Uint8Array | ArrayBuffer | string, options: ImageOptions = {}): Promise<Value> {
  const what = "data.image",
    name = typeof bytes === "string" ? bytes : "the picture",
    content = typeof bytes === "string" ? await readFile(what, bytes) : bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes);
  let picture: Picture;
  if (startsWith(content, [0x89, 0x50, 0x4e, 0x47])) {
    const decoder = options.png ?? (await installed<PngDecoder>("fast-png", "png", what));
    picture = decoded(what, name, () => unpacked(decoder.decode(content)));
  } else if (startsWith(content, [0xff, 0xd8, 0xff])) {
    const decoder = options.jpeg ?? (await installed<JpegDecoder>("jpeg-js", "jpeg", what));
    picture = decoded(what, name, () => ({ ...decoder.decode(content, { useTArray: true, formatAsRGBA: false }), channels: 3 }));
  } else
    throw new ArgumentError(
      `${what}: ${name} is neither PNG nor JPEG; it begins with ${JSON.stringify(String.fromCharCode(...content.slice(0, 4)))}`,
    );
  const { width, height, channels, data } = withChannels(picture, options.channels ?? null);
  return fromTyped(data, [height, width, channels], data instanceof Uint16Array ? "uint16" : "uint8");
}
async function readFile(what: string, path: string): Promise<Uint8Array> {
  const fs = builtin("fs") as { readonly promises: { readFile(path: string): Promise<Uint8Array> } } | undefined;
  if (!fs) throw new ArgumentError(`${what}: there are no files here. Instead: give the bytes as a Uint8Array`);
  return fs.promises.readFile(path);
}
const startsWith = (bytes: Uint8Array, first: readonly number[]): boolean => first.every((b, i) => bytes[i] === b);
function decoded(what: string, name: string, decode: () => Picture): Picture {
  try {
    return decode();
  } catch (e) {
    throw new ArgumentError(`${what}: ${name} is damaged: ${e instanceof Error ? e.message : String(e)}`);
  }
}
/** A package beside the program that runs; the engine's own folder may be the editor's, where nobody installs anything. */
async function installed<M>(name: string, option: string, what: string): Promise<M> {
  const module = builtin("module") as { createRequire(path: string): { resolve(name: string): string } } | undefined,
    url = builtin("url") as { pathToFileURL(path: string): URL } | undefined,
    cwd = (globalThis as { process?: { cwd?: () => string } }).process?.cwd?.();
  try {
    if (!module || !url || cwd === undefined) throw new Error("no packages here");
    const found = (await import(/* @vite-ignore */ url.pathToFileURL(module.createRequire(`${cwd}/`).resolve(name)).href)) as Partial<M> & {
      default?: M;
    };
    // A package of CommonJS has what it exports as its default.
    return "decode" in found ? (found as M) : found.default!;
  } catch (e) {
    throw new ArgumentError(
      `${what}: the package ${name}, which decodes such pictures, is not here (${e instanceof Error ? e.message.split("\n")[0] : String(e)}). Install it (npm install ${name}), or give it: { ${option}: await import("${name}") }`,
    );
  }
}
/** A PNG with a whole number a sample: greys of 1, 2 or 4 bits are spread over 0 … 255, and indices become their palette's colours. */
function unpacked({ width, height, channels, depth, data, palette }: Png): Picture {
  const samples = data instanceof Uint8ClampedArray ? new Uint8Array(data) : data;
  if (depth >= 8 && !palette) return { width, height, channels, data: samples };
  const to = palette ? palette[0]!.length : 1,
    rowBytes = Math.ceil((width * depth) / 8),
    most = (1 << depth) - 1,
    out = new Uint8Array(width * height * to);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const bit = x * depth,
        v = (samples[y * rowBytes + (bit >> 3)]! >> (8 - depth - (bit & 7))) & most;
      if (!palette) out[y * width + x] = (v * 255) / most;
      else if (!palette[v]) throw new Error(`a pixel has colour ${v} of a palette of ${palette.length}`);
      else out.set(palette[v], (y * width + x) * to);
    }
  return { width, height, channels: to, data: out };
}
/** Luma of ITU-R BT.601, as JPEG and every decoder's grey has it. */
const LUMA = [0.299, 0.587, 0.114] as const;
function withChannels(p: Picture, wanted: number | null): Picture {
  if (wanted === null || wanted === p.channels) return p;
  if (![1, 2, 3, 4].includes(wanted)) throw new ArgumentError(`data.image: channels is ${wanted}, expected 1, 2, 3, 4 or null`);
  const { width, height, channels, data } = p,
    opaque = data instanceof Uint16Array ? 0xffff : 0xff,
    count = width * height,
    out = data instanceof Uint16Array ? new Uint16Array(count * wanted) : new Uint8Array(count * wanted),
    colours = channels >= 3,
    opacity = channels % 2 === 0;
  for (let i = 0; i < count; i++) {
    const from = i * channels,
      at = i * wanted;
    if (wanted >= 3) for (let c = 0; c < 3; c++) out[at + c] = data[from + (colours ? c : 0)]!;
    else out[at] = colours ? Math.round(LUMA.reduce((s, w, c) => s + w * data[from + c]!, 0)) : data[from]!;
    if (wanted % 2 === 0) out[at + wanted - 1] = opacity ? data[from + channels - 1]! : opaque;
  }
  return { width, height, channels: wanted, data: out };
}
