"""Who is on the other side: persons, their identities, what they bought, and who turned out to be whom."""

from rapport.people.models.likeness import Apart, Likeness, Trait
from rapport.people.models.merge import Merge
from rapport.people.models.order import Order
from rapport.people.models.person import Identity, Person

__all__ = ["Apart", "Identity", "Likeness", "Merge", "Order", "Person", "Trait"]
