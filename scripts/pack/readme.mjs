// The README as it is shown away from this folder: pictures stand in the text, and links to files that are not shipped are words.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { findChromium, root } from "../lib.mjs";

const KINDS = { ".png": "image/png", ".jpg": "image/jpeg", ".webp": "image/webp" };
const WIDEST = 1000;
const isRelative = (link) => !/^[a-z][\w+.-]*:|^#/i.test(link);
const dataUri = (kind, bytes) => `data:${kind};base64,${bytes.toString("base64")}`;

/** The picture as WebP, a fifth of the size, made by a Chromium that is there; kept by what it was made of. Null without a Chromium. */
async function lighter(uri) {
  const kept = join(root, ".cache", "pictures", `${createHash("sha256").update(`${WIDEST} ${uri}`).digest("hex").slice(0, 16)}.webp`);
  if (existsSync(kept)) return dataUri(KINDS[".webp"], readFileSync(kept));
  const executablePath = findChromium();
  if (!executablePath) return null;
  const { chromium } = await import("playwright-core");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const webp = await page.evaluate(
      async ([from, widest]) => {
        const image = new Image();
        image.src = from;
        await image.decode();
        const scale = Math.min(1, widest / image.width);
        const canvas = Object.assign(document.createElement("canvas"), {
          width: Math.round(scale * image.width),
          height: Math.round(scale * image.height),
        });
        canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
        return canvas.toDataURL("image/webp", 0.8);
      },
      [uri, WIDEST],
    );
    mkdirSync(join(root, ".cache", "pictures"), { recursive: true });
    writeFileSync(kept, Buffer.from(webp.slice(webp.indexOf(",") + 1), "base64"));
    return webp;
  } finally {
    await browser.close();
  }
}
async function picture(alt, link) {
  const file = join(root, link);
  const kind = KINDS[extname(link)];
  if (!kind || !existsSync(file)) throw new Error(`README.md shows ${link}, which is not there, or no picture`);
  const uri = dataUri(kind, readFileSync(file));
  return `![${alt}](${(await lighter(uri)) ?? uri})`;
}
export async function shippedReadme(markdown, { pictures }) {
  const shown = new Map();
  for (const [all, alt, link] of markdown.matchAll(/!\[([^\]]*)\]\(([^)\s]+)\)/g))
    if (isRelative(link)) shown.set(all, pictures ? await picture(alt, link) : "");
  return markdown
    .replace(/!\[[^\]]*\]\([^)\s]+\)/g, (all) => shown.get(all) ?? all)
    .replace(/(?<!!)\[([^\]]+)\]\(([^)\s]+)\)/g, (all, text, link) => (isRelative(link) ? text : all));
}
