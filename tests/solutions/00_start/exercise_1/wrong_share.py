# fails with: waste(asked_len=100, given_len=128) gave 1.28, a float; give an int back (`//` divides without a fraction)


def waste(asked_len, given_len):
    return given_len / asked_len
