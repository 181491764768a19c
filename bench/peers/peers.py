"""NumPy, JAX or PyTorch as a peer of bench/peers.mjs: python peers.py LIBRARY THREADS. Requests and answers are lines of JSON (the protocol is in peers.mjs); the
programs are those of bench/work.mjs, by name."""
import json, math, sys, time
import numpy as np0

library, threads = sys.argv[1], int(sys.argv[2])
GELU = 0.7978845608


def simple(xp, softmax, gelu, complex_of):
    """What reads the same in NumPy and JAX."""
    f32 = np0.float32
    norm = lambda x: (x - x.mean(-1, keepdims=True)) / xp.sqrt(x.var(-1, keepdims=True) + f32(1e-5))
    cubic = lambda x: x + x * x + x * x * x

    def adam(p, m, v, g):
        m2, v2 = m * f32(0.9) + g * f32(0.1), xp.abs(v) * f32(0.999) + g * g * f32(0.001)
        return p - m2 * f32(10) / (xp.sqrt(v2 * f32(1000)) + f32(1e-8)) * f32(1e-3), m2, v2

    def block(q, k, v, o, w1, w2, x):
        n = norm(x)
        heads = lambda w: (n @ w).reshape(512, 8, 32).transpose(1, 0, 2)
        a = softmax((heads(q) @ heads(k).transpose(0, 2, 1)) * f32(1 / math.sqrt(32)))
        y = x + (a @ heads(v)).transpose(1, 0, 2).reshape(512, 256) @ o
        return y + gelu(norm(y) @ w1) @ w2

    def parts(z):
        return z.real, z.imag

    work = {
        "x + x² + x³, 4096²": cubic,
        "x + x² + x³, 10000²": cubic,
        "softmax 4096×1024": softmax,
        "layer norm + gelu 4096×1024": lambda x: gelu(norm(x)),
        "Σ tanh·exp, 16M": lambda x: (xp.tanh(x) * xp.exp(-x * x)).sum(),
        "float16 tanh 4M": lambda x: xp.tanh(x.astype(xp.float16)).astype(xp.float32),
        "tanh(x@w + b), 1024×512·512×512": lambda x, w, b: xp.tanh(x @ w + b),
        "attention, 8 heads, 512×64": lambda q, k, v: softmax((q @ k.transpose(0, 2, 1)) * f32(0.125)) @ v,
        "transformer block": block,
        "Adam, 10M": adam,
        "FFT 2^20": lambda x, y: parts(xp.fft.fft(complex_of(x, y))),
        "real FFT 2^20": lambda x: parts(xp.fft.rfft(x)),
        "sort 1M": lambda x: xp.sort(x),
        "cholesky 512": lambda x: xp.linalg.cholesky(x),
    }
    for n in (64, 512, 1024, 2048):
        work[f"matmul {n}³"] = lambda x, y: x @ y
    return work


def numpy_side():
    f32 = np0.float32

    def softmax(x):
        e = np0.exp(x - x.max(-1, keepdims=True))
        return e / e.sum(-1, keepdims=True)

    gelu = lambda x: f32(0.5) * x * (1 + np0.tanh(f32(GELU) * (x + f32(0.044715) * x * x * x)))
    work = simple(np0, softmax, gelu, lambda x, y: x + np0.complex64(1j) * y)

    def mlp(p, q, r, s, a, b):
        h = np0.tanh(a @ p + q)
        e = (h @ r + s - b) * f32(2 / b.size)
        d = (e @ r.T) * (1 - h * h)
        return a.T @ d, d.sum(0), h.T @ e, e.sum(0)

    def lstm(w, u, xs):
        sigmoid = lambda x: 1 / (1 + np0.exp(-x))
        h, c = np0.zeros((32, 128), f32), np0.zeros((32, 128), f32)
        out = np0.empty((256, 32, 128), f32)
        for t in range(256):
            i, f, g, o = np0.split((xs[t] @ w + h @ u) * f32(0.05), 4, axis=-1)
            c = sigmoid(f) * c + sigmoid(i) * np0.tanh(g)
            h = out[t] = sigmoid(o) * np0.tanh(c)
        return out

    def charges(x):
        d = [x[:, None, i] - x[None, :, i] for i in range(3)]
        s = 1 / (d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + 1)
        s3 = s * s * s
        # The derivative by the square of the distance, both ends of each pair.
        g = (3 * s3 - 6 * s3 * s3) * s
        return x - f32(1e-3) * np0.stack([8 * (g * e).sum(1) for e in d], 1)

    work |= {"gradient of an MLP, 256×784·512·10": mlp, "LSTM, 256 steps, 32×128": lstm, "Lennard-Jones step of 4,000": charges}
    return work, (lambda f, name: f), (lambda a: a), (lambda r: r), np0.asarray


def jax_side():
    import jax, jax.numpy as jnp
    from jax import lax

    work = simple(jnp, jax.nn.softmax, jax.nn.gelu, lax.complex)

    def loss(p, a, b):
        return jnp.square(jnp.tanh(a @ p[0] + p[1]) @ p[2] + p[3] - b).mean()

    def lstm(w, u, xs):
        def step(carry, x):
            h, c = carry
            i, f, g, o = jnp.split((x @ w + h @ u) * 0.05, 4, axis=-1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            return (h, c), h

        return lax.scan(step, (jnp.zeros((32, 128)), jnp.zeros((32, 128))), xs)[1]

    def net(k1, k2, w, x):
        conv = lambda a, k: lax.conv_general_dilated(a, k, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC"))
        pool = lambda a: a.reshape(a.shape[0], a.shape[1] // 2, 2, a.shape[2] // 2, 2, a.shape[3]).mean((2, 4))
        return pool(jax.nn.relu(conv(pool(jax.nn.relu(conv(x, k1))), k2))).reshape(32, 2048) @ w

    def energy(x):
        d = x[:, None] - x[None]
        s = 1 / ((d * d).sum(-1) + 1)
        s3 = s * s * s
        return 2 * (s3 * s3 - s3).sum()

    squares = lambda f: lambda *a: jnp.square(f(*a)).sum()
    work |= {
        "gradient of an MLP, 256×784·512·10": lambda p, q, r, s, a, b: jax.grad(loss)([p, q, r, s], a, b),
        "gradient of a transformer block": jax.grad(squares(work["transformer block"]), argnums=tuple(range(6))),
        "conv net": net,
        "gradient of a conv net": jax.grad(squares(net), argnums=(0, 1, 2)),
        "LSTM, 256 steps, 32×128": lstm,
        "Lennard-Jones step of 4,000": lambda x: x - 1e-3 * jax.grad(energy)(x),
    }
    # Where fresh memory costs more than the work, the arguments that become results are donated (CHAINED).
    return work, (lambda f, name: jax.jit(f, donate_argnums=tuple(range(CHAINED.get(name, 0))))), jnp.array, jax.block_until_ready, np0.asarray


def torch_side():
    import torch
    import torch.nn.functional as F

    torch.set_num_threads(threads)
    compiled = library == "torch-compile"
    norm = lambda x: F.layer_norm(x, x.shape[-1:], eps=1e-5)
    gelu = lambda x: F.gelu(x, approximate="tanh")
    cubic = lambda x: x + x * x + x * x * x

    def adam(p, m, v, g):
        m2, v2 = m * 0.9 + g * 0.1, v.abs() * 0.999 + g * g * 0.001
        return p - m2 * 10 / ((v2 * 1000).sqrt() + 1e-8) * 1e-3, m2, v2

    def block(q, k, v, o, w1, w2, x):
        n = norm(x)
        heads = lambda w: (n @ w).view(512, 8, 32).transpose(0, 1)
        a = F.scaled_dot_product_attention(heads(q)[None], heads(k)[None], heads(v)[None])[0]
        y = x + a.transpose(0, 1).reshape(512, 256) @ o
        return y + gelu(norm(y) @ w1) @ w2

    def net(k1, k2, w, x):
        conv = lambda a, k: F.conv2d(a, k.permute(3, 2, 0, 1), padding=1)
        a = F.avg_pool2d(F.relu(conv(x.permute(0, 3, 1, 2), k1)), 2)
        return F.avg_pool2d(F.relu(conv(a, k2)), 2).permute(0, 2, 3, 1).reshape(32, 2048) @ w

    def lstm(w, u, xs):
        h, c = torch.zeros(32, 128), torch.zeros(32, 128)
        out = []
        for x in xs:
            i, f, g, o = ((x @ w + h @ u) * 0.05).chunk(4, -1)
            c = f.sigmoid() * c + i.sigmoid() * g.tanh()
            h = o.sigmoid() * c.tanh()
            out.append(h)
        return torch.stack(out)

    def energy(x):
        d = x[:, None] - x[None]
        s = 1 / ((d * d).sum(-1) + 1)
        s3 = s * s * s
        return 2 * (s3 * s3 - s3).sum()

    def gradient(f, n):
        def g(*a):
            xs = [x.detach().requires_grad_() for x in a[:n]]
            return torch.autograd.grad(f(*xs, *a[n:]), xs)

        return g

    def fft(z):
        return z.real.contiguous(), z.imag.contiguous()

    mse = lambda p, q, r, s, a, b: (torch.tanh(a @ p + q) @ r + s - b).square().mean()
    step = gradient(energy, 1)
    work = {
        "x + x² + x³, 4096²": cubic,
        "x + x² + x³, 10000²": cubic,
        "softmax 4096×1024": lambda x: torch.softmax(x, -1),
        "layer norm + gelu 4096×1024": lambda x: gelu(norm(x)),
        "Σ tanh·exp, 16M": lambda x: (torch.tanh(x) * torch.exp(-x * x)).sum(),
        "float16 tanh 4M": lambda x: torch.tanh(x.half()).float(),
        "tanh(x@w + b), 1024×512·512×512": lambda x, w, b: torch.tanh(torch.addmm(b, x, w)),
        "attention, 8 heads, 512×64": lambda q, k, v: F.scaled_dot_product_attention(q[None], k[None], v[None])[0],
        "gradient of an MLP, 256×784·512·10": gradient(mse, 4),
        "transformer block": block,
        "gradient of a transformer block": gradient(lambda *a: block(*a).square().sum(), 6),
        "conv net": net,
        "gradient of a conv net": gradient(lambda *a: net(*a).square().sum(), 3),
        "Adam, 10M": adam,
        "LSTM, 256 steps, 32×128": lstm,
        "Lennard-Jones step of 4,000": lambda x: x - 1e-3 * step(x)[0],
        "FFT 2^20": lambda x, y: fft(torch.fft.fft(torch.complex(x, y))),
        "real FFT 2^20": lambda x: fft(torch.fft.rfft(x)),
        "sort 1M": lambda x: torch.sort(x).values,
        "cholesky 512": torch.linalg.cholesky,
    }
    for n in (64, 512, 1024, 2048):
        work[f"matmul {n}³"] = torch.matmul
    return work, (lambda f, name: torch.compile(f) if compiled else f), torch.from_numpy, (lambda r: r), lambda t: t.detach().numpy()


CHAINED = {"x + x² + x³, 4096²": 1, "x + x² + x³, 10000²": 1, "Adam, 10M": 3}


def answer(**said):
    print(json.dumps(said), flush=True)


def main():
    try:
        work, compile_, to, wait, back = {"numpy": numpy_side, "jax": jax_side}.get(library, torch_side)()
        version = sys.modules[library.split("-")[0]].__version__
        answer(version=version)
    except Exception as e:  # the harness shows it as this peer's row
        return answer(error=f"{type(e).__name__}: {e}"[:300])
    call, args, chained = None, None, 0
    for line in sys.stdin:
        r = json.loads(line)
        try:
            if r["op"] == "prepare":
                call = args = None
                if r["name"] not in work:
                    answer(error="not written for it")
                    continue
                call = compile_(work[r["name"]], r["name"])
                chained = CHAINED.get(r["name"], 0) if library == "jax" else 0
                args = [to(np0.fromfile(f, np0.float32).reshape(s)) for f, s in zip(r["files"], r["shapes"])]
                out = wait(call(*args))
                outs = list(out) if isinstance(out, (tuple, list)) else [out]
                for i, o in enumerate(outs):
                    flat = np0.asarray(back(o), np0.float32).reshape(-1)
                    flat[:: -(-flat.size // r["most"])].tofile(f"{r['out']}-{i}")
                if chained:
                    args[:chained] = outs
                answer(outputs=len(outs))
            else:
                times, start = [], time.perf_counter()
                while len(times) < r["least"] or time.perf_counter() - start < r["seconds"]:
                    t = time.perf_counter()
                    out = wait(call(*args))
                    times.append((time.perf_counter() - t) * 1e3)
                    if chained:
                        args[:chained] = list(out) if isinstance(out, (tuple, list)) else [out]
                answer(times=times)
        except Exception as e:
            answer(error=f"{type(e).__name__}: {e}"[:300])


if library == "numpy":
    import numpy
main()
