"""Which answers share more text than chance, an exercise and its stub explain.

Fingerprints by winnowing: hashes of every K tokens in a row, of which each window of W keeps its least. Names, numbers
and strings are made equal first, comments and layout dropped, so renaming changes nothing. What the stub has, or more
than a third of the class, says nothing and is left out. A pair is a reason to look at two files, never a proof.

Source: Schleimer, Wilkerson, Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003.
"""

import collections
import io
import itertools
import keyword
import tokenize
import zlib
from dataclasses import dataclass

TOKENS = 12  # K: shorter matches are what any two answers share
WINDOW = 6  # W: a match of K + W - 1 tokens is always found
COMMON_SHARE = 1 / 3  # of the class
COMMON_COUNT = 4  # students, at least, before that share is asked about
LEAST_SHARED = 4  # fingerprints
LEAST_SHARE = 0.6  # of the smaller answer's fingerprints
LAYOUT = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENCODING, tokenize.ENDMARKER}


@dataclass(frozen=True)
class Pair:
    """Two students' answers. Attributes: exercise, first, second: str; share: float, of the smaller's fingerprints."""

    exercise: str
    first: str
    second: str
    share: float


def similar_pairs(exercise, answers, stub=b""):
    """Pairs of answers that share much, the most alike first.

    Args:    exercise: str, its id; answers: {student: bytes}; stub: bytes, what all started from.
    Returns: list of Pair.
    """
    if len(answers) < 2:
        return []
    known = fingerprints(stub)
    prints = {student: fingerprints(answer) - known for student, answer in answers.items()}
    holders = collections.defaultdict(list)
    for student, own in prints.items():
        for mark in own:
            holders[mark].append(student)
    limit = max(COMMON_COUNT, int(len(answers) * COMMON_SHARE))
    shared: collections.Counter = collections.Counter()
    telling: collections.Counter = collections.Counter()
    for students in holders.values():
        if len(students) <= limit:
            telling.update(students)
            shared.update(itertools.combinations(sorted(students), 2))
    pairs = [
        Pair(exercise, first, second, count / min(telling[first], telling[second]))
        for (first, second), count in shared.items()
        if count >= LEAST_SHARED
    ]
    return sorted((pair for pair in pairs if pair.share >= LEAST_SHARE), key=lambda pair: (-pair.share, pair.first))


def fingerprints(source):
    """The fingerprints of a Python file, bytes: set of int; empty when it has no tokens."""
    tokens = _tokens(source)
    hashes = [zlib.crc32("\0".join(tokens[i : i + TOKENS]).encode()) for i in range(len(tokens) - TOKENS + 1)]
    return {min(hashes[i : i + WINDOW]) for i in range(max(len(hashes) - WINDOW + 1, min(len(hashes), 1)))}


def _tokens(source):
    tokens = []
    previous = tokenize.NEWLINE
    try:
        for kind, text, *_ in tokenize.tokenize(io.BytesIO(source).readline):
            if kind == tokenize.STRING and previous in (tokenize.NEWLINE, tokenize.INDENT):
                continue  # a docstring
            if kind not in LAYOUT:
                tokens.append(_normal(kind, text))
            if kind not in (tokenize.COMMENT, tokenize.NL):
                previous = kind
    except (SyntaxError, tokenize.TokenError, UnicodeError, ValueError):
        pass  # what could be read so far
    return tokens


def _normal(kind, text):
    if kind == tokenize.NAME:
        return text if keyword.iskeyword(text) else "name"
    if kind in (tokenize.NUMBER, tokenize.STRING, tokenize.INDENT, tokenize.DEDENT):
        return tokenize.tok_name[kind]
    return text
