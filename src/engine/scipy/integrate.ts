// scipy.integrate.
export { trapezoid } from "../numpy/signal.ts";
