// Every routine of the run-time library is defined by importing its file.
import "./sorting.ts";
import "./factorizations.ts";
import "./hermitian.ts";
import "./schur.ts";
import "./svd.ts";
import "./fft.ts";
import "./lanes/fft.ts";
import "./lanes/factor.ts";
import "./lanes/reflectors.ts";
import "./lanes/sort.ts";
