"""Small functions in the forms that are written in, and some that must stay calls."""


class Box:
    count = 0  # not Final: it changes

    def __init__(self):
        self.calls = []

    def log(self, value):
        self.calls.append(value)
        return value

    @property
    def doubled(self):
        return self.count * 2

    def half_or_none(self, number):  # noqa: RET503 - it falls off its end, which is what is tried
        if number % 2 == 0:
            return number // 2

    def quotient(self, a, b):
        try:
            return a // b
        except ZeroDivisionError:
            return None

    def quotient_then_more(self, a, b):
        try:
            found = a // b
        except ZeroDivisionError:
            return -1
        return found + 1

    def halved(self, number):
        while True:
            if number % 2:
                return number
            number //= 2


def sign(number):
    if number < 0:
        return -1
    if number == 0:
        return 0
    return 1


def clamp(number, low=0, high=10):
    return max(low, min(number, high))


def assigns_its_parameter(number):
    number = number + 1
    return number  # noqa: RET504 - the form is what is tried


def shadow(number):
    total = number * 3
    return total - 1


def two_paths(box, number):
    if number > 5:
        box.log("large")
    if number > 7:
        return "very"
    return "little"


def uses_signs(box, number):
    found = sign(number)
    return found, sign(-number), clamp(number), clamp(number, high=3), clamp(high=2, number=number)


def uses_methods(box, number):
    half = box.half_or_none(number)
    safe = box.quotient(number, number - 3)
    more = box.quotient_then_more(10, number)
    return half, safe, more, box.halved(number + 12)


def uses_conditions(box, number):
    if not box.log(number > 3):
        return "small"
    if sign(number - 6) == 0:
        return "six"
    while box.log(number) < 9:
        number += 1
    return number


def keeps_the_order_of_evaluation(box, number):
    pairs = {}
    pairs[box.log("key")] = box.log("value")
    return clamp(box.log(number), box.log(1)), pairs, box.log(sign(box.log(number)))


def collides(box, number):
    total = 100
    sign_of = sign(number)
    return total + shadow(number) + sign_of


def reassigns(box, number):
    before = number
    number = assigns_its_parameter(number)
    return before, number, two_paths(box, number)


def reads_what_changes(box, number):
    box.count = number
    first = box.doubled
    box.count += 1
    return first, box.doubled


def leaves_in_the_middle(box, number):
    for step in range(10):
        if box.log(step) == number:
            return sign(step)
        if step == 8:
            break
    else:
        return "never"
    return "end"


SAMPLES = [
    uses_signs,
    uses_methods,
    uses_conditions,
    keeps_the_order_of_evaluation,
    collides,
    reassigns,
    reads_what_changes,
    leaves_in_the_middle,
]


def with_a_comprehension(heap):
    return [lane for lane in heap.lanes]  # noqa: C416 - the form is what is tried


def with_a_yield(heap):
    yield heap


def with_stars(heap, *rest):
    return rest


def closure(value):
    def inner(heap):
        return value

    return inner
