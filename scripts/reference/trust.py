"""Prints the numbers of Tests/LuaLibraryTests/specs/aggregators/references_spec.lua and of specs/math/: what rules of the
trust and clustering family give for made-up updates, written anew with numpy, scikit-learn and hdbscan.

Needs numpy, scikit-learn and hdbscan. Run from the top of the repository: python3 scripts/reference/trust.py
"""
import hdbscan
import numpy as np
from sklearn.cluster import AgglomerativeClustering, KMeans, MeanShift, estimate_bandwidth

N, D, BAD = 9, 12, 2


def rows(n=N, d=D, bad=BAD):
    """Honest rows around one vector, and at the end rows of attackers around its opposite."""
    x = np.zeros((n, d))
    for i in range(1, n + 1):
        for j in range(1, d + 1):
            if i <= n - bad:
                x[i - 1, j - 1] = np.sin(j) + 0.5 * np.sin(12.9898 * i + 78.233 * j)
            else:
                x[i - 1, j - 1] = -3 * np.sin(j) + 0.3 * np.sin(4.1 * i + 2.7 * j)
    return x.astype(np.float32).astype(np.float64)


def lua(values):
    return "{ " + ", ".join(f"{v:.7g}" for v in np.asarray(values, dtype=float).reshape(-1)) + " }"


def show(name, update):
    print(f"{name} = {lua(update)},")


def clip(x, limit):
    norms = np.linalg.norm(x, axis=1)
    return x * np.minimum(1, limit / norms)[:, None]


def cosines(x):
    u = x / np.linalg.norm(x, axis=1, keepdims=True)
    return u @ u.T


def dnc(x, f):
    centered = x - x.mean(0)
    _, _, v = np.linalg.svd(centered, full_matrices=False)
    return x[np.argsort((centered @ v[0]) ** 2, kind="stable")[: len(x) - f]].mean(0)


def signguard(x):
    norms = np.linalg.norm(x, axis=1)
    middle = np.median(norms)
    in_band = (norms >= 0.1 * middle) & (norms <= 3 * middle)
    shares = np.stack([(x < 0).mean(1), (x == 0).mean(1), (x > 0).mean(1)], 1)
    labels = MeanShift(bandwidth=estimate_bandwidth(shares, quantile=0.5)).fit_predict(shares)
    kept = in_band & (labels == np.bincount(labels).argmax())
    return clip(x, middle)[kept].mean(0)


def clipped_clustering(x, history):
    norms = np.linalg.norm(x, axis=1)
    history.extend(norms)
    distances = 1 - cosines(x)
    np.fill_diagonal(distances, 0)
    labels = AgglomerativeClustering(2, metric="precomputed", linkage="average").fit_predict(distances)
    kept = labels == np.bincount(labels).argmax()
    return clip(x, np.median(history))[kept].mean(0)


def foolsgold(sums, x):
    cs = cosines(sums) - np.eye(len(x))
    largest = cs.max(1) + 1e-5
    for i in range(len(x)):
        for j in range(len(x)):
            if i != j and largest[i] < largest[j]:
                cs[i, j] *= largest[i] / largest[j]
    np.fill_diagonal(cs, -np.inf)
    w = np.clip(1 - cs.max(1), 0, 1)
    w = np.minimum(w / w.max(), 0.99)
    w = np.clip(np.log(w / (1 - w)) + 0.5, 0, 1)
    return w @ x, w


def flame(x):
    labels = hdbscan.HDBSCAN(
        min_cluster_size=len(x) // 2 + 1, min_samples=1, allow_single_cluster=True, metric="precomputed"
    ).fit_predict(1 - cosines(x))
    return clip(x, np.median(np.linalg.norm(x, axis=1)))[labels == 0].mean(0)


def mz(values):
    return np.abs(values - np.median(values)) / np.std(values)


def alignins(x, model):
    signs = np.sign(np.sign(x).sum(0))
    k = int(0.3 * x.shape[1])
    tda = x @ model / np.linalg.norm(x, axis=1) / np.linalg.norm(model)
    mpsa = []
    for row in x:
        top = np.argsort(-np.abs(row))[:k]
        mpsa.append((np.sign(row[top]) == signs[top]).mean())
    kept = (mz(tda) < 1) & (mz(np.array(mpsa)) < 1)
    survivors = x[kept]
    return clip(survivors, np.median(np.linalg.norm(survivors, axis=1))).mean(0)


def lasa(x, layers):
    clipped = clip(x, np.median(np.linalg.norm(x, axis=1)))
    sparse = clipped.copy()
    for row in sparse:
        row[np.argsort(-np.abs(row))[int(0.7 * len(row)):]] = 0
    pieces = []
    for first, last in layers:
        part = sparse[:, first:last]
        purity = 0.5 * np.sign(part).sum(1) / np.abs(np.sign(part)).sum(1)
        kept = (mz(np.linalg.norm(part, axis=1)) < 2) & (mz(purity) < 1)
        if not kept.any():
            kept[:] = True
        pieces.append(clipped[kept, first:last].mean(0))
    return np.concatenate(pieces)


def multi_metrics(x, keep):
    n = len(x)
    norms = np.linalg.norm(x, axis=1)
    cos = cosines(x)
    points = np.array([[
        ((1 - cos[i]) ** 2).sum() - (1 - cos[i, i]) ** 2, np.abs(x[i] - x).sum(), np.abs(norms[i] - norms).sum()
    ] for i in range(n)])
    inverse = np.linalg.inv(np.cov(points.T))
    scores = np.einsum("ia,ab,ib->i", points, inverse, points)
    return x[np.argsort(scores, kind="stable")[: int(keep * n)]].mean(0), scores


def lbfgs_product(steps, changes, v):
    s, y = steps.T, changes.T
    sy = s.T @ y
    sigma = (y[:, -1] @ s[:, -1]) / (s[:, -1] @ s[:, -1])
    below = np.tril(sy, -1)
    matrix = np.block([[sigma * s.T @ s, below], [below.T, -np.diag(np.diag(sy))]])
    p = np.concatenate([sigma * (s.T @ v), y.T @ v])
    return sigma * v - np.concatenate([sigma * s, y], 1) @ np.linalg.solve(matrix, p)


def attention(x, components=10, loops=5, scale=10, threshold=0.005):
    u, s, _ = np.linalg.svd(x, full_matrices=False)
    keys = (u * s)[:, :components]
    query = np.median(keys, axis=0)
    for _ in range(loops):
        score = scale * keys @ query / np.linalg.norm(keys, axis=1) / np.linalg.norm(query)
        w = np.exp(score - score.max())
        w /= w.sum()
        w[w <= threshold] = 0
        query = w @ keys
    return (w / w.sum()) @ x


def foundationfl(x, copies):
    high, low = x.max(0), x.min(0)
    scores = np.minimum(np.linalg.norm(x - high, axis=1), np.linalg.norm(x - low, axis=1))
    return np.median(np.concatenate([x, np.repeat(x[[scores.argmax()]], copies, 0)]), axis=0)


def gas(x, f):
    """Each coordinate is a piece of its own, so that no random split takes part."""
    return x[np.argsort(np.abs(x - np.median(x, axis=0)).sum(1), kind="stable")[: len(x) - f]].mean(0)


def rlr(x, threshold):
    return x.mean(0) * np.where(np.abs(np.sign(x).sum(0)) >= threshold, 1, -1)


def points(n, groups):
    """Points of the plane in groups that are not alike; the last one lies apart."""
    result = []
    for k in range(1, n + 1):
        g = k % groups
        result.append([7 * np.cos(2.4 * g) + (0.3 + 0.2 * g) * np.sin(12.9898 * k),
                       7 * np.sin(2.4 * g) + (0.3 + 0.2 * g) * np.sin(78.233 * k)])
    result[-1] = [30.0, 30.0]
    return np.array(result)


def math_numbers():
    for n, groups, least, samples, single in (
        (20, 3, 3, 1, False), (26, 2, 5, 1, False), (17, 4, 2, 1, False), (15, 1, 8, 1, True), (24, 3, 4, 1, True),
    ):
        x = points(n, groups)
        d = np.sqrt(((x[:, None] - x[None]) ** 2).sum(-1))
        labels = hdbscan.HDBSCAN(
            min_cluster_size=least, min_samples=samples, allow_single_cluster=single, metric="precomputed").fit_predict(d)
        print(f"-- hdbscan n={n} groups={groups} least={least} single={single}: {' '.join(str(v + 1) for v in labels)}")
    x = points(20, 3)
    d = np.sqrt(((x[:, None] - x[None]) ** 2).sum(-1))
    for linkage in "average", "single", "complete":
        labels = AgglomerativeClustering(4, metric="precomputed", linkage=linkage).fit_predict(d)
        print(f"-- agglomerative {linkage}: {' '.join(str(v) for v in labels)}")
    print("-- kmeans inertia", [round(KMeans(k, n_init=50, random_state=0).fit(x).inertia_, 5) for k in (1, 2, 3, 4, 5)])
    bandwidth = estimate_bandwidth(x, quantile=0.3)
    labels = MeanShift(bandwidth=bandwidth).fit_predict(x)
    print(f"-- mean shift {bandwidth:.6f}: {' '.join(str(v) for v in labels)}")
    s, y, v = rows(4, 6, 0)[:3], rows(7, 6, 0)[4:7], rows(9, 6, 0)[8]
    show("lbfgs", lbfgs_product(s, y, v))
    u, sv, _ = np.linalg.svd(rows() - rows().mean(0), full_matrices=False)
    show("pca_first", np.abs((u * sv)[:, 0]))
    show("pca_shares", (sv ** 2 / (sv ** 2).sum())[:3])


def main():
    x, model = rows(), np.cos(np.arange(1, D + 1))
    show("dnc", dnc(x, 2))
    show("signguard", signguard(x))
    show("clipped_clustering", clipped_clustering(x, []))
    later = x.copy()
    later[8] = later[7]
    update, trust = foolsgold(later, later)
    show("foolsgold", update)
    show("foolsgold_trust", trust)
    show("flame", flame(x))
    show("alignins", alignins(x, model))
    show("lasa", lasa(x, [(0, D)]))
    update, scores = multi_metrics(x, 0.5)
    show("multi_metrics", update)
    show("multi_metrics_scores", scores)
    show("aaa", attention(x))
    show("foundationfl", foundationfl(x, 4))
    show("gas", gas(x, 2))
    show("rlr", rlr(x, 7))
    math_numbers()


main()
