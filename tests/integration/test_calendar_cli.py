"""`shifan calendar` on a running installation, as its two keepers use it."""

from pathlib import Path

from tests.support.command import Up, shifan, token, up

TABLE = "date,kind,name\n2027-10-01,holiday,国庆节\n2027-10-04,holiday,国庆节\n2027-10-09,workday,国庆节\n"
NOTICE = ("--issuer", "国务院办公厅", "--number", "国办发明电〔2026〕1号", "--date", "2026-11-05")
KEEPER, APPROVER = "calendar_keeper", "calendar_approver"


def said(here: Up, person: str, role: str, *words: str) -> tuple[int, str]:
    asked = shifan("calendar", *words, SHIFAN_TOKEN=token(here.home, person, role), SHIFAN_URL=str(here.http.base_url))
    return asked.returncode, asked.stdout + asked.stderr


def test_a_year_is_imported_looked_at_and_published(tmp_path: Path) -> None:
    table = tmp_path / "2027.csv"
    table.write_text(TABLE, encoding="utf-8")
    with up(tmp_path / "home", "--movable-clock", "2026-11-25T09:00+08:00") as here:
        admin = here.person("admin", "system_administrator")
        assert admin.post("/clock/advance", {"to": "2026-11-26T09:00:00+08:00"}).status == 200
        code, listed = said(here, "li", KEEPER, "list", "--year", "2027")
        assert (code, "provisional  to be published by 2026-12-20" in listed) == (0, True)

        code, drafted = said(here, "li", KEEPER, "import", str(table), "--year", "2027", *NOTICE)
        assert code == 0, drafted
        version = drafted.split()[-1]
        assert said(here, "li", KEEPER, "import", str(table), "--year", "2026", *NOTICE)[0] == 1
        code, preview = said(here, "li", KEEPER, "preview", version)
        assert (code, preview.splitlines()[-1]) == (0, "0 dates would move, 0 of them ends of public notices.")

        code, refused = said(here, "li", APPROVER, "publish", version)
        assert (code, "another person" in refused or "另一人" in refused) == (1, True)
        code, published = said(here, "wang", APPROVER, "publish", version)
        assert (code, published.startswith("Published.")) == (0, True)
        code, listed = said(here, "li", KEEPER, "list", "--year", "2027")
        assert [line.split()[3] for line in listed.splitlines()] == ["superseded", "published"]


def test_what_cannot_be_done_is_told_in_one_sentence(tmp_path: Path) -> None:
    nobody = shifan("calendar", "list")
    assert (nobody.returncode, nobody.stderr.count("\n"), "SHIFAN_TOKEN" in nobody.stderr) == (2, 1, True)
    nowhere = shifan("calendar", "list", "--token", "x", "--url", "http://127.0.0.1:9")
    assert (nowhere.returncode, "does not answer" in nowhere.stderr) == (1, True)
    for name, text in (("broken.json", "{"), ("list.json", "[]")):
        (tmp_path / name).write_text(text, encoding="utf-8")
        read = shifan("calendar", "import", str(tmp_path / name), "--year", "2027", *NOTICE, "--token", "x")
        assert (read.returncode, name in read.stderr) == (2, True)
