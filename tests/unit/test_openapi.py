"""The description of the API is the code's, and says of every change who may make it."""

from functools import cache
from pathlib import Path
from typing import Any

from api.app import create_app
from api.cli.openapi import description

KEPT = Path(__file__).parents[2] / "api" / "openapi.json"

# What belongs to no role: whoever may see the case, the author of the proposal, whoever knows the password.
BY_NO_ROLE = {
    ("post", "/api/v1/proposals/{proposal}/withdraw"),
    ("post", "/api/v1/tokens"),
}


@cache
def document() -> dict[str, Any]:
    return create_app().openapi()


def operations() -> dict[tuple[str, str], dict[str, Any]]:
    paths = document()["paths"]
    return {(method, path): one for path, methods in paths.items() for method, one in methods.items()}


def test_the_kept_description_is_that_of_the_code() -> None:
    same = KEPT.read_text(encoding="utf-8") == description()
    assert same, "the API has changed: look at the difference after `make openapi`, and commit it"


def test_every_change_says_which_roles_may_make_it() -> None:
    changes = {where: one for where, one in operations().items() if where[0] != "get"}
    silent = {where for where, one in changes.items() if not one.get("x-required-roles")}
    assert silent == BY_NO_ROLE


def test_a_change_of_a_thing_names_the_rules_behind_it() -> None:
    acts = {
        where: one
        for where, one in operations().items()
        if where[1].endswith("/actions/{event}") and where[0] == "post"
    }
    assert len(acts) > 10
    assert [where for where, one in acts.items() if not one["x-rule-ids"]] == []


def test_no_two_operations_share_a_name() -> None:
    names = [one["operationId"] for one in operations().values()]
    assert len(names) == len(set(names))


def test_every_operation_says_that_it_fails_with_a_problem() -> None:
    known = document()["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert {"stale", "guard", "form", "key_missing"} <= set(known)
    for where, one in operations().items():
        assert list(one["responses"]["default"]["content"]) == ["application/problem+json"], where
        assert "422" not in one["responses"], "problems have one shape"


def header(operation: dict[str, Any], name: str) -> dict[str, Any]:
    return next((one for one in operation.get("parameters", ()) if (one["in"], one["name"]) == ("header", name)), {})


def test_a_key_is_required_wherever_one_is_taken() -> None:
    taking = {where: found for where, one in operations().items() if (found := header(one, "Idempotency-Key"))}
    assert len(taking) > 50
    assert all(found["required"] and found["schema"]["type"] == "string" for found in taking.values())
    assert all(method != "get" for method, _ in taking)


def test_what_decides_on_something_requires_the_revision_seen() -> None:
    needed = {path for (_, path), one in operations().items() if header(one, "If-Match").get("required")}
    acts = {path for method, path in operations() if path.endswith("/{thing}/actions/{event}") and method == "post"}
    own = {f"/api/v1/{name}/{{thing}}/actions/{{event}}" for name in ("batches", "cases", "evaluations")}
    assert acts - needed == own, "of these one also edits what is one's own, on which nobody decides"
    assert needed - acts == {
        "/api/v1/schemes/{scheme}", "/api/v1/schemes/{scheme}/files", "/api/v1/consequences/{entry}/grant"
    }  # fmt: skip
