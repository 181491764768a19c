// What a StableHLO text says, as data: functions of blocks of operations. Both forms of an operation end here, under the names of the generic one.
import type { ShapedArray } from "../../core/aval.ts";
import type { Attributes } from "./attributes.ts";
import type { Location } from "./locations.ts";
import type { Type } from "./types.ts";

export interface Operation {
  /** Without `stablehlo.`: `add`, `chlo.erf`, `func.call`. */
  readonly name: string;
  /** Names of the results; of several under one name, `%0#0`, `%0#1`. */
  readonly results: readonly string[];
  readonly operands: readonly string[];
  readonly attributes: Attributes;
  readonly regions: readonly Block[];
  readonly gives: readonly Type[];
  readonly location: Location | null;
  readonly line: number;
}
export interface Parameter {
  readonly name: string;
  readonly type: Type;
}
export interface Block {
  readonly parameters: readonly Parameter[];
  readonly operations: readonly Operation[];
}
export interface FunctionText {
  readonly name: string;
  readonly isPublic: boolean;
  readonly parameters: readonly (Parameter & { readonly label: string })[];
  readonly results: readonly Type[];
  readonly body: Block;
  readonly line: number;
}
export interface ModuleText {
  readonly name: string;
  readonly functions: ReadonlyMap<string, FunctionText>;
  readonly locations: ReadonlyMap<string, Location>;
}
/** The types of what has elements. */
export const tensors = (types: readonly Type[]): ShapedArray[] => types.filter((t): t is ShapedArray => t !== null);
