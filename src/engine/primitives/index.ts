// Loads every family, which registers its primitives.
import "./elementwise.ts";
import "./binary.ts";
import "./selection.ts";
import "./movement.ts";
import "./indexing.ts";
import "./scatter.ts";
import "./reductions.ts";
import "./contraction.ts";
import "./window.ts";
import "./linalg.ts";
import "./fourier.ts";
import "./reference.ts";
import "./callback.ts";
import "./plumbing.ts";
import "./random.ts";
import "./sorting.ts";
