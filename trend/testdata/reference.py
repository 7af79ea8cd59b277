"""Reference values for the trend tests, from independent implementations.

Run with numpy 2.4, scipy 1.17, statsmodels 0.15:

    python reference.py > reference.json

The series are given here in full, so that nothing depends on a random generator.
Times are days since 1970-01-01; years are days / 365.25.
"""

import json

import numpy as np
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import optimize, stats

YEAR = 365.25
CONFIDENCE = 0.95


def rounded(v):
    return [float(f"{x:.6g}") for x in v]


# A growing quantity with irregular dates and scatter of some tenths of a doubling.
growth_days = [11000, 11350, 11500, 11970, 12400, 12400, 13100, 13333, 13800, 14250, 14700, 15000, 15555, 16000, 16200]
noise = [0.3, -0.2, 0.1, -0.4, 0.25, 0.5, -0.35, 0.05, 0.2, -0.15, -0.3, 0.45, -0.1, 0.15, -0.25]
growth_values = rounded(5 * 2 ** ((np.array(growth_days) - 11000) / YEAR * 0.6 + np.array(noise)))

# Scores that rise from a floor of a quarter towards a ceiling.
score_days = [18000, 18200, 18420, 18600, 18790, 18990, 19150, 19400, 19580, 19750, 19990, 20200]
wobble = [0.012, -0.01, 0.02, -0.015, 0.008, 0.018, -0.02, 0.01, -0.012, 0.015, -0.008, 0.005]
score_years = np.array(score_days) / YEAR
score_values = rounded(0.25 + 0.68 / (1 + np.exp(-1.9 * (score_years - 52.1))) + np.array(wobble))

# A line that bends.
bend_days = [int(d) for d in np.linspace(9000, 17000, 24)]
bend_noise = np.array([0.2, -0.1, 0.15, -0.3, 0.05, 0.1, -0.2, 0.25, -0.05, 0.0, 0.1, -0.15,
                       0.2, -0.25, 0.3, -0.1, 0.05, -0.2, 0.15, 0.1, -0.3, 0.2, -0.05, 0.1])
bend_years = np.array(bend_days) / YEAR
bend_values = rounded(3 + 0.9 * (bend_years - bend_years[0]) - 0.7 * np.maximum(0, bend_years - 36.3) + bend_noise)


def least_squares(days, values, log, at_day, threshold):
    x = np.array(days) / YEAR
    v = np.array(values)
    y = np.log2(v) if log else v
    X = sm.add_constant(x)
    fit = sm.OLS(y, X).fit()
    ci = fit.conf_int(1 - CONFIDENCE)
    point = fit.get_prediction(np.array([[1, at_day / YEAR]])).summary_frame(1 - CONFIDENCE).iloc[0]
    hc3 = sm.OLS(y, X).fit(cov_type="HC3", use_t=True)
    h = hc3.conf_int(1 - CONFIDENCE)
    ts = stats.theilslopes(y, x, alpha=CONFIDENCE)
    n, k = len(y), 3
    loglik = fit.llf - (np.sum(np.log(v * np.log(2))) if log else 0)
    aicc = -2 * loglik + 2 * k + 2 * k * (k + 1) / (n - k - 1)
    # The delta method for the date of the threshold, from the covariance of (intercept, slope).
    a, b = fit.params
    target = np.log2(threshold) if log else threshold
    date = (target - a) / b
    g = np.array([-1 / b, -(target - a) / b**2])
    half = stats.t.ppf(0.5 + CONFIDENCE / 2, n - 2) * np.sqrt(g @ fit.cov_params() @ g)
    back = np.exp2 if log else (lambda z: z)
    return {
        "slope": [b, *ci[1]], "intercept": [a, *ci[0]], "r2": fit.rsquared, "aicc": aicc,
        "residual_sd": np.sqrt(fit.mse_resid),
        "at_day": at_day,
        "mean": [back(point["mean"]), back(point["mean_ci_lower"]), back(point["mean_ci_upper"])],
        "observation": [back(point["obs_ci_lower"]), back(point["obs_ci_upper"])],
        "hc3_slope": [hc3.params[1], *h[1]], "hc3_intercept": [hc3.params[0], *h[0]],
        "theil_sen": [ts.slope, ts.low_slope, ts.high_slope],
        "threshold": threshold, "threshold_years": [date, date - half, date + half],
    }


def logistic(days, values, floor, ceiling, threshold, at_day):
    x, y = np.array(days) / YEAR, np.array(values)

    def f(t, k, t0, d=ceiling):
        return floor + (d - floor) / (1 + np.exp(-k * (t - t0)))

    start = [1.0, x.mean()] + ([0.95] if ceiling is None else [])
    p, cov = optimize.curve_fit(f, x, y, start, xtol=1e-14, ftol=1e-14, gtol=1e-14, maxfev=100000)
    df = len(x) - len(p)
    q = stats.t.ppf(0.5 + CONFIDENCE / 2, df)
    se = np.sqrt(np.diag(cov))
    rss = np.sum((y - f(x, *p)) ** 2)
    n, k = len(x), len(p) + 1
    aicc = n * np.log(2 * np.pi * rss / n) + n + 2 * k + 2 * k * (k + 1) / (n - k - 1)

    def crossing(p):
        d = p[2] if ceiling is None else ceiling
        share = (threshold - floor) / (d - floor)
        return p[1] + np.log(share / (1 - share)) / p[0]

    g = optimize.approx_fprime(p, crossing, 1e-7)
    half = q * np.sqrt(g @ cov @ g)
    gm = optimize.approx_fprime(p, lambda p: f(at_day / YEAR, *p), 1e-7)
    var = gm @ cov @ gm
    m = f(at_day / YEAR, *p)
    out = {
        "k": [p[0], p[0] - q * se[0], p[0] + q * se[0]],
        "midpoint": [p[1], p[1] - q * se[1], p[1] + q * se[1]],
        "r2": 1 - rss / np.sum((y - y.mean()) ** 2), "aicc": aicc,
        "threshold": threshold, "threshold_years": [crossing(p), crossing(p) - half, crossing(p) + half],
        "at_day": at_day,
        "mean": [m, m - q * np.sqrt(var), m + q * np.sqrt(var)],
        "observation": [m - q * np.sqrt(var + rss / df), m + q * np.sqrt(var + rss / df)],
    }
    if ceiling is None:
        out["ceiling"] = [p[2], p[2] - q * se[2], p[2] + q * se[2]]
    return out


def breakpoint(days, values):
    x, y = np.array(days) / YEAR, np.array(values)
    n = len(x)

    def design(c):
        return np.column_stack([np.ones(n), x - x.mean(), np.maximum(0, x - c)])

    def sse(c):
        X = design(c)
        r = y - X @ np.linalg.lstsq(X, y, rcond=None)[0]
        return r @ r

    low, high = x[4], x[n - 5]
    grid = np.linspace(low, high, 20001)
    values_ = np.array([sse(c) for c in grid])
    i = values_.argmin()
    best = optimize.minimize_scalar(sse, bounds=(grid[max(i - 1, 0)], grid[min(i + 1, 20000)]), method="bounded",
                                    options={"xatol": 1e-13})
    c, least = best.x, best.fun
    bound = least * (1 + stats.f.ppf(CONFIDENCE, 1, n - 4) / (n - 4))
    inside = grid[values_ <= bound]
    step = grid[1] - grid[0]
    lower = optimize.brentq(lambda t: sse(t) - bound, inside[0] - step, inside[0])
    upper = optimize.brentq(lambda t: sse(t) - bound, inside[-1], inside[-1] + step)
    X = design(c)
    beta = np.linalg.lstsq(X, y, rcond=None)[0]
    # The slopes' covariance with the date of the break estimated along with them.
    J = np.column_stack([X, -beta[2] * (x > c)])
    cov = np.linalg.inv(J.T @ J) * least / (n - 4)
    q = stats.t.ppf(0.5 + CONFIDENCE / 2, n - 4)
    before, after = beta[1], beta[1] + beta[2]
    half_b, half_a = q * np.sqrt(cov[1, 1]), q * np.sqrt(cov[1, 1] + cov[2, 2] + 2 * cov[1, 2])
    straight = np.polyfit(x - x.mean(), y, 1)
    sse0 = np.sum((y - np.polyval(straight, x - x.mean())) ** 2)
    splits = []
    for i in range(5, n - 4):
        total, slopes = 0.0, []
        for part in (slice(0, i), slice(i, n)):
            p = np.polyfit(x[part] - x.mean(), y[part], 1)
            total += np.sum((y[part] - np.polyval(p, x[part] - x.mean())) ** 2)
            slopes.append(p[0])
        splits.append((total, i, slopes))
    total, i, slopes = min(splits)
    bic = lambda s, p: n * np.log(s / n) + p * np.log(n)
    return {
        "at_years": [c, lower, upper], "f": (sse0 - least) / 2 / (least / (n - 4)),
        "before": [before, before - half_b, before + half_b], "after": [after, after - half_a, after + half_a],
        "bic": [bic(sse0, 2), bic(least, 4), bic(total, 5)],
        "split_last_day": days[i - 1], "split_slopes": slopes,
    }


def regression():
    day = [18000, 18300, 18500, 18900, 19100, 19400, 19500, 19800, 20000, 20100]
    compute = [3e23, 1e24, 2e23, 5e24, 2e24, 3e25, 8e23, 6e25, 1e25, 5e26]
    capability = [0.11, 0.42, 0.2, 1.05, 0.98, 1.62, 0.93, 2.1, 1.77, 2.65]
    X = sm.add_constant(np.column_stack([np.log10(compute), np.array(day) / YEAR]))
    fit = sm.OLS(capability, X).fit()
    ci = fit.conf_int(1 - CONFIDENCE)
    # Fieller by its definition: the ratios θ for which b2 − θ·b1 is not significant.
    q, V = stats.t.ppf(0.5 + CONFIDENCE / 2, len(day) - 3), fit.cov_params()
    x, y = fit.params[2], fit.params[1]
    excess = lambda r: (x - r * y) ** 2 - q * q * (V[2, 2] - 2 * r * V[1, 2] + r * r * V[1, 1])
    ratio = x / y
    low = optimize.brentq(excess, ratio - 50, ratio)
    high = optimize.brentq(excess, ratio, ratio + 50)
    return {
        "day": day, "compute": compute, "capability": capability,
        "coefs": [[p, *c] for p, c in zip(fit.params, ci)], "r2": fit.rsquared,
        "compute_equivalent": [10**ratio, 10**low, 10**high],
    }


def slopes():
    """Welch's comparison of the growth series with its second half against its first."""
    x, y = np.array(growth_days) / YEAR, np.log2(growth_values)
    parts = [stats.linregress(x[s], y[s]) for s in (slice(0, 7), slice(7, 15))]
    a, b = parts
    va, vb = a.stderr**2, b.stderr**2
    df = (va + vb) ** 2 / (va**2 / 5 + vb**2 / 6)
    d, half = a.slope - b.slope, stats.t.ppf(0.975, df) * np.sqrt(va + vb)
    return {"difference": [d, d - half, d + half], "p": 2 * stats.t.sf(abs(d) / np.sqrt(va + vb), df)}


def stitching():
    """A small capability index: five models, four benchmarks, anchor w."""
    scores = {
        "a": {"w": 0.55, "x": 0.2, "y": 0.35, "z": 0.05}, "b": {"w": 0.6, "x": 0.33, "y": 0.5, "z": 0.1},
        "c": {"w": 0.7, "x": 0.45, "y": 0.62, "z": 0.2}, "d": {"w": 0.8, "x": 0.7, "y": 0.81, "z": 0.45},
        "e": {"w": 0.88, "x": 0.83, "y": 0.9, "z": 0.66},
    }
    models, benches = sorted(scores), ["w", "x", "y", "z"]
    size = len(models) + 2 * len(benches) - 1

    def cost(p):
        C, D, alpha = p[:5], p[5:9], np.concatenate([[1.0], p[9:]])
        fitted = 1 / (1 + np.exp(-alpha * (C[:, None] - D)))
        y = np.array([[scores[m][b] for b in benches] for m in models])
        return 0.5 * (np.sum((fitted - y) ** 2) + 0.1 * np.sum(p**2) / size)

    best = min((optimize.minimize(cost, np.r_[np.zeros(9), np.full(3, s)], method="BFGS", options={"gtol": 1e-10})
                for s in (0.5, 1, 2)), key=lambda r: r.fun)
    p = best.x
    return {
        "scores": scores, "cost": best.fun,
        "capability": {m: p[i] - p[5] for i, m in enumerate(models)},
        "difficulty": {b: p[5 + i] - p[5] for i, b in enumerate(benches)},
        "discrimination": dict(zip(benches, [1.0, *p[9:]])),
    }


def survival():
    """The Kaplan-Meier median of lags in days, some of them censored."""
    days = [30, 55, 80, 80, 120, 150, 155, 200, 210, 260, 300, 340, 400, 420]
    open_ = [0, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 1]
    data = stats.CensoredData(uncensored=[d for d, c in zip(days, open_) if not c], right=[d for d, c in zip(days, open_) if c])
    sf = stats.ecdf(data).sf
    ci = sf.confidence_interval(CONFIDENCE, method="log-log")
    first = lambda curve: float(curve.quantiles[np.nanargmax(curve.probabilities <= 0.5)])
    return {"days": days, "open": open_, "median": [first(sf), first(ci.low), first(ci.high)]}


def chinchilla():
    """The optimum found numerically, at the compute of 70e9 parameters and 1.4e12 tokens."""
    E, A, B, alpha, beta = 1.8172, 482.01, 2085.43, 0.3478, 0.3658
    loss = lambda n, d: E + A / n**alpha + B / d**beta
    best = lambda c: optimize.minimize_scalar(lambda u: loss(np.exp(u), c / 6 / np.exp(u)), bounds=(10, 40),
                                              method="bounded", options={"xatol": 1e-12})
    compute = 6 * 8e9 * 15e12
    actual, r = loss(8e9, 15e12), best(6 * 8e9 * 15e12)
    same = optimize.brentq(lambda u: best(np.exp(u)).fun - actual, 40, np.log(compute))
    return {"parameters": 8e9, "tokens": 15e12, "optimal_parameters": np.exp(r.x), "least_loss": r.fun, "loss": actual,
            "wasted": 1 - np.exp(same) / compute}


reference = {
    "versions": {"numpy": np.__version__, "scipy": scipy.__version__, "statsmodels": statsmodels.__version__},
    "growth": {"days": growth_days, "values": growth_values},
    "score": {"days": score_days, "values": score_values},
    "bend": {"days": bend_days, "values": bend_values},
    "exponential": least_squares(growth_days, growth_values, True, 18000, 1000.0),
    "linear": least_squares(growth_days, growth_values, False, 18000, 1000.0),
    "logistic_fixed": logistic(score_days, score_values, 0.25, 1.0, 0.9, 20500),
    "logistic_fitted": logistic(score_days, score_values, 0.25, None, 0.85, 20500),
    "breakpoint": breakpoint(bend_days, bend_values),
    "regression": regression(),
    "slopes": slopes(),
    "stitching": stitching(),
    "survival": survival(),
    "chinchilla": chinchilla(),
}
print(json.dumps(reference, indent=1, default=float))
