// Pictures as arrays: pixels of files that were written here by the PNG and JPEG standards' rules, in every layout that PNG has, and errors with what to do.
import { deflateSync } from "node:zlib";
import { expect, test } from "vitest";
import { data } from "../index.ts";
import { crc32 } from "../files/zip.ts";

/** A PNG of rows that begin with their filter's byte. */
function png(width: number, height: number, depth: number, type: number, rows: readonly number[], palette?: readonly number[]): Uint8Array {
  const chunk = (name: string, content: Uint8Array): Buffer => {
    const named = Buffer.concat([Buffer.from(name), content]),
      out = Buffer.alloc(8);
    out.writeUInt32BE(content.length, 0);
    out.writeUInt32BE(crc32(named) >>> 0, 4);
    return Buffer.concat([out.subarray(0, 4), named, out.subarray(4)]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, type], 8);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk("IHDR", head),
    ...(palette ? [chunk("PLTE", Uint8Array.from(palette))] : []),
    chunk("IDAT", deflateSync(Uint8Array.from(rows))),
    chunk("IEND", new Uint8Array(0)),
  ]);
}
test("PNGs of every depth and kind of colour", async () => {
  const read = async (...file: Parameters<typeof png>): Promise<unknown> => (await data.image(png(...file))).tolist();
  expect(await read(3, 2, 1, 0, [0, 0b10100000, 0, 0b01000000])).toEqual([
    [[255], [0], [255]],
    [[0], [255], [0]],
  ]);
  expect(await read(3, 1, 2, 0, [0, 0b00011100])).toEqual([[[0], [85], [255]]]);
  expect(await read(2, 1, 4, 0, [0, 0x1f])).toEqual([[[17], [255]]]);
  expect(await read(2, 1, 8, 0, [0, 7, 200])).toEqual([[[7], [200]]]);
  expect(await read(1, 1, 8, 4, [0, 7, 200])).toEqual([[[7, 200]]]);
  expect(await read(2, 1, 8, 2, [0, 1, 2, 3, 4, 5, 6])).toEqual([
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ]);
  expect(await read(3, 1, 2, 3, [0, 0b00011000], [1, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual([
    [
      [1, 2, 3],
      [4, 5, 6],
      [7, 8, 9],
    ],
  ]);
  expect(await read(2, 1, 8, 3, [0, 1, 0], [1, 2, 3, 4, 5, 6])).toEqual([
    [
      [4, 5, 6],
      [1, 2, 3],
    ],
  ]);
  const deep = await data.image(png(2, 1, 16, 0, [0, 1, 2, 255, 254]));
  expect([deep.dtype, deep.tolist()]).toEqual(["uint16", [[[258], [65534]]]]);
});
test("channels are added and taken away", async () => {
  const pixels = [255, 0, 0, 10, 0, 255, 0, 20, 0, 0, 255, 30, 9, 9, 9, 40],
    bytes = png(2, 2, 8, 6, [0, ...pixels.slice(0, 8), 0, ...pixels.slice(8)]);
  expect(Array.from((await data.image(bytes)).dataSync() as Uint8Array)).toEqual(pixels);
  expect((await data.image(bytes, { channels: 1 })).tolist()).toEqual([
    [[76], [150]],
    [[29], [9]],
  ]);
  expect((await data.image(bytes, { channels: 3 })).shape).toEqual([2, 2, 3]);
  expect((await data.image(png(1, 1, 8, 0, [0, 7]), { channels: 4 })).tolist()).toEqual([[[7, 7, 7, 255]]]);
});
/** 8×8 pixels of one orange, as jpeg-js wrote them with quality 95. */
const JPEG =
  "/9j/4AAQSkZJRgABAQAAAQABAAD/2wCEAAIBAQEBAQIBAQECAgICAgQDAgICAgUEBAMEBgUGBgYFBgYGBwkIBgcJBwYGCAsICQoKCgoKBggLDAsKDAkKCgoBAgICAgICBQMDBQoHBgcKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCgoKCv/AABEIAAgACAMBEQACEQEDEQH/xAGiAAABBQEBAQEBAQAAAAAAAAAAAQIDBAUGBwgJCgsQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQygZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+gEAAwEBAQEBAQEBAQAAAAAAAAECAwQFBgcICQoLEQACAQIEBAMEBwUEBAABAncAAQIDEQQFITEGEkFRB2FxEyIygQgUQpGhscEJIzNS8BVictEKFiQ04SXxFxgZGiYnKCkqNTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqCg4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2dri4+Tl5ufo6ery8/T19vf4+fr/2gAMAwEAAhEDEQA/APSK/wA+z/Qw/wD/2Q==";
test("a JPEG, within its encoding's rounding", async () => {
  const x = await data.image(Buffer.from(JPEG, "base64"));
  expect([x.dtype, x.shape]).toEqual(["uint8", [8, 8, 3]]);
  (x.dataSync() as Uint8Array).forEach((v, i) => expect(Math.abs(v - [240, 120, 30][i % 3]!)).toBeLessThanOrEqual(3));
});
test("what is no picture, or a damaged one, is named", async () => {
  await expect(data.image(new TextEncoder().encode("GIF89a"))).rejects.toThrow(/neither PNG nor JPEG; it begins with "GIF8"/);
  await expect(data.image(png(2, 2, 8, 0, [0, 7, 200]).slice(0, 40))).rejects.toThrow(/the picture is damaged/);
  await expect(data.image(png(1, 1, 8, 0, [0, 7]), { channels: 5 as never })).rejects.toThrow(/channels is 5/);
});
