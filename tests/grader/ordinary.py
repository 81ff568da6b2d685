"""Twenty answers as learners hand them in, none of which means harm: source, points of 5, outcome."""

RIGHT = "return max((length - 1).bit_length(), alignment.bit_length() - 1, 3) - 3"
ANSWERS = {
    "right": (f"def size_class_index(length, alignment):\n    {RIGHT}", 5, "correct"),
    "right_with_a_loop": (
        """
def size_class_index(length, alignment):
    size, index = 8, 0
    while size < length or size < alignment:
        size, index = size * 2, index + 1
    return index
""",
        5,
        "correct",
    ),
    "right_and_prints": (
        f"def size_class_index(length, alignment):\n    print('class of', length, flush=True)\n    {RIGHT}",
        5,
        "correct",
    ),
    "right_and_writes_to_stderr": (
        f"import sys\ndef size_class_index(length, alignment):\n    sys.stderr.write('!')\n    {RIGHT}",
        5,
        "correct",
    ),
    "right_and_imports": (
        f"import math, functools, collections, bisect\ndef size_class_index(length, alignment):\n    {RIGHT}",
        5,
        "correct",
    ),
    "right_and_warns": (
        f"import warnings\ndef size_class_index(length, alignment):\n    warnings.warn('hm')\n    {RIGHT}",
        5,
        "correct",
    ),
    "right_with_a_cache": (
        f"import functools\n@functools.lru_cache\ndef size_class_index(length, alignment):\n    {RIGHT}",
        5,
        "correct",
    ),
    "right_and_tests_itself": (
        f"def size_class_index(length, alignment):\n    {RIGHT}\n"
        "if __name__ == '__main__':\n    raise SystemExit('not run')",
        5,
        "correct",
    ),
    "right_uses_the_course": (
        "import refalloc.allocator as text\ndef size_class_index(length, alignment):\n"
        "    return text.size_class_index(length, alignment.bit_length() - 1)",
        5,
        "correct",
    ),
    "right_with_a_docstring_in_greek": (
        f"def size_class_index(length, alignment):\n    'μέγεθος 🙂'\n    {RIGHT}",
        5,
        "correct",
    ),
    "ignores_alignment": (
        "def size_class_index(length, alignment):\n    return max((length - 1).bit_length(), 3) - 3",
        3,
        "incorrect",
    ),
    "rounds_a_full_slot_up": (
        "def size_class_index(length, alignment):\n    return max(length.bit_length(), alignment.bit_length(), 3) - 3",
        2,
        "incorrect",
    ),
    "gives_a_float": (
        f"def size_class_index(length, alignment):\n    return float(({RIGHT.removeprefix('return ')}))",
        0,
        "incorrect",
    ),
    "gives_nothing": ("def size_class_index(length, alignment):\n    max(length, alignment)", 0, "incorrect"),
    "not_attempted": ("def size_class_index(length, alignment):\n    raise NotImplementedError", 0, "not attempted"),
    "raises": ("def size_class_index(length, alignment):\n    return [][length]", 0, "crashed"),
    "recurses": (
        "def size_class_index(length, alignment):\n    return size_class_index(length, alignment)",
        0,
        "crashed",
    ),
    "does_not_parse": ("def size_class_index(length, alignment)\n    return 0", 0, "crashed"),
    "has_another_name": (f"def size_class(length, alignment):\n    {RIGHT}", 0, "crashed"),
    "loops": ("def size_class_index(length, alignment):\n    while True: pass", 0, "timed out"),
}
