// Tables of numbers as text.
import { csvParseRows, dsvFormat } from "d3";
import { ArgumentError, DTypeError } from "../core/errors.ts";
import type { Value } from "../core/value.ts";
import type { DTypeLike } from "../numpy/options.ts";
import * as np from "../numpy/index.ts";

/** Options of `csv`. */
export interface CsvOptions {
  /** What stands between two values. ",". */
  readonly delimiter?: string;
  /** Whether the first row names the columns; then an array for each name is given, else one array of all. False. */
  readonly header?: boolean;
  /** The type of the elements. float32. */
  readonly dtype?: DTypeLike;
}
/** Text of numbers: empty is NaN, as NumPy's genfromtxt has it. */
function numberOf(text: string, row: number, column: number): number {
  const t = text.trim(),
    v = t === "" ? NaN : Number(t);
  if (Number.isNaN(v) && t !== "" && t.toLowerCase() !== "nan")
    throw new DTypeError(
      `data.csv: row ${row}, column ${column} is ${JSON.stringify(text)}, expected a number${row === 1 ? ". Is it the columns' names? Then { header: true }" : ""}`,
    );
  return v;
}
/**
 * The numbers of a CSV text: an array [rows, columns], or with `header` an array [rows] for each column by its name. What is empty is NaN.
 * Throws DTypeError for what is no number, ArgumentError where rows have different lengths; both name the row, from 1.
 * @example data.csv("1,2\n3,4") // [[1, 2], [3, 4]]
 */
export function csv(text: string, options: CsvOptions & { readonly header: true }): Record<string, Value>;
export function csv(text: string, options?: CsvOptions & { readonly header?: false }): Value;
export function csv(text: string, options: CsvOptions = {}): Value | Record<string, Value> {
  const { delimiter = ",", header = false, dtype = "float32" } = options;
  const rows = (delimiter === "," ? csvParseRows(text) : dsvFormat(delimiter).parseRows(text)).filter((r) => r.length > 1 || r[0]?.trim());
  const names = header ? (rows.shift() ?? []) : [],
    before = header ? 2 : 1,
    columns = header ? names.length : (rows[0]?.length ?? 0);
  const numbers = rows.map((r, i) => {
    if (r.length !== columns) throw new ArgumentError(`data.csv: row ${i + before} has ${r.length} values, expected ${columns}`);
    return r.map((v, j) => numberOf(v, i + before, j + 1));
  });
  const array = (values: readonly number[], shape: readonly number[]): Value => np.array(Float64Array.from(values), { dtype }).reshape(shape);
  if (!header) return array(numbers.flat(), [numbers.length, columns]);
  return Object.fromEntries(
    names.map((name, j) => [
      name.trim(),
      array(
        numbers.map((r) => r[j]!),
        [numbers.length],
      ),
    ]),
  );
}
