"""Modified Kneser-Ney from its definition, by dictionaries, one symbol at a time."""

from collections import Counter, defaultdict

START = "<s>"


def discounts_of(counts):
    seen = Counter(counts)
    t = [seen[k] for k in range(5)]
    if not (t[1] and t[2] and t[3]):
        return 0.0, 0.5, 1.0, 1.5
    share = t[1] / (t[1] + 2 * t[2])
    found = [k - (k + 1) * share * t[k + 1] / t[k] for k in (1, 2, 3)]
    if any(not 0 <= d <= k for k, d in enumerate(found, 1)):
        return 0.0, 0.5, 1.0, 1.5
    return 0.0, *found


class Naive:
    def __init__(self, sequences, symbols, order):
        self.symbols = symbols
        self.order = order
        self.tables = {}
        marked = [(START, *sequence) for sequence in sequences]
        for length in range(1, order + 2):
            counts, behind = Counter(), defaultdict(set)
            for text in marked:
                for begin in range(len(text) - length + 1):
                    gram = text[begin : begin + length]
                    counts[gram] += 1
                    if begin:
                        behind[gram].add(text[begin - 1])
            counts.pop((START,), None)
            lower = {
                gram: counts[gram] if gram[0] == START else len(behind[gram])
                for gram in counts
            }
            for kind, table in (("highest", counts), ("lower", lower)):
                discounts = discounts_of(table.values())
                by_context = defaultdict(dict)
                for gram, count in table.items():
                    by_context[gram[:-1]][gram[-1]] = count
                self.tables[length, kind] = by_context, discounts

    def probability(self, context, symbol, order):
        """`context` begins with START, and may be longer than needed."""
        return self._interpolated(context, symbol, order, "highest")

    def _interpolated(self, context, symbol, length, kind):
        if length == 0:
            return 1 / self.symbols
        below = self._interpolated(context, symbol, length - 1, "lower")
        if len(context) < length - 1:
            return below
        tables, discounts = self.tables[length, kind]
        followers = tables.get(tuple(context[len(context) - length + 1 :]))
        if not followers:
            return below
        total = sum(followers.values())
        taken = {s: discounts[min(c, 3)] for s, c in followers.items()}
        count = followers.get(symbol, 0) - taken.get(symbol, 0.0)
        return (count + sum(taken.values()) * below) / total
