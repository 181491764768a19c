// Making SVG elements, as h() makes those of HTML.
type Attributes = Readonly<Record<string, string | number | undefined | ((e: never) => void)>>;
export function s<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: (Node | string)[]
): SVGElementTagNameMap[K] {
  const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [k, v] of Object.entries(attributes)) {
    if (v === undefined) continue;
    if (typeof v === "function") e.addEventListener(k.replace(/^on/, ""), v as EventListener);
    else e.setAttribute(k, String(v));
  }
  e.append(...children);
  return e;
}
