"""The tables of permissions are whole: each has its roles, its conditions and its words."""

from policies.access import CONDITION_SENTENCES, REQUIRES, Condition, permission_rows
from policies.permissions import GRANTS, ROLE_NAMES, ROLE_SENTENCES, SENTENCES, Permission, Role


def test_every_permission_has_conditions_a_sentence_and_roles() -> None:
    everything = set(Permission)

    assert REQUIRES.keys() == SENTENCES.keys() == GRANTS.keys() == everything
    assert list(Permission) == sorted(Permission, key=lambda permission: permission.name.split("_"))


def test_every_condition_and_role_can_be_said_in_swedish() -> None:
    assert CONDITION_SENTENCES.keys() == set(Condition)
    assert ROLE_SENTENCES.keys() == ROLE_NAMES.keys() == set(Role)


def test_the_rows_of_the_page_are_the_table() -> None:
    rows = permission_rows()

    assert [row.permission for row in rows] == list(Permission)
    assert all(set(row.roles) == GRANTS[row.permission] for row in rows)
    assert all(len(row.conditions) == len(REQUIRES[row.permission]) for row in rows)
