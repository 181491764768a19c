// XLA's file of the steps of its priority fusion on GPUs (`….priority_fusion_dump.txt`): FusionProcessDumpProto, a message of protocol buffers in text form.
// Fields that are not known are passed over.
import { unquoted } from "./scan.ts";

export type PriorityStep =
  | { readonly kind: "priority"; readonly producer: string; readonly consumers: readonly string[]; readonly fused: number; readonly apart: number }
  | { readonly kind: "fusion"; readonly producer: string; readonly consumer: string; readonly fusion: string }
  | { readonly kind: "ineligible"; readonly producer: string; readonly reason: string };
export interface PrioritySteps {
  readonly steps: readonly PriorityStep[];
  /** What XLA knows of the device: core_count, memory_bandwidth, clock_rate_ghz, … */
  readonly device: Readonly<Record<string, string>>;
  /** The program before fusion, as HLO text. */
  readonly before: string;
}
/** A message in text form: what stands under each name, in order. */
type Message = ReadonlyMap<string, readonly (string | Message)[]>;

/** @throws Error where the text is no message in text form */
export function readPriorityFusion(text: string): PrioritySteps {
  const m = message(new Tokens(text), true);
  const device = messagesOf(m, "gpu_device_info")[0];
  return {
    steps: messagesOf(m, "fusion_steps").flatMap(stepOf),
    device: Object.fromEntries([...(device ?? [])].flatMap(([name, [value]]) => (typeof value === "string" ? [[name, value] as const] : []))),
    before: textOf(m, "hlo_module_before_fusion"),
  };
}
function stepOf(step: Message): PriorityStep[] {
  const producer = (m: Message): string => textOf(m, "producer_name");
  return [
    ...messagesOf(step, "update_priority").map((m): PriorityStep => ({
      kind: "priority",
      producer: producer(m),
      consumers: (m.get("consumer_names") ?? []).filter((c) => typeof c === "string"),
      fused: Number(textOf(m, "us_fused") || 0),
      apart: Number(textOf(m, "us_unfused") || 0),
    })),
    ...messagesOf(step, "fusion").map((m): PriorityStep => ({
      kind: "fusion",
      producer: producer(m),
      consumer: textOf(m, "consumer_name"),
      fusion: textOf(m, "fusion_name"),
    })),
    ...messagesOf(step, "producer_ineligible").map((m): PriorityStep => ({ kind: "ineligible", producer: producer(m), reason: textOf(m, "reason") })),
  ];
}
const messagesOf = (m: Message, name: string): readonly Message[] => (m.get(name) ?? []).filter((v) => typeof v !== "string");
function textOf(m: Message, name: string): string {
  const value = m.get(name)?.[0];
  return typeof value === "string" ? value : "";
}

// ---- protocol buffers in text form

class Tokens {
  #at = 0;
  readonly #token = /\s+|#.*|("[^"\\]*(?:\\[^][^"\\]*)*"|'[^'\\]*(?:\\[^][^'\\]*)*'|[{}<>:;,[\]]|[^\s{}<>:;,[\]"'#]+)/y;
  #next: string | null;
  constructor(readonly text: string) {
    this.#next = this.#read();
  }
  get next(): string | null {
    return this.#next;
  }
  take(): string {
    const token = this.#next;
    if (token === null) throw new Error("a message in text form ends too early");
    this.#next = this.#read();
    return token;
  }
  skip(token: string): boolean {
    if (this.#next !== token) return false;
    this.take();
    return true;
  }
  #read(): string | null {
    while (this.#at < this.text.length) {
      this.#token.lastIndex = this.#at;
      const m = this.#token.exec(this.text);
      if (!m) throw new Error(`no message in text form: ${JSON.stringify(this.text.slice(this.#at, this.#at + 40))}`);
      this.#at += m[0].length;
      if (m[1] !== undefined) return m[1];
    }
    return null;
  }
}
function message(t: Tokens, isWhole: boolean): Message {
  const fields = new Map<string, (string | Message)[]>();
  while (t.next !== null && t.next !== "}" && t.next !== ">") {
    const name = t.take();
    t.skip(":");
    const found = fields.get(name) ?? [];
    fields.set(name, found);
    if (t.skip("[")) {
      while (!t.skip("]")) {
        found.push(value(t));
        t.skip(",");
      }
    } else found.push(value(t));
    if (!t.skip(",")) t.skip(";");
  }
  if (isWhole && t.next !== null) throw new Error(`no message in text form: ${t.next} closes nothing`);
  return fields;
}
function value(t: Tokens): string | Message {
  if (t.skip("{") || t.skip("<")) {
    const inner = message(t, false);
    t.take();
    return inner;
  }
  const first = t.take();
  if (!/^["']/.test(first)) return first;
  // Pieces of a text that stand behind each other are one.
  let text = unquoted(first);
  while (t.next !== null && /^["']/.test(t.next)) text += unquoted(t.take());
  return text;
}
