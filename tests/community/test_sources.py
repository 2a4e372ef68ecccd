"""The bytes of a post are read with their hash (A6); the story of damage is in conservation."""

from community.sources import is_whole


def test_a6_bytes_are_whole_when_their_hash_says_so_or_there_is_none() -> None:
    sha256 = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"

    assert is_whole(b"hello", sha256)
    assert is_whole(b"hello", "")
    assert not is_whole(b"hallo", sha256)
