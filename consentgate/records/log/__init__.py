"""The log of consent records: a Merkle tree that shows tampering, and the texts that prove it.

Values in, values out: nothing here reads a database, a file or a clock. Hashing is that of RFC 9162
section 2.1, the texts are those of C2SP (signed-note, tlog-checkpoint, tlog-proof, tlog-tiles).
"""
