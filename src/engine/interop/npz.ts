// NumPy's npz files as bytes.
export { type NpzOptions, load, save } from "../files/npz.ts";
