# fails with: waste(asked_len=1, given_len=8) gave 28; expected 7.


def waste(asked_len, given_len):
    return 28
