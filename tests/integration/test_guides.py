"""The guide to a new programme does what it says, in both languages, and both say the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from service.schemes import loader
from tests.support.guide import Desk, Drift, Snippet, headings, prints, snippets, with_rows, with_sections

GUIDES = Path(__file__).parents[2] / "deploy" / "guides"
ENGLISH, CHINESE = GUIDES / "new-programme.md", GUIDES / "new-programme.zh-CN.md"
BOTH = [ENGLISH, CHINESE]

every_guide = pytest.mark.parametrize("guide", BOTH, ids=lambda path: path.name)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Path, Future[str]]]:
    """Both guides, played side by side: each in a folder and on an installation of its own. What came of it."""
    folders = {guide: tmp_path_factory.mktemp("desk") / "folder" for guide in BOTH}
    with ThreadPoolExecutor() as pool:
        yield {guide: pool.submit(play, guide, folder) for guide, folder in folders.items()}


def play(guide: Path, folder: Path) -> str:
    """Follow a guide to its end; the hash of the scheme that it leads to."""
    desk = Desk(folder)
    try:
        desk.play(guide)
        return loader.content_hash(loader.read_folder(desk.scheme))
    finally:
        desk.close()


@every_guide
def test_every_snippet_of_the_guide_does_what_the_guide_says(guide: Path, played: dict[Path, Future[str]]) -> None:
    played[guide].result()


def test_both_guides_lead_to_the_same_scheme(played: dict[Path, Future[str]]) -> None:
    assert played[ENGLISH].result() == played[CHINESE].result()


# ------------------------------------------------------------------------------------- both say the same


def test_both_guides_have_the_same_headings_with_the_same_snippets_below() -> None:
    assert list(headings(ENGLISH)) == list(headings(CHINESE))


def test_both_guides_type_the_same_commands_and_write_the_same_files() -> None:
    """They differ in the language that is asked for, and in what is printed."""

    def given(guide: Path) -> list[object]:
        found = snippets(guide)
        return [[one.file, *[c for c, _ in one.typed], "" if one.typed else one.text] for one in found]

    def neutral(guide: Path) -> list[object]:
        return [re.sub(r"LANGUAGE=(en|zh)\b", "LANGUAGE=", str(one)) for one in given(guide)]

    assert neutral(ENGLISH) == neutral(CHINESE)
    assert len(given(ENGLISH)) > 30, "the snippets were not found in the text"


def test_both_guides_have_the_same_tables_and_lists() -> None:
    def shape(guide: Path) -> list[str]:
        plain = re.sub(r"```.*?```", "", guide.read_text(encoding="utf-8"), flags=re.DOTALL)
        begins = (re.match(r"\||- (\[ \])?", line) for line in plain.splitlines())
        return [found[0] + "|" * found.string.count(" | ") for found in begins if found]

    assert shape(ENGLISH) == shape(CHINESE)


@every_guide
def test_every_link_of_a_guide_leads_to_a_file(guide: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", guide.read_text(encoding="utf-8"))
    assert targets
    assert [target for target in targets if not (guide.parent / target).exists()] == []


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_a_readme_leads_to_the_guide_in_its_language(name: str) -> None:
    guide = (CHINESE if "zh" in name else ENGLISH).name
    assert f"](deploy/guides/{guide})" in (GUIDES.parents[1] / name).read_text(encoding="utf-8")


# ------------------------------------------------------------------------------------- what would be noticed


@pytest.mark.parametrize(
    ("expected", "said", "same"),
    [
        ("draft\n10\n", "draft\n10\n", True),
        ("draft\n10\n", "draft\n12\n", False),
        ("draft\n", "draft\n10\n", False),
        ("draft\n...\n", "draft\n10\nmore\n", True),
        ("...\nlast\n", "first\nlast\n", True),
        ("...\nlast\n", "first\nlast but one\n", False),
        ("<id>\n", "3f0c8a52-2e6b-4f0e-9f3e-1c2d3e4f5a6b\n", True),
        ("<id>\n", "Traceback\n", False),
        ("", "shifan: it does not answer\n", False),
    ],
)
def test_what_is_printed_is_compared_line_by_line(expected: str, said: str, same: bool) -> None:
    assert prints(expected, said) is same


def test_a_section_stands_instead_of_its_namesake_and_keeps_what_explains_it() -> None:
    before = "# about\n\nkey: a\n\n# the title\ntitle:\n  zh: b\n\nroles: {}\n"
    after = with_sections(before, "title:\n  zh: c\nscoring: {mode: none}\n")
    assert after == "# about\n\nkey: a\n\n# the title\ntitle:\n  zh: c\n\nroles: {}\nscoring: {mode: none}\n"


def test_a_row_stands_instead_of_that_with_the_same_code() -> None:
    assert with_rows("code,points\r\nA,1\r\nB,2\r\n", "B,3\nC,4\n") == "code,points\nA,1\nB,3\nC,4\n"


def test_a_guide_that_says_something_else_is_found_out_with_its_line(tmp_path: Path) -> None:
    guide = tmp_path / "guide.md"
    guide.write_text("# A guide\n\n```console\n$ echo one\none\n$ echo two\nthree\n```\n", encoding="utf-8")
    desk = Desk(tmp_path / "desk")
    try:
        with pytest.raises(Drift, match=r"guide\.md:4: \$ echo two\ntwo"):
            desk.play(guide)
    finally:
        desk.close()


def test_a_file_that_leaves_the_scheme_unsound_is_found_out(tmp_path: Path) -> None:
    guide = tmp_path / "guide.md"
    begin = "```sh\nshifan scheme new mine --key mine --title 示范 > made.txt\n```\n# Points\n"
    guide.write_text(
        f"{begin}```yaml\n# scheme.yaml: scoring\nscoring: {{mode: points, max: 7}}\n```\n", encoding="utf-8"
    )
    desk = Desk(tmp_path / "desk")
    try:
        with pytest.raises(Drift, match="/scoring/max"):
            desk.play(guide)
    finally:
        desk.close()


def test_what_a_command_prints_stands_below_it() -> None:
    text = "$ shifan scheme new mine \\\n    --key mine\nmade\n$ shifan scheme validate mine\n"
    assert Snippet("console", "", text, 1).typed == [
        ("shifan scheme new mine \\\n    --key mine", "made\n"),
        ("shifan scheme validate mine", ""),
    ]
