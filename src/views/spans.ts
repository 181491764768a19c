// When the page passed its stations on the way to its first picture: told to the extension with the picture, which says it in its log.
const marks: Record<string, number> = {};
const now = (): number => performance.timeOrigin + performance.now();
/** A station is passed; the last time counts, as pages show many reports. */
export function mark(station: string): void {
  marks[station] = now();
}
export const marked = (): Readonly<Record<string, number>> => marks;
