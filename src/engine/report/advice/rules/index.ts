// The rules of advice. To add one: an object in a file of its own, and a line here.
import type { AnyRule } from "../types.ts";
import { associate } from "./associate.ts";
import { components } from "./components.ts";
import { divided } from "./divided.ts";
import { narrow } from "./narrow.ts";
import { power } from "./power.ts";
import { recomputed } from "./recomputed.ts";
import { sorted } from "./sorted.ts";

export const RULES: readonly AnyRule[] = [recomputed, power, sorted, divided, components, associate, narrow];
