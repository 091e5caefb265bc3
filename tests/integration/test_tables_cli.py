"""Tables as workbooks on the command line: a folder with them is validated and imported, one of a draft is replaced."""

from __future__ import annotations

from pathlib import Path

from tests.support.command import shifan, token, up
from tests.support.schemes import files
from tests.support.workbooks import of_csv

TABLE = files()["indicators.csv"]


def folder(at: Path, table: bytes) -> Path:
    at.mkdir()
    (at / "scheme.yaml").write_bytes(files()["scheme.yaml"])
    (at / "indicators.xlsx").write_bytes(table)
    return at


def test_a_folder_with_a_workbook_is_validated_to_the_same_hash(tmp_path: Path) -> None:
    told = shifan("scheme", "validate", str(folder(tmp_path / "sound", of_csv(TABLE))))
    assert (told.returncode, told.stdout) == (0, shifan("scheme", "validate", "reference").stdout)


def test_what_is_wrong_with_a_workbook_is_told_with_sheet_row_and_column_in_both_languages(tmp_path: Path) -> None:
    summed = str(folder(tmp_path / "summed", of_csv(TABLE, lambda sheet: sheet.cell(5, 8, "=SUM(H2:H4)"))))
    told = shifan("scheme", "validate", summed)
    assert told.returncode == 1
    assert told.stdout.startswith("indicators.xlsx:指标:5:8: the cell is a formula: paste its value instead [QH-17a]")
    chinese = shifan("scheme", "validate", summed, "--language", "zh").stdout
    assert chinese.startswith("indicators.xlsx:指标:5:8: 单元格是公式")
    unknown = str(folder(tmp_path / "unknown", of_csv(TABLE, lambda sheet: sheet.cell(3, 7, "guessing"))))
    place = "indicators.xlsx:指标:3:7 /indicator_system/indicators/1/methods: there is no method guessing"
    assert place in shifan("scheme", "validate", unknown).stdout


def test_a_table_of_a_draft_is_looked_at_replaced_and_published(tmp_path: Path) -> None:
    row = TABLE.splitlines()[2]
    code, english = (row.decode().split(",")[column] for column in (0, 3))
    other = tmp_path / "provincial.xlsx"
    other.write_bytes(of_csv(TABLE.replace(english.encode(), b"Another wording", 1)))
    short = tmp_path / "short.xlsx"
    short.write_bytes(of_csv(TABLE.replace(row + b"\n", b"", 1)))
    home = tmp_path / "home"
    with up(home) as here:
        at = {"SHIFAN_URL": str(here.http.base_url), "SHIFAN_TOKEN": token(home, "editor", "scheme_editor")}
        programme = folder(tmp_path / "programme", of_csv(TABLE))
        imported = shifan("scheme", "import", str(programme), "--region", "cn", **at)
        assert "reference 1.0.0 is a draft" in imported.stdout, imported.stderr
        draft = imported.stdout.splitlines()[-1]
        words = ("scheme", "replace", draft, "indicators")
        told = shifan(*words, str(short), "--preview", **at).stdout.splitlines()
        assert f"removed /indicator_system/indicators/{code}" in told[0]
        assert "2 problems, 0 warnings." in told
        assert told[-1].startswith("Nothing was saved")
        line = f"changed /indicator_system/indicators/{code}/title/en"
        for preview in (["--preview"], []):
            told = shifan(*words, str(other), *preview, **at).stdout.splitlines()
            assert told[0].startswith(line)
            assert told[0].endswith(f"{english} → Another wording")
        assert told[-1] == "provincial.xlsx has taken the place of the table."
        assert shifan(*words, str(other), "--preview", **at).stdout.startswith("Nothing is altered.")
        refused = shifan(*words, str(other), "--sheet", "没有", **at)
        assert (refused.returncode, "no sheet 没有; shown are: 指标" in refused.stderr) == (1, True)
        assert shifan("scheme", "replace", draft, "others", str(other), **at).returncode == 2
        at["SHIFAN_TOKEN"] = token(home, "chief", "scheme_approver")
        assert f"{draft} is published." in shifan("scheme", "publish", draft, **at).stdout
