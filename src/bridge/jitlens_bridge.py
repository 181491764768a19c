"""JitLens's runner for Python: runs the user's file as it is, with the user's own JAX, and tells the host what JAX made of one jit function.

Standard library and JAX only; nothing is installed. The host starts it and speaks to it over file descriptor 3: one line {token, params} comes in, lines of
JSON with the token go out. Nothing of JAX is replaced: two private functions that jit's C++ cache calls on each miss are wrapped, so that the user's objects
stay what they are. What is heavy happens after the first call of the clicked function has returned.
"""
import __future__
import _thread
import ast
import atexit
import base64
import builtins
import contextlib
import faulthandler
import functools
import gc
import importlib.machinery
import importlib.util
import inspect
import itertools
import json
import linecache
import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import types

OWN = os.path.abspath(__file__)
OLDEST = (0, 4, 38)
MOST_TEXT = 8 << 20
# Of arguments and results together, where they are given to another engine.
MOST_VALUES = 32 << 20
MOST_STACK = 30
MOST_EQUATIONS = 200_000
MOST_PROFILE = 64 << 20


# ---- the line to the host

class Channel:
    """JSON lines with the token. A line is written whole, from whichever thread speaks."""

    def __init__(self):
        # A copy that children do not inherit: a child that lives on would keep the line open.
        self.fd = os.dup(3)
        os.close(3)
        self.lock = threading.Lock()
        self.inbox = queue.SimpleQueue()
        self.on_first = None
        data = b""
        while not data.endswith(b"\n"):
            piece = os.read(self.fd, 1 << 16)
            if not piece:
                os._exit(1)
            data += piece
        first = json.loads(data)
        self.token = first["token"]
        self.params = first["params"]

    def send(self, message):
        data = json.dumps({"token": self.token, **message}, default=str).encode() + b"\n"
        with self.lock:
            view = memoryview(data)
            while view:
                view = view[os.write(self.fd, view[: 1 << 20]):]

    def watch(self):
        """Takes what the host says later, and ends this process and its group when the host is gone."""
        def wait():
            data = b""
            try:
                while piece := os.read(self.fd, 1 << 16):
                    *lines, data = (data + piece).split(b"\n")
                    for line in lines:
                        self.inbox.put(line)
                    if lines and self.on_first is not None:
                        told, self.on_first = self.on_first, None
                        told()
            except OSError:
                pass
            if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
                os.killpg(os.getpid(), signal.SIGKILL)
            os._exit(1)
        threading.Thread(target=wait, daemon=True, name="jitlens-watch").start()


# ---- whose code a frame is

LIBRARIES = tuple(
    os.path.normcase(os.path.abspath(p)) + os.sep
    for p in {os.path.dirname(os.__file__), os.path.join(sys.prefix, "lib"), os.path.join(sys.base_prefix, "lib")}
)
_own_file = {}


def is_users(path):
    """Whether a file is the user's own: no library, no part of Python, not this one."""
    known = _own_file.get(path)
    if known is None:
        full = os.path.normcase(os.path.abspath(path))
        known = not (
            path.startswith("<")
            or full == os.path.normcase(OWN)
            or f"{os.sep}site-packages{os.sep}" in full
            or f"{os.sep}dist-packages{os.sep}" in full
            or full.startswith(LIBRARIES)
        )
        _own_file[path] = known
    return known


_same = {}


def same_file(a, b):
    key = (a, b)
    if key not in _same:
        _same[key] = os.path.normcase(os.path.realpath(a)) == os.path.normcase(os.path.realpath(b))
    return _same[key]


def remember_lines(path, text):
    """Tracebacks and columns go by this text, not by what is on the disk."""
    linecache.cache[path] = (len(text), None, text.splitlines(True), path)


def column(path, line, offset):
    """A column from 1 in UTF-16 units, from an offset in UTF-8 bytes."""
    if not offset:
        return 1
    text = linecache.getline(path, line).encode()[:offset].decode("utf-8", "replace")
    return len(text.encode("utf-16-le")) // 2 + 1


def position(frame, lasti=None):
    """(file, line, column, function) of a frame; the column is 0 where this Python does not know it."""
    code = frame.f_code
    line, col = frame.f_lineno or 1, 0
    at = frame.f_lasti if lasti is None else lasti
    where = span(code, at)
    if where is not None and where[2] is not None:
        line, col = where[0], column(code.co_filename, where[0], where[2])
    return (code.co_filename, line, col, code.co_name)


def span(code, lasti):
    """(line, end line, column, end column) of an instruction, columns in bytes from 0; None where this Python does not know it."""
    if not hasattr(code, "co_positions") or lasti < 0:
        return None
    where = next(itertools.islice(code.co_positions(), lasti // 2, None), None)
    return where if where and where[0] is not None else None


def text_range(code, lasti):
    """The part of the text that an instruction was compiled from, counted from 0, columns in UTF-16 units; None where it is not known."""
    where = span(code, lasti)
    if where is None or None in where:
        return None
    line, end, col, end_col = where
    file = code.co_filename
    return {"line": line - 1, "column": column(file, line, col) - 1, "endLine": end - 1, "endColumn": column(file, end, end_col) - 1}


def user_frames(frame):
    """The user's frames from here outwards, innermost first."""
    found = []
    while frame is not None and len(found) < MOST_STACK:
        if is_users(frame.f_code.co_filename):
            found.append(position(frame))
        frame = frame.f_back
    return found


def code_of(fun, depth=0):
    """The user's code behind a function: through partials, methods and wrappers. None where there is none."""
    if depth > 12 or fun is None:
        return None
    code = getattr(fun, "__code__", None)
    if code is not None and is_users(code.co_filename):
        return code
    for name in ("__wrapped__", "func", "__func__", "f"):
        inner = getattr(fun, name, None)
        if inner is not None and inner is not fun:
            found = code_of(inner, depth + 1)
            if found:
                return found
    call = getattr(type(fun), "__call__", None)
    code = getattr(call, "__code__", None)
    return code if code is not None and is_users(code.co_filename) else None


def code_among(values, depth=0):
    """A function of the user's inside static arguments: where Equinox puts it."""
    for v in values:
        if isinstance(v, (tuple, list)) and depth < 4:
            found = code_among(v, depth + 1)
        else:
            found = code_of(v) if callable(v) else None
        if found:
            return found
    return None


# ---- what a call looks like to jit's cache

def shown(value):
    try:
        text = repr(value)
    except Exception as e:
        text = f"<{type(value).__name__}: {type(e).__name__} in repr>"
    return text if len(text) <= 80 else text[:79] + "…"


def short_type(aval):
    dtype = getattr(aval, "dtype", None)
    if dtype is None:
        return str(aval)
    return f"{short_dtype(dtype)}[{','.join(str(d) for d in aval.shape)}]"


def short_dtype(dtype):
    name = getattr(dtype, "name", str(dtype))
    for long, short in (("float8", "f8"), ("bfloat", "bf"), ("float", "f"), ("uint", "u"), ("int", "i"), ("complex", "c")):
        if name.startswith(long):
            return short + name[len(long):]
    return name


class Signature:
    """What a call's arguments are, one entry a leaf, comparable without JAX's own explanations."""

    def __init__(self, jax, ji, args, kwargs, own=None):
        from jax.tree_util import keystr, tree_flatten_with_path
        if own:
            # A library's jit was called: what the user passed counts, not what the library made of it.
            arrays, statics = own
            self.trees = {}
            self.leaves = {
                **{path: self.leaf(jax, x) for path, x in arrays.items()},
                **{path: ("static", type(x).__name__, shown(x), "") for path, x in statics.items()},
            }
            return
        static_nums = {n % len(args) for n in ji.static_argnums if args and -len(args) <= n < len(args)}
        names = parameter_names(ji, len(args))
        self.leaves = {}
        self.trees = {}
        for key, name, value, static in (
            [(i, names[i], v, i in static_nums or names[i] in ji.static_argnames) for i, v in enumerate(args)]
            + [(k, k, v, k in ji.static_argnames) for k, v in sorted(kwargs.items())]
        ):
            by = "position" if isinstance(key, int) else "keyword"
            if static:
                self.leaves[name] = ("static", type(value).__name__, shown(value), by)
                continue
            leaves, tree = tree_flatten_with_path(value)
            self.trees[name] = (by, shown_tree(tree))
            for path, leaf in leaves:
                self.leaves[name + keystr(path)] = self.leaf(jax, leaf)

    @staticmethod
    def leaf(jax, x):
        aval = abstract(jax, x)
        if aval is None:
            return ("other", type(x).__name__, "", "")
        committed = getattr(x, "committed", None)
        place = ""
        if committed is True:
            try:
                place = str(x.sharding)
            except Exception:
                pass
        return ("array", short_type(aval), bool(getattr(aval, "weak_type", False)), place)

    def key(self):
        return (tuple(sorted(self.leaves.items())), tuple(sorted(self.trees.items())))

    def text(self):
        parts = [
            f"{n}: {v[1]}{' weak' if v[0] == 'array' and v[2] is True else ''}" if v[0] == "array" else f"{n}={v[2] or v[1]}"
            for n, v in self.leaves.items()
        ]
        text = ", ".join(parts[:40]) + (", …" if len(parts) > 40 else "")
        return f"({text})"

    def differences(self, other):
        """Causes for a trace of this one after `other`."""
        out = []
        for name in {**self.trees, **other.trees}:
            a, b = other.trees.get(name), self.trees.get(name)
            if a == b:
                continue
            if a is None or b is None:
                was, now = "not passed" if a is None else "passed", "not passed" if b is None else "passed"
                text = f"{name} was {was} and is {now} now"
            elif a[1] == b[1]:
                was, now = f"by {a[0]}", f"by {b[0]}"
                text = f"{name} was passed {was} and is passed {now} now"
            else:
                was, now = a[1][:120], b[1][:120]
                text = f"{name} has another structure: {was} before, {now} now"
            out.append(cause("tree", name, was, now, text))
        changed = {c["argument"] for c in out}
        for name in {**self.leaves, **other.leaves}:
            a, b = other.leaves.get(name), self.leaves.get(name)
            if a == b or any(name == c or name.startswith((c + "[", c + ".")) for c in changed):
                continue
            out.extend(leaf_causes(name, a, b))
        return out


def shown_tree(tree):
    text = str(tree)
    text = text[len("PyTreeDef("):-1] if text.startswith("PyTreeDef(") else text
    return text[:2000]


def leaf_causes(name, a, b):
    if a is None or b is None:
        return [cause("tree", name, "not passed" if a is None else "passed", "not passed" if b is None else "passed",
                      f"{name} is {'new' if a is None else 'no longer passed'}")]
    if "array" in (a[0], b[0]) and "static" in (a[0], b[0]):
        was, now = (v[1] if v[0] == "array" else f"the static value {v[2]}" for v in (a, b))
        return [cause("static", name, was, now, f"{name} was {was} and is {now} now")]
    if a[0] == "static" or b[0] == "static":
        was, now = a[2] or a[1], b[2] or b[1]
        if a[1] != b[1] and was == now:
            was, now = f"{a[1]} {was}", f"{b[1]} {now}"
        if was == now and a[3:] != b[3:]:
            was, now = f"by {a[3]}", f"by {b[3]}"
        return [cause("static", name, was, now, f"the static argument {name} was {was} and is {now} now")]
    out = []
    if a[0] != b[0]:
        return [cause("tree", name, a[1], b[1], f"{name} was {a[1]} and is {b[1]} now")]
    if a[1] != b[1]:
        kind = "dtype" if a[1].split("[")[0] != b[1].split("[")[0] else "shape"
        out.append(cause(kind, name, a[1], b[1], f"{name} was {a[1]} and is {b[1]} now"))
    if a[2] != b[2]:
        was, now = ("weak", "strong") if a[2] else ("strong", "weak")
        out.append(cause("weakType", name, was, now, f"the type of {name} was {was}ly bound and is {now}ly bound now: a Python number in place of an array, or the reverse"))
    if a[3] != b[3]:
        out.append(cause("placement", name, a[3] or "not committed", b[3] or "not committed", f"{name} lies elsewhere: {b[3] or 'not committed'}"))
    return out


def cause(kind, argument, before, now, text):
    return {"kind": kind, "argument": argument, "before": before, "now": now, "text": text}


def abstract(jax, x):
    aval = getattr(x, "aval", None)
    if aval is not None and hasattr(aval, "dtype"):
        return aval
    try:
        from jax.api_util import shaped_abstractify
        return shaped_abstractify(x)
    except Exception:
        return None


def parameter_names(ji, count):
    names = []
    signature = getattr(ji, "fun_signature", None)
    if signature is not None:
        for p in signature.parameters.values():
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
                names.append(p.name)
            elif p.kind == p.VAR_POSITIONAL:
                names += [f"{p.name}[{i}]" for i in range(max(0, count - len(names)))]
    return names[:count] + [f"argument {i}" for i in range(len(names), count)]


# ---- arguments of a library's jit by the names that the user's function has for them

MOST_WALKED, DEEPEST_WALK = 20_000, 16


def wrapped_arguments(frame):
    """(args, kwargs) as the user passed them to a library's own jit (Equinox, Flax), which hands JAX a tree of its own; None where JAX's jit was called itself."""
    while frame is not None and not is_users(frame.f_code.co_filename):
        f = frame.f_code.co_filename
        if f != OWN and f"{os.sep}jax{os.sep}" not in f and not f.startswith("<"):
            args, kwargs = frame.f_locals.get("args"), frame.f_locals.get("kwargs")
            if isinstance(args, tuple) and isinstance(kwargs, dict):
                return args, kwargs
        frame = frame.f_back
    return None


def own_values(code, given):
    """All that was passed, as the user's function would write it, such as `model.layers[0].weight`: arrays, and numbers, words and flags."""
    args, kwargs = given
    parameters = code.co_varnames[: code.co_argcount]
    more = code.co_varnames[code.co_argcount + code.co_kwonlyargcount] if code.co_flags & inspect.CO_VARARGS else "args"
    named = [(parameters[i] if i < len(parameters) else f"{more}[{i - len(parameters)}]", a) for i, a in enumerate(args)]
    arrays, statics, seen = {}, {}, set()

    def walk(x, path, depth):
        if isinstance(x, (int, float, bool, complex, str)):
            if len(statics) < MOST_WALKED:
                statics.setdefault(path, x)
            return
        if id(x) in seen or isinstance(x, (*PLAIN, type, types.FunctionType)) or depth > DEEPEST_WALK or len(seen) >= MOST_WALKED:
            return
        seen.add(id(x))
        # Of the user's own objects nothing is asked that may run their code.
        if type(x).__module__.split(".")[0] in ("jax", "jaxlib", "numpy") and hasattr(x, "dtype") and hasattr(x, "shape"):
            arrays[path] = x
        elif isinstance(x, dict):
            for k, v in x.items():
                walk(v, f"{path}[{k!r}]", depth + 1)
        elif isinstance(x, (tuple, list)):
            fields = getattr(x, "_fields", None)
            for i, v in enumerate(x):
                walk(v, f"{path}.{fields[i]}" if fields else f"{path}[{i}]", depth + 1)
        else:
            # A variable of Flax's holds its array under a name that nobody writes.
            slots = [s for c in type(x).__mro__ for s in c.__dict__.get("__slots__", ()) if isinstance(c.__dict__.get(s), types.MemberDescriptorType)]
            for k in [*getattr(x, "__dict__", ()), *slots]:
                try:
                    v = object.__getattribute__(x, k)
                except AttributeError:
                    continue
                if not k.startswith("_"):
                    walk(v, f"{path}.{k}", depth + 1)
                elif not isinstance(v, (int, float, bool, complex, str)) and not k.startswith("__"):
                    walk(v, path, depth + 1)

    for name, value in [*named, *kwargs.items()]:
        walk(value, name, 0)
    return arrays, statics


CONFIG = (
    "jax_enable_x64", "jax_default_matmul_precision", "jax_numpy_dtype_promotion", "jax_numpy_rank_promotion", "jax_default_device",
    "jax_debug_nans", "jax_debug_infs", "jax_threefry_partitionable", "jax_default_prng_impl", "jax_softmax_custom_jvp",
)


def configuration(jax):
    out = {}
    for name in CONFIG:
        try:
            out[name] = str(getattr(jax.config, name))
        except Exception:
            pass
    return out


# ---- which function was clicked

def holds(r, line, col):
    """Whether a range (from 0, end exclusive) holds a position from 1; a column of 0 is not known."""
    line -= 1
    if not r["line"] <= line <= r["endLine"]:
        return False
    if col == 0:
        return True
    col -= 1
    return (line > r["line"] or col >= r["column"]) and (line < r["endLine"] or col < r["endColumn"])


class Creation:
    """A jit function: where jit was called for it. Its own object is not kept alive: that would change what the cache does."""

    __slots__ = ("info", "object", "code", "frames")

    def __init__(self, info, fun, frames, made):
        import weakref
        self.info = info  # keeps its identity; it does not hold the function
        self.frames = frames
        self.code = code_of(fun)
        try:
            self.object = weakref.ref(made)
        except TypeError:
            self.object = lambda: None

    def is_at(self, site, file):
        at = next((f for f in self.frames if same_file(f[0], file)), None)
        if at is None:
            return None
        if site["kind"] == "decorator":
            return holds(site["callee"], at[1], at[2]) or (at[2] == 0 and site["line"] + 1 <= at[1] <= site["callee"]["endLine"] + 1)
        if not holds(site, at[1], at[2]) or any(holds(r, at[1], at[2]) for r in site["inner"] if at[2]):
            return False
        # Without columns two on a line are told apart by what they compile.
        return at[2] != 0 or site.get("target") is None or self.code is None or self.code.co_name == site["target"]


def code_is(code, site, file):
    if code is None or not same_file(code.co_filename, file):
        return False
    if site["kind"] == "decorator":
        return code.co_name == site["name"] and code.co_firstlineno <= site["endLine"] + 1 and site["line"] + 1 <= max(
            [code.co_firstlineno] + [l for _s, _e, l in (code.co_lines() if hasattr(code, "co_lines") else []) if l])
    return code.co_name == site.get("target")


# ---- watching jit

class Miss:
    """One call that jit's C++ cache did not know."""

    def __init__(self, fun, ji, args, kwargs):
        self.fun, self.ji, self.args, self.kwargs = fun, ji, args, kwargs
        self.p = None
        self.events = {}
        self.frames = []
        self.code = None
        self.record = None
        self.mine = False
        # Where a library hands JAX a tree of its own: what the user passed, by the names that the user's function has for it; and those of the program's inputs.
        self.own = None
        self.names = None
        self.started = time.perf_counter()
        self.seconds = 0.0


class Calls:
    """The calls of the clicked function after the first one: from where, and what the host does between two of them.

    jit's C++ cache answers a call that it knows without asking anybody. Once the function was measured it is told to ask at each of them, which costs a call
    some microseconds; what it costs is measured, and taken off. A call waits here for its results, so that what is between calls is the host's.
    """

    MOST_TIMES = 4096
    # Above this a call takes so long that what is measured of it need not be corrected.
    SHORT = 0.01
    # Seconds that counting may cost the person's program altogether: from there on jit's cache answers by itself again.
    DEAREST = 2.0

    def __init__(self, watcher):
        self.watcher = watcher
        self.lock = threading.Lock()
        self.on = False
        self.was_on = False
        self.is_whole = True
        self.count, self.inside, self.outside, self.cost = 0, 0.0, 0.0, 0.0
        self.gaps, self.step = [], 1
        self.sites = {}

    def first(self, frames, seconds):
        """The call that was looked at, tracing and compiling included."""
        self.count, self.inside = 1, seconds
        self.sites["first"] = [frames, 1]

    def start(self, once, median):
        """Counts from here on. `once` is a measured call, in milliseconds: what counting costs is seen by a few that are counted."""
        s = self.watcher.state
        made = self.watcher.clicked
        if made is None or not self.watcher.can_ask:
            return
        try:
            made._clear_cache()
        except Exception:
            return
        self.on = self.was_on = True
        if median >= self.SHORT:
            return
        count, inside, sites, quiet = self.count, self.inside, dict(self.sites), s.quiet
        s.quiet = 0
        try:
            times = sorted([once() / 1000 for _ in range(24)][4:])
            self.cost = max(0.0, times[len(times) // 2] - median)
        except Exception:
            self.on = self.was_on = False
        finally:
            s.quiet, s.ended = quiet, None
            self.count, self.inside, self.outside, self.sites, self.gaps = count, inside, 0.0, sites, []

    def seen(self, start, frame, results):
        """A call of the function that began at a time and has returned."""
        s = self.watcher.state
        try:
            self.watcher.jax.block_until_ready(results)
        except Exception:
            pass  # the person's own code will meet it
        seconds = time.perf_counter() - start
        with self.lock:
            self.count += 1
            self.inside += max(0.0, seconds - self.cost)
            if s.ended is not None:
                self.gap(max(0.0, start - s.ended))
            self.note(frame)
            is_over = self.count * self.cost > self.DEAREST
        if is_over:
            self.stop()
        else:
            s.forget = True
        s.ended = time.perf_counter()

    def stop(self):
        """Counts no more: there may be more calls than were counted."""
        self.on, self.is_whole = False, False
        try:
            self.watcher.clicked._clear_cache()
        except Exception:
            pass

    def gap(self, seconds):
        self.outside += seconds
        if self.count % self.step:
            return
        self.gaps.append(seconds * 1000)
        if len(self.gaps) >= self.MOST_TIMES:
            self.gaps, self.step = self.gaps[::2], self.step * 2

    def note(self, frame):
        """Where a call stands: its frames are worked out when it is first seen there."""
        key = []
        f = frame
        while f is not None and len(key) < MOST_STACK:
            if is_users(f.f_code.co_filename):
                key.append((f.f_code, f.f_lasti))
            f = f.f_back
        key = tuple(key)
        known = self.sites.get(key)
        if known is None:
            if len(self.sites) >= MOST_ITEMS:
                return
            known = self.sites[key] = [user_frames(frame), 0]
        known[1] += 1

    def record(self, stack):
        with self.lock:
            places = {}
            for frames, count in self.sites.values():
                at = stack(frames)
                if at is not None:
                    places[at] = places.get(at, 0) + count
            return {
                "count": self.count,
                "whole": self.is_whole,
                "from": sorted(places.items(), key=lambda p: -p[1]),
                "gaps": list(self.gaps),
                "inside": self.inside * 1000,
                "between": self.outside * 1000,
            }


class Watcher:
    def __init__(self, run):
        self.run = run
        self.local = threading.local()
        self.created = {}
        self.history = {}
        self.seen = {}
        self.compilations = []
        self.pending = None
        self.first = None
        self.clicked = None
        # Abstract arguments of the function's last trace, for a file that lowers it and never calls it.
        self.lowered = None
        self.lock = threading.RLock()
        self.calls = Calls(self)
        # Whether jit's cache can be told to ask again.
        self.can_ask = False
        # With which options JAX compiles for several devices: as bytes, by the program's name.
        self.options = {}

    @property
    def state(self):
        s = self.local
        if not hasattr(s, "sinks"):
            s.sinks, s.slots, s.depth, s.last, s.quiet = [], [], 0, None, 0
            s.forget, s.ended = False, None
        return s

    def install(self, jax):
        self.jax = jax
        from jax._src import pjit
        self.pjit = pjit
        for module, path in ((_module("jax._src.source_info_util"), OWN), (_module("jax._src.traceback_util"), OWN)):
            for p in (path, "<frozen runpy>"):
                if module is not None and hasattr(module, "register_exclusion"):
                    module.register_exclusion(p)
        missing = [n for n in ("_cpp_pjit", "_infer_params") if not hasattr(pjit, n)]
        runs = next((n for n in ("_run_python_pjit", "_python_pjit_helper") if hasattr(pjit, n)), None)
        if missing or runs is None:
            self.run.fail(f"this JAX ({jax.__version__}) is built in a way that JitLens does not know yet", f"Use another version: {sys.executable} -m pip install \"jax==0.10.2\"")
        self._cpp_pjit, pjit._cpp_pjit = pjit._cpp_pjit, self.creates
        self._infer_params, pjit._infer_params = pjit._infer_params, self.infers
        if runs == "_run_python_pjit":
            self._runs, pjit._run_python_pjit = pjit._run_python_pjit, self.runs
        else:
            self._runs, pjit._python_pjit_helper = pjit._python_pjit_helper, self.helps
        if hasattr(pjit, "_get_fastpath_data"):
            self._shortcut, pjit._get_fastpath_data = pjit._get_fastpath_data, self.shortcut
            self.can_ask = True
        compiler = _module("jax._src.compiler")
        if hasattr(compiler, "compile_or_get_cached"):
            self._compiles, compiler.compile_or_get_cached = compiler.compile_or_get_cached, self.compiles
        jax.monitoring.register_event_duration_secs_listener(self.event)

    # What JAX says that a phase took goes to the innermost miss of this thread.
    PHASES = {"jaxpr_trace_duration": "trace", "jaxpr_to_mlir_module_duration": "lower", "backend_compile_duration": "compile"}

    def event(self, name, seconds, **_kw):
        s = self.state
        phase = self.PHASES.get(name.rsplit("/", 1)[-1])
        if phase and s.sinks and s.sinks[-1] is not None and not s.quiet:
            s.sinks[-1][phase] = seconds * 1000

    def compiles(self, backend, computation, devices, options, *rest, **kw):
        try:
            if devices.size > 1 and len(self.options) < MOST_ITEMS:
                self.options[module_name(computation)] = options.SerializeAsString()
        except Exception:
            pass  # another version's arguments: only XLA's reasons depend on it
        return self._compiles(backend, computation, devices, options, *rest, **kw)

    def creates(self, fun, ji, *rest, **kw):
        made = self._cpp_pjit(fun, ji, *rest, **kw)
        if self.state.quiet:
            if self.run.live is not None:
                self.run.live.made(made, ji)
            return made
        frames = user_frames(sys._getframe(1))
        if frames:
            self.created[id(ji)] = Creation(ji, fun, frames, made)
        return made

    def infers(self, fun, ji, args, kwargs, *rest, **kw):
        s = self.state
        if s.quiet:
            return self._infer_params(fun, ji, args, kwargs, *rest, **kw)
        code = code_of(fun)
        creation = self.created.get(id(ji))
        if code is None and creation is not None:
            code = code_among([args[n] for n in ji.static_argnums if -len(args) <= n < len(args)]) or creation.code
        if code is None:
            s.sinks.append(None)
            try:
                return self._infer_params(fun, ji, args, kwargs, *rest, **kw)
            finally:
                s.sinks.pop()
        miss = Miss(fun, ji, args, kwargs)
        miss.code = code
        # Of calls that are only counted it is enough to know from where each kind comes.
        if not self.calls.on:
            miss.frames = user_frames(sys._getframe(1))
        mine = self.is_clicked(creation, code)
        if mine:
            self.clicked = (creation.object() if creation else None) or self.clicked
            if self.first is None and self.pending is None:
                self.run.progress(f"tracing {self.run.site['name']}", 0.2)
        s.sinks.append(miss.events)
        try:
            out = self._infer_params(fun, ji, args, kwargs, *rest, **kw)
        finally:
            s.sinks.pop()
        miss.p = out[0]
        is_new = self.traced(miss, sys._getframe(1))
        miss.mine = mine
        if mine and self.first is None:
            self.lowered = abstracted(self.jax, args, kwargs, ji)
            if self.pending is None:
                self.name(miss, sys._getframe(1))
        # Its types are those of a call before, unless jit's cache asks of its own accord.
        if self.run.live is not None and (is_new or not (mine and self.calls.on)):
            self.run.live.called(miss, creation)
        # Up to 0.4.x a call asks for its program from inside the function that is wrapped.
        if s.slots and s.slots[-1][0] is ji and s.slots[-1][1] is None:
            s.slots[-1][1] = miss
            if mine:
                self.keep(miss)
        s.last = miss
        return out

    def name(self, miss, frame):
        """Finds what the user's function calls the inputs, where JAX's own names are a library's."""
        if miss.own is not None:
            return
        miss.own = ()
        try:
            given = None if getattr(miss.fun, "__code__", None) is miss.code else wrapped_arguments(frame)
            if given is not None:
                miss.own = own_values(miss.code, given)
                known = {id(x): path for path, x in miss.own[0].items()}
                names = [known.get(id(x)) for x in dynamic_leaves(self.jax, miss.args, miss.kwargs, miss.ji)]
                miss.names = names if any(names) else None
        except Exception:
            pass  # such as objects that refuse to be looked at: JAX's names are shown

    def shortcut(self, *args, **kw):
        """What jit's cache keeps of a call, to answer the next one by itself: nothing of a function whose calls are counted."""
        s = self.state
        if s.forget and sys._getframe(1).f_code.co_name == "cache_miss":
            s.forget = False
            return None
        return self._shortcut(*args, **kw)

    def runs(self, p, args_flat, fun, args, kwargs, *rest):
        s = self.state
        miss = s.last if s.last is not None and s.last.p is p else None
        return self._around(miss, lambda: self._runs(p, args_flat, fun, args, kwargs, *rest), sys._getframe(1))

    def helps(self, fun, ji, *args, **kwargs):
        return self._around(None, lambda: self._runs(fun, ji, *args, **kwargs), sys._getframe(1), ji)

    def _around(self, miss, go, frame, ji=None):
        s = self.state
        if s.quiet:
            return go()
        s.forget = False
        started = time.perf_counter()
        counts = self.calls.on and s.depth == 0 and self.is_clean()
        events = {} if miss is None else miss.events
        slot = [ji, miss]
        s.sinks.append(events)
        s.slots.append(slot)
        s.depth += 1
        try:
            if miss is not None and miss.mine:
                self.keep(miss)
            out = go()
        finally:
            s.sinks.pop()
            s.slots.pop()
            s.depth -= 1
        miss = slot[1]
        if miss is not None and miss is self.pending:
            miss.seconds = time.perf_counter() - min(started, miss.started)
        elif counts and miss is not None and miss.mine:
            self.calls.seen(min(started, miss.started), frame, out[0])
        if miss is not None and miss.record is not None:
            miss.record["phases"].update({k: v for k, v in {**miss.events, **events}.items() if k != "trace"})
        s.last = None
        # The miss goes on: what is heavy waits until its call has returned.
        if s.depth == 0 and self.pending is not None and not getattr(self.pending, "armed", False):
            self.arm(frame)
        return out

    def keep(self, miss):
        """The first call of the clicked function: its arguments are kept until it was looked at."""
        with self.lock:
            if self.first is not None or self.pending is not None:
                return
            self.pending = miss
        creation = self.created.get(id(miss.ji))
        miss.object = creation.object() if creation else None
        ji = miss.ji
        if ji.donate_argnums or ji.donate_argnames:
            miss.args, miss.kwargs = self.quietly(lambda: copied(self.jax, (miss.args, miss.kwargs)))

    def quietly(self, f):
        s = self.state
        s.quiet += 1
        try:
            return f()
        finally:
            s.quiet -= 1

    def arm(self, frame):
        """Comes back at the next line of the user's code: the call has returned then."""
        self.pending.armed = True
        while frame is not None and not is_users(frame.f_code.co_filename):
            frame = frame.f_back
        if frame is None:
            return
        before, before_local = sys.gettrace(), frame.f_trace

        def back(f, event, _arg):
            if event not in ("line", "return"):
                return back
            sys.settrace(before)
            f.f_trace = before_local
            if not self.is_clean():
                self.arm(f.f_back if f.f_back is not None else f)
                return before_local
            self.look()
            return before_local

        frame.f_trace = back
        sys.settrace(lambda *_a: None)

    def again(self, fun, ji):
        """The jit function of another version of a function, with the same options."""
        make = getattr(self.pjit, "_make_jit_wrapper", None) or self._cpp_pjit
        return self.quietly(lambda: make(fun, ji))

    def is_clean(self):
        try:
            from jax._src import core
            return core.trace_state_clean()
        except Exception:
            return True

    def look(self):
        with self.lock:
            miss, self.pending = self.pending, None
            if miss is None or self.first is not None:
                return
            self.first = miss
        self.run.first_call(miss)
        miss.args = miss.kwargs = miss.object = miss.fun = miss.own = None

    # ---- why it is traced

    def signature(self, miss):
        try:
            return self.quietly(lambda: Signature(self.jax, miss.ji, miss.args, miss.kwargs, miss.own))
        except Exception:
            return None

    def is_clicked(self, creation, code):
        site, file = self.run.site, self.run.params["file"]
        if creation is not None:
            at = creation.is_at(site, file)
            if at is not None:
                return at
        return code_is(code, site, file)

    def traced(self, miss, frame):
        """Notes a trace, if this miss was one: its program is a new object then. Gives whether it was."""
        closed = miss.p.params["jaxpr"]
        inner = getattr(closed, "jaxpr", closed)
        key = (miss.code.co_filename, miss.code.co_firstlineno, miss.code.co_name)
        with self.lock:
            seen = self.seen.setdefault(key, {})
            if id(inner) in seen:
                return False
            seen[id(inner)] = inner
            miss.frames = miss.frames or user_frames(frame)
            self.name(miss, frame)
            signature = self.signature(miss)
            history = self.history.setdefault(key, [])
            config = configuration(self.jax)
            record = {
                "function": miss.code.co_name,
                "call": self.run.stack(miss.frames),
                "signature": signature.text() if signature else "",
                "phases": {k: v for k, v in miss.events.items() if k == "trace"},
                "causes": causes(signature, id(miss.ji), config, history),
                "mine": False,
            }
            if signature:
                history.append((signature, id(miss.ji), config))
            miss.record = record
            self.compilations.append(record)
            return True


def causes(signature, info, config, history):
    if not history or signature is None:
        return [{"kind": "first", "text": "it is the first call"}]
    same = [h for h in history if h[0].key() == signature.key()]
    if same:
        for _sig, _info, before in reversed(same):
            changed = [n for n in config if before.get(n) != config[n]]
            if changed:
                return [cause("config", n, before.get(n, ""), config[n], f"{n} was {before.get(n)} and is {config[n]} now") for n in changed]
        if all(h[1] != info for h in same):
            return [{"kind": "newFunction", "text": "jit was called anew for the same function: make the jitted function once, outside of the loop"}]
        return [{"kind": "evicted", "text": "its trace was dropped from the cache, or depends on something else than arguments and configuration"}]
    best = None
    for before, _info, _config in reversed(history):
        found = signature.differences(before)
        if best is None or len(found) < len(best):
            best = found
    return best or [{"kind": "evicted", "text": "nothing that JitLens compares has changed"}]


def abstracted(jax, args, kwargs, ji, numbers=False):
    """Arguments with their arrays as shapes: nothing is kept alive. Python's own numbers may stay what they are."""
    def one(x):
        if numbers and isinstance(x, (bool, int, float, complex)):
            return x
        aval = abstract(jax, x)
        return x if aval is None else jax.ShapeDtypeStruct(aval.shape, aval.dtype, weak_type=bool(getattr(aval, "weak_type", False)), **placed(x))
    static = {n % len(args) for n in ji.static_argnums if args and -len(args) <= n < len(args)}
    try:
        return (
            tuple(a if i in static else jax.tree_util.tree_map(one, a) for i, a in enumerate(args)),
            {k: v if k in ji.static_argnames else jax.tree_util.tree_map(one, v) for k, v in kwargs.items()},
        )
    except Exception:
        return None


def placed(x):
    """Where an array lies, if that is more than one device: a program depends on it then."""
    try:
        sharding = x.sharding
        return {"sharding": sharding} if x.committed and len(sharding.device_set) > 1 else {}
    except Exception:
        return {}


def dynamic(args, kwargs, ji):
    """A call without its static arguments: what a compiled program takes."""
    static = {n % len(args) for n in ji.static_argnums if args and -len(args) <= n < len(args)}
    return tuple(a for i, a in enumerate(args) if i not in static), {k: v for k, v in kwargs.items() if k not in ji.static_argnames}


def dynamic_leaves(jax, args, kwargs, ji):
    """The arrays of a call in the order of the program's inputs."""
    return jax.tree_util.tree_leaves(dynamic(args, kwargs, ji))


def program_with_values(jax, closed, leaves):
    """The program with all its inputs, also those that it does not read, and arrays in base64."""
    avals = list(closed.in_avals)
    if len(avals) != len(leaves):
        return {"why": f"it takes {len(avals)} arrays and was called with {len(leaves)}"}
    if jax.device_count() > 1 and any(len(getattr(x, "devices", lambda: ())()) > 1 for x in leaves if isinstance(x, jax.Array)):
        return {"why": "its arguments lie on several devices"}
    total = sum(int(a.size) * getattr(a.dtype, "itemsize", 8) for a in [*avals, *closed.out_avals])
    if total > MOST_VALUES:
        return {"why": f"its arguments and results have {total >> 20} MiB, and {MOST_VALUES >> 20} MiB are compared at most; call it with smaller arrays"}
    try:
        from jax.extend.core import jaxpr_as_fun
    except ImportError:
        from jax.core import jaxpr_as_fun
    values = [x if is_key(jax, a) else jax.numpy.asarray(x, dtype=a.dtype) for x, a in zip(leaves, avals)]
    again = jax.jit(jaxpr_as_fun(closed), keep_unused=True)
    text = again.lower(*values).compiler_ir("stablehlo").operation.get_asm(enable_debug_info=True)
    if len(text) > MOST_VALUES:
        return {"why": f"its StableHLO has {len(text) >> 20} MiB, and {MOST_VALUES >> 20} MiB are read at most; pass large constants as arguments"}
    results = jax.block_until_ready(again(*values))
    return {
        "text": text,
        "arguments": [raw_array(jax, x) for x in values],
        "results": [raw_array(jax, x) for x in results],
    }


def is_key(jax, aval):
    return jax.numpy.issubdtype(aval.dtype, jax.dtypes.prng_key)


def raw_array(jax, x):
    """[dtype, shape, base64 of the little-endian row-major bytes]. Random keys are their words."""
    import numpy
    a = numpy.asarray(jax.random.key_data(x) if is_key(jax, x) else x)
    return [str(a.dtype), list(a.shape), base64.b64encode(numpy.ascontiguousarray(a).tobytes()).decode()]


SAMPLED = 64
# Bytes of results that are looked at whole; of longer ones the sample alone.
MOST_DIGESTED = 1 << 26


def digests(jax, results):
    """What a call gave, in short, so that another run's results can be held to it: of each array its type, its bits as a number, its largest element, some elements."""
    import hashlib
    import numpy
    out = []
    for x in jax.tree_util.tree_leaves(results):
        given = numpy.asarray(jax.random.key_data(x) if is_key(jax, x) else x).ravel()
        whole = given.nbytes <= MOST_DIGESTED
        a = numpy.ascontiguousarray(given)
        if jax.numpy.issubdtype(a.dtype, jax.numpy.complexfloating):
            a = a.view(a.real.dtype)
        count = min(SAMPLED, a.size)
        sample = a[[k * a.size // count for k in range(count)]].astype(numpy.float64)
        sizes = numpy.abs(a.astype(numpy.float64) if whole else sample)
        finite = sizes[numpy.isfinite(sizes)]
        out.append({
            "type": short_type(x.aval),
            **({"hash": hashlib.blake2b(a.tobytes(), digest_size=8).hexdigest()} if whole else {}),
            "largest": float(finite.max()) if finite.size else 0.0,
            "sample": [float(v) if numpy.isfinite(v) else None for v in sample],
        })
    return out


def copied(jax, tree):
    """The same values in memory of their own: a donated argument is gone after the call."""
    def one(x):
        if isinstance(x, jax.Array) and not isinstance(x, jax.core.Tracer):
            try:
                return x.copy() if x.committed is False else jax.device_put(x.copy(), x.sharding)
            except Exception:
                return x
        return x
    return jax.tree_util.tree_map(one, tree)


def module_name(module):
    return str(module.operation.attributes["sym_name"])


def _module(name):
    try:
        return importlib.import_module(name)
    except Exception:
        return None


# ---- the program as data

class Places:
    """Frames and stacks, each once."""

    def __init__(self):
        self.frames, self.stacks = [], []
        self._frame, self._stack = {}, {}

    def stack(self, frames):
        if not frames:
            return None
        ids = []
        for f in frames[:MOST_STACK]:
            f = tuple(f)
            if f not in self._frame:
                self._frame[f] = len(self.frames)
                self.frames.append(list(f))
            ids.append(self._frame[f])
        key = tuple(ids)
        if key not in self._stack:
            self._stack[key] = len(self.stacks)
            self.stacks.append(ids)
        return self._stack[key]


class ProgramData:
    """A jaxpr and those inside it, as data: equations with types, inputs, frames and name stacks."""

    def __init__(self, places):
        self.places = places
        self.regions = []
        self.ids = {}
        self.vars = {}
        self.eqns = {}
        self._stacks = {}
        from jax._src import source_info_util
        self.util = source_info_util

    def var(self, v):
        return self.vars.setdefault(id(v), len(self.vars))

    def add(self, jaxpr, name, parent):
        jaxpr = getattr(jaxpr, "jaxpr", jaxpr)
        known = self.ids.get(id(jaxpr))
        if known is not None:
            return known
        at = self.ids[id(jaxpr)] = len(self.regions)
        region = {"name": name, "parent": parent, "in": [], "out": [], "eqns": []}
        self.regions.append(region)
        region["in"] = [[self.var(v), short_type(v.aval)] for v in [*jaxpr.constvars, *jaxpr.invars]]
        region["consts"] = len(jaxpr.constvars)
        for e in jaxpr.eqns:
            if len(self.eqns) < MOST_EQUATIONS:
                region["eqns"].append(self.equation(e))
        region["out"] = [self.var(v) if not hasattr(v, "val") else None for v in jaxpr.outvars]
        return at

    def equation(self, e):
        number = self.eqns[id(e)] = len(self.eqns)
        name = e.params.get("name")
        inner = []
        for key, value in e.params.items():
            values = value if isinstance(value, (tuple, list)) else [value]
            programs = [v for v in values if hasattr(getattr(v, "jaxpr", v), "eqns")]
            for i, v in enumerate(programs):
                label = key if len(programs) == 1 else f"{key.rstrip('s')} {i}"
                label = "body" if label in ("jaxpr", "call_jaxpr", "fun_jaxpr") else label.replace("_jaxpr", "")
                inner.append([label, v])
        return {
            "id": number,
            "op": str(e.primitive),
            "in": [self.var(v) for v in e.invars if not hasattr(v, "val")],
            "lits": [shown_literal(v.val) for v in e.invars if hasattr(v, "val")][:8],
            "out": [self.var(v) for v in e.outvars],
            "types": [short_type(v.aval) for v in e.outvars],
            **({"name": name} if isinstance(name, str) else {}),
            "scope": str(e.source_info.name_stack),
            "stack": self.stack(e.source_info.traceback),
            "regions": [self.add(v, f"{name if isinstance(name, str) and label == 'body' else f'{e.primitive} {label}'}", number) for label, v in inner],
            "params": shown_params(e.params),
        }

    def stack(self, traceback):
        if traceback is None:
            return None
        key = id(traceback)
        if key not in self._stacks:
            self._stacks[key] = (traceback, self.places.stack(self.frames(traceback)))
        return self._stacks[key][1]

    def frames(self, traceback):
        out = []
        for file, func, line, col in raw_frames(traceback):
            if is_users(file):
                out.append((file, line, column(file, line, col) if col else 1, func.rsplit(".", 1)[-1]))
        return out


def raw_frames(traceback):
    """(file, function, line, column offset) of a JAX traceback, innermost first."""
    frames = []
    try:
        codes, lastis = traceback.raw_frames()
        for code, lasti in zip(codes, lastis):
            if not is_users(code.co_filename):
                continue
            line, col = None, 0
            where = span(code, lasti)
            if where is not None:
                line, col = where[0], where[2] or 0
            if line is None:
                line = next((l for s, e, l in code.co_lines() if s <= lasti < e and l), code.co_firstlineno) if hasattr(code, "co_lines") else code.co_firstlineno
            frames.append((code.co_filename, code.co_name, line, col))
        return frames
    except Exception:
        return [(f.file_name, f.function_name, f.line_num, 0) for f in getattr(traceback, "frames", [])]


def shown_literal(v):
    text = shown(v.item() if hasattr(v, "item") and getattr(v, "shape", None) == () else v)
    return text if len(text) < 40 else text[:39] + "…"


def shown_params(params):
    parts = []
    for k in sorted(params):
        v = params[k]
        if v is None or hasattr(getattr(v, "jaxpr", v), "eqns") or k in ("sharding", "out_sharding", "name", "jaxpr", "ctx_mesh") or callable(v):
            continue
        if isinstance(v, (str, int, float, bool, tuple)) or hasattr(v, "dtype") or hasattr(v, "name"):
            text = shown(v)
            if "Sharding" not in text and "jaxpr" not in text.lower() and len(text) < 60:
                parts.append(f"{k}={text}")
    return " ".join(parts[:6])


def jaxpr_text(jax, closed, data):
    """JAX's own text, and on which line each equation starts: its printer marks them."""
    try:
        from jax._src import core, pretty_printer as pp
        original = core.pp_eqn

        def marked(eqn, context, settings):
            # The original marks each equation with its place: of two marks the inner one counts.
            rule = core.pp_eqn_rules.get(eqn.primitive, core._pp_eqn) if settings.custom_pp_eqn_rules else core._pp_eqn
            doc = rule(eqn, context, settings)
            number = data.eqns.get(id(eqn))
            return doc if number is None else pp.source_map(doc, number)

        core.pp_eqn = marked
        try:
            settings = core.JaxprPpSettings()
            printer = getattr(core, "pp_jaxpr")
            doc = printer(getattr(closed, "jaxpr", closed), core.JaxprPpContext(), settings)
            marks = []
            text = doc.format(use_color=False, source_map=marks)
        finally:
            core.pp_eqn = original
        lines, seen = [], set()
        for at, line in enumerate(marks):
            for _start, _end, number in line:
                if isinstance(number, int) and number not in seen:
                    seen.add(number)
                    lines.append([at + 1, number])
        return text, lines
    except Exception:
        return str(closed), []


# ---- measuring

MIN_RUNS, MAX_RUNS, BUDGET, WARMUP = 15, 400, 0.5, 0.25
PROFILED_RUNS = 12


def repeat(once):
    """Repeats until the quartiles lie within 5 % of the median, the budget is spent, or the runs are many."""
    times, start = [], time.perf_counter()
    while True:
        times.append(once())
        spent = time.perf_counter() - start
        n = len(times)
        if n < MIN_RUNS:
            if spent > 4 * BUDGET and n >= 3:
                break
            continue
        if n >= MAX_RUNS or spent >= BUDGET:
            break
        if n % 10 == 0:
            s = sorted(times)
            if s[3 * n // 4] - s[n // 4] <= 0.05 * s[n // 2]:
                break
    return times


def warm(once, budget):
    runs, start = 0, time.perf_counter()
    while (time.perf_counter() - start < budget and runs < 2000) or runs == 0:
        once()
        runs += 1
    return runs


def profile(jax, once, folder):
    """The profiler's own file of some runs, as bytes; None and why where it cannot be had."""
    target = os.path.join(folder, "profile")
    options = None
    try:
        options = jax.profiler.ProfileOptions()
        options.python_tracer_level = 0
        options.host_tracer_level = 2
    except Exception:
        options = None
    try:
        if options is not None:
            try:
                jax.profiler.start_trace(target, profiler_options=options)
            except TypeError:
                jax.profiler.start_trace(target)
        else:
            jax.profiler.start_trace(target)
    except Exception as e:
        return None, f"the profiler could not be started: {brief(e)}"
    try:
        for _ in range(PROFILED_RUNS):
            once()
    finally:
        jax.profiler.stop_trace()
    for at, _folders, files in os.walk(target):
        for name in files:
            if name.endswith(".xplane.pb"):
                path = os.path.join(at, name)
                if os.path.getsize(path) > MOST_PROFILE:
                    return None, f"the profile has {os.path.getsize(path) >> 20} MiB"
                with open(path, "rb") as f:
                    return f.read(), None
    return None, "the profiler wrote no file"


def brief(e):
    """The first line of an exception's message."""
    text = str(e).strip()
    return text.split("\n")[0] if text else type(e).__name__


# ---- why XLA fused what it fused
#
# On CPUs XLA's fusion pass says each of its verdicts in its log, where a variable of the environment asks for it before jaxlib is loaded. So the program is
# compiled once more, in a process of its own that loads jaxlib alone: the user's log stays as it is, and so does their process. On GPUs the pass writes its
# steps into a file, where an option of the compilation asks for it.

FUSION_PASS = "fusion"
# Longer compilations are not done again for the sake of the reasons.
LONGEST_COMPILE = 20.0
MOST_EVENTS = 400_000
# A verdict stands on one line, names in front of " = ".
VERDICTS = (
    ("consider", re.compile(r"\] +Considering for fusion: operand \d+ of %?([^\s%]+) = ")),
    ("keep", re.compile(r"\] +not fusing operand %?([^\s%]+) = .* because (.*)$")),
    ("keep", re.compile(r"\] +Operand \(%?([^\s%]+) = .*\) is (not fusible)$")),
    ("fuse", re.compile(r"\] +Fusing %?([^\s%]+) = .* into %?([^\s%]+) = ")),
    ("made", re.compile(r"\] +created new fusion: %?([^\s%]+) = ")),
)


def fusion_events(lines):
    """[verdict, name, name or reason] of each line of XLA's log that says one."""
    found = []
    for line in lines:
        for kind, pattern in VERDICTS:
            m = pattern.search(line)
            if m:
                found.append([kind, *m.groups()])
                break
        if len(found) >= MOST_EVENTS:
            break
    return found


def dumped(folder, ending):
    """The text of a file that XLA wrote, by how its name ends."""
    for name in sorted(os.listdir(folder)):
        if name.endswith(ending):
            with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as f:
                return f.read()
    return None


def compile_options(folder, given):
    """JAX's own options of a compilation, those that were `given` to XLA for several devices, with the program before fusion written into a folder; as bytes."""
    from jax._src import compiler
    options = compiler.get_compile_options(num_replicas=1, num_partitions=1)
    if given is not None:
        options = type(options).ParseFromString(given)
    build = options.executable_build_options
    build.debug_options.xla_dump_to = folder
    build.debug_options.xla_dump_hlo_as_text = True
    build.debug_options.xla_dump_hlo_pass_re = FUSION_PASS
    return options.SerializeAsString()


def cpu_fusions(lowered, seconds, several):
    """What XLA logs of a program's fusions on this machine's processor. `several` are the options for several devices, by the program's name."""
    folder = tempfile.mkdtemp(prefix="jitlens-")
    try:
        with open(os.path.join(folder, "program.mlir"), "w", encoding="utf-8") as f:
            f.write(lowered.compiler_ir("stablehlo").operation.get_asm(enable_debug_info=True))
        with open(os.path.join(folder, "options"), "wb") as f:
            f.write(compile_options(os.path.join(folder, "dump"), several.get(module_name(lowered.compiler_ir("stablehlo")))))
        with open(os.path.join(folder, "path.json"), "w", encoding="utf-8") as f:
            json.dump(sys.path, f)
        with open(os.path.join(folder, "log"), "wb") as log:
            ended = subprocess.run(
                [sys.executable, OWN, "--compile", folder],
                env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "0", "TF_CPP_VMODULE": "instruction_fusion=3,cpu_instruction_fusion=3"},
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log, timeout=seconds,
            )
        with open(os.path.join(folder, "log"), encoding="utf-8", errors="replace") as log:
            lines = log.readlines()
        if ended.returncode != 0:
            return {"why": f"compiling it again ended with {ended.returncode}: {lines[-1].strip()[:300] if lines else ''}"}
        before = dumped(os.path.join(folder, "dump"), f".before_{FUSION_PASS}.txt")
        return {"before": before, "events": fusion_events(lines)} if before else {"why": "this XLA wrote no text of the program before fusion"}
    except subprocess.TimeoutExpired:
        return {"why": f"compiling it again took more than {seconds:.0f} s"}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def gpu_fusions(lowered):
    """The program compiled once more for its GPU: without command buffers, inside which the profiler sees no kernels; and XLA's file of its fusions' steps."""
    folder = tempfile.mkdtemp(prefix="jitlens-")
    try:
        compiled = lowered.compile(compiler_options={
            "xla_gpu_enable_command_buffer": "", "xla_dump_to": folder, "xla_dump_hlo_as_text": True, "xla_dump_hlo_pass_re": "priority-fusion",
        })
        steps = dumped(folder, ".priority_fusion_dump.txt")
        return compiled, {"steps": steps} if steps else {"why": "this XLA wrote no file of its fusions' steps"}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def compile_again(folder):
    """The other process: compiles the program in a folder with jaxlib alone, as the options there say."""
    def read(name):
        with open(os.path.join(folder, name), "rb") as f:
            return f.read()

    sys.path[:] = json.loads(read("path.json"))
    from jaxlib import xla_client
    options = xla_client.CompileOptions.ParseFromString(read("options"))
    client = xla_client.make_cpu_client()
    program = read("program.mlir").decode()
    if hasattr(client, "compile_and_load"):
        count = options.num_replicas * options.num_partitions
        client.compile_and_load(program, xla_client.DeviceList(tuple(client.devices()[:count])), options)
    else:
        client.compile(program, options)
    # Whatever would be cleaned up is not worth the time.
    os._exit(0)


# ---- arguments that are made up

def made_up(jax, aval, index=0):
    """An array of a type: small positive numbers, so that most functions are defined."""
    import numpy as np
    dtype = aval.dtype
    if jax.dtypes.issubdtype(dtype, jax.dtypes.prng_key):
        keys = jax.random.split(jax.random.key(index), max(1, int(np.prod(aval.shape))))
        return keys.reshape(aval.shape) if aval.shape else keys[0]
    size = int(np.prod(aval.shape))
    if jax.numpy.issubdtype(dtype, np.inexact):
        data = (0.25 + ((np.arange(size, dtype=np.uint64) * 2654435761) % 1024) / 2048).astype(dtype)
    else:
        data = np.zeros(size, dtype)
    return jax.numpy.asarray(data.reshape(aval.shape))


LONG_DTYPES = {"f": "float", "bf": "bfloat", "i": "int", "u": "uint", "c": "complex"}


def stand_in(jax, tree):
    kind = tree["kind"]
    if kind == "array":
        letters = tree["dtype"].rstrip("0123456789")
        name = LONG_DTYPES.get(letters, letters) + tree["dtype"][len(letters):]
        if tree["dtype"].startswith("key"):
            import numpy as np
            base = jax.eval_shape(lambda: jax.random.key(0))
            return jax.ShapeDtypeStruct(tuple(tree["shape"]), base.dtype)
        return jax.ShapeDtypeStruct(tuple(tree["shape"]), jax.numpy.dtype(name))
    if kind == "tuple":
        items = [stand_in(jax, t) for t in tree["items"]]
        return tuple(items) if tree.get("round") else items
    if kind == "dict":
        return {k: stand_in(jax, v) for k, v in tree["entries"]}
    return tree["value"]


# ---- errors in the user's words

REMEDIES = (
    ("TracerBoolConversionError", "Use jax.lax.cond or jnp.where instead of if, jax.lax.while_loop instead of while, or make the argument static (static_argnums)."),
    ("TracerIntegerConversionError", "Make the argument static (static_argnums), or index with jnp.take or jax.lax.dynamic_slice."),
    ("TracerArrayConversionError", "Use jax.numpy in place of numpy for values that are traced."),
    ("ConcretizationTypeError", "Make the argument static (static_argnums), or keep the value an array."),
    ("NonConcreteBooleanIndexError", "Use jnp.where(mask, x, 0) in place of x[mask]: the result's size must not depend on values."),
    ("UnexpectedTracerError", "Return the value from the function in place of storing it outside."),
    ("NonHashableStaticArgumentError", "Pass arrays as ordinary arguments; static arguments must be hashable."),
    ("ScopeParamShapeError", "Look at the shapes named in the message."),
    ("FloatingPointError", "Look at the operation that is named: its operands, and where they come from."),
    ("XlaRuntimeError", "Read the message; where memory is short, use smaller arrays."),
    ("JaxRuntimeError", "Read the message; where memory is short, use smaller arrays."),
    ("RecursionError", "Look for a function that calls itself without end."),
    ("MemoryError", "Use smaller arrays."),
    ("SyntaxError", "Correct the line and click again."),
    ("IndentationError", "Correct the line and click again."),
    ("FileNotFoundError", "Look where the file is expected: paths are relative to the folder that the file runs in."),
)
OTHERWISE = "Correct the line and click again."
# Of a function that is traced while it is written.
WHILE_TYPING = "The shapes of variables stand behind their names; the function is traced again as you type."


def failure(e, run, site=None, inside=None):
    """An exception of the user's program: what happened, on which of their lines, what to do. `inside` are the files whose lines are looked for first."""
    name = type(e).__name__
    site = site or run.site
    file, line, col, where = None, None, None, None
    if isinstance(e, SyntaxError) and e.filename:
        file, line, col = e.filename, e.lineno, e.offset
        message = f"{name}: {e.msg}"
    else:
        tb, found = e.__traceback__, []
        while tb is not None:
            if is_users(tb.tb_frame.f_code.co_filename):
                found.append(tb)
            tb = tb.tb_next
        own = [t for t in found if any(same_file(t.tb_frame.f_code.co_filename, f) for f in inside or ())]
        for tb in (own or found)[-1:]:
            file, line, col, _func = (tb.tb_frame.f_code.co_filename, tb.tb_lineno, *position(tb.tb_frame, tb.tb_lasti)[2:])
            where = text_range(tb.tb_frame.f_code, tb.tb_lasti)
        message = f"{name}: {paragraph(e)}"
    missing = getattr(e, "name", None) if isinstance(e, ModuleNotFoundError) else None
    if missing:
        top = missing.split(".")[0]
        action = f"Install it: {quoted(sys.executable)} -m pip install {top}"
        if top in ("jax", "jaxlib"):
            action += ", or set jitlens.python to the interpreter that has it"
        message = f"JAX is not installed in {sys.executable}" if top in ("jax", "jaxlib") else f'the module "{missing}" is not found'
    else:
        action = next((r for n, r in REMEDIES if any(c.__name__ == n for c in type(e).__mro__)), OTHERWISE if inside is None else WHILE_TYPING)
    if isinstance(e, IndexError) and file and "sys.argv" in linecache.getline(file, line or 0):
        action = "The file runs without arguments of the command line: use a default where there is none."
    return {
        "kind": "error", "message": message[:4000], "file": file or site.get("cell") or run.params["file"], "line": line or site["line"] + 1, "column": col or 1,
        "action": action, **({"range": where} if where else {}),
    }


def quoted(path):
    return f'"{path}"' if " " in path else path


def paragraph(e):
    """The message without what JAX says about it at length."""
    try:
        text = str(e)
    except Exception:
        return "an error that cannot be shown"
    kept = []
    for line in text.strip().split("\n"):
        if line.startswith(("See https://", "--------------------", "The error occurred while tracing", "This concrete value was not available")):
            break
        if not line.strip() and kept:
            break
        kept.append(line.strip())
    needed = re.search(r"depends on the values? of the arguments? ([^\n]+?)\.?$", text, re.MULTILINE)
    if needed:
        kept.append(f"It depends on the {'arguments' if ',' in needed[1] or ' and ' in needed[1] else 'argument'} {needed[1]}.")
    return " ".join(kept) or text[:300]


# ---- live: the function at the cursor, traced again while its file is edited
#
# The process stands still after its run, and its functions are brought to the text as it is now: each gets the code that the text has for it, and keeps what it
# closes over, its defaults and its decorators' work. The file does not run again. What a new run would be needed for is told by its line.

LIVE_LIMIT = 4.0  # seconds that one edit may take
LIVE_QUIET = 0.12  # without a question for so long, XLA is asked for the program
LIVE_MORE = 1 << 30  # a process that holds so much more than after its run ends
MOST_TYPES, MOST_LEAVES, DEEPEST = 3, 3, 4
MOST_ITEMS, MOST_VISITED = 1000, 50_000
NOTE = "_jitlens_note"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
PLAIN = (int, float, bool, str, bytes, complex, type(None), types.ModuleType)
# Whose functions only compute: they are called again where an edited decorator or variable calls them.
PURE = ("jax", "jaxlib", "functools", "math", "equinox", "flax", "optax")


class TooSlow(BaseException):
    """Raised in the midst of the user's code when its time is over."""


class CannotFollow(Exception):
    """What an edit asks for needs a new run."""


class Notes(ast.NodeTransformer):
    """Puts a note behind each assignment inside a function, and for its parameters: place, name and value. The text's own positions stay."""

    def __init__(self, file, places):
        self.file = file
        self.places = places
        self.functions = []
        self.depth = 0

    def of(self, target):
        """Statements that note the names that a target assigns."""
        if isinstance(target, (ast.Tuple, ast.List)):
            return [s for t in target.elts for s in self.of(t)]
        if isinstance(target, ast.Starred):
            return self.of(target.value)
        if not isinstance(target, (ast.Name, ast.arg)) or not self.depth:
            return []
        name = target.id if isinstance(target, ast.Name) else target.arg
        self.places.append((self.file, target.lineno, target.col_offset, name))
        at = {"lineno": target.lineno, "col_offset": target.col_offset, "end_lineno": target.end_lineno, "end_col_offset": target.end_col_offset}
        what = [ast.Constant(len(self.places) - 1, **at), ast.Name(name, ast.Load(), **at)]
        return [ast.Expr(ast.Call(ast.Name(NOTE, ast.Load(), **at), what, [], **at), **at)]

    def function(self, node):
        self.functions.append(node)
        self.depth += 1
        a = node.args
        parameters = [*a.posonlyargs, *a.args, *([a.vararg] if a.vararg else []), *a.kwonlyargs, *([a.kwarg] if a.kwarg else [])]
        notes = [s for p in parameters for s in self.of(p)]
        node.body = [s for old in node.body for s in as_list(self.visit(old))]
        # A docstring is one only where it comes first.
        first = 1 if ast.get_docstring(node, clean=False) is not None else 0
        node.body[first:first] = notes
        self.depth -= 1
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = function

    def visit_ClassDef(self, node):
        depth, self.depth = self.depth, 0
        self.generic_visit(node)
        self.depth = depth
        return node

    def visit_Assign(self, node):
        return [node, *(s for t in node.targets for s in self.of(t))]

    def visit_AugAssign(self, node):
        return [node, *self.of(node.target)]

    def visit_AnnAssign(self, node):
        return [node, *(self.of(node.target) if node.value else [])]

    def loop(self, node):
        self.generic_visit(node)
        node.body[:0] = self.of(node.target)
        return node

    visit_For = visit_AsyncFor = loop

    def opened(self, node):
        self.generic_visit(node)
        node.body[:0] = [s for i in node.items if i.optional_vars is not None for s in self.of(i.optional_vars)]
        return node

    visit_With = visit_AsyncWith = opened


def as_list(value):
    return value if isinstance(value, list) else [value]


def is_note(node):
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name) and node.value.func.id == NOTE


def outline(node):
    """A statement without its places and without what stands inside its functions: equal where two texts say the same."""
    if isinstance(node, ast.AST):
        left_out = ("ctx", "type_comment", "kind") + (("body",) if isinstance(node, FUNCTIONS) else ())
        return (type(node).__name__, *(outline(getattr(node, f, None)) for f in node._fields if f not in left_out))
    if isinstance(node, list):
        return tuple(outline(n) for n in node)
    return (type(node).__name__, node)


def statements(body):
    """Statements and those inside them, but not inside functions and classes."""
    for s in body:
        if is_note(s):
            continue
        yield s
        if isinstance(s, (*FUNCTIONS, ast.ClassDef)):
            continue
        for field in ("body", "orelse", "finalbody"):
            yield from statements(getattr(s, field, []))
        for handler in getattr(s, "handlers", []):
            yield from statements(handler.body)


def code_keys(constants, at=()):
    """Each function's code among the constants of a code with its key: the names around it and its own, counted where they repeat."""
    seen = {}
    for c in constants:
        if isinstance(c, types.CodeType):
            n = seen[c.co_name] = seen.get(c.co_name, -1) + 1
            key = (*at, (c.co_name, n))
            yield key, c
            yield from code_keys(c.co_consts, key)


def whole(file, text):
    """A file as the parts of an edition; those of a notebook are its cells, whose code is what of their text is plain Python."""
    return [{"file": file, "text": text, "code": text}]


def syntax(part, flags=0):
    """The syntax tree of a part's code, with the places that its text has: of a cell that is indented as a whole, the code is not."""
    tree = compile(part["code"], part["file"], "exec", flags=flags | ast.PyCF_ONLY_AST, dont_inherit=True)
    texts = part["text"].splitlines()
    first = next((t for t in texts if t.strip()), "")
    indent = first[: len(first) - len(first.lstrip())]
    codes = part["code"].splitlines()
    # Lines inside strings may stand further left, and stay where they are.
    moved = {n + 1 for n, t in enumerate(texts) if indent and t.startswith(indent) and not (n < len(codes) and codes[n].startswith(t))}
    for node in ast.walk(tree) if moved else ():
        for line, col in (("lineno", "col_offset"), ("end_lineno", "end_col_offset")):
            if getattr(node, line, None) in moved:
                setattr(node, col, getattr(node, col) + len(indent))
    return tree


def future_flags(code):
    """What "from __future__ import ..." has asked for: in a notebook it holds in the cells that follow."""
    return functools.reduce(lambda flags, name: flags | code.co_flags & getattr(__future__, name).compiler_flag, __future__.all_feature_names, 0)


class Edition:
    """One text of the file, or of the cells of a notebook, which are one file: code for each function, which notes its variables, and its statements."""

    def __init__(self, parts, flags=0):
        self.parts = parts
        self.files = [p["file"] for p in parts]
        self.body, self.places, self.file_of = [], [], {}
        constants, functions = [], {}
        for part in parts:
            file = part["file"]
            notes = Notes(file, self.places)
            noted = notes.visit(syntax(part, flags))
            code = compile(noted, file, "exec", flags=flags, dont_inherit=True)
            flags |= future_flags(code)
            constants += code.co_consts
            self.body += noted.body
            self.file_of.update((id(s), file) for s in noted.body)
            functions.update(((file, n.name, first_line(n)), n) for n in notes.functions)
        self.codes = dict(code_keys(constants))
        # The node of a code is found by its name and line: that of the first decorator.
        self.nodes = {key: functions[code_place(c)] for key, c in self.codes.items() if code_place(c) in functions}
        self.by_line = {code_place(c): key for key, c in self.codes.items()}
        self.outlines = {outline(s) for s in statements(self.body)}
        self.units = self.found(self.body)

    @staticmethod
    def found(body):
        """What stands at the top of the file, by kind and name. Variables that are set twice are statements: their order counts."""
        found, twice = {}, set()
        for node in body:
            target = node.targets[0] if isinstance(node, ast.Assign) and len(node.targets) == 1 else getattr(node, "target", None)
            if isinstance(node, FUNCTIONS):
                unit = ("function", node.name)
            elif isinstance(node, ast.ClassDef):
                unit = ("class", node.name)
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                unit = ("import", outline(node))
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                continue
            elif isinstance(node, (ast.Assign, ast.AnnAssign)) and isinstance(target, ast.Name) and node.value is not None and ("variable", target.id) not in twice:
                unit = ("variable", target.id)
                if unit in found:
                    twice.add(unit)
                    before = found.pop(unit)
                    found["statement", outline(before)] = before
                    unit = ("statement", outline(node))
            else:
                unit = ("statement", outline(node))
            found[unit] = node
        return found


def code_place(code):
    return (code.co_filename, code.co_name, code.co_firstlineno)


def decided(node):
    """By what it is told whether something at the top of the file must be made anew: of a function its decorators, whose code is renewed in any case."""
    return node.decorator_list if isinstance(node, FUNCTIONS) else node


def first_line(node):
    return node.decorator_list[0].lineno if node.decorator_list else node.lineno


def defaults_of(node):
    return [*node.args.defaults, *(d for d in node.args.kw_defaults if d is not None)]


class Renewal:
    """Values with the functions of the file as an edition has them: through partials, methods, jits, and what library functions close over."""

    def __init__(self, live, edition):
        self.live, self.edition = live, edition
        self.known = {}
        self.cells = {}
        self.visited = 0

    def of(self, value):
        """The same value where no function of the file is in it."""
        if type(value) in PLAIN:
            return value
        known = self.known.get(id(value))
        if known is not None:
            return known[1]
        # Until it is known what becomes of it, and kept so that nobody else gets its number.
        self.known[id(value)] = (value, value)
        made = self.made(value)
        self.known[id(value)] = (value, made)
        self.known[id(made)] = (made, made)
        return made

    def made(self, value):
        kind = type(value)
        if kind is types.FunctionType:
            return self.function(value)
        if kind is types.MethodType:
            f = self.of(value.__func__)
            return value if f is value.__func__ else types.MethodType(f, value.__self__)
        if isinstance(value, functools.partial):
            parts = (value.func, value.args, value.keywords)
            new = [self.of(x) for x in parts]
            return value if all(a is b for a, b in zip(parts, new)) else functools.partial(new[0], *new[1], **new[2])
        if kind in (staticmethod, classmethod):
            f = self.of(value.__func__)
            return value if f is value.__func__ else kind(f)
        if kind is property:
            parts = (value.fget, value.fset, value.fdel)
            new = [self.of(x) for x in parts]
            return value if all(a is b for a, b in zip(parts, new)) else property(*new, value.__doc__)
        if isinstance(value, (tuple, list, dict)):
            # Data of the user's may be large, and functions are rare in it.
            self.visited += len(value)
            if len(value) > MOST_ITEMS or self.visited > MOST_VISITED:
                return value
        if isinstance(value, (tuple, list)):
            new = [self.of(x) for x in value]
            if all(a is b for a, b in zip(value, new)):
                return value
            return type(value)(*new) if hasattr(value, "_fields") else type(value)(new)
        if kind is dict:
            new = {k: self.of(v) for k, v in value.items()}
            return value if all(new[k] is v for k, v in value.items()) else new
        info = self.live.info_of(value)
        if info is not None:
            fun = inner_function(value)
            new = self.of(fun)
            return value if new is fun else self.live.jitted(new, info)
        if isinstance(value, type):
            return value
        if callable(value) and hasattr(value, "__dict__") and kind.__module__.split(".")[0] in PURE:
            # Such as custom_jvp: an object of a library that holds functions.
            parts = dict(vars(value))
            new = {k: self.of(v) for k, v in parts.items()}
            if all(new[k] is v for k, v in parts.items()):
                return value
            try:
                made = object.__new__(kind)
            except TypeError:
                return value
            made.__dict__.update(new)
            return made
        return value

    def function(self, f):
        key = self.live.key_of(f.__code__)
        code = self.edition.codes.get(key) if key is not None else None
        cells = dict(zip(f.__code__.co_freevars, f.__closure__ or ()))
        if code is None:
            if key is not None or not cells:
                return f
            contents = [c.cell_contents for c in cells.values() if is_filled(c)]
            if all(self.of(x) is x for x in contents):
                return f
            code = f.__code__
        missing = [n for n in code.co_freevars if n not in cells]
        if missing:
            # A variable of the function around it that it had no hold of.
            self.live.note(code.co_filename, code.co_firstlineno, "statement")
            return f
        closure = tuple(self.cell(cells[n]) for n in code.co_freevars)
        made = types.FunctionType(code, f.__globals__, f.__name__, f.__defaults__, closure)
        self.known[id(f)] = (f, made)
        for c in closure:
            self.fill(c)
        made.__kwdefaults__, made.__qualname__, made.__module__ = f.__kwdefaults__, f.__qualname__, f.__module__
        made.__doc__ = f.__doc__
        for name, v in f.__dict__.items():
            made.__dict__[name] = self.of(v)
        if key is not None:
            self.live.new_defaults(key, made, self.edition)
        return made

    def cell(self, old):
        """A cell for what an old one holds: it is filled when the function is there that it may hold."""
        if id(old) not in self.cells:
            new = types.CellType()
            self.cells[id(old)] = self.cells[id(new)] = (old, new)
        return self.cells[id(old)][1]

    def fill(self, new):
        old = self.cells[id(new)][0]
        if is_filled(old) and not is_filled(new):
            # What a function stores in it later is seen by all that share it.
            new.cell_contents = old.cell_contents
            new.cell_contents = self.of(old.cell_contents)

    def methods(self, cls):
        """Brings a class of the file to the edition, where it stands: its objects are its own."""
        for name, v in list(vars(cls).items()):
            new = self.of(v)
            if new is not v:
                try:
                    setattr(cls, name, new)
                except Exception:
                    code = code_of(new)
                    if code is not None:
                        self.live.note(code.co_filename, code.co_firstlineno, "statement")


def is_filled(cell):
    try:
        return cell.cell_contents is not None or True
    except ValueError:
        return False


def inner_function(value):
    return getattr(value, "_fun", None) or getattr(value, "__wrapped__", None)


def surroundings(fun):
    """What a function of nnx.jit stands in while it is traced: its wrapper opens it for a call."""
    tag, nnx = getattr(fun, "ctxtag", None), sys.modules.get("flax.nnx")
    return contextlib.nullcontext() if tag is None or nnx is None else nnx.update_context(tag)


class Call:
    """How a jit function was called: with stand-ins for its arrays."""

    __slots__ = ("fun", "object", "info", "args", "kwargs", "config", "checked")


class Live:
    def __init__(self, run):
        self.run = run
        self.file = run.params["file"]
        # Of a notebook the cells that were run.
        self.is_notebook = bool(run.params.get("cells"))
        self.parts = [] if self.is_notebook else whole(self.file, run.params["text"])
        self.flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT if self.is_notebook else 0
        self.constants = []
        self.calls = {}
        self.keys = {}
        self.infos = {}
        self.codes = self.run_codes = {}
        self.edition = None
        self.noted = None
        self.notes = []
        self.target = None
        self.signal = None
        self.compiling = None
        self.sites = run.params.get("sites") or [run.site]
        self.names = site_keys(self.sites)

    # ---- while the file runs

    def ran(self, code, cell=None):
        """The code that the file, or one cell after the other, is run as: its functions are known by it."""
        if cell is not None:
            self.parts.append(cell)
        self.constants += code.co_consts
        self.codes = self.run_codes = {id(c): (key, c) for key, c in code_keys(self.constants)}

    def home(self, site):
        """The file or cell that a jit function stands in."""
        return site.get("cell") or self.file

    def called(self, miss, creation):
        """Keeps how a function of the file was called last; of the clicked one, its first call, which is the one that is shown."""
        key = self.keys.get(id(miss.ji))
        if key is None:
            at = [creation.is_at(s, self.home(s)) if creation is not None else None for s in self.sites]
            n = next((i for i, yes in enumerate(at) if yes), None)
            if n is None and all(yes is None for yes in at):
                n = next((i for i, s in enumerate(self.sites) if code_is(miss.code, s, self.home(s))), None)
            if n is None:
                return
            key = self.names[n]
            if creation is not None:
                self.keys[id(miss.ji)] = key
        if miss.mine:
            if key in self.calls:
                return
            self.target = key
        call = Call()
        # A method that is kept would keep jit from tracing it anew: it is found again by its jit function.
        call.fun = miss.fun if type(miss.fun) in (types.FunctionType, functools.partial) else None
        call.object = creation.object if creation is not None else lambda: None
        call.info, call.checked = miss.ji, False
        held = abstracted(self.run.jax, miss.args, miss.kwargs, miss.ji, numbers=True)
        if held is None:
            return
        call.args, call.kwargs = held
        call.config = {n: getattr(self.run.jax.config, n) for n in CONFIG if hasattr(self.run.jax.config, n)}
        self.calls[key] = call

    def listen(self):
        """Lets another thread have the main one stand still, wherever the file is by then."""
        number = getattr(signal, "SIGUSR1", signal.SIGTERM)
        if threading.current_thread() is threading.main_thread() and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, self.here)
            self.signal = number

    def here(self, _number, _frame):
        if not self.run.finished and self.run.watcher.is_clean() and not self.run.channel.lock.locked():
            self.run.done()

    def end_file(self):
        """The file has gone on for long enough: it stands still, so that edits can be followed; where it cannot, it ends."""
        until = time.monotonic() + 2
        while self.signal is not None and not self.run.finished and time.monotonic() < until and signal.getsignal(self.signal) == self.here:
            if hasattr(signal, "pthread_kill"):
                signal.pthread_kill(threading.main_thread().ident, self.signal)
            else:
                _thread.interrupt_main(self.signal)
            time.sleep(0.02)
        self.run.done()

    # ---- when it stands still

    def can_stay(self):
        """On this thread, and without holding an accelerator's memory, which JAX takes whole unless it is told not to."""
        if threading.current_thread() is not threading.main_thread() or not self.calls or self.module() is None:
            return False
        try:
            self.first = Edition(self.parts, self.flags)
        except Exception:
            return False  # such as one that nests deeper than Python's own reading of it allows
        own = os.environ.get("XLA_PYTHON_CLIENT_PREALLOCATE", "").lower() in ("false", "0") or os.environ.get("XLA_PYTHON_CLIENT_ALLOCATOR") == "platform"
        return own or self.run.jax.default_backend() == "cpu"

    def module(self):
        main = sys.modules.get("__main__")
        if self.is_notebook or same_file(getattr(main, "__file__", None) or "", self.file):
            return main
        return next((m for m in list(sys.modules.values()) if same_file(getattr(m, "__file__", None) or "", self.file)), None)

    def serve(self):
        """Answers until the process is ended."""
        self.settle()
        at_first = resident()
        waiting = None
        while True:
            try:
                request = self.newest(LIVE_QUIET if waiting else 60)
                if request is not None:
                    now = self.answer(request)
                    waiting = (request["id"], now) if now is not None and not request.get("attempts") else None
                elif waiting and not (self.compiling and self.compiling.is_alive()):
                    number, now = waiting
                    waiting = None
                    self.picture(number, now)
                if resident() > at_first + LIVE_MORE:
                    self.send({"kind": "unavailable", "id": request["id"] if request else 0, "why": "memory"})
            except TooSlow:
                continue

    def settle(self):
        # What the function prints while it is traced again was printed before.
        nowhere = os.open(os.devnull, os.O_RDWR)
        for fd in (1, 2):
            os.dup2(nowhere, fd)
        sys.stdout = sys.stderr = open(os.devnull, "w")
        sys.settrace(None)
        builtins.__dict__[NOTE] = self.note_value
        for call in self.calls.values():
            if call.fun is None:
                made = call.object()
                call.fun = inner_function(made) if made is not None else None
        self.edition = self.first
        self.kept = [self.first]
        self.state = self.module().__dict__
        # Of variables that were set otherwise, what the run had given them.
        self.first_values = {}
        self.effective = {unit: outline(decided(node)) for unit, node in self.first.units.items()}
        self.defaults = {key: outline(defaults_of(n)) for key, n in self.first.nodes.items()}
        # What the run left is not looked through again and again: half of an edit's time would be the collector's.
        gc.freeze()

    def newest(self, seconds):
        """Of several questions only the last counts."""
        last, until = None, time.monotonic() + seconds
        while True:
            try:
                line = self.run.channel.inbox.get(timeout=0 if last else max(0.001, until - time.monotonic()))
            except queue.Empty:
                return last
            try:
                read = json.loads(line)
            except ValueError:
                continue
            if isinstance(read, dict) and "text" in read:
                last = read

    def send(self, message):
        self.run.channel.send(message)

    def note(self, file, line, why):
        note = {"line": line, "why": why, **self.cell_of(file)}
        if note not in self.notes:
            self.notes.append(note)

    def cell_of(self, file):
        """What names the cell that something stands in, where there are cells."""
        return {"cell": file} if self.is_notebook else {}

    def note_value(self, number, value):
        """Called by the file's functions with the value of a variable."""
        if self.noted is None:
            return
        types_ = self.noted.setdefault(number, [])
        if len(types_) < MOST_TYPES:
            text = traced_type(self.run.jax, value)
            if text is not None and text not in types_:
                types_.append(text)

    # ---- one question

    def answer(self, request):
        number, at = request["id"], (request.get("file") or self.file, request["line"])
        parts = self.parts_of(request)
        if request.get("attempts"):
            passed = [self.traced(self.parts_of({**request, **a}), a["sites"], at)[0] == "traced" for a in request["attempts"]]
            self.traced(parts, request["sites"], at)
            self.send({"kind": "tried", "id": number, "passed": passed})
            return None
        kind, *found = self.traced(parts, request["sites"], at)
        if kind == "traced":
            now = found[0]
            self.send({
                "kind": "traced", "id": number, "function": now["site"]["name"], "milliseconds": now["milliseconds"],
                "equations": len(getattr(now["traced"].jaxpr, "jaxpr", now["traced"].jaxpr).eqns), "hints": self.hints(), "notes": self.notes,
            })
            return now
        if kind == "failed":
            error, site = found
            site = site or self.run.site
            self.send({
                "kind": "failed", "id": number, "function": site["name"], "name": type(error).__name__,
                "error": failure(error, self.run, site, self.edition.files), "hints": self.hints(), "notes": self.notes,
            })
        elif kind == "unavailable":
            self.send({"kind": "unavailable", "id": number, "why": found[0]})
        elif kind == "slow":
            self.send({"kind": "slow", "id": number, "milliseconds": LIVE_LIMIT * 1000})
        else:
            self.send({"kind": "unreadable", "id": number})
        return None

    def parts_of(self, request):
        """What the edited text is made of: of a notebook the cells that were run, wherever they are now, and those that are new between them."""
        if not self.is_notebook:
            return whole(self.file, request["text"])
        ran = {p["file"] for p in self.parts}
        cells = request["cells"]
        last = max((i for i, c in enumerate(cells) if c["was"] in ran), default=-1)
        return [c for i, c in enumerate(cells) if c["was"] in ran or (c["was"] is None and i < last)]

    def hints(self):
        out = []
        for number, found in (self.noted_last or {}).items():
            if found:
                file, line, offset, name = self.edition.places[number]
                out.append({"line": line, "column": column(file, line, offset) - 1, "name": name, "types": found, **self.cell_of(file)})
        return out

    def traced(self, parts, sites, at):
        """Brings the functions to a text, and traces the one at the cursor: ("traced", what), ("failed", exception, site), or why not."""
        self.noted_last, site = None, None
        try:
            edition = Edition(parts, self.flags)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return ("unreadable",)
        self.sites, self.names = sites, site_keys(sites)
        try:
            key = self.key_at(at, edition)
            call = self.calls.get(key)
            site = next((s for s, n in zip(sites, self.names) if n == key), None)
            if site is None or call is None:
                return ("unavailable", "never-called")
            self.target = key
            if not call.checked:
                # Where it cannot be traced as it was run, what its call stood in is gone: its errors would be ours.
                try:
                    self.limited(lambda: (self.bring(self.first), self.trace(call)))
                except Exception:
                    call.fun = None
                call.checked = True
            if call.fun is None:
                return ("unavailable", "scope")
            start = time.perf_counter()
            self.limited(lambda: self.bring(edition))
            traced = self.limited(lambda: self.trace(call))
            return ("traced", {"site": site, "traced": traced, "milliseconds": (time.perf_counter() - start) * 1000})
        except TooSlow:
            if not self.run.watcher.is_clean():
                os._exit(1)
            return ("slow",)
        except CannotFollow:
            return ("unavailable", "scope")
        except Exception as e:
            return ("failed", e, site)

    def key_at(self, at, edition):
        """The innermost function around the cursor that was called, also where jit is called for it elsewhere; else the one that was traced last."""
        file, line = at
        named = {}
        for key, node in edition.nodes.items():
            if edition.codes[key].co_filename == file and first_line(node) - 1 <= line <= node.end_lineno - 1:
                named[node.name] = node.end_lineno - first_line(node)

        def stands(s):
            return self.home(s) == file and s["line"] <= line <= s["endLine"]

        around = sorted(
            (s["endLine"] - s["line"] if stands(s) else named[s["target"]], n)
            for s, n in zip(self.sites, self.names)
            if stands(s) or (s["kind"] == "call" and s.get("target") in named)
        )
        return next((n for _size, n in around if n in self.calls and self.calls[n].fun is not None), self.target)

    def trace(self, call):
        jax = self.run.jax
        for name, value in call.config.items():
            if getattr(jax.config, name) != value:
                jax.config.update(name, value)
        static = [call.args[n] for n in call.info.static_argnums if -len(call.args) <= n < len(call.args)]
        static += [v for k, v in call.kwargs.items() if k in call.info.static_argnames]
        if any(isinstance(x, jax.ShapeDtypeStruct) for x in static):
            raise TypeError("an argument that is an array in the last call cannot be static: static arguments are compared and hashed")
        jitted = self.jitted(call.fun, call.info)
        self.noted = {}
        try:
            with surroundings(call.fun):
                return self.run.watcher.quietly(lambda: jitted.trace(*call.args, **call.kwargs))
        finally:
            self.noted_last, self.noted = self.noted, None

    def limited(self, task):
        """Runs code of the user's for a limited time."""
        me, lock, over = threading.get_ident(), threading.Lock(), []

        def end():
            import ctypes
            with lock:
                if not over:
                    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(me), ctypes.py_object(TooSlow))

        timer = threading.Timer(LIVE_LIMIT, end)
        timer.daemon = True
        timer.start()
        try:
            return task()
        finally:
            with lock:
                over.append(True)
            timer.cancel()

    # ---- the functions as the text has them

    def key_of(self, code):
        known = self.codes.get(id(code))
        if known is not None:
            return known[0]
        # Of a file that was imported, not run: its text is the same.
        file = next((f for f in self.first.files if same_file(code.co_filename, f)), None)
        return None if file is None else self.first.by_line.get((file, code.co_name, code.co_firstlineno))

    def info_of(self, value):
        """The options of a jit function; None for anything else."""
        if type(value).__name__ != "PjitFunction":
            return None
        known = self.infos.get(id(value))
        if known is not None and known[0]() is value:
            return known[1]
        info = getattr(value, "_jit_info", None)
        if info is None:
            info = next((c.info for c in list(self.run.watcher.created.values()) if c.object() is value), None)
        return info

    def made(self, jitted, info):
        """Keeps the options of a jit function, by which it is made anew."""
        import weakref
        if len(self.infos) > MOST_ITEMS:
            self.infos = {n: known for n, known in self.infos.items() if known[0]() is not None}
        self.infos[id(jitted)] = (weakref.ref(jitted), info)
        return jitted

    def jitted(self, fun, info):
        return self.made(self.run.watcher.again(fun, info), info)

    def bring(self, edition):
        """Brings the module to an edition."""
        self.notes = []
        self.edition = edition
        for part in edition.parts:
            remember_lines(part["file"], part["text"])
        # Functions that nobody found keep the code that they have, which must be known.
        self.kept = [self.first, *self.kept[1:][-8:], edition]
        self.codes = {**self.run_codes, **{id(c): (key, c) for e in self.kept for key, c in e.codes.items()}}
        renewal = Renewal(self, edition)
        # Functions before data: of that only so much is looked through.
        for name, value in sorted(self.state.items(), key=lambda item: isinstance(item[1], (tuple, list, dict))):
            new = renewal.of(value)
            if new is not value:
                self.state[name] = new
            if isinstance(value, type) and value.__module__ == self.state.get("__name__"):
                renewal.methods(value)
        for call in self.calls.values():
            call.fun, call.args, call.kwargs = (renewal.of(x) for x in (call.fun, call.args, call.kwargs))
        self.define(edition)
        self.around(edition)

    def define(self, edition):
        """What is new at the top of the file, or decorated or set otherwise."""
        stale = set()
        for (kind, name), node in edition.units.items():
            now, first = outline(decided(node)), self.first.units.get((kind, name))
            changed = first is None or now != outline(decided(first))
            try:
                if kind == "function":
                    if name not in self.state or now != self.effective.get((kind, name), now):
                        self.decorate(name, node, edition)
                elif kind == "variable":
                    reads = {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
                    if now != self.effective.get((kind, name)) or reads & stale:
                        self.assign(name, node, edition.file_of[id(node)], not changed and not reads & stale)
                    if changed or reads & stale:
                        stale.add(name)
                elif kind == "import":
                    if changed:
                        self.bind(node)
                elif changed and now not in self.first.outlines:
                    raise CannotFollow()
                self.effective[kind, name] = now
            except CannotFollow:
                self.note(edition.file_of[id(node)], self.changed_line(node), "import" if kind == "import" else "statement")

    def changed_line(self, node):
        """Where a statement differs from those of the text that was run."""
        inner = [s for s in statements([node]) if outline(s) not in self.first.outlines]
        return (inner[-1] if inner else node).lineno

    def decorate(self, name, node, edition):
        """Makes a function that is new, or that is decorated otherwise. Calls of it are calls of the new one."""
        made = self.state[name] = self.decorated(node, edition)
        info = self.info_of(made)
        for s, key in zip(self.sites, self.names):
            if info is not None and s["kind"] == "decorator" and s["name"] == name and not s.get("className") and key in self.calls:
                self.calls[key].fun, self.calls[key].info = inner_function(made), info

    def decorated(self, node, edition):
        file = edition.file_of[id(node)]
        key = edition.by_line.get((file, node.name, first_line(node)))
        code = edition.codes.get(key)
        if code is None or code.co_freevars:
            raise CannotFollow()
        made = types.FunctionType(code, self.state, node.name)
        made.__module__ = self.state.get("__name__")
        self.set_defaults(made, node, file)
        self.defaults[key] = outline(defaults_of(node))
        decorators = [self.value(d, file) for d in node.decorator_list]
        for d in reversed(decorators):
            made = self.run.watcher.quietly(lambda d=d, f=made: d(f))
        return made

    def set_defaults(self, made, node, file):
        made.__defaults__ = tuple(self.value(d, file) for d in node.args.defaults) or None
        made.__kwdefaults__ = {a.arg: self.value(d, file) for a, d in zip(node.args.kwonlyargs, node.args.kw_defaults) if d is not None} or None

    def new_defaults(self, key, made, edition):
        node, first = edition.nodes.get(key), self.first.nodes.get(key)
        if node is None:
            return
        file = edition.codes[key].co_filename
        # One that is made inside another function or class is decorated where that runs.
        if len(key) > 1 and first is not None and outline(node.decorator_list) != outline(first.decorator_list):
            self.note(file, first_line(node), "statement")
        now = outline(defaults_of(node))
        if now == self.defaults.get(key):
            return
        try:
            self.set_defaults(made, node, file)
            self.defaults[key] = now
        except CannotFollow:
            self.note(file, node.lineno, "statement")

    def assign(self, name, node, file, as_first):
        """Sets a variable to what the text says; back at the text that was run, to what the run had given it."""
        if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(node.value)):
            raise CannotFollow()
        if name not in self.first_values and name in self.state:
            self.first_values[name] = self.state[name]
        ran = name in self.first_values
        if ran:
            self.state[name] = Renewal(self, self.edition).of(self.first_values[name])
        if not (as_first and ran):
            self.state[name] = self.value(node.value, file)

    def bind(self, node):
        """An import of what is loaded already runs nothing."""
        for alias in node.names:
            if isinstance(node, ast.Import):
                module = sys.modules.get(alias.name)
                if module is None:
                    raise CannotFollow()
                self.state[alias.asname or alias.name.split(".")[0]] = module if alias.asname else sys.modules[alias.name.split(".")[0]]
                continue
            module = sys.modules.get(node.module or "") if not node.level else None
            value = getattr(module, alias.name, None) if module is not None else None
            value = sys.modules.get(f"{node.module}.{alias.name}") if value is None else value
            if value is None:
                raise CannotFollow()
            self.state[alias.asname or alias.name] = value

    def value(self, node, file):
        """The value of an expression that only computes, of names, numbers and calls of libraries that only compute."""
        allowed = (
            ast.Constant, ast.Name, ast.Attribute, ast.Call, ast.keyword, ast.Tuple, ast.List, ast.Dict, ast.Set, ast.UnaryOp, ast.BinOp, ast.BoolOp, ast.Compare,
            ast.IfExp, ast.Lambda, ast.arguments, ast.arg, ast.Subscript, ast.Slice, ast.Starred, ast.expr_context, ast.operator, ast.unaryop, ast.boolop, ast.cmpop,
        )
        for n in ast.walk(node):
            if not isinstance(n, allowed):
                raise CannotFollow()
            if isinstance(n, ast.Call):
                callee = self.named(n.func)
                own = getattr(callee, "__self__", None)
                module = getattr(callee, "__module__", None) or ""
                if not (module.split(".")[0] in PURE or isinstance(own, self.run.jax.Array) or callee in (float, int, bool, len, tuple, min, max)):
                    raise CannotFollow()
        code = compile(ast.fix_missing_locations(ast.Expression(node)), file, "eval", dont_inherit=True)
        return self.run.watcher.quietly(lambda: eval(code, self.state))

    def named(self, node):
        """What a name, or a name of a module's, stands for."""
        if isinstance(node, ast.Name):
            if node.id in self.state:
                return self.state[node.id]
            return builtins.__dict__.get(node.id)
        if isinstance(node, ast.Attribute):
            return getattr(self.named(node.value), node.attr, None)
        raise CannotFollow()

    def around(self, edition):
        """Notes what was changed in the functions around the one that is traced: they do not run again."""
        call = self.calls.get(self.target)
        code = code_of(call.fun) if call is not None else None
        key = self.key_of(code) if code is not None else None
        for end in range(1, len(key or ())):
            node, before = edition.nodes.get(key[:end]), self.first.nodes.get(key[:end])
            if node is None or before is None:
                continue
            known = {outline(s) for s in statements(before.body)}
            for s in statements(node.body):
                if outline(s) not in known and not isinstance(s, FUNCTIONS):
                    self.note(edition.codes[key].co_filename, s.lineno, "statement")

    # ---- the picture behind it

    def picture(self, number, now):
        """What XLA makes of the text: lowered here, compiled beside, so that the next edit need not wait for it."""
        run, traced = self.run, now["traced"]
        places = Places()
        closed = traced.jaxpr

        def lowered_record():
            lowered = run.watcher.quietly(traced.lower)
            return lowered, run.traced(closed, lowered, now["site"]["name"], places)

        try:
            lowered, record = self.limited(lowered_record)
        except Exception:
            return  # it was traced all the same
        home = self.home(now["site"])
        own = next((p["text"] for p in self.edition.parts if p["file"] == home), "")
        record.update(frames=places.frames, stacks=places.stacks, files=run.files(places, own, home), site=now["site"])

        def compiled():
            try:
                record.update(compiled_parts(lowered.compile()), called=None, compilations=[], warnings=[])
                self.send({"kind": "live-report", "id": number, "report": record})
            except Exception:
                pass

        self.compiling = threading.Thread(target=compiled, daemon=True)
        self.compiling.start()


def site_keys(sites):
    """The same function in two versions of a file has the same key."""
    count, keys = {}, []
    for s in sites:
        name = f"{s.get('className') or ''}.{s['name']} {s['kind']}"
        count[name] = count.get(name, -1) + 1
        keys.append(f"{name}#{count[name]}")
    return keys


def array_type(value):
    aval = getattr(value, "aval", None)
    if aval is not None and hasattr(aval, "dtype"):
        return short_type(aval)
    return short_type(value) if type(value).__module__ == "numpy" and hasattr(value, "shape") and hasattr(value, "dtype") else None


def traced_type(jax, value):
    """`f32[2,3]`, `{w: f32[3], b: f32[]}`, `Net(f32[3,4])`, `6 arrays`; None where no array is in it."""
    if value is None or isinstance(value, (bool, int, float, complex, str, bytes, type, types.ModuleType, types.FunctionType)):
        return None
    own = array_type(value)
    if own is not None:
        return own
    found = [t for t in map(array_type, jax.tree_util.tree_leaves(value)) if t is not None]
    if not found:
        return None
    if len(found) > MOST_LEAVES:
        return f"{len(found)} arrays"
    return tree_text(value, 0) if type(value) in (dict, list, tuple) else f"{type(value).__name__}({', '.join(found)})"


def tree_text(value, depth):
    own = array_type(value)
    if own is not None:
        return own
    if depth == DEEPEST:
        return "…"
    if type(value) is dict:
        return "{" + ", ".join(f"{k}: {tree_text(v, depth + 1)}" for k, v in value.items()) + "}"
    if type(value) in (list, tuple):
        inner = ", ".join(tree_text(v, depth + 1) for v in value)
        return f"[{inner}]" if type(value) is list else f"({inner},)" if len(value) == 1 else f"({inner})"
    return str(value) if isinstance(value, (bool, int, float)) or value is None else "·"


def resident():
    """Bytes that this process holds; where only the most that it held is known, that."""
    try:
        with open("/proc/self/statm") as f:
            return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError):
        pass
    try:
        import resource
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    except ImportError:
        return 0


# ---- the run

class Exits:
    """What the user's files and libraries want done at their end. It is done while what they print can still be shown: this process ends otherwise than Python
    does. What Python's own modules and JAX do then (they take themselves apart) is left to the system: edits may be followed here after the end."""

    def __init__(self):
        self.kept = []
        self._register, self._unregister = atexit.register, atexit.unregister
        atexit.register, atexit.unregister = self.register, self.unregister

    def register(self, function, *args, **kwargs):
        if not self.counts(sys._getframe(1).f_code.co_filename):
            return self._register(function, *args, **kwargs)
        self.kept.append((function, args, kwargs))
        return function

    @staticmethod
    def counts(path):
        full = os.path.abspath(path)
        is_library = any(f"{os.sep}{p}{os.sep}" in full for p in ("site-packages", "dist-packages"))
        return is_users(path) or (is_library and not any(f"-packages{os.sep}{p}{os.sep}" in full for p in ("jax", "jaxlib")))

    def unregister(self, function):
        self.kept = [k for k in self.kept if k[0] != function]
        self._unregister(function)

    def happen(self):
        """The last one that was registered is the first one."""
        while self.kept:
            function, args, kwargs = self.kept.pop()
            try:
                function(*args, **kwargs)
            except BaseException:
                import traceback
                traceback.print_exc()


def relative_levels(text):
    """How many packages a file has to lie in for its relative imports; 0 where it has none, or cannot be read."""
    try:
        return max((n.level for n in ast.walk(ast.parse(text)) if isinstance(n, ast.ImportFrom)), default=0)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return 0


def wanted_arguments(e):
    """What argparse says of the command line, where it ended the file for that; else None."""
    tb = e.__traceback__
    while tb is not None:
        code = tb.tb_frame.f_code
        if code.co_name == "error" and os.path.basename(code.co_filename) == "argparse.py":
            return str(tb.tb_frame.f_locals.get("message"))[:500]
        tb = tb.tb_next
    return None


class EditorTexts:
    """Modules whose text is that of the editor, where it is not saved."""

    def __init__(self, texts):
        self.texts = {os.path.normcase(os.path.realpath(path)): text for path, text in texts.items()}
        loader = importlib.machinery.SourceFileLoader
        self._get_code = loader.get_code
        texts = self

        def get_code(self, name):
            path = self.get_filename(name)
            text = texts.of(path)
            if text is None:
                return texts._get_code(self, name)
            remember_lines(path, text)
            return self.source_to_code(text, path)

        loader.get_code = get_code

    def of(self, path):
        """None of a file that is as it was saved."""
        return self.texts.get(os.path.normcase(os.path.realpath(path)))


class Run:
    def __init__(self, channel):
        self.channel = channel
        self.params = channel.params
        self.site = self.params["site"]
        self.places = Places()
        self.watcher = Watcher(self)
        self.record = None
        self.finished = False
        self.jax = None
        self.lock = threading.RLock()
        self.warnings = []
        limits = self.params.get("collect") or {}
        self.seconds = limits.get("seconds", 10)
        self.what = "your notebook" if self.params.get("cells") else "your file"
        self.live = Live(self) if self.params.get("live") else None
        # A notebook's kernel goes on: its end is none.
        self.exits = None

    def progress(self, message, fraction):
        self.channel.send({"kind": "progress", "message": message, "fraction": fraction})

    def stack(self, frames):
        return self.places.stack(frames)

    def finish(self, message):
        """Sends the outcome, and follows edits or waits for the host to end this process with its children, which it finds while their parent lives."""
        with self.lock:
            if self.finished:
                return
            self.finished = True
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass
        stays = message["kind"] == "report" and self.live is not None and self.live.can_stay()
        self.channel.send({**message, "live": True} if stays else message)
        if stays:
            self.live.serve()
        time.sleep(5)
        os._exit(0)

    def fail(self, message, action, line=None, file=None):
        self.finish({"kind": "error", "message": message, "file": file or self.params["file"], "line": line or self.site["line"] + 1, "column": 1, "action": action})

    def done(self, error=None):
        """The report as it is, with what was traced after it."""
        more = {
            "compilations": self.watcher.compilations,
            "frames": self.places.frames,
            "stacks": self.places.stacks,
            "warnings": list(self.warnings),
            **({"calls": self.watcher.calls.record(self.stack)} if self.watcher.calls.was_on else {}),
        }
        if error is not None:
            at = [(error["file"], error["line"], error["column"], "")] if error.get("file") else []
            more["warnings"].append({"kind": "error", "message": f"after the calls that are shown, {self.what.replace('your', 'the')} ended with an error: {error['message']}", "stack": self.stack(at)})
        self.finish({"kind": "report", "report": {"more": more}})

    def start(self):
        sys.meta_path.insert(0, JaxFinder(self))
        os.chdir(self.params.get("cwd") or os.path.dirname(self.params["file"]))
        if self.params.get("cells"):
            EditorTexts(self.params.get("unsaved") or {})
            Notebook(self).start()
            return
        path = self.params.get("entry") or self.params["file"]
        texts = EditorTexts({**(self.params.get("unsaved") or {}), self.params["file"]: self.params["text"]})
        text = texts.of(path)
        if text is None:
            with open(path, "rb") as f:
                text = f.read()
        else:
            # Tracebacks show the text that was run, saved or not.
            remember_lines(path, text)
        self.exits = Exits()
        main = self.main_module(path)
        main.__file__ = path
        self.in_package(main, path, text)
        self.progress("running your file", 0.1)

        def file():
            code = compile(text, path, "exec", dont_inherit=True)
            if self.live is not None and same_file(path, self.params["file"]):
                self.live.ran(code)
            exec(code, main.__dict__)

        if self.goes_well(file):
            self.wait_for_threads()
            self.ended(main)

    def main_module(self, path):
        main = types.ModuleType("__main__")
        main.__builtins__ = __builtins__
        sys.modules["__main__"] = main
        sys.argv = [path]
        sys.path[0] = os.path.dirname(path)
        return main

    @staticmethod
    def in_package(main, path, text):
        """A file with relative imports runs as `python -m` runs it, from the folder above its packages; without that, no relative import works."""
        levels = relative_levels(text)
        if not levels:
            return
        folder, names = os.path.dirname(os.path.abspath(path)), []
        while folder != os.path.dirname(folder) and (len(names) < levels or os.path.exists(os.path.join(folder, "__init__.py"))):
            names.insert(0, os.path.basename(folder))
            folder = os.path.dirname(folder)
        main.__package__ = ".".join(names)
        main.__spec__ = importlib.util.spec_from_file_location(f"{main.__package__}.{os.path.splitext(os.path.basename(path))[0]}", path)
        sys.path[0] = folder

    def goes_well(self, code):
        """Runs code of the user's; False where it ended the run."""
        try:
            code()
            return True
        except SystemExit as e:
            self.exited(e)
        except BaseException as e:
            self.crashed(e)
        return False

    def wait_for_threads(self):
        for t in threading.enumerate():
            if t is not threading.current_thread() and not t.daemon:
                t.join()

    def at_exit(self):
        """What the file wants done at its end; a call of the function there counts."""
        self.catch_up()
        if self.exits is not None:
            self.exits.happen()
            self.catch_up()

    def exited(self, e):
        self.at_exit()
        if self.record is not None:
            self.done()
        line, file = None, None
        tb = e.__traceback__
        while tb is not None:
            if is_users(tb.tb_frame.f_code.co_filename):
                line, file = tb.tb_lineno, tb.tb_frame.f_code.co_filename
            tb = tb.tb_next
        code = 0 if e.code is None else e.code
        wanted = wanted_arguments(e)
        if wanted is not None:
            self.fail(
                f"{self.what} wants arguments of the command line, and is given none: {wanted}",
                f"Give them defaults, or write # trace: f32[2,3] above {self.site['name']} with its argument types.",
                line,
                file,
            )
        self.fail(
            f"{self.what} ended with exit code {code} before {self.site['name']} was called" if isinstance(code, int) else f"{self.what} ended itself before {self.site['name']} was called: {str(code)[:500]}",
            "Call the function before sys.exit, or write # trace: f32[2,3] with its argument types above it.",
            line,
            file,
        )

    def crashed(self, e):
        import traceback
        tb = e.__traceback__
        while tb is not None and tb.tb_frame.f_code.co_filename == __file__:
            tb = tb.tb_next
        traceback.print_exception(type(e), e, tb)
        error = failure(e, self)
        pending = self.watcher.pending
        if pending is not None and not pending.seconds:
            # It is the function's own first call that failed: there is nothing to be measured.
            self.watcher.pending = None
        self.at_exit()
        if self.record is not None:
            self.done(error)
        self.finish(error)

    def catch_up(self):
        """A first call whose line was the last one."""
        if self.watcher.pending is not None and self.record is None:
            try:
                self.watcher.look()
            except BaseException as e:
                self.finish(failure(e, self))

    def ended(self, main):
        self.at_exit()
        if self.record is not None:
            self.done()
        self.uncalled(main)

    # ---- the clicked function

    def jax_is_here(self, jax):
        self.jax = jax
        version = tuple(int("".join(c for c in p if c.isdigit()) or 0) for p in jax.__version__.split(".")[:3])
        if version < OLDEST:
            self.fail(
                f"JAX {jax.__version__} is too old: JitLens needs 0.4.38 or newer",
                f"Update it: {quoted(sys.executable)} -m pip install -U jax",
            )
        self.watcher.install(jax)

    def first_call(self, miss):
        measured = self.params["mode"] == "profile"
        try:
            self.watcher.quietly(lambda: self.look_at(miss, measured))
        except BaseException as e:
            import traceback
            traceback.print_exc()
            self.finish(failure(e, self))
        if self.params["mode"] == "trace" and self.seconds <= 0:
            self.done()
        self.channel.send({"kind": "partial", "report": self.record})
        self.progress(f"shown; {self.what.replace('your', 'the')} goes on, to see whether it is traced again", 0.95)
        end = self.done if self.live is None else self.live.end_file
        timer = threading.Timer(self.seconds, end)
        timer.daemon = True
        timer.start()
        if self.live is not None:
            # Somebody edits the file: what its end would teach is of no use any more.
            self.live.listen()
            self.channel.on_first = lambda: threading.Thread(target=end, daemon=True).start()

    def look_at(self, miss, measured, called=True):
        jax = self.jax
        args, kwargs, invented = self.values(miss, measured, called)
        jitted = miss.object
        self.progress("compiling", 0.4)
        times = {}
        start = time.perf_counter()
        lowered = jitted.lower(*args, **kwargs)
        times["lower"] = time.perf_counter() - start
        start = time.perf_counter()
        compiled = lowered.compile()
        times["compile"] = time.perf_counter() - start
        closed = miss.p.params["jaxpr"]
        if miss.record is not None:
            miss.record["mine"] = True
        if invented:
            self.warnings.append({"kind": "madeUp", "message": invented, "stack": None})
        self.record = {
            **self.traced(closed, lowered, self.site["name"], self.places, getattr(miss.p, "arg_names", None)),
            **compiled_parts(compiled),
            "again": {k: v * 1000 for k, v in times.items()},
            "called": self.stack(miss.frames) if called else None,
            "compilations": self.watcher.compilations,
            "warnings": self.warnings,
        }
        self.record["frames"], self.record["stacks"] = self.places.frames, self.places.stacks
        self.record["files"] = self.files(self.places, self.params["text"])
        if miss.names is not None:
            # Those that the program closes over come first, and have no other name.
            missing = len(self.record["arguments"]) - len(miss.names)
            for argument, own in zip(self.record["arguments"][max(0, missing):], miss.names):
                argument.append(own)
        if measured:
            # The graph is there: it is shown while the times are measured.
            self.channel.send({"kind": "partial", "report": self.record, "early": True})
            self.measure(jitted, miss, args, kwargs, closed, lowered, called)
            if self.params.get("compareEngine"):
                self.progress("taking the program and its values for JitLens's engine", 0.9)
                self.record["engine"] = self.for_engine(miss, closed, args, kwargs)
            if jax.default_backend() == "cpu":
                # What was measured is shown while XLA is asked for its reasons; the file does not go on yet.
                self.channel.send({"kind": "partial", "report": self.record, "early": True})
                self.progress("asking XLA why it fused what it fused", 0.92)
                self.record["fusions"] = self.reasons(lowered, max(times["compile"], miss.events.get("compile", 0) / 1000))

    def reasons(self, lowered, seconds):
        """XLA's verdicts on a CPU, or why they cannot be had."""
        if seconds > LONGEST_COMPILE:
            return {"why": f"compiling it took {seconds:.0f} s, and it is not compiled again for more than {LONGEST_COMPILE:.0f} s"}
        try:
            return cpu_fusions(lowered, 10 + 4 * seconds, self.watcher.options)
        except Exception as e:
            return {"why": brief(e)}

    def for_engine(self, miss, closed, args, kwargs):
        """The program as text with its lines, the values of the call, and what JAX gives for them."""
        try:
            effects = getattr(getattr(closed, "jaxpr", closed), "effects", None)
            if effects:
                return {"why": f"it has effects ({', '.join(sorted({type(e).__name__ for e in effects}))}), which would happen again"}
            return program_with_values(self.jax, closed, dynamic_leaves(self.jax, args, kwargs, miss.ji))
        except Exception as e:
            return {"why": brief(e)}

    def traced(self, closed, lowered, name, places, argument_names=None):
        """What a record says of a program before it is compiled."""
        jax = self.jax
        data = ProgramData(places)
        data.add(closed, name, None)
        text, lines = jaxpr_text(jax, closed, data)
        device = jax.devices()[0]
        import jaxlib
        return {
            "versions": {"python": sys.version.split()[0], "jax": jax.__version__, "jaxlib": jaxlib.__version__},
            "interpreter": sys.executable,
            "device": {"name": str(device.device_kind), "platform": str(device.platform), "count": jax.device_count()},
            "regions": data.regions,
            "jaxpr": {"text": text[:MOST_TEXT], "lines": lines},
            "arguments": self.argument_names(argument_names, closed),
            "results": [short_type(v) for v in getattr(closed, "out_avals", [])],
            "stablehlo": stablehlo(lowered)[:MOST_TEXT],
        }

    def files(self, places, own, home=None):
        """Texts of the files that are named; `own` is that of the clicked function's, which is `home` now."""
        home = home or self.params["file"]
        out = {}
        for f in places.frames:
            if f[0] not in out and len(out) < 200:
                text = own if same_file(f[0], home) else "".join(linecache.getlines(f[0]))
                if len(text) <= MOST_TEXT:
                    out[f[0]] = text
        out[home] = own
        return out

    def values(self, miss, measured, called):
        """What to lower and to measure with: the call's own values; made-up ones where it had none."""
        jax = self.jax
        leaves, tree = jax.tree_util.tree_flatten((miss.args, miss.kwargs))
        tracers = [isinstance(x, jax.core.Tracer) for x in leaves]
        if called and not any(tracers):
            return miss.args, miss.kwargs, None
        out = []
        for i, x in enumerate(leaves):
            if isinstance(x, jax.core.Tracer):
                x = jax.ShapeDtypeStruct(x.aval.shape, x.aval.dtype, weak_type=getattr(x.aval, "weak_type", False))
            if isinstance(x, jax.ShapeDtypeStruct) and measured:
                x = made_up(jax, x, i)
            out.append(x)
        args, kwargs = jax.tree_util.tree_unflatten(tree, out)
        why = None
        if measured:
            name = self.site["name"]
            why = (f"{name} was called inside another transformation: it was measured alone, with made-up values of the same types" if called
                   else f"{name} was measured with made-up values of the given types")
        return args, kwargs, why

    def argument_names(self, names, closed):
        """[name, type] of each input of the program, those that it closes over first."""
        avals = list(getattr(closed, "in_avals", []))
        names = list(names or [])
        if len(names) != len(avals):
            info = getattr(getattr(closed, "jaxpr", closed), "debug_info", None)
            names = list(getattr(info, "arg_names", None) or [])
        missing = len(avals) - len(names)
        names = [None] * max(0, missing) + names[-len(avals):] if avals else []
        return [[n if isinstance(n, str) and n else None, short_type(a)] for n, a in zip(names, avals)]

    def measure(self, jitted, miss, args, kwargs, closed, lowered, called):
        jax = self.jax
        effects = getattr(getattr(closed, "jaxpr", closed), "effects", None)
        if effects:
            self.warnings.append({"kind": "effects", "message": f"{self.site['name']} has effects ({', '.join(sorted({type(e).__name__ for e in effects}))}): it was not run again to be measured", "stack": None})
            return
        donates = bool(miss.ji.donate_argnums or miss.ji.donate_argnames)

        def once():
            a, k = copied(jax, (args, kwargs)) if donates else (args, kwargs)
            if donates:
                jax.block_until_ready((a, k))
            start = time.perf_counter()
            jax.block_until_ready(jitted(*a, **k))
            return (time.perf_counter() - start) * 1000

        self.progress("measuring", 0.6)
        try:
            first = once()
            warmups = 1 + (0 if first > 2000 else warm(once, WARMUP))
            walls = [first] if first > 10_000 else repeat(once)
        except Exception as e:
            self.warnings.append({"kind": "measure", "message": f"{self.site['name']} could not be run again to be measured: {brief(e)}", "stack": None})
            return
        self.record["timing"] = {"warmups": warmups, "walls": walls}
        try:
            a, k = copied(jax, (args, kwargs)) if donates else (args, kwargs)
            self.record["digests"] = digests(jax, jitted(*a, **k))
        except Exception:
            pass  # such as results that lie on another machine: nothing is held to them then
        self.progress("profiling", 0.8)
        seen = self.unbuffered(lowered, dynamic(args, kwargs, miss.ji), donates) or once
        data, why = profile(jax, seen, self.params["folder"])
        if data is None:
            self.warnings.append({"kind": "profiler", "message": f"no kernel times: {why}", "stack": None})
        else:
            self.record["profiled"] = PROFILED_RUNS
            self.record["xplane"] = base64.b64encode(data).decode()
        if called:
            self.watcher.calls.first(miss.frames, miss.seconds)
            self.watcher.calls.start(once, sorted(walls)[len(walls) // 2] / 1000)

    def unbuffered(self, lowered, given, donates):
        """On a GPU, one run without command buffers, for the profiler to see its kernels; elsewhere None."""
        jax = self.jax
        if jax.default_backend() not in ("gpu", "cuda", "rocm"):
            return None
        try:
            compiled, self.record["fusions"] = gpu_fusions(lowered)

            def once():
                args, kwargs = copied(jax, given) if donates else given
                jax.block_until_ready(compiled(*args, **kwargs))

            once()
        except Exception as e:
            self.record.setdefault("fusions", {"why": brief(e)})
            self.warnings.append({"kind": "commandBuffers", "message": f"command buffers could not be switched off: kernels inside them have no times ({brief(e)})", "stack": None})
            return None
        self.warnings.append({"kind": "commandBuffers", "message": "command buffers were off while kernels were timed, since a profiler sees nothing inside them; the time of a call is with them", "stack": None})
        return once

    # ---- a function that the file never calls

    def uncalled(self, main):
        site, types_ = self.site, self.params.get("types")
        if self.jax is None:
            self.fail(f"{self.what} does not import JAX when it runs", "Import it at the top of the file." if self.what == "your file" else "Import it in a cell above.")
        creation = next((c for c in self.watcher.created.values() if self.watcher.is_clicked(c, c.code) and c.object() is not None), None)
        jitted = creation.object() if creation else self.by_name(main)
        if jitted is None:
            self.fail(
                f"{site['name']} is never created: the code around it did not run",
                "Call the function that contains it, or move it to the top level of the file" + ("; code under if __name__ == \"__main__\" does run." if "__name__" in self.params["text"] else "."),
            )
        library = self.of_library(main)
        fun = library if library is not None else getattr(jitted, "__wrapped__", None)
        parameters = self.parameters(fun)
        if types_ is not None:
            self.check_count(len(types_), fun)
        given = ([stand_in(self.jax, t) for t in types_], {}) if types_ is not None else self.watcher.lowered
        if given is None:
            self.finish({"kind": "needs-arguments", "parameters": parameters})
        try:
            if library is not None and types_ is not None:
                self.call_with(library, given[0])
            self.trace_given(jitted, given, parameters)
        except BaseException as e:
            import traceback
            traceback.print_exc()
            self.finish(failure(e, self))

    def of_library(self, main):
        """The function that the file made with a library's own jit, by its name; JAX's jit inside it takes other arguments. None where JAX's jit made it."""
        made = main.__dict__.get(self.site["name"]) if not self.site.get("className") else None
        return made if callable(made) and type(made).__module__.split(".")[0] in ("equinox", "flax") else None

    def call_with(self, made, given):
        """Calls a library's jit function with made-up values of the types: it takes no types alone."""
        jax = self.jax
        leaves, tree = jax.tree_util.tree_flatten(list(given))
        values = [made_up(jax, x, i) if isinstance(x, jax.ShapeDtypeStruct) else x for i, x in enumerate(leaves)]
        self.warnings.append({"kind": "madeUp", "message": f"{self.site['name']} was called with made-up values of the given types", "stack": None})
        made(*jax.tree_util.tree_unflatten(tree, values))
        self.catch_up()
        if self.record is not None:
            self.done()

    def check_count(self, count, fun):
        """Ends the run where the function cannot be called with so many arguments. Of a method nothing is said here: it has a refusal of its own."""
        try:
            signature = inspect.signature(fun)
        except (TypeError, ValueError):
            return
        if self.site.get("className"):
            return
        places = [p for p in signature.parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        least = sum(p.default is p.empty for p in places)
        most = None if any(p.kind is p.VAR_POSITIONAL for p in signature.parameters.values()) else len(places)
        if least <= count and (most is None or count <= most):
            return
        takes = f"{least}" if most == least else f"{least} or more" if most is None else f"{least} to {most}"
        self.fail(
            f"{count} argument type{'' if count == 1 else 's'} for {self.site['name']}({', '.join(p.name for p in places)}), which takes {takes}",
            "Give a type for each argument that has no default, separated by commas: f32[2,3], i32[]",
        )

    def by_name(self, main):
        made = main.__dict__.get(self.site["name"])
        return made if hasattr(made, "lower") and hasattr(made, "trace") else None

    def parameters(self, fun):
        try:
            return [p.name for p in inspect.signature(fun).parameters.values() if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        except (TypeError, ValueError):
            return []

    def trace_given(self, jitted, given, parameters):
        args, kwargs = tuple(given[0]), given[1]
        if self.site.get("className") and parameters[:1] == ["self"] and self.params.get("types") is not None:
            self.fail(
                f"{self.site['name']} is a method of {self.site['className']}: what its self is cannot be said by argument types",
                "Call it in the file, or compile a function that is given what it needs.",
            )
        watcher = self.watcher
        watcher.state.last = None
        jitted.trace(*args, **kwargs)
        miss = watcher.state.last
        if miss is None:
            raise RuntimeError("JAX traced the function in a way that JitLens does not know")
        miss.object = jitted
        watcher.quietly(lambda: self.look_at(miss, self.params["mode"] == "profile", called=False))
        mine = miss.record or next((c for c in reversed(watcher.compilations) if c["function"] == miss.code.co_name), None)
        if mine is not None:
            mine["mine"] = True
            mine["phases"].update({k: v for k, v in self.record["again"].items() if k not in mine["phases"]})
        watcher.first = miss
        self.finish({"kind": "report", "report": self.record})


def compiled_parts(compiled):
    """What a record says of a program when it is compiled."""
    return {"hlo": hlo(compiled)[:4 * MOST_TEXT], "cost": numbers(lambda: compiled.cost_analysis()), "memory": memory(compiled)}


def stablehlo(lowered):
    try:
        module = lowered.compiler_ir("stablehlo")
        return module.operation.get_asm(large_elements_limit=32)
    except Exception:
        return lowered.as_text()


def hlo(compiled):
    try:
        return compiled.runtime_executable().hlo_modules()[0].to_string()
    except Exception:
        return compiled.as_text() or ""


def numbers(get):
    try:
        cost = get()
        cost = cost[0] if isinstance(cost, (list, tuple)) else cost
        return {k: float(v) for k, v in cost.items() if k in ("flops", "transcendentals", "bytes accessed")}
    except Exception:
        return {}


def memory(compiled):
    try:
        m = compiled.memory_analysis()
        return {k: int(getattr(m, f"{k}_size_in_bytes")) for k in ("argument", "output", "alias", "temp", "generated_code")}
    except Exception:
        return None


# ---- notebooks

class Notebook:
    """Cells in one namespace, in order, each a file of its own for frames and tracebacks: those above the clicked function's and its own, then those below
    until one has called it, or has defined its name again."""

    def __init__(self, run):
        self.run = run
        self.cells = run.params["cells"]
        self.at = next(i for i, c in enumerate(self.cells) if c["file"] == run.params["file"])
        self.flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        self.loop = None
        self.kept = None

    def start(self):
        for c in self.cells:
            remember_lines(c["file"], c["text"])
        # The folder of the notebook is that of its cells. Nothing may wait for a window to be closed.
        os.environ.setdefault("MPLBACKEND", "Agg")
        main = self.main = self.run.main_module(self.run.params["file"].rpartition("#")[0])
        main.display = display
        main.get_ipython = NoShell
        sys.meta_path.append(NoIPython({c["file"] for c in self.cells}))
        for i, cell in enumerate(self.cells):
            if i > self.at and self.is_over():
                break
            where = f"cell {i + 1} of {self.at + 1}" if i <= self.at else f"a cell below, to find a call of {self.run.site['name']}"
            self.run.progress(f"running {where}", 0.1)
            if not self.run.goes_well(lambda c=cell: self.cell(c)):
                return
            self.run.catch_up()
            if i == self.at:
                self.keep()
        self.run.wait_for_threads()
        self.run.ended(main)

    def cell(self, cell):
        for note in cell["notes"]:
            place = self.run.stack([(cell["file"], note["line"], 1, "<module>")])
            self.run.warnings.append({"kind": "skipped", "message": note["text"], "stack": place})
        code = compile(syntax(cell, self.flags), cell["file"], "exec", flags=self.flags, dont_inherit=True)
        self.flags |= future_flags(code)
        if self.run.live is not None:
            self.run.live.ran(code, cell)
        if code.co_flags & inspect.CO_COROUTINE:
            import asyncio
            if self.loop is None:
                self.loop = asyncio.new_event_loop()
                asyncio.set_event_loop(self.loop)
            self.loop.run_until_complete(eval(code, self.main.__dict__))
        else:
            exec(code, self.main.__dict__)

    def keep(self):
        """Holds what the clicked cell has made: where a later one takes its name, it is still the one that is meant."""
        site = self.run.site
        self.kept = self.main.__dict__.get(site.get("className") or site["name"])

    def is_over(self):
        run = self.run
        if run.record is not None or run.params.get("types") is not None:
            return True
        site = run.site
        return self.kept is not None and self.main.__dict__.get(site.get("className") or site["name"]) is not self.kept


def display(*values, **_options):
    """What a notebook shows below a cell, as text."""
    for v in values:
        print(repr(v))


class NoShell:
    """Stands for IPython's shell where none runs: whatever it is asked to do, nothing happens."""

    config = {}

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return lambda *_args, **_kw: None


class NoIPython:
    """Stands for IPython where it is not installed, and a cell asks for it: what it shows is left out."""

    def __init__(self, files):
        self.files = files

    def find_spec(self, name, path=None, target=None):
        # A library that asks whether it is there hears the truth.
        asked = name.startswith("IPython.") or (name == "IPython" and self.is_cell(sys._getframe(1)))
        return importlib.util.spec_from_loader(name, self, is_package=True) if asked else None

    def is_cell(self, frame):
        while frame is not None and frame.f_code.co_filename.startswith("<frozen importlib"):
            frame = frame.f_back
        return frame is not None and frame.f_code.co_filename in self.files

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        module.display = display
        module.get_ipython = lambda: NoShell() if self.is_cell(sys._getframe(1)) else None
        module.version_info = (0, 0, 0, "")
        module.__getattr__ = self.missing

    @staticmethod
    def missing(name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Shown


class Shown:
    """Something that a notebook would draw."""

    def __init__(self, *_args, **_kw):
        pass

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Shown

    def __repr__(self):
        return "(not shown)"


class JaxFinder:
    """Lets the hooks in right after JAX's own import: never before the user's file had its say about flags."""

    def __init__(self, run):
        self.run = run

    def find_spec(self, name, path=None, target=None):
        if name != "jax":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec("jax")
        if spec is None or spec.loader is None:
            return spec
        load = spec.loader.exec_module

        def exec_module(module):
            load(module)
            self.run.jax_is_here(module)

        spec.loader.exec_module = exec_module
        return spec


def main():
    if sys.argv[1:2] == ["--compile"]:
        compile_again(sys.argv[2])
    # A crash in compiled code says on stderr which line it was called from. On Windows it would also write of exceptions that libraries catch.
    if sys.platform != "win32" and sys.__stderr__ is not None:
        faulthandler.enable(sys.__stderr__, all_threads=False)
    channel = Channel()
    channel.watch()
    run = Run(channel)
    run.start()


if __name__ == "__main__":
    main()
