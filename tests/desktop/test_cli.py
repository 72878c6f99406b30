"""The command line as a script meets it: exit status, JSON, one sentence on standard error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db import office as offices
from desktop import cli
from tests.conftest import PASSPHRASE
from tests.offices.papers import add_photo

ROOT = Path(__file__).parents[2]
Run = Callable[..., tuple[int, str, str]]

ROSTER = """姓名,性别,身份证号,党支部,人员类别,入党时间
巴图,男,150425196001010016,哈沙图嘎查党支部,正式党员,1990.07
王芳,女,1.50425E+17,哈沙图嘎查党支部,正式党员,1991.07
,男,,哈沙图嘎查党支部,正式党员,1992.07
"""


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv(cli.PASSPHRASE_VARIABLE, PASSPHRASE)

    def command(*words: str) -> tuple[int, str, str]:
        status = cli.main(["--data", str(tmp_path / "office"), *words])
        said = capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return status, said.out, said.err

    return command


@pytest.fixture
def founded(run: Run, tmp_path: Path) -> Run:
    status, _, _ = run(
        "new", "--office", "150823101", "--name", "白音胡舒苏木党委", "--level", "township"
    )
    assert status == 0
    (tmp_path / "名册.csv").write_text(ROSTER, "utf-8")
    return run


def answer(out: str) -> Any:
    return json.loads(out)


def test_an_import_accounts_for_every_row_and_a_second_one_changes_nothing(
    founded: Run, tmp_path: Path
) -> None:
    file, refused = str(tmp_path / "名册.csv"), tmp_path / "退回.xlsx"
    words = ("import", "member", file, "--found-organizations", "--refused", str(refused), "--json")
    status, out, _ = founded(*words)
    first = answer(out)
    assert status == 0
    assert (first["new"], first["changed"], first["same"], first["refused"]) == (1, 0, 0, 2)
    assert {(r["row"], r["column"]) for r in first["rows"] if r["outcome"] == "refused"} == {
        (3, "身份证号"),
        (4, "姓名"),
    }
    assert refused.is_file()
    second = answer(founded(*words)[1])
    assert (second["new"], second["same"], second["refused"]) == (0, 1, 2)


def test_a_dry_run_writes_nothing(founded: Run, tmp_path: Path) -> None:
    founded("import", "member", str(tmp_path / "名册.csv"), "--found-organizations", "--dry-run")
    assert answer(founded("stats", "--json")[1])["members.total"] == 0


def test_what_is_exported_can_be_imported_again(founded: Run, tmp_path: Path) -> None:
    founded("import", "member", str(tmp_path / "名册.csv"), "--found-organizations")
    out = str(tmp_path / "导出.xlsx")
    assert answer(founded("export", "member", out, "--json")[1])["rows"] == 1
    again = answer(founded("import", "member", out, "--json")[1])
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 1)


def test_a_sheet_is_printed_where_it_was_asked_for(founded: Run, tmp_path: Path) -> None:
    founded("import", "member", str(tmp_path / "名册.csv"), "--found-organizations")
    forms = answer(founded("forms", "--json")[1])
    assert {"id", "title", "register"} <= set(forms[0])
    paper = tmp_path / "花名册.pdf"
    assert founded("print", "member_roster", "-o", str(paper))[0] == 0
    assert paper.read_bytes()[:5] == b"%PDF-"


def test_a_backup_can_be_restored(founded: Run, tmp_path: Path) -> None:
    copy = answer(founded("backup", "--json")[1])["file"]
    founded("import", "member", str(tmp_path / "名册.csv"), "--found-organizations")
    shown = answer(founded("restore", copy, "--dry-run", "--json")[1])
    assert shown["tables"]["member"] == [1, 0]
    assert founded("restore", copy)[0] == 0
    assert answer(founded("stats", "--json")[1])["members.total"] == 0


def test_check_says_whether_all_is_well(founded: Run) -> None:
    found = answer(founded("check", "--json")[1])
    assert set(found) == {"ok", "findings"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("import", "nothing", "x.csv"), "没有“nothing”这个台账"),
        (("import", "member", "不在.xlsx"), "不在.xlsx"),
        (("export", "nothing", "x.xlsx"), "没有“nothing”这个台账"),
        (("print", "no_such_form", "-o", "x.pdf"), "no_such_form"),
        (("print", "member_roster", "-o", "x.pdf", "--option", "order"), "名称=值"),
        (("restore", "没有这份"), "没有这份"),
        (("new", "--office", "1", "--name", "甲", "--level", "county"), "已经有"),
    ],
)
def test_a_refusal_is_one_sentence_and_status_1(
    founded: Run, words: tuple[str, ...], said: str
) -> None:
    status, out, err = founded(*words)
    assert (status, out) == (1, "")
    assert said in err


def test_a_wrong_passphrase_is_refused(founded: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(cli.PASSPHRASE_VARIABLE, "不是这一句话")
    assert founded("stats")[0] == 1
    monkeypatch.delenv(cli.PASSPHRASE_VARIABLE)
    status, _, err = founded("stats")
    assert status == 1
    assert "口令" in err


@pytest.mark.parametrize("words", [["nonsense"], ["import"], ["new", "--level", "village"]])
def test_wrong_usage_is_status_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(words)
    assert caught.value.code == 2


def test_our_own_mistake_goes_to_a_file_and_not_to_the_person(
    founded: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import db.statistics

    monkeypatch.setattr(db.statistics, "stats", lambda: 1 / 0)
    status, _, err = founded("stats")
    assert status == 1
    assert "程序出错" in err
    (report,) = (tmp_path / "office").glob("出错报告-*.txt")
    assert "ZeroDivisionError" in report.read_text("utf-8")
    assert str(report) in err


def test_a_reader_that_stops_listening_breaks_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "desktop", "forms"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    assert b"Traceback" not in process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0


def test_two_offices_exchange_by_commands_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cli.PASSPHRASE_VARIABLE, PASSPHRASE)

    def at(desk: str, *words: str) -> Any:
        status = cli.main(["--data", str(tmp_path / desk), *words, "--json"])
        said = capsys.readouterr()
        assert (status, said.err) == (0, "")
        return json.loads(said.out)

    letter, reply, stick = (str(tmp_path / n) for n in ("i.json", "a.json", "stick"))
    (tmp_path / "stick").mkdir()
    at("county", "new", "--office", "150823", "--name", "旗委组织部", "--level", "county")
    at("town", "new", "--office", "150823101", "--name", "白音胡舒苏木党委", "--level", "township")
    (tmp_path / "名册.csv").write_text(ROSTER, "utf-8")
    at("town", "import", "member", str(tmp_path / "名册.csv"), "--found-organizations")
    asked = at("county", "invite", "--office", "150823101", "--name", "白音胡舒", "-o", letter)
    joined = at("town", "join", letter, "-o", reply)
    assert joined["county_fingerprint"] == asked["fingerprint"]
    assert at("county", "admit", reply)["fingerprint"] == joined["fingerprint"]
    sent = at("town", "send", stick)
    assert set(sent) == {"packet", "number", "totals"}
    assert sent["number"] == 1
    (shown,) = at("county", "receive", stick, "--dry-run")
    (done,) = at("county", "receive", stick)
    assert set(done) == {
        "packet", "office", "number", "outcome", "reason",
        "new", "changed", "unchanged", "conflicts", "refused",
    }  # fmt: skip
    assert {**shown, "packet": sent["packet"]} == done
    assert (done["outcome"], done["new"]) == ("applied", sum(sent["totals"].values()))
    assert [copy.name for copy in (tmp_path / "county" / "backups").glob("*.db")]
    assert at("county", "digest") == at("town", "digest")
    assert at("county", "receive", stick)[0]["outcome"] == "same"
    assert at("town", "receive", stick) == []
    assert at("town", "outbox")[0]["state"] == "对方已接收（凭回执）"
    assert at("county", "conflicts") == []
    offices.open_office(tmp_path / "town", PASSPHRASE)
    add_photo("入户")
    offices.close_office()
    sent = at("town", "send", stick)
    assert sent["attachments"] == {
        "count": 1, "size": 3000, "containers": 1, "left": 0, "absent": 0,
    }  # fmt: skip
    done = at("county", "receive", stick)[-1]
    assert done["attachments"] == {"count": 1, "size": 3000, "kept": 1, "missing": 0}
    status = cli.main(["--data", str(tmp_path / "county"), "decide", "7", "--take", "ours"])
    assert (status, "编号为 7" in capsys.readouterr().err) == (1, True)


def test_the_data_moves_by_command_and_the_pointer_follows(
    founded: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from desktop import whereabouts

    founded("import", "member", str(tmp_path / "名册.csv"), "--found-organizations")
    old, new = tmp_path / "office", tmp_path / "D" / "台账"
    status, _, err = founded("move-data", str(old / "inside"))
    assert (status, "里面" in err) == (1, True)
    whereabouts.point(old)
    status, out, _ = founded("move-data", str(new), "--json")
    assert (status, answer(out)["to"], answer(out)["pointed"]) == (0, str(new), True)
    assert whereabouts.data_folder() == new
    assert cli.main(["stats", "--json"]) == 0
    assert answer(capsys.readouterr().out)["members.total"] == 1
    status, _, err = founded("stats")
    assert (status, "已搬到" in err) == (1, True)


def test_a_member_is_moved_by_commands_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cli.PASSPHRASE_VARIABLE, PASSPHRASE)
    stick, roster = tmp_path / "stick", tmp_path / "名册.csv"
    stick.mkdir()
    roster.write_text(ROSTER, "utf-8")

    def at(desk: str, *words: str) -> Any:
        status = cli.main(["--data", str(tmp_path / desk), *words, "--json"])
        said = capsys.readouterr()
        assert (status, said.err) == (0, "")
        return json.loads(said.out)

    def round_trip() -> None:
        for town in ("one", "two"):
            at(town, "send", str(stick))
        at("county", "receive", str(stick))
        at("county", "send", str(stick))
        for town in ("one", "two"):
            at(town, "receive", str(stick))

    at("county", "new", "--office", "150823", "--name", "旗委组织部", "--level", "county")
    for town, code in (("one", "150823101"), ("two", "150823102")):
        letter, reply = str(tmp_path / "i.json"), str(tmp_path / "a.json")
        at(town, "new", "--office", code, "--name", f"{town}党委", "--level", "township")
        at(town, "import", "member", str(roster), "--found-organizations")
        at("county", "invite", "--office", code, "--name", f"{town}党委", "-o", letter)
        at(town, "join", letter, "-o", reply)
        at("county", "admit", reply)
        roster.write_text(
            ROSTER.splitlines()[0] + "\n赵四,男,,巴彦支部,正式党员,1995.07\n", "utf-8"
        )
    round_trip()
    name = ROSTER.splitlines()[1].split(",")[0]
    moved = at("one", "transfer", name, "--to", "150823102")
    assert (moved["state"], moved["number"][-4:]) == ("asked", "001号")
    round_trip()
    assert at("county", "transfer", name, "--to", "150823102")["state"] == "approved"
    round_trip()
    assert at("two", "transfer", name, "--into", "巴彦支部")["state"] == "approved"
    round_trip()
    round_trip()
    (closed,) = at("one", "transfer")
    assert (closed["state"], closed["from"], closed["to"]) == ("received", "150823101", "150823102")
    for town, code in (("one", "150823101"), ("two", "150823102")):
        assert at("county", "digest", "--office", code) == at(town, "digest", "--office", code)
    status = cli.main(["--data", str(tmp_path / "one"), "transfer", name, "--to", "150823102"])
    assert (status, "已转出" in capsys.readouterr().err) == (1, True)


def test_a_lost_pc_by_commands_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(cli.PASSPHRASE_VARIABLE, PASSPHRASE)
    stick = tmp_path / "KINGSTON"
    stick.mkdir()
    monkeypatch.setenv("ZHENGYOU_STICKS", str(stick))

    def at(desk: str, *words: str) -> Any:
        status = cli.main(["--data", str(tmp_path / desk), *words, "--json"])
        said = capsys.readouterr()
        assert (status, said.err) == (0, "")
        return json.loads(said.out)

    letter, reply = (str(tmp_path / n) for n in ("邀请.zyti", "回答.zyti"))
    at("county", "new", "--office", "150823", "--name", "旗委组织部", "--level", "county")
    at("town", "new", "--office", "150823101", "--name", "白音胡舒苏木党委", "--level", "township")

    def enrol() -> None:
        at("county", "invite", "--office", "150823101", "--name", "白音胡舒", "-o", letter)
        at("town", "join", letter, "-o", reply)
        at("county", "admit", reply)

    enrol()
    (plugged,) = at("town", "sticks")["plugged"]
    assert (plugged["place"], plugged["ours"], plugged["writable"]) == (str(stick), False, True)
    at("town", "send", str(stick))
    at("county", "revoke", "--office", "150823101", "--reason", "电脑被盗")
    (refused,) = at("county", "receive", str(stick))
    assert refused["outcome"] == "refused"
    (kept,) = at("county", "quarantine")
    assert "电脑被盗" in kept["reason"]
    assert at("county", "quarantine", "--retry", str(kept["id"]))["outcome"] == "refused"
    at("county", "quarantine", "--discard", str(kept["id"]), "--reason", "旧密钥")
    assert at("county", "quarantine") == []
    enrol()
    at("town", "send", str(stick))
    assert "applied" in [one["outcome"] for one in at("county", "receive", str(stick))]
    assert at("town", "renew-keys")["fingerprint"]
    slip = tmp_path / "交接单.pdf"
    at("town", "print", "exchange_slip", "-o", str(slip))
    assert slip.read_bytes().startswith(b"%PDF")


def test_the_program_says_where_its_data_lies_also_to_the_remover_of_windows(
    founded: Run, tmp_path: Path
) -> None:
    status, out, _ = founded("where", "--note", str(tmp_path / "where.txt"))
    assert (status, out.strip()) == (0, str(tmp_path / "office"))
    assert (tmp_path / "where.txt").read_text("utf-16") == str(tmp_path / "office")
