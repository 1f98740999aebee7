"""Times of two programs taken in turn, and what can be said of their ratio.

Only Python's own library is needed here, so that the tests run anywhere."""
import math
import os
import time
import weakref

PAUSE = 0.15        # seconds after a peer: OpenBLAS's own threads spin for 0.11
QUIET = 0.08        # of the machine may be in others' hands before a row counts as noisy
LEVEL = 0.95        # of intervals
FEWEST, MOST = 9, 31


def median(values):
    ordered, n = sorted(values), len(values)
    return (ordered[(n - 1) // 2] + ordered[n // 2]) / 2


def interval(values):
    """Of the median: the narrowest pair of order statistics x(k), x(n+1-k) that holds it
    with LEVEL (by the binomial distribution), or the range where none does."""
    ordered, n = sorted(values), len(values)
    k, outside = 1, 2 * 0.5 ** n
    while k < n // 2:
        outside += 2 * math.comb(n, k) * 0.5 ** n
        if outside > 1 - LEVEL:
            break
        k += 1
    return ordered[k - 1], ordered[n - k]


def slope(x, y):
    """Of log y against log x by least squares, and its interval by Student's t."""
    u, v = [math.log(a) for a in x], [math.log(b) for b in y]
    n = len(u)
    mean_u, mean_v = sum(u) / n, sum(v) / n
    square = sum((a - mean_u) ** 2 for a in u)
    b = sum((a - mean_u) * (c - mean_v) for a, c in zip(u, v)) / square
    rest = sum((c - mean_v - b * (a - mean_u)) ** 2 for a, c in zip(u, v))
    t = {1: 12.71, 2: 4.30, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36}[n - 2]
    half = t * math.sqrt(rest / (n - 2) / square)
    return b, b - half, b + half


SLACK = 0.1     # what a slope may be above that of its operations, caches running over


def no_faster(x, y):
    """Whether y grows no faster than x, by the slope itself: an interval that noise or a bend
    makes wide would let anything pass."""
    return slope(x, y)[0] <= 1 + SLACK


def verdict(ratio, goal, stretch):
    """(word, ratio / goal - 1)"""
    if goal is None:
        return "", 0.0
    beyond = ratio / goal - 1
    if stretch is not None and ratio >= stretch:
        return "met, stretch too", beyond
    return ("met" if beyond >= 0 else "missed"), beyond


helpers = weakref.WeakSet()     # processes that work for this one, with their .seconds


def own_busy():
    """Seconds of processor that this process, those it has waited for and its helpers have
    used so far."""
    t = os.times()
    return (time.process_time() + t.children_user + t.children_system +
            sum(helper.seconds for helper in helpers))


def machine_busy():
    """Seconds of processor that anybody has used so far, time stolen from us included."""
    with open("/proc/stat", encoding="ascii") as file:
        user, nice, system, _, _, irq, soft, steal = map(int, file.readline().split()[1:9])
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")


class Others:
    """Share of the machine that others use while this lives."""

    def __init__(self):
        self.start = time.perf_counter(), own_busy(), machine_busy()

    def share(self):
        wall, own, busy = (b - a for a, b in zip(
            self.start, (time.perf_counter(), own_busy(), machine_busy())))
        return max(0.0, (busy - own) / (wall * os.cpu_count()))


def wait_for_quiet(most):
    """Waits until nobody else works, or for so many seconds; the last share seen."""
    end = time.perf_counter() + most
    while True:
        others = Others()
        time.sleep(0.3)
        if others.share() <= QUIET or time.perf_counter() > end:
            return others.share()


def clock(run, repeats):
    """Mean wall and process time of some runs, and the last result."""
    wall, cpu = time.perf_counter(), own_busy()
    for _ in range(repeats):
        result = run()
    return ((time.perf_counter() - wall) / repeats, (own_busy() - cpu) / repeats, result)


def repeats_for(seconds):
    """So many runs that a measurement takes 20 ms at least."""
    return max(1, math.ceil(0.02 / max(seconds, 1e-9)))


def compare(ours, peers, seconds, before=lambda side: None, pause=PAUSE, fewest=FEWEST):
    """Runs ours and every peer in turn (A B A C, A B A C, ...) for about so many seconds.
    peers: name to callable. before is told "ours" or "peer" ahead of each, untimed.
    Returns name to a dict of lists: wall and cpu seconds, of ours and of the peer."""
    def once(side, run, repeats):
        before(side)
        wall, cpu, _ = clock(run, repeats)
        if side == "peer":
            time.sleep(pause)
        return wall, cpu

    repeats_ours = repeats_for(once("ours", ours, 1)[0])
    repeats = {name: repeats_for(once("peer", run, 1)[0]) for name, run in peers.items()}
    rounds = {name: {"ours": [], "peer": []} for name in peers}
    end = time.perf_counter() + seconds
    for i in range(MOST):
        if i >= fewest and time.perf_counter() > end:
            break
        for name, run in peers.items():
            rounds[name]["ours"].append(once("ours", ours, repeats_ours))
            rounds[name]["peer"].append(once("peer", run, repeats[name]))
    return {name: {"ours_wall": [w for w, _ in r["ours"]],
                   "ours_cpu": [c for _, c in r["ours"]],
                   "peer_wall": [w for w, _ in r["peer"]],
                   "peer_cpu": [c for _, c in r["peer"]]} for name, r in rounds.items()}


def judge(times, clock_name, scale, goal, stretch):
    """Ratio of a peer's times to ours, round by round. scale: the peer did 1/scale of the
    work."""
    ratios = [scale * p / o for p, o in
              zip(times["peer_" + clock_name], times["ours_" + clock_name])]
    low, high = interval(ratios)
    ratio = median(ratios)
    word, beyond = verdict(ratio, goal, stretch)
    return {"ours_seconds": median(times["ours_" + clock_name]),
            "peer_seconds": scale * median(times["peer_" + clock_name]),
            "ratio": ratio, "low": low, "high": high, "rounds": len(ratios),
            "cpu_ratio": scale * median(times["peer_cpu"]) / median(times["ours_cpu"]),
            "goal": goal, "stretch": stretch, "verdict": word, "beyond": beyond}
