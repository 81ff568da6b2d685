# fails with: waste(asked_len=100, given_len=128) gave None; expected 28. Is there a `return` on every path?


def waste(asked_len, given_len):
    print(given_len - asked_len)
