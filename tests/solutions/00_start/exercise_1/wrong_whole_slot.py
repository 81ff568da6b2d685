# fails with: waste(asked_len=100, given_len=128) gave 128; expected 28. That is the whole slot; the bytes that were asked for are not wasted.


def waste(asked_len, given_len):
    return given_len
