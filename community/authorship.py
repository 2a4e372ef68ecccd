"""Whose posts an address stands for, as far as whoever asks may know. Asked by `searches.py`."""

from sqlalchemy import and_, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from community.people import Address
from community.posts import Post


def by_address(email: str, *, knows_all: bool) -> ColumnElement[bool]:
    """Say which posts are by whoever has this address.

    Who moderates (`knows_all`) finds all that the person wrote, by whichever address. To others a
    post is by the address that stands in it: which are one person's is not theirs to know.
    """
    person = select(Address.person_id).where(Address.email == email).scalar_subquery()
    written = func.lower(Post.from_email) == email
    # By author first: there is an index for that, and none for the address.
    theirs = Post.author_id == person
    nobody_known = and_(Post.author_id.is_(None), written)
    return or_(theirs if knows_all else and_(theirs, written), nobody_known)
