// Messages of protocol buffers, read by hand: a reader a field, and what has none is passed over. Nothing is generated.
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";

export type Fields = Readonly<Record<number, (r: BinaryReader, wireType: number) => void>>;

function until(r: BinaryReader, end: number, fields: Fields): void {
  while (r.pos < end) {
    const [number, wireType] = r.tag();
    const read = fields[number];
    if (read) read(r, wireType);
    else r.skip(wireType, number);
  }
}
/** A message that is the whole of some bytes. Throws where they are cut off. */
export function whole(bytes: Uint8Array, fields: Fields): void {
  until(new BinaryReader(bytes), bytes.length, fields);
}
/** A message inside another one. */
export function inner(r: BinaryReader, fields: Fields): void {
  const length = r.uint32();
  until(r, r.pos + length, fields);
}
/** A 64-bit number: those of profiles and programs fit into a double. */
export const int = (v: bigint | number | string): number => Number(v);
/** Numbers of a repeated field, packed or one by one. */
export function numbers(r: BinaryReader, wireType: number, into: number[]): void {
  if (wireType !== WireType.LengthDelimited) {
    into.push(int(r.int64()));
    return;
  }
  const length = r.uint32();
  for (const end = r.pos + length; r.pos < end;) into.push(int(r.int64()));
}
