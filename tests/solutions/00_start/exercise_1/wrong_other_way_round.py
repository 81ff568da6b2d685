# fails with: waste(asked_len=100, given_len=128) gave -28; expected 28. The slot is the larger of the two: subtract the other way round.


def waste(asked_len, given_len):
    return asked_len - given_len
