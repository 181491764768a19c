// The check sums of a zip file: what its directory says that the contents of each file add up to, and whether they do.
// Source: PKWARE's APPNOTE.TXT, 4.3.12 and 4.4.7.

/** The remainders of all bytes by the polynomial of CRC-32, reflected. */
const REMAINDERS = Uint32Array.from({ length: 256 }, (_x, byte) => {
  let r = byte;
  for (let bit = 0; bit < 8; bit++) r = r & 1 ? (r >>> 1) ^ 0xedb88320 : r >>> 1;
  return r;
});
/** The CRC-32 of bytes. */
export function crc32(bytes: Uint8Array): number {
  let r = 0xffffffff;
  for (const b of bytes) r = (r >>> 8) ^ REMAINDERS[(r ^ b) & 255]!;
  return ~r >>> 0;
}
const END = 0x06054b50,
  ENTRY = 0x02014b50,
  END_LENGTH = 22,
  ENTRY_LENGTH = 46,
  LONGEST_COMMENT = 65535;
/** The check sum of each file in a zip file by its name. Nothing where the directory cannot be found, which reading the file tells of. */
export function checkSums(zip: Uint8Array): Map<string, number> {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength),
    sums = new Map<string, number>();
  let end = zip.length - END_LENGTH;
  while (end >= 0 && end >= zip.length - END_LENGTH - LONGEST_COMMENT && view.getUint32(end, true) !== END) end--;
  if (end < 0 || view.getUint32(end, true) !== END) return sums;
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0 && at + ENTRY_LENGTH <= end && view.getUint32(at, true) === ENTRY; left--) {
    const length = view.getUint16(at + 28, true),
      name = new TextDecoder().decode(zip.subarray(at + ENTRY_LENGTH, at + ENTRY_LENGTH + length));
    sums.set(name, view.getUint32(at + 16, true));
    at += ENTRY_LENGTH + length + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return sums;
}
