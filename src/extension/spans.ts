// The way of a click to its picture: when each station was passed, here and in the page. One line in the log for each click says it, so that a slow click
// shows where its time went; bench/latency.mjs reads the same line.
/** A station and when it was passed, in milliseconds since 1970: clocks of extension and page agree. */
export type Marks = Readonly<Record<string, number>>;
export class Spans {
  #click: { readonly name: string; readonly at: number; readonly marks: Map<string, number> } | null = null;
  constructor(private readonly now: () => number = () => performance.timeOrigin + performance.now()) {}
  /** A click on a function's lens; a click before it that was not answered is forgotten. */
  begin(name: string): void {
    this.#click = { name, at: this.now(), marks: new Map() };
  }
  /** A station is passed; the first time counts. */
  mark(station: string): void {
    if (this.#click && !this.#click.marks.has(station)) this.#click.marks.set(station, this.now());
  }
  /** The picture is there: what is to be said of the click, or null where none was waited for. `page`: the page's own stations. */
  painted(page: Marks): string | null {
    const click = this.#click;
    if (!click?.marks.has("report sent")) return null;
    // The picture of a report before it.
    if ((page.painted ?? 0) < click.marks.get("report sent")!) return null;
    this.#click = null;
    for (const [station, at] of Object.entries(page)) click.marks.set(`page: ${station}`, at);
    const since = (at: number): number => Math.round(at - click.at);
    const stations = [...click.marks].filter(([, at]) => at >= click.at).sort((a, b) => a[1] - b[1]);
    const total = since(page.painted ?? this.now());
    return `click to graph of ${click.name}: ${total} ms (${stations.map(([station, at]) => `${station} ${since(at)}`).join(", ")})`;
  }
}
