"""The door of a PostgreSQL server: one connection, or the words why it did not let us in.

Before somebody is let in, a server says in its own language and without a number what is wrong;
its words name the address, so what the person reads is ours.
"""

from __future__ import annotations

from typing import Any

import psycopg

from db.errors import Refusal, Trouble

_CONNECT_SECONDS = 10
_NOTHING = "数据没有变化。"
_ASK = f"{_NOTHING}请问服务器管理员。"

#: What the words of libpq or of a server (English, Chinese) have in them → what that means to the
#: person; with advice it is a Trouble of the network or the server, without it they can put it right.
_REASONS: tuple[tuple[tuple[str, ...], str, str], ...] = (
    (
        ("no pg_hba.conf entry", "pg_hba.conf 记录"),
        "服务器不让这台电脑用这个用户进这个数据库。请把这台电脑的地址告诉服务器管理员，"
        "由他在 pg_hba.conf 里放行（见 docs/postgresql.md）。",
        "",
    ),
    (
        ("authentication failed", "认证失败", "no password supplied", "password"),
        "数据库服务器不认这个用户名或口令。请对照管理员给的单子，分清大小写再输一遍。",
        "",
    ),
    (
        ("does not support SSL", "SSL is required", "SSL SYSCALL"),
        "服务器没有开加密传输，没有连接。请管理员打开 TLS；只在单位内网试用时，可把“传输”改为“不加密”。",
        "",
    ),
    (
        ("certificate", "tlsv1", "ssl3_", "SSL error"),
        "服务器的证书核对不上，没有连接。请向管理员核对服务器名称和证书文件，"
        "不要随意改用不核对证书的方式。",
        "",
    ),
    (
        ("not currently accepting", "不接受联接"),
        "管理员暂时关闭了这个数据库，",
        _ASK,
    ),
    (
        ("does not exist", "不存在"),
        "服务器上没有这个数据库或用户。请对照管理员给的单子核对数据库名和用户名。",
        "",
    ),
    (
        ("too many clients", "connection slots", "太多的客户", "连接位置"),
        "数据库服务器上连接的电脑太多，这一台暂时进不去，",
        f"{_NOTHING}请稍候再试；常常这样请管理员调大 max_connections。",
    ),
    (
        ("starting up", "shutting down", "启动中", "停止中", "正在关闭"),
        "数据库服务器正在启动或关闭，",
        f"{_NOTHING}请过一两分钟再试。",
    ),
    (
        ("could not translate host name", "failed to resolve host", "Name or service not known"),
        "找不到这个服务器，",
        f"{_NOTHING}请核对服务器的名称或地址，检查这台电脑的网络。",
    ),
    (
        ("Connection refused", "10061"),
        "服务器上那个端口没有数据库在工作，",
        f"{_NOTHING}请核对端口，或问服务器管理员数据库是否开着。",
    ),
    (
        ("timeout expired", "timed out", "No route to host", "unreachable"),
        "服务器没有回应，",
        f"{_NOTHING}请检查网络和地址，或问服务器管理员是否开着、防火墙是否放行。",
    ),
)


def connect(url: str, cursor_factory: Any) -> Any:
    """One connection to the server; raises what `refused` gives when it does not let us in."""
    try:
        return psycopg.connect(
            url,
            autocommit=True,
            cursor_factory=cursor_factory,
            connect_timeout=_CONNECT_SECONDS,
            application_name="zhengyou",
            client_encoding="UTF8",
            keepalives_idle=30,
            keepalives_interval=10,
            keepalives_count=3,
        )
    except psycopg.Error as error:
        raise refused(error) from error


def refused(error: psycopg.Error) -> Refusal | Trouble:
    """Why a server did not let us in, as the person must know it."""
    words = str(error)
    for marks, message, advice in _REASONS:
        if any(mark in words for mark in marks):
            return Trouble(message, advice) if advice else Refusal(message)
    if isinstance(error, psycopg.ProgrammingError):
        return Refusal("数据库的连接地址写得不对，应形如 postgresql://用户:口令@服务器/数据库。")
    return Trouble(
        "连不上数据库服务器，", f"{_NOTHING}请检查网络，或问服务器管理员服务器是否开着。"
    )
