"""The command line: what a script or the county's night job needs; it calls what the pages call.

Exit status 0 done, 1 refused with a reason on standard error, 2 wrong usage; never a traceback.
"""

from __future__ import annotations

import argparse
import errno
import json
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from db import release
from db.errors import Refusal, Trouble
from desktop import cli_exchange, cli_program, cli_server

PASSPHRASE_VARIABLE = "ZHENGYOU_PASSPHRASE"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(2, f"命令写法不对：{message}\n")


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = _Parser(prog="zhengyou", description="争优台账。不带命令时打开窗口。")
    top.add_argument(
        "--version", action="version", version=f"争优台账 {release.version()}", help="版本"
    )
    top.add_argument("--data", type=Path, metavar="DIR", help="数据文件夹")
    top.add_argument("--passphrase-file", type=Path, metavar="FILE", help="写有口令的文件")
    commands = top.add_subparsers(dest="command", metavar="命令", required=True)

    def add(
        name: str, run: Callable[[argparse.Namespace], Any], words: str
    ) -> argparse.ArgumentParser:
        one = commands.add_parser(name, help=words, description=words)
        one.set_defaults(run=run)
        one.add_argument("--json", action="store_true", help="以 JSON 输出")
        return one

    new = add("new", _new, "建立一个单位的台账")
    new.add_argument("--office", metavar="CODE", help="行政区划代码，6 至 12 位数字")
    new.add_argument("--name", help="单位全称")
    new.add_argument("--level", choices=("township", "county"))
    new.add_argument("--person", default="管理员", help="第一个使用人的姓名")
    new.add_argument("--recovery-sheet", type=Path, metavar="FILE.pdf", help="恢复单存到这里")
    cli_server.add_options(new)
    new.set_defaults(parser=new)

    demo = add("demo", _demo, "生成演练数据")
    demo.add_argument("folder", type=Path, metavar="DIR")
    demo.add_argument("--scale", choices=("township", "county"), default="township")
    demo.add_argument("--seed", type=int, default=1)
    demo.add_argument("--database", default="", metavar="URL", help="放在服务器的这个空数据库里")
    demo.add_argument(
        "--offices", action="store_true", help="一个旗县和九个苏木乡镇，已互认，有一年的上报"
    )

    bring = add("import", _import, "导入名册")
    bring.add_argument("register", metavar="REGISTER")
    bring.add_argument("file", type=Path, metavar="FILE")
    bring.add_argument("--dry-run", action="store_true", help="只看计划，不写入")
    bring.add_argument(
        "--found-organizations", action="store_true", help="名册里的新党组织一并建立"
    )
    bring.add_argument("--refused", type=Path, metavar="FILE", help="退回的行存到这里")

    take = add("export", _export, "导出一个台账")
    take.add_argument("register", metavar="REGISTER")
    take.add_argument("file", type=Path, metavar="FILE")

    add("forms", _forms, "列出能打印的表")

    paper = add("print", _print, "打印成 PDF")
    paper.add_argument("form", metavar="FORM")
    paper.add_argument("-o", "--output", type=Path, required=True, metavar="FILE.pdf")
    paper.add_argument("--id", type=int, action="append", default=[], help="记录编号，可重复")
    paper.add_argument(
        "--organization", default="", metavar="NAME", help="只印这个党组织（含下级）"
    )
    paper.add_argument(
        "--option", action="append", default=[], metavar="KEY=VALUE", help="表的选项，可重复"
    )

    add("stats", _stats, "统计数字")
    add("check", _check, "检查数据")
    save = add("backup", _backup, "备份")
    save.add_argument("--to", type=Path, metavar="FOLDER", help="另抄一份到这个文件夹")
    back = add("restore", _restore, "从备份恢复")
    back.add_argument("copy", metavar="BACKUP", help="备份文件名，见 backup --json")
    back.add_argument("--dry-run", action="store_true", help="只看会变什么")
    cli_exchange.add_commands(add, _opened)
    cli_program.add_commands(add, _opened, data_folder)
    cli_server.add_commands(add, _opened)
    return top


def main(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    given = parser().parse_args(list(arguments))
    try:
        answer, words = given.run(given)
    except (Refusal, Trouble) as failure:
        print(failure, file=sys.stderr)
        return 1
    except OSError as error:
        name = error.filename or ""
        print(f"文件读写出错：{error.strerror or error} {name}".rstrip(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("已中断，没有写完的一步已全部退回。", file=sys.stderr)
        return 1
    except Exception as problem:
        print(_report_bug(given, problem), file=sys.stderr)
        return 1
    return _say(json.dumps(answer, ensure_ascii=False, indent=1) if given.json else words)


def _say(words: str) -> int:
    try:
        print(words, flush=True)
    except OSError as error:
        # The reader (head, more) has seen enough; the work itself is done. Windows calls it an invalid argument.
        if not isinstance(error, BrokenPipeError) and (os.name, error.errno) != (
            "nt",
            errno.EINVAL,
        ):
            raise
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    return 0


def _report_bug(given: argparse.Namespace, problem: Exception) -> str:
    """Keep a report in a file for whoever mends the program; the person reads one sentence."""
    import tempfile

    from desktop import reporting

    folder = given.data if given.data and given.data.is_dir() else Path(tempfile.gettempdir())
    file = reporting.keep(problem, folder)
    where = f"请把“{file}”交给维护人员。" if file else "出错报告也没能写下来。"
    return f"程序出错，这一步没有做成，数据没有变化。{where}"


def _passphrase(given: argparse.Namespace) -> str:
    if given.passphrase_file is not None:
        return str(given.passphrase_file.read_text(encoding="utf-8-sig").strip())
    secret = os.environ.get(PASSPHRASE_VARIABLE, "")
    if not secret:
        raise Refusal(
            f"需要口令：用 --passphrase-file 指定口令文件，或设置环境变量 {PASSPHRASE_VARIABLE}。"
        )
    return secret


def data_folder(given: argparse.Namespace) -> Path:
    """The data folder asked for, else the one of this person on this machine."""
    if given.data is not None:
        return Path(given.data)
    from desktop import whereabouts

    return whereabouts.data_folder()


@contextmanager
def _opened(given: argparse.Namespace) -> Iterator[Path]:
    from db import office

    folder = data_folder(given)
    office.open_office(folder, _passphrase(given))
    try:
        yield folder
    finally:
        office.close_office()


def _new(given: argparse.Namespace) -> tuple[Any, str]:
    from db import office

    folder, server = data_folder(given), cli_server.url_of(given.database)
    if given.join:
        return cli_server.join(folder, server, _passphrase(given))
    if not (given.office and given.name and given.level):
        given.parser.error("新建要写 --office、--name 和 --level")
    code = office.new_office(
        folder,
        given.office,
        given.name,
        given.level,
        given.person,
        _passphrase(given),
        server=server,
    )
    try:
        answer = {"data": str(folder), "recovery": code}
        if given.recovery_sheet is None:
            return answer, f"已建立“{given.name}”的台账：{folder}\n恢复码（请抄下封存）：{code}"
        from desktop.forms.account_recovery import print_sheet

        print_sheet(given.recovery_sheet, given.name, given.person, code)
        return answer, f"已建立“{given.name}”的台账：{folder}\n恢复单：{given.recovery_sheet}"
    finally:
        office.close_office()


def _demo(given: argparse.Namespace) -> tuple[Any, str]:
    from db.demonstration import build

    given_secret = given.passphrase_file is not None or os.environ.get(PASSPHRASE_VARIABLE)
    secret = _passphrase(given) if given_secret else ""
    if given.offices:
        from db.demonstration import offices

        made = offices.build(given.folder, given.seed, _tell, passphrase=secret)
        words = "\n".join(f"{one['name']}：{one['data']}" for one in made["offices"])
        return made, f"演练数据已生成。\n{words}\n口令在各文件夹的 training-passphrase.txt 里。"
    server = cli_server.url_of(given.database)
    built = build(given.folder, given.scale, given.seed, passphrase=secret, server=server)
    return built, f"演练数据已生成：{given.folder}\n口令在其中的 training-passphrase.txt 里。"


def _tell(done: int, of: int, words: str) -> None:
    """How far a long step is, on standard error, so that the answer stays clean."""
    print(f"[{done}/{of}] {words}", file=sys.stderr, flush=True)


def _import(given: argparse.Namespace) -> tuple[Any, str]:
    from desktop.sheets.importing import run_import

    with _opened(given):
        answer = run_import(
            given.register,
            given.file,
            dry_run=given.dry_run,
            found_organizations=given.found_organizations,
            refused_path=given.refused,
        )
    done = "计划" if given.dry_run else "结果"
    lines = [
        f"导入{done}：新增 {answer['new']}，变更 {answer['changed']}，"
        f"相同 {answer['same']}，退回 {answer['refused']}"
    ]
    lines += [
        f"第 {row['row']} 行 {row['column']}：{row['reason']}"
        for row in answer["rows"]
        if row["outcome"] == "refused"
    ]
    return answer, "\n".join(lines)


def _export(given: argparse.Namespace) -> tuple[Any, str]:
    from desktop.sheets.exporting import export_register

    with _opened(given):
        rows = export_register(given.register, given.file)
    return {"rows": rows, "file": str(given.file)}, f"已导出 {rows} 行：{given.file}"


def _forms(_given: argparse.Namespace) -> tuple[Any, str]:
    from desktop.typeset.form import forms

    found = [{"id": f.id, "title": f.title, "register": f.register} for f in forms()]
    return found, "\n".join(f"{f['id']}  {f['title']}" for f in found)


def _print(given: argparse.Namespace) -> tuple[Any, str]:
    from desktop.typeset.printing import print_selection

    options = {}
    for text in given.option:
        key, mark, value = text.partition("=")
        if not mark:
            raise Refusal(f"选项应写成“名称=值”，“{text}”不是。")
        options[key] = value
    with _opened(given):
        answer = print_selection(
            given.form,
            given.output,
            ids=given.id,
            organization=given.organization,
            options=options,
        )
    return answer, f"已印好 {answer['pages']} 页：{given.output}"


def _stats(given: argparse.Namespace) -> tuple[Any, str]:
    from db.statistics import stats

    with _opened(given):
        figures = stats()
    return figures, "\n".join(f"{key} = {value}" for key, value in figures.items())


def _check(given: argparse.Namespace) -> tuple[Any, str]:
    from db.checking import check

    with _opened(given):
        findings = check()
    answer = {
        "ok": not any(f.grave for f in findings),
        "findings": [
            {"kind": f.kind, "register": f.stem, "id": f.id, "title": f.title, "message": f.message}
            for f in findings
        ],
    }
    words = "\n".join(f"{f.title}：{f.message}" for f in findings) or "没有发现问题。"
    return answer, words


def _backup(given: argparse.Namespace) -> tuple[Any, str]:
    from db import backup, office

    with _opened(given) as folder:
        copy = backup.snapshot(folder, office.current().key)
        if given.to is not None:
            backup.lay_out(copy, given.to, office.current().key)
    answer = {"file": copy.file.name, "at": copy.at, "rows": copy.counts, "alarm": copy.alarm}
    return answer, f"已备份并验证：{copy.file.name}，{copy.rows} 条记录。{copy.alarm}"


def _restore(given: argparse.Namespace) -> tuple[Any, str]:
    from db import access, backup, office

    folder = data_folder(given)
    try:
        office.open_office(folder, _passphrase(given))
    except Trouble:
        if given.dry_run:
            raise
        # What no longer opens is what a backup is for.
        office.rescue(folder, _passphrase(given), given.copy)
        office.close_office()
        return {"file": given.copy, "rescued": True}, f"数据已打不开，已恢复到“{given.copy}”。"
    try:
        access.require("manage")
        key = office.current().key
        copy = backup.find(folder, given.copy)
        shown = backup.preview(copy, key)
        answer = {
            "file": copy.file.name,
            "at": copy.at,
            "tables": {d.table: [d.now, d.then] for d in shown.tables if d.now != d.then},
            "operations_lost": len(shown.lost_operations),
        }
        if not given.dry_run:
            backup.restore(folder, key, copy)
    finally:
        office.close_office()
    done = "将恢复" if given.dry_run else "已恢复"
    return (
        answer,
        f"{done}到 {copy.at.replace('T', ' ')}，其后的 {answer['operations_lost']} 步操作不在其中。",
    )
