"""Who is on the other side: persons, their identities, what they bought, where they belong, and who was whom."""

from rapport.people.models.likeness import Apart, Likeness, Trait
from rapport.people.models.merge import Merge
from rapport.people.models.order import Order
from rapport.people.models.organisation import Belonging, Organisation, Union
from rapport.people.models.person import Followers, Identity, Person

__all__ = [
    "Apart", "Belonging", "Followers", "Identity", "Likeness", "Merge", "Order", "Organisation", "Person", "Trait", "Union",
]  # fmt: skip
