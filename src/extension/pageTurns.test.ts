// What pages are told and when: nothing while they are hidden, the graph before everything else; and what the log says of a click.
import { describe, expect, test } from "vitest";
import type { Report } from "../engine/report/types.ts";
import type { ToView } from "../views/messages.ts";
import { GraphFirst } from "./graphFirst.ts";
import { Mailbox } from "./mailbox.ts";
import { Spans } from "./spans.ts";

const report = (id: string): ToView => ({ type: "report", report: { id } as Report });
const said = (list: readonly ToView[]): string[] =>
  list.map((m) => (m.type === "report" ? m.report.id : m.type === "status" ? `${m.text}${m.busy ? "…" : ""}` : m.type));

describe("a page that is hidden", () => {
  test("is told nothing, and of each kind the last when it is looked at, the report first", () => {
    const got: ToView[] = [];
    const mail = new Mailbox((m) => got.push(m));
    mail.send({ type: "status", text: "running", busy: true });
    mail.send({ type: "select", selection: null });
    mail.send(report("first"));
    mail.send({ type: "cursor", file: "a.ts", line: 1 });
    mail.send(report("second"));
    mail.send({ type: "status", text: "measured", busy: false });
    expect(got).toEqual([]);
    mail.open();
    expect(said(got)).toEqual(["second", "measured", "cursor"]);
    mail.send(report("third"));
    expect(said(got).at(-1)).toBe("third");
  });
  test("shows nothing that moves; what is under way moves again when it is looked at", () => {
    const got: ToView[] = [];
    const mail = new Mailbox((m) => got.push(m));
    mail.open();
    mail.send({ type: "status", text: "running", busy: true });
    mail.close();
    expect(said(got)).toEqual(["running…", "running"]);
    mail.open();
    expect(said(got).at(-1)).toBe("running…");
    mail.close();
    mail.send({ type: "status", text: "", busy: false });
    mail.open();
    expect(said(got).slice(-2)).toEqual(["running", ""]);
  });
});
describe("the graph goes first", () => {
  test("others come after it, or at once where none is awaited", () => {
    const first = new GraphFirst();
    const done: string[] = [];
    first.then(() => done.push("at once"));
    first.hold();
    first.then(() => done.push("after"));
    const takeBack = first.then(() => done.push("never"));
    takeBack();
    expect(done).toEqual(["at once"]);
    first.release();
    first.release();
    expect(done).toEqual(["at once", "after"]);
  });
  test("a graph that does not come holds up nobody for ever", async () => {
    const first = new GraphFirst(1);
    first.hold();
    await new Promise<void>((resolve) => void first.then(resolve));
  });
});
describe("spans of a click", () => {
  test("stations of extension and page in their order, once, with the milliseconds since the click", () => {
    let now = 1000;
    const spans = new Spans(() => now);
    spans.begin("f");
    now = 1010;
    spans.mark("functions found");
    now = 1400;
    spans.mark("report sent");
    now = 1450;
    spans.mark("report sent");
    // The picture of what was shown before the click is not its picture.
    expect(spans.painted({ painted: 1390 })).toBeNull();
    expect(spans.painted({ "script runs": 300, "report here": 1420, painted: 1500 })).toBe(
      "click to graph of f: 500 ms (functions found 10, report sent 400, page: report here 420, page: painted 500)",
    );
    expect(spans.painted({ painted: 1600 })).toBeNull();
  });
});
