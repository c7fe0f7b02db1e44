"""Owns the roles of moderators and what each may do."""

from enum import StrEnum


class Role(StrEnum):
    """What somebody may do on a site; each role includes the ones before it."""

    VIEWER = "viewer"
    MODERATOR = "moderator"
    OWNER = "owner"

    @property
    def may_decide(self) -> bool:
        """Whether this role changes the status of comments."""
        return self in {Role.MODERATOR, Role.OWNER}

    @property
    def may_control(self) -> bool:
        """Whether this role changes a site's rules and settings."""
        return self is Role.OWNER

    @property
    def may_manage(self) -> bool:
        """Whether this role sets up a site, and says who may do what there."""
        return self is Role.OWNER

    @property
    def may_see_contacts(self) -> bool:
        """Whether this role is shown visitors' e-mail and IP addresses."""
        return self in {Role.MODERATOR, Role.OWNER}
