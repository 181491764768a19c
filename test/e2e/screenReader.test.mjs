// What a screen reader is told: Chromium's accessibility tree of every tab, of the profile's page and of the graph's. Whatever can be used has a role and a
// name, tables have headers and cells, a chart has its table, tabs and their panel know each other, messages are read out, and Tab walks as the page reads.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { insightsOf } from "./insightReport.mjs";
import { close, fixture, launch, tab, webview } from "./pages.mjs";

const digits = fixture("digits.v2.jitprofile.gz");
const report = {
  ...digits,
  ...insightsOf(digits, { lines: [28, 30, 31], pins: [`${digits.programs[0].decisions[0].id}=split`], edits: [] }),
};
/** Roles that a person acts on. */
const USED = new Set(
  "button link tab textbox searchbox checkbox radio switch slider spinbutton combobox listbox option menuitem menuitemcheckbox menuitemradio treeitem application DisclosureTriangle".split(
    " ",
  ),
);
const NO_ROLE = new Set(["generic", "none", "presentation", ""]);
const TABLES = new Set(["table", "grid", "treegrid"]);
const CELLS = new Set(["cell", "gridcell", "rowheader", "columnheader"]);
/** Views that draw: each has a table (or a tree, the graph's outline) that says the same. */
const CHARTS = { graph: "tree", timeline: "table", roofline: "table", memory: "table" };

/** The tree as Chromium hands it to assistive technology, without what it leaves out. */
async function accessibilityTree(page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Accessibility.enable");
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  const byId = new Map(nodes.map((n) => [n.nodeId, n]));
  const node = (n) => ({
    role: n.role?.value ?? "",
    name: (n.name?.value ?? "").trim(),
    ...Object.fromEntries((n.properties ?? []).map((p) => [p.name, p.value.value])),
    related: Object.fromEntries((n.properties ?? []).filter((p) => p.value.relatedNodes).map((p) => [p.name, p.value.relatedNodes])),
    dom: n.backendDOMNodeId,
    children: () =>
      (n.childIds ?? [])
        .map((id) => byId.get(id))
        .filter(Boolean)
        .flatMap((c) => (c.ignored ? node(c).children() : [node(c)])),
  });
  const all = nodes.filter((n) => !n.ignored).map(node);
  await session.detach();
  return all;
}
const inside = (n) => n.children().flatMap((c) => [c, ...inside(c)]);

/** What is wrong with a tree, a line each. */
function faults(all, id) {
  const out = [];
  for (const n of all) {
    if (n.role === "RootWebArea") continue;
    if (USED.has(n.role) && !n.name) out.push(`a ${n.role} has no name`);
    if (n.focusable && NO_ROLE.has(n.role))
      out.push(
        `something that takes the focus has no role: ${
          n.name ||
          inside(n)
            .map((c) => c.name)
            .join(" ")
            .slice(0, 60)
        }`,
      );
    if (n.focusable && !n.name && !USED.has(n.role)) out.push(`a ${n.role} takes the focus and has no name`);
    if (TABLES.has(n.role)) {
      const parts = inside(n);
      if (!parts.some((p) => p.role === "row")) continue;
      if (!n.name)
        out.push(
          `a table has no name: ${parts
            .map((p) => p.name)
            .filter(Boolean)
            .slice(0, 4)
            .join(", ")}`,
        );
      if (!parts.some((p) => p.role === "columnheader" || p.role === "rowheader")) out.push(`the table "${n.name}" has no headers`);
      for (const row of parts.filter((p) => p.role === "row"))
        if (!inside(row).some((p) => CELLS.has(p.role))) out.push(`a row of "${n.name}" has no cells: ${row.name}`);
    }
    if (n.role === "img" && !n.name) out.push("a picture has no name");
  }
  const want = CHARTS[id];
  if (want && !all.some((n) => (want === "tree" ? n.role === "tree" : TABLES.has(n.role)) && n.name && inside(n).length > 2))
    out.push(`what the chart shows has no ${want}`);
  return out;
}
/** Tabs say which is chosen and what they control; the panel has the tab's name. */
function tabFaults(all) {
  const out = [];
  const list = all.filter((n) => n.role === "tablist");
  const chosen = all.filter((n) => n.role === "tab" && n.selected);
  const panels = all.filter((n) => n.role === "tabpanel");
  if (list.length !== 1 || !list[0].name) out.push("there is no list of tabs with a name");
  if (chosen.length !== 1) out.push(`${chosen.length} tabs are chosen`);
  if (panels.length !== 1) out.push(`${panels.length} panels are shown`);
  else if (panels[0].name !== chosen[0]?.name) out.push(`the panel is called ${panels[0].name}, its tab ${chosen[0]?.name}`);
  for (const t of all.filter((n) => n.role === "tab"))
    if (t.related.controls?.[0]?.backendDOMNodeId !== panels[0]?.dom) out.push(`the tab ${t.name} does not control the panel`);
  return out;
}
/** Where Tab stops, from the page's beginning to its end: names, and whether each stop comes after the one before. */
async function focusOrder(page) {
  await page.evaluate(() => {
    window.before = null;
    document.activeElement?.blur();
    window.getSelection().removeAllRanges();
  });
  await page.locator("body").evaluate((b) => {
    b.tabIndex = -1;
    b.focus();
    b.removeAttribute("tabindex");
  });
  const stops = [];
  for (let i = 0; i < 120; i++) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const e = document.activeElement;
      if (!e || e === document.body) return null;
      const inner = e.shadowRoot?.activeElement ?? e;
      const box = e.getBoundingClientRect();
      const back =
        window.before && !(window.before.compareDocumentPosition(e) & (Node.DOCUMENT_POSITION_FOLLOWING | Node.DOCUMENT_POSITION_CONTAINED_BY));
      const same = window.before === e;
      window.before = e;
      return {
        what: `${inner.tagName.toLowerCase()} ${e.getAttribute("aria-label") ?? e.textContent.trim().slice(0, 40)}`,
        seen: box.width > 0 && box.height > 0,
        back,
        same,
        tabIndex: e.tabIndex,
      };
    });
    if (!stop) break;
    if (stops.length > 0 && stop.back && !stop.same) break; // round again
    if (stop.same) break;
    stops.push(stop);
  }
  return stops;
}
before(launch);
after(close);
for (const [mode, post] of [
  ["profile", { type: "report", report, live: true, acts: true }],
  ["graph", { type: "report", report, live: true }],
])
  describe(`the page of the ${mode}`, () => {
    let page;
    before(async () => {
      page = await webview(mode, { width: 1000, height: 700 });
      await page.post(post);
      await page.locator(".tab").first().waitFor();
    });
    after(() => page.close());
    test("every tab: roles and names, headers and cells, tables of charts, tabs and panels", async () => {
      const found = [];
      for (const id of await page.locator(".tab").evaluateAll((list) => list.map((t) => t.dataset.id))) {
        await tab(page, id).click();
        await page.waitForTimeout(250);
        // The graph's canvas says that O shows the same as an outline.
        if (id === "graph" && !(await page.getByRole("tree").count())) {
          await page.locator(".graph canvas:not(.minimap)").focus();
          await page.keyboard.press("o");
          await page.getByRole("tree").waitFor();
        }
        const row = page.locator(".tabpanel [data-row]").first();
        for (const chosen of [false, true]) {
          if (chosen && !(await row.count())) break;
          if (chosen) await row.click({ position: { x: 4, y: 4 }, timeout: 2000 }).catch(() => {});
          if (id === "timeline" && chosen) break;
          let all = await accessibilityTree(page);
          if (id === "timeline" && !all.some((n) => TABLES.has(n.role))) {
            // The chart's table is a switch away.
            await page.getByRole("radio", { name: "Table" }).click();
            await page.waitForTimeout(150);
            all = [...all, ...(await accessibilityTree(page)).filter((n) => TABLES.has(n.role))];
          }
          found.push(...[...faults(all, id), ...tabFaults(all)].map((f) => `${id}${chosen ? ", chosen" : ""}: ${f}`));
        }
      }
      assert.deepEqual([...new Set(found)], []);
      assert.deepEqual(page.errors, []);
    });
    test("messages are read out: there is a live region, before there is a message", async () => {
      const live = await page
        .locator("[role=status], [aria-live]")
        .evaluateAll((list) => list.map((e) => e.getAttribute("aria-live") ?? e.getAttribute("role")));
      assert.ok(live.includes("status") || live.includes("polite"), live.join());
    });
    test("Tab walks as the page reads, past everything that can be used, and out again", async () => {
      const wrong = [];
      for (const id of await page.locator(".tab").evaluateAll((list) => list.map((t) => t.dataset.id))) {
        await tab(page, id).click();
        await page.waitForTimeout(150);
        const stops = await focusOrder(page);
        if (stops.length < 2) wrong.push(`${id}: ${stops.length} stops`);
        if (stops.length >= 120) wrong.push(`${id}: more than 120 stops`);
        for (const s of stops) {
          if (s.tabIndex > 0) wrong.push(`${id}: ${s.what} goes before its turn (tabindex ${s.tabIndex})`);
          if (!s.seen) wrong.push(`${id}: the focus is on what cannot be seen: ${s.what}`);
        }
        if (!stops.some((s) => s.what.startsWith("button") && s.what.length > 7)) wrong.push(`${id}: no tab among the stops`);
      }
      assert.deepEqual([...new Set(wrong)], []);
    });
  });
