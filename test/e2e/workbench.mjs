// A real VS Code in a real browser, as a person uses it. Small verbs, so that the tests read as a story.
import { mkdtempSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { findChromium, startServer } from "../../scripts/lib.mjs";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];
/** A path as a URI has it. */
const encoded = (path) => path.split("/").map(encodeURIComponent).join("/");
/** @param vsix a packed extension, which is installed; without one, the extension is that of dist/ */
export async function openWorkbench({ folder, file, settings = {}, trust = false, vsix = null, locale = null, beside = [] }) {
  const server = await startServer({ home: mkdtempSync(join(tmpdir(), "jitlens-e2e-")), settings, trust, vsix, locale, beside });
  const browser = await chromium.launch({ executablePath: findChromium(), headless: true, args: FLAGS });
  const page = await browser.newPage({ viewport: { width: 1500, height: 940 }, ...(locale ? { locale } : {}) }),
    payload = file ? JSON.stringify([["openFile", `vscode-remote://127.0.0.1:${server.port}${encoded(file)}`]]) : "[]";
  page.setDefaultTimeout(120_000);
  await page.goto(`http://127.0.0.1:${server.port}/?${new URLSearchParams({ folder, payload })}`);
  await page.locator(".monaco-workbench").waitFor();
  const w = {
    page,
    server,
    /** Editors that stand behind others keep theirs in the page: those are not meant. */
    lens: (text, nth = 0) => page.locator(".codelens-decoration a", { hasText: text }).filter({ visible: true }).nth(nth),
    /** Waits until the extensions' contributions are known: what belongs to which language, editor and view. */
    ready: () => page.locator('.activitybar .action-label[aria-label^="JitLens"]').waitFor(),
    /** Opens a file by name. The list of files is made when the box opens: for a file that is too new for it, the box is opened again. */
    async open(name) {
      const row = page.locator(".quick-input-list .monaco-list-row", { hasText: name.split("/").at(-1) }).first();
      await w.ready();
      for (let attempt = 0; attempt < 10; attempt++) {
        await w.quick("Control+P", name);
        const found = await row.waitFor({ timeout: 3000 }).then(
          () => true,
          () => false,
        );
        if (found) return row.click();
        await page.keyboard.press("Escape");
      }
      throw new Error(`${name} is not among the files`);
    },
    /** Opens the editor's input with a key and types. A key that is pressed while the focus is on its way is lost: it is pressed again. */
    async quick(key, text) {
      const input = page.locator(".quick-input-widget input.input");
      for (let tries = 1; ; tries++) {
        await page.keyboard.press(key);
        try {
          await input.fill(text, { timeout: 6000 });
          return;
        } catch (e) {
          if (tries === 10) throw e;
        }
      }
    },
    /** Puts the cursor at a line and column of the editor, both from 1, by keyboard: a click on the text would first scroll its middle into view. */
    async goTo(line, column) {
      await page.keyboard.press("Control+1");
      await w.quick("Control+G", `:${line}:${column}`);
      await page.keyboard.press("Enter");
      await page.waitForTimeout(150);
    },
    /** Replaces a part of a line by typing. @param now the line's text */
    async retype(line, from, to, now) {
      await w.goTo(line, now.indexOf(from) + 1);
      for (let i = 0; i < from.length; i++) await page.keyboard.press("Shift+ArrowRight");
      await page.keyboard.type(to, { delay: 15 });
      await page.keyboard.press("Escape");
    },
    /** The first line in view that has a text, with what is injected into it, whose blanks do not break; "" where there is none. */
    async lineText(part) {
      const found = page.locator(".monaco-editor .view-line", { hasText: part });
      return (await found.count()) ? (await found.first().innerText()).replace(/\u00a0/g, " ") : "";
    },
    async command(title) {
      await w.quick("F1", `>${title}`);
      await page
        .locator(".quick-input-list .monaco-list-row", { hasText: title.split(": ").at(-1) })
        .first()
        .click();
    },
    /** The inner frame of the webview whose page has this mode. */
    async view(mode, timeout = 120_000) {
      for (const end = Date.now() + timeout; Date.now() < end;) {
        for (const f of page.frames()) {
          try {
            if ((await f.evaluate(() => document.body?.dataset?.mode ?? "")) === mode) return f;
          } catch {
            /* the frame went away */
          }
        }
        await page.waitForTimeout(150);
      }
      throw new Error(`no ${mode} view appeared`);
    },
    /** The same when its page has drawn. The editor may replace a webview's frame while it comes up: then the new one is meant. */
    async drawn(mode) {
      for (let tries = 1; ; tries++) {
        const frame = await w.view(mode);
        try {
          await frame.waitForFunction(() => document.body.dataset.painted === "true", null, { timeout: 120_000, polling: 20 });
          return frame;
        } catch (e) {
          if (tries === 5 || !/detached|context was destroyed/i.test(String(e))) throw e;
        }
      }
    },
    /** Picks a colour theme by name. */
    async theme(name) {
      await w.quick("F1", ">Preferences: Color Theme");
      await page.locator(".quick-input-list .monaco-list-row", { hasText: "Preferences: Color Theme" }).first().click();
      const box = page.locator('.quick-input-widget input.input[placeholder*="Theme" i]');
      await box.waitFor();
      await box.fill(name);
      await page.waitForTimeout(500);
      await page.keyboard.press("Enter");
      await page.waitForTimeout(1200);
    },
    cursorLine: async () =>
      Number(
        /Ln (\d+)/.exec(
          await page
            .locator(".statusbar-item", { hasText: /Ln \d+/ })
            .first()
            .innerText(),
        )?.[1],
      ),
    /** Processes of JitLens's host that this server has started: found below it, so that nobody else's are touched. */
    hosts: () => {
      const all = readdirSync("/proc")
        .filter((d) => /^\d+$/.test(d))
        .flatMap((d) => {
          try {
            const stat = readFileSync(`/proc/${d}/stat`, "latin1");
            return [
              {
                pid: Number(d),
                parent: Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]),
                command: readFileSync(`/proc/${d}/cmdline`, "utf8"),
              },
            ];
          } catch {
            return [];
          }
        });
      const below = new Set([server.pid]);
      for (let before = 0; before !== below.size;) {
        before = below.size;
        for (const p of all) if (below.has(p.parent)) below.add(p.pid);
      }
      return all.filter((p) => below.has(p.pid) && /dist[\\/]host[\\/]main\.cjs/.test(p.command)).map((p) => p.pid);
    },
    notifications: async () => page.locator(".notifications-toasts .notification-list-item-message").allInnerTexts(),
    async dismiss() {
      await w.command("Notifications: Clear All Notifications").catch(() => {});
    },
    async screenshot(path) {
      await page.screenshot({ path });
    },
    async close() {
      await browser.close();
      server.stop();
    },
  };
  return w;
}
/** Waits until a condition holds; the last value is in the error. */
export async function until(what, get, timeout = 120_000) {
  let last;
  for (const end = Date.now() + timeout; Date.now() < end;) {
    last = await get();
    if (last) return last;
    await new Promise((r) => setTimeout(r, 120));
  }
  throw new Error(`${what} did not happen within ${timeout} ms (last: ${JSON.stringify(last)})`);
}
/** Opens a tab of a panel's page, as a person does. A page that nobody has used shows its insights as soon as there are any. */
export async function openTab(page, label) {
  await page.locator(".tab", { hasText: new RegExp(`^${label}`) }).click({ timeout: 120_000 });
}
