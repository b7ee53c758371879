"""A person, as the store and the pages know one. Without accounts everybody is `LOCAL`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LOCAL_ID = "local"
"""Whose all things are that were made without accounts."""


class Role(StrEnum):
    """What a person may do beside using what is theirs."""

    LEARNER = "learner"
    TEACHER = "teacher"
    OPERATOR = "operator"
    GUEST = "guest"


@dataclass(frozen=True, slots=True)
class Person:
    """Whoever sits before a page; `class_name` is what a teacher and
    their learners have in common."""

    id: str
    name: str
    role: Role
    class_name: str = ""

    @property
    def sees_all(self) -> bool:
        """Whether every row of the store is there for them, and may be changed."""
        return self.role is Role.OPERATOR

    @property
    def is_teacher(self) -> bool:
        return self.role in (Role.TEACHER, Role.OPERATOR)


LOCAL = Person(LOCAL_ID, "you", Role.OPERATOR)
"""Who one is on one's own machine: all rights, and nothing to sign in to."""
