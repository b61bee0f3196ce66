"""The tree is that of two other implementations, pymerkle and tlog-scales."""

from __future__ import annotations

from random import Random

import pymerkle
import pytest
from tlog_scales import signing, tlog
from tlog_scales.reader import TilesReader

from consentgate.records.log.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from consentgate.records.log.keys import Signer, Verifier
from consentgate.records.log.tiles import consistency_path, inclusion_path, tree_root
from tests.support.merkle_logs import MemoryLog, numbered_entries

SIZE = 1000
ENTRIES = numbered_entries(SIZE)
LOG = MemoryLog(ENTRIES)
ROOTS = [tree_root(LOG, size) for size in range(SIZE + 1)]


@pytest.fixture(scope="module")
def tree() -> pymerkle.InmemoryTree:
    tree = pymerkle.InmemoryTree()
    tree.append_entries(ENTRIES)
    return tree


class PublishedTiles:
    """Our tiles, at the paths at which tlog-tiles publishes them."""

    def __init__(self, log: MemoryLog) -> None:
        self._log = log

    def get(self, *path: str) -> bytes:
        _tile, level, *number = path
        width = int(number.pop()) if number[-2:-1] and number[-2].endswith(".p") else 256
        n = int("".join(number).removesuffix(".p").replace("x", ""))
        return self._log.hashes(int(level), n)[: width * 32]


def test_roots_of_all_sizes_are_those_of_pymerkle(tree: pymerkle.InmemoryTree) -> None:
    assert [tree.get_root(size) for size in range(SIZE + 1)] == ROOTS


def test_roots_are_those_that_tlog_scales_reads_in_our_tiles() -> None:
    reader = TilesReader(PublishedTiles(LOG))

    for size in (1, 255, 256, 257, 700, SIZE):
        reader.set_size(size)
        assert reader.calculate_root_hash() == ROOTS[size]


def test_paths_are_those_of_pymerkle(tree: pymerkle.InmemoryTree) -> None:
    for size in range(1, 70):
        for index in range(size):
            path = inclusion_path(LOG, index=index, size=size)
            assert [LOG.leaves[index], *path] == tree.prove_inclusion(index + 1, size).path


def test_paths_are_those_of_tlog_scales() -> None:
    reader = TilesReader(PublishedTiles(LOG))
    reader.set_size(SIZE)

    for new_size in (*range(2, 33), 513, SIZE):
        for old_size in range(1, new_size, 1 + new_size // 33):
            path = consistency_path(LOG, old_size=old_size, new_size=new_size)
            assert list(path) == reader.get_consistency_proof(old_size, new_size).node_hashes


def test_thousand_random_inclusion_proofs_are_accepted_by_both(
    tree: pymerkle.InmemoryTree,
) -> None:
    random = Random(6962)
    for _ in range(1000):
        size = random.randint(1, SIZE)
        index = random.randrange(size)
        leaf, path = LOG.leaves[index], list(inclusion_path(LOG, index=index, size=size))

        tlog.InclusionProof(index, size, path).check(leaf, ROOTS[size])
        proof = tree.prove_inclusion(index + 1, size)
        proof.path = [leaf, *path]
        proof.verify(leaf, ROOTS[size], index=index + 1, size=size)


def test_thousand_random_consistency_proofs_are_accepted_by_both(
    tree: pymerkle.InmemoryTree,
) -> None:
    random = Random(9162)
    for _ in range(1000):
        new_size = random.randint(2, SIZE)
        old_size = random.randint(1, new_size - 1)
        path = consistency_path(LOG, old_size=old_size, new_size=new_size)

        proof = tlog.ConsistencyProof(old_size, new_size, list(path))
        proof.check(ROOTS[old_size], ROOTS[new_size])
        # pymerkle has paths of its own shape for this, so it proves our roots by its own path.
        tree.prove_consistency(old_size, new_size).verify(ROOTS[old_size], ROOTS[new_size])


def test_checkpoint_is_verified_by_tlog_scales() -> None:
    signer = Signer.generate("log.example/consent")
    note = sign_checkpoint(Checkpoint("log.example/consent", SIZE, ROOTS[SIZE]), signer)

    theirs = tlog.Checkpoint.from_text(note)

    theirs.verify(signing.Vkey.from_string(str(signer.verifier)))
    assert (theirs.size, theirs.root_hash) == (SIZE, ROOTS[SIZE])
    assert theirs.serialize() == note


def test_checkpoint_of_tlog_scales_is_verified() -> None:
    signer = signing.PlainEd25519Signer("log.example/other", bytes(32))
    theirs = tlog.Checkpoint.make_signed("log.example/other", 7, ROOTS[7], [signer])

    vkey = signer.vkey.serialize()  # type: ignore[no-untyped-call]  # theirs has no types
    ours = open_checkpoint(theirs.serialize(), [Verifier.parse(vkey)])

    assert ours == Checkpoint("log.example/other", 7, ROOTS[7])
