// data: examples in batches, and tables of numbers.
export * from "./csv.ts";
export { type ExampleSource, type LastBatch, Loader, type LoaderOptions, type LoaderPosition, type LoaderSource, type Shard } from "./loader.ts";
export type { LoaderWorker, ModuleAddress } from "./workers.ts";
export { type ImageOptions, type JpegDecoder, type PngDecoder, image } from "./images.ts";
