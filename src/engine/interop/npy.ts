// NumPy's npy files as bytes.
export { load, save } from "../files/npy.ts";
