"""Who may do what: deny by default, 404 for what lies outside one's scope, the public sees what is published."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt
import pytest

from api.resources import RESOURCES
from api.security.tokens import ALGORITHM, AUDIENCE, ISSUER, Tokens
from tests.support.cast import Cast, County, bring, notice
from tests.support.house import Caller, Installation
from tests.support.problems import problem

SECRET = "a secret of the tests, long enough"
OF_THE_PUBLIC = ("notices", "designations")


@pytest.mark.parametrize("resource", [r.name for r in RESOURCES])
async def test_a_route_without_a_token_is_401_unless_it_is_public(place: Installation, resource: str) -> None:
    nobody = place.public()
    listed = await nobody.get(f"/{resource}")
    if resource in OF_THE_PUBLIC:
        assert listed.status_code == 200
    else:
        problem(listed, "unauthenticated")
        assert listed.headers["WWW-Authenticate"] == "Bearer"
    for path in ("actions", "workflow", "timeline"):
        problem(await nobody.get(f"/{resource}/x/{path}"), "unauthenticated")


@pytest.mark.parametrize(
    "path",
    ["/me", "/schemes", "/jurisdictions", "/organizations", "/evidence?case=x", "/proposals/x", "/cases/x/scores"],
)
async def test_what_is_read_by_name_asks_for_a_token_too(place: Installation, path: str) -> None:
    problem(await place.http.get(f"/api/v1{path}"), "unauthenticated")


def _forged(**changes: object) -> str:
    now = datetime.now(UTC)
    claims = {"sub": "chief", "iss": ISSUER, "aud": AUDIENCE, "iat": now, "exp": now + timedelta(hours=1), **changes}
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, SECRET, ALGORITHM)


async def test_a_token_that_is_not_good_is_401(cast: Cast) -> None:
    past = datetime.now(UTC) - timedelta(seconds=1)
    tokens = [
        "nonsense", "a.b.c", _forged(exp=past), _forged(sub="nobody at all"), _forged(aud="others"), _forged(iss="others"),
        _forged(sub=None), Tokens("another secret, quite as long as ours").issue("chief", timedelta(days=1)),
        jwt.encode({"sub": "chief", "aud": AUDIENCE, "iss": ISSUER}, "", "none"),
    ]  # fmt: skip
    for token in tokens:
        problem(await Caller(cast.place.http, token).get("/me"), "unauthenticated")
    assert (await Caller(cast.place.http, _forged()).get("/me")).json()["id"] == "chief"


async def test_a_bad_token_does_not_make_somebody_the_public(cast: Cast) -> None:
    problem(await Caller(cast.place.http, "nonsense").get("/notices"), "unauthenticated")


async def test_another_countys_case_is_not_there(cast: Cast) -> None:
    mine, theirs = await cast.enrolled(), await cast.enrolled()
    path = f"/cases/{theirs.case}"
    for read in (path, f"{path}/actions", f"{path}/timeline", f"{path}/workflow", f"{path}/scores"):
        problem(await mine.clerk.get(read), "not_found")
    problem(await mine.clerk.get("/evidence", case=theirs.case), "not_found")
    problem(await mine.clerk.post(f"{path}/actions/withdraw", **{"If-Match": '"2"'}), "not_found")
    problem(await mine.clerk.put(f"{path}/scores", {"scores": {"PDS-I01": "1"}}), "not_found")
    problem(await mine.clerk.post(f"{path}/actions/withdraw", {"dryRun": True}), "not_found")
    listed = (await mine.clerk.get("/cases", limit=200)).json()["items"]
    assert [case["id"] for case in listed] == [mine.case]


async def test_what_is_open_to_all_does_not_open_the_file_it_stands_in(cast: Cast, announced: str) -> None:
    mine = await cast.enrolled()
    assert (await mine.clerk.get(f"/notices/{announced}")).status_code == 200
    problem(await mine.clerk.get(f"/notices/{announced}/timeline"), "not_found")
    problem(await mine.clerk.get("/evidence", case=announced), "not_found")
    assert (await mine.clerk.get(f"/batches/{cast.batch}")).status_code == 200
    problem(await mine.clerk.get(f"/batches/{cast.batch}/timeline"), "not_found")
    assert (await cast.chief.get(f"/notices/{announced}/timeline")).status_code == 200


async def test_nothing_is_made_under_another_countys_case(cast: Cast) -> None:
    mine, theirs = await cast.enrolled(), await cast.enrolled()
    item = {"source": "own look", "finding": "no signs", "basis": "YL-2i"}
    answer = await mine.clerk.create("rectification-items", theirs.case, **item)
    assert answer.status_code in (403, 404)
    problem(answer, answer.json()["code"])
    file = {"file": ("a.txt", b"a", "text/plain")}
    upload = await cast.place.http.post(
        "/api/v1/evidence", data={"case": theirs.case, "issuer": "we"}, files=file,
        headers=mine.clerk.headers(**{"Idempotency-Key": "e"}),
    )  # fmt: skip
    problem(upload, "not_found")


async def test_a_case_for_another_countys_place_is_403(cast: Cast) -> None:
    mine, theirs = await cast.county(), await cast.county()
    answer = await mine.clerk.create("cases", cast.batch, track="area", jurisdiction=theirs.code)
    assert problem(answer, "forbidden")["errors"][0]["code"] == "role"


async def test_the_wrong_role_is_403_and_says_which_slots_may(cast: Cast) -> None:
    at = await cast.enrolled()
    said = problem(await at.clerk.act("cases", at.case, "pause", text="we rest", ground="disaster"), "forbidden")
    assert said["errors"][0]["missing"] == ["stage_office", "authority"]
    assert "INV-22" in {rule["id"] for rule in said["rules"]}


async def test_a_role_counts_only_on_its_days(cast: Cast) -> None:
    at = await cast.enrolled()
    late = await cast.place.person("late")
    keeper = await cast.place.person("keeper", ("security_administrator", "region:cn"))
    for days, sees in (
        ({"from_day": "2024-02-23"}, 404),
        ({"to_day": "2024-02-21"}, 404),
        ({"to_day": "2024-02-22"}, 200),
    ):
        role = {"role": "leading_group_office", "scope": "region:cn/sn/yulin", **days}
        assert (await keeper.post("/people/late/roles", role)).status_code == 201
        assert (await late.get(f"/cases/{at.case}")).status_code == sees


async def test_a_scope_is_not_a_prefix_of_a_name(cast: Cast) -> None:
    """`county1` does not cover `county10`."""
    path = await cast.place.jurisdiction("prefix")
    longer = await cast.place.jurisdiction("prefix-east")
    clerk = await cast.place.person("clerk.east", ("county_government", f"region:{longer}"))
    made = await clerk.create("cases", cast.batch, track="area", jurisdiction="prefix-east")
    other = await cast.place.person("clerk.prefix", ("county_government", f"region:{path}"))
    problem(await other.get(f"/cases/{made.json()['id']}"), "not_found")
    assert (await other.get("/cases")).json()["items"] == []


async def test_administrators_are_three_and_none_gives_itself_a_role(cast: Cast) -> None:
    at = await cast.enrolled()
    keeper = await cast.place.person("keeper2", ("security_administrator", "region:cn"))
    role = {"role": "provincial_lbg_office", "scope": "region:cn"}
    problem(await keeper.post("/people/keeper2/roles", role), "forbidden")
    problem(await cast.admin.post("/people/keeper2/roles", role), "forbidden")
    problem(await keeper.post("/people", {"id": "x", "name": "x"}), "forbidden")
    problem(await keeper.post("/clock/advance", {"to": "2024-03-01T00:00:00+08:00"}), "forbidden")
    problem(await cast.chief.post("/people/keeper2/roles", role), "forbidden")
    problem(await at.clerk.post("/schemes", {"region": "cn/sn", "shipped": "reference"}), "forbidden")
    problem(await cast.admin.act("cases", at.case, "withdraw"), "forbidden")


async def test_the_public_reads_an_open_notice_and_nothing_else(cast: Cast) -> None:
    at = await cast.enrolled()
    await bring(cast, at, "publicity")
    draft = await cast.chief.made("notices", at.case)
    nobody = cast.place.public()
    problem(await nobody.get(f"/notices/{draft}"), "not_found")
    assert draft not in {n["id"] for n in (await nobody.get("/notices", limit=200)).json()["items"]}
    opened = await notice(cast, at)
    shown = (await nobody.get(f"/notices/{opened}")).json()
    assert shown["state"] == "open"
    assert shown.keys() == {"id", "type", "state", "subject", "region", "data", "self"}
    listed = {n["id"]: n for n in (await nobody.get("/notices", limit=200)).json()["items"]}
    assert "data" in listed[opened]
    assert not {"by", "on"} & listed[opened]["data"].keys()
    for path in (f"/cases/{at.case}", f"/objections/{opened}", f"/cases/{opened}"):
        answer = await nobody.get(path)
        assert answer.status_code in (401, 404)
        problem(answer, answer.json()["code"])
    await _acts_refused(nobody, at, opened)


async def _acts_refused(nobody: Caller, at: County, opened: str) -> None:
    for path in (
        f"/cases/{at.case}/actions/withdraw",
        f"/notices/{opened}/actions/cancel_notice",
        "/cases",
        "/batches",
    ):
        answer = await nobody.post(path, **{"If-Match": '"1"'})
        assert answer.status_code in (401, 403), answer.text
        problem(answer, answer.json()["code"])


async def test_an_address_that_acts_too_often_without_an_account_is_429(cast: Cast) -> None:
    nobody = cast.place.public()
    limiter = cast.place.house.limiter
    before, limiter.per_minute = limiter.per_minute, 3
    try:
        answers = [await nobody.post("/tokens", {"person": "x", "password": "y"}) for _ in range(5)]
    finally:
        limiter.per_minute = before
    last = answers[-1]
    problem(last, "too_many")
    assert int(last.headers["Retry-After"]) > 0
    assert (await cast.chief.get("/me")).status_code == 200


async def test_a_local_account_signs_in_with_its_password(cast: Cast) -> None:
    cast.place.house.limiter._seen.clear()  # the test before this one used up the minute
    given = {"id": "wang", "name": "Wang", "password": "correct horse battery"}
    assert (await cast.admin.post("/people", given)).status_code == 201
    problem(await cast.admin.post("/people", given), "conflict")
    nobody = cast.place.public()
    signed_in = await nobody.post("/tokens", {"person": "wang", "password": "correct horse battery"})
    assert (await Caller(cast.place.http, signed_in.json()["token"]).get("/me")).json()["name"] == "Wang"
    for wrong in ({"person": "wang", "password": "wrong"}, {"person": "nobody", "password": "correct horse battery"},
                  {"person": "chief", "password": ""}):  # fmt: skip
        problem(await nobody.post("/tokens", wrong), "unauthenticated")


async def test_a_role_for_a_case_or_an_organization_lies_where_these_lie(cast: Cast) -> None:
    elsewhere = await cast.draft()
    place = cast.place
    region = await place.jurisdiction("keepers")
    keeper = await place.person("county.keeper", ("security_administrator", f"region:{region}"))
    office = {"id": "gov.elsewhere", "jurisdiction": elsewhere.code, "zh": "别处", "en": ""}
    assert (await cast.admin.post("/organizations", office)).status_code == 201
    wide = await place.person("nation.keeper", ("security_administrator", "region:cn"))
    await place.person("accomplice")
    for scope in (f"case:{elsewhere.case}", "organization:gov.elsewhere"):
        role = {"role": "provincial_lbg_office", "scope": scope}
        problem(await keeper.post("/people/accomplice/roles", role), "forbidden")
        assert (await wide.post("/people/accomplice/roles", role)).status_code == 201
    nowhere = {"role": "provincial_lbg_office", "scope": "case:nothing"}
    problem(await wide.post("/people/accomplice/roles", nowhere), "not_found")


async def test_a_scheme_is_published_by_who_may_approve_for_its_region(cast: Cast) -> None:
    told = (await cast.chief.get(f"/schemes/{cast.scheme}")).json()["definition"]
    draft = await cast.editor.post("/schemes", {"region": "cn/sn", "definition": {**told, "version": "7.0.0"}})
    county = await cast.place.person("county.approver", ("scheme_approver", "region:cn/sn/yulin/jiaxian"))
    problem(await county.post(f"/schemes/{draft.json()['id']}/publish"), "forbidden")
    assert (await cast.chief.get(f"/schemes/{draft.json()['id']}")).json()["status"] == "draft"


async def test_who_has_an_account_cannot_guess_the_passwords_of_others_for_ever(cast: Cast) -> None:
    limiter = cast.place.house.limiter
    before, limiter.per_minute = limiter.per_minute, 3
    limiter._seen.clear()
    try:
        answers = [await cast.office.post("/tokens", {"person": "chief", "password": "guess"}) for _ in range(5)]
    finally:
        limiter.per_minute = before
        limiter._seen.clear()
    assert [a.status_code for a in answers] == [401, 401, 401, 429, 429]


@pytest.mark.req("QH-03b", "INV-27")
async def test_a_county_does_not_become_another_subject_by_the_name_of_a_project(cast: Cast) -> None:
    at = await cast.draft()
    again = await at.clerk.create("cases", cast.batch, track="area", jurisdiction=at.code, project="once more")
    assert [e["pointer"] for e in problem(again, "form")["errors"]] == ["/form/project"]
