"""JitLens's runner for Python: runs the user's file as it is, with the user's own JAX, and tells the host what JAX made of one jit function.

Standard library and JAX only; nothing is installed. The host starts it and speaks to it over file descriptor 3: one line {token, params} comes in, lines of
JSON with the token go out. Nothing of JAX is replaced: two private functions that jit's C++ cache calls on each miss are wrapped, so that the user's objects
stay what they are. What is heavy happens after the first call of the clicked function has returned.
"""
import base64
import importlib.util
import inspect
import json
import linecache
import os
import signal
import sys
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
        """Ends this process and its group when the host is gone."""
        def wait():
            try:
                while os.read(self.fd, 4096):
                    pass
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
    if hasattr(code, "co_positions") and at >= 0:
        import itertools
        where = next(itertools.islice(code.co_positions(), at // 2, None), None)
        if where and where[0] is not None and where[2] is not None:
            line, col = where[0], column(code.co_filename, where[0], where[2])
    return (code.co_filename, line, col, code.co_name)


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

    def __init__(self, jax, ji, args, kwargs):
        from jax.tree_util import keystr, tree_flatten_with_path
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

    __slots__ = ("info", "at", "object", "code", "frames", "fun")

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

    @property
    def state(self):
        s = self.local
        if not hasattr(s, "sinks"):
            s.sinks, s.slots, s.depth, s.last, s.quiet = [], [], 0, None, 0
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
        jax.monitoring.register_event_duration_secs_listener(self.event)

    # What JAX says that a phase took goes to the innermost miss of this thread.
    PHASES = {"jaxpr_trace_duration": "trace", "jaxpr_to_mlir_module_duration": "lower", "backend_compile_duration": "compile"}

    def event(self, name, seconds, **_kw):
        s = self.state
        phase = self.PHASES.get(name.rsplit("/", 1)[-1])
        if phase and s.sinks and s.sinks[-1] is not None and not s.quiet:
            s.sinks[-1][phase] = seconds * 1000

    def creates(self, fun, ji, *rest, **kw):
        made = self._cpp_pjit(fun, ji, *rest, **kw)
        if not self.state.quiet:
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
        miss.frames = user_frames(sys._getframe(1))
        signature = self.signature(miss)
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
        self.traced(miss, signature)
        miss.mine = mine
        if mine and self.first is None:
            self.lowered = abstracted(self.jax, args, kwargs, ji)
        # Up to 0.4.x a call asks for its program from inside the function that is wrapped.
        if s.slots and s.slots[-1][0] is ji and s.slots[-1][1] is None:
            s.slots[-1][1] = miss
            if mine:
                self.keep(miss)
        s.last = miss
        return out

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
        miss.args = miss.kwargs = miss.object = miss.fun = None

    # ---- why it is traced

    def signature(self, miss):
        try:
            return self.quietly(lambda: Signature(self.jax, miss.ji, miss.args, miss.kwargs))
        except Exception:
            return None

    def is_clicked(self, creation, code):
        site, file = self.run.site, self.run.params["file"]
        if creation is not None:
            at = creation.is_at(site, file)
            if at is not None:
                return at
        return code_is(code, site, file)

    def traced(self, miss, signature):
        """Notes a trace, if this miss was one: its program is a new object then."""
        closed = miss.p.params["jaxpr"]
        inner = getattr(closed, "jaxpr", closed)
        key = (miss.code.co_filename, miss.code.co_firstlineno, miss.code.co_name)
        with self.lock:
            seen = self.seen.setdefault(key, {})
            if id(inner) in seen:
                return
            seen[id(inner)] = inner
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


def abstracted(jax, args, kwargs, ji):
    """Arguments with their arrays as shapes: nothing is kept alive."""
    def one(x):
        aval = abstract(jax, x)
        return x if aval is None else jax.ShapeDtypeStruct(aval.shape, aval.dtype, weak_type=bool(getattr(aval, "weak_type", False)))
    static = {n % len(args) for n in ji.static_argnums if args and -len(args) <= n < len(args)}
    try:
        return (
            tuple(a if i in static else jax.tree_util.tree_map(one, a) for i, a in enumerate(args)),
            {k: v if k in ji.static_argnames else jax.tree_util.tree_map(one, v) for k, v in kwargs.items()},
        )
    except Exception:
        return None


def dynamic_leaves(jax, args, kwargs, ji):
    """The arrays of a call in the order of the program's inputs."""
    static = {n % len(args) for n in ji.static_argnums if args and -len(args) <= n < len(args)}
    return jax.tree_util.tree_leaves((
        tuple(a for i, a in enumerate(args) if i not in static),
        {k: v for k, v in kwargs.items() if k not in ji.static_argnames},
    ))


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
            if hasattr(code, "co_positions") and lasti >= 0:
                import itertools
                where = next(itertools.islice(code.co_positions(), lasti // 2, None), None)
                if where and where[0] is not None:
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
        return None, f"the profiler could not be started: {first_line(e)}"
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


def first_line(e):
    text = str(e).strip()
    return text.split("\n")[0] if text else type(e).__name__


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


def failure(e, run):
    """An exception of the user's program: what happened, on which of their lines, what to do."""
    name = type(e).__name__
    file, line, col = None, None, None
    if isinstance(e, SyntaxError) and e.filename:
        file, line, col = e.filename, e.lineno, e.offset
        message = f"{name}: {e.msg}"
    else:
        tb = e.__traceback__
        while tb is not None:
            if is_users(tb.tb_frame.f_code.co_filename):
                file, line, col, _func = (tb.tb_frame.f_code.co_filename, tb.tb_lineno, *position(tb.tb_frame, tb.tb_lasti)[2:])
            tb = tb.tb_next
        message = f"{name}: {paragraph(e)}"
    missing = getattr(e, "name", None) if isinstance(e, ModuleNotFoundError) else None
    if missing:
        top = missing.split(".")[0]
        action = f"Install it: {quoted(sys.executable)} -m pip install {top}"
        if top in ("jax", "jaxlib"):
            action += ", or set jitlens.python to the interpreter that has it"
        message = f"JAX is not installed in {sys.executable}" if top in ("jax", "jaxlib") else f'the module "{missing}" is not found'
    else:
        action = next((r for n, r in REMEDIES if any(c.__name__ == n for c in type(e).__mro__)), OTHERWISE)
    return {"kind": "error", "message": message[:4000], "file": file or run.params["file"], "line": line or run.site["line"] + 1, "column": col or 1, "action": action}


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
    return " ".join(kept) or text[:300]


# ---- the run

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

    def progress(self, message, fraction):
        self.channel.send({"kind": "progress", "message": message, "fraction": fraction})

    def stack(self, frames):
        return self.places.stack(frames)

    def finish(self, message):
        """Sends the outcome and waits for the host to end this process with its children, which it finds while their parent lives."""
        with self.lock:
            if self.finished:
                return
            self.finished = True
        for stream in (sys.stdout, sys.stderr):
            try:
                stream.flush()
            except Exception:
                pass
        self.channel.send(message)
        time.sleep(5)
        os._exit(0)

    def fail(self, message, action, line=None):
        self.finish({"kind": "error", "message": message, "file": self.params["file"], "line": line or self.site["line"] + 1, "column": 1, "action": action})

    def done(self, error=None):
        """The report as it is, with what was traced after it."""
        more = {
            "compilations": self.watcher.compilations,
            "frames": self.places.frames,
            "stacks": self.places.stacks,
            "warnings": list(self.warnings),
        }
        if error is not None:
            at = [(error["file"], error["line"], error["column"], "")] if error.get("file") else []
            more["warnings"].append({"kind": "error", "message": f"after the calls that are shown, the file ended with an error: {error['message']}", "stack": self.stack(at)})
        self.finish({"kind": "report", "report": {"more": more}})

    def start(self):
        sys.meta_path.insert(0, JaxFinder(self))
        os.chdir(self.params.get("cwd") or os.path.dirname(self.params["file"]))
        path = self.params.get("entry") or self.params["file"]
        if self.params.get("entry"):
            with open(path, "rb") as f:
                text = f.read()
        else:
            text = self.params["text"]
            lines = text.splitlines(True)
            # Tracebacks show the text that was run, saved or not.
            linecache.cache[path] = (len(text), None, lines, path)
        main = types.ModuleType("__main__")
        main.__file__ = path
        main.__builtins__ = __builtins__
        sys.modules["__main__"] = main
        sys.argv = [path]
        sys.path[0] = os.path.dirname(path)
        self.progress("running your file", 0.1)
        try:
            exec(compile(text, path, "exec", dont_inherit=True), main.__dict__)
        except SystemExit as e:
            self.exited(e)
            return
        except BaseException as e:
            self.crashed(e)
            return
        self.wait_for_threads()
        self.ended(main)

    def wait_for_threads(self):
        for t in threading.enumerate():
            if t is not threading.current_thread() and not t.daemon:
                t.join()

    def exited(self, e):
        self.catch_up()
        if self.record is not None:
            self.done()
        line = None
        tb = e.__traceback__
        while tb is not None:
            if is_users(tb.tb_frame.f_code.co_filename):
                line = tb.tb_lineno
            tb = tb.tb_next
        code = 0 if e.code is None else e.code
        self.fail(
            f"your file ended with exit code {code} before {self.site['name']} was called" if isinstance(code, int) else f"your file ended itself before {self.site['name']} was called: {str(code)[:500]}",
            "Call the function before sys.exit, or write # trace: f32[2,3] with its argument types above it.",
            line,
        )

    def crashed(self, e):
        import traceback
        traceback.print_exception(type(e), e, e.__traceback__.tb_next if e.__traceback__ else None)
        error = failure(e, self)
        if self.record is None and self.watcher.pending is not None:
            self.catch_up()
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
        self.catch_up()
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
        self.progress("shown; the file goes on, to see whether it is traced again", 0.95)
        timer = threading.Timer(self.seconds, self.done)
        timer.daemon = True
        timer.start()

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
        data = ProgramData(self.places)
        data.add(closed, self.site["name"], None)
        text, lines = jaxpr_text(jax, closed, data)
        device = jax.devices()[0]
        if miss.record is not None:
            miss.record["mine"] = True
        import jaxlib
        self.record = {
            "versions": {"python": sys.version.split()[0], "jax": jax.__version__, "jaxlib": jaxlib.__version__},
            "interpreter": sys.executable,
            "device": {"name": str(device.device_kind), "platform": str(device.platform), "count": jax.device_count()},
            "regions": data.regions,
            "jaxpr": {"text": text[:MOST_TEXT], "lines": lines},
            "arguments": self.argument_names(miss, closed),
            "results": [short_type(v) for v in getattr(closed, "out_avals", [])],
            "stablehlo": stablehlo(lowered)[:MOST_TEXT],
            "hlo": hlo(compiled)[:4 * MOST_TEXT],
            "cost": numbers(lambda: compiled.cost_analysis()),
            "memory": memory(compiled),
            "again": {k: v * 1000 for k, v in times.items()},
            "called": self.stack(miss.frames) if called else None,
        }
        if invented:
            self.warnings.append({"kind": "madeUp", "message": invented, "stack": None})
        self.record["compilations"] = self.watcher.compilations
        self.record["warnings"] = self.warnings
        self.record["frames"], self.record["stacks"] = self.places.frames, self.places.stacks
        self.record["files"] = self.files()
        if measured:
            # The graph is there: it is shown while the times are measured.
            self.channel.send({"kind": "partial", "report": self.record, "early": True})
            self.measure(jitted, miss, args, kwargs, closed)
            if self.params.get("compareEngine"):
                self.progress("taking the program and its values for JitLens's engine", 0.9)
                self.record["engine"] = self.for_engine(miss, closed, args, kwargs)

    def for_engine(self, miss, closed, args, kwargs):
        """The program as text with its lines, the values of the call, and what JAX gives for them."""
        try:
            effects = getattr(getattr(closed, "jaxpr", closed), "effects", None)
            if effects:
                return {"why": f"it has effects ({', '.join(sorted({type(e).__name__ for e in effects}))}), which would happen again"}
            return program_with_values(self.jax, closed, dynamic_leaves(self.jax, args, kwargs, miss.ji))
        except Exception as e:
            return {"why": first_line(e)}

    def files(self):
        out = {}
        for f in self.places.frames:
            if f[0] not in out and len(out) < 200:
                text = self.params["text"] if same_file(f[0], self.params["file"]) else "".join(linecache.getlines(f[0]))
                if len(text) <= MOST_TEXT:
                    out[f[0]] = text
        out[self.params["file"]] = self.params["text"]
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

    def argument_names(self, miss, closed):
        """[name, type] of each input of the program, those that it closes over first."""
        avals = list(getattr(closed, "in_avals", []))
        names = list(getattr(miss.p, "arg_names", None) or [])
        if len(names) != len(avals):
            info = getattr(getattr(closed, "jaxpr", closed), "debug_info", None)
            names = list(getattr(info, "arg_names", None) or [])
        missing = len(avals) - len(names)
        names = [None] * max(0, missing) + names[-len(avals):] if avals else []
        return [[n if isinstance(n, str) and n else None, short_type(a)] for n, a in zip(names, avals)]

    def measure(self, jitted, miss, args, kwargs, closed):
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
            self.warnings.append({"kind": "measure", "message": f"{self.site['name']} could not be run again to be measured: {first_line(e)}", "stack": None})
            return
        self.record["timing"] = {"warmups": warmups, "walls": walls}
        self.progress("profiling", 0.8)
        data, why = profile(jax, once, self.params["folder"])
        if data is None:
            self.warnings.append({"kind": "profiler", "message": f"no kernel times: {why}", "stack": None})
        else:
            self.record["profiled"] = PROFILED_RUNS
            self.record["xplane"] = base64.b64encode(data).decode()

    # ---- a function that the file never calls

    def uncalled(self, main):
        site, types_ = self.site, self.params.get("types")
        if self.jax is None:
            self.fail("your file does not import JAX when it runs", "Import it at the top of the file.")
        creation = next((c for c in self.watcher.created.values() if self.watcher.is_clicked(c, c.code) and c.object() is not None), None)
        jitted = creation.object() if creation else self.by_name(main)
        if jitted is None:
            self.fail(
                f"{site['name']} is never created: the code around it did not run",
                "Call the function that contains it, or move it to the top level of the file" + ("; code under if __name__ == \"__main__\" does run." if "__name__" in self.params["text"] else "."),
            )
        fun = getattr(jitted, "__wrapped__", None)
        parameters = self.parameters(fun)
        given = ([stand_in(self.jax, t) for t in types_], {}) if types_ is not None else self.watcher.lowered
        if given is None:
            self.finish({"kind": "needs-arguments", "parameters": parameters})
        try:
            self.trace_given(jitted, given, parameters)
        except BaseException as e:
            import traceback
            traceback.print_exc()
            self.finish(failure(e, self))

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
        if parameters and len(args) > len(parameters):
            raise TypeError(f"{len(args)} argument types for {self.site['name']}({', '.join(parameters)})")
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
    channel = Channel()
    channel.watch()
    run = Run(channel)
    run.start()


if __name__ == "__main__":
    main()
