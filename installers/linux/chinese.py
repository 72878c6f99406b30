"""The check of Chinese typing: a person's keys, a real input method, the words in the field."""

from __future__ import annotations

#: Packages a desktop system gets for it, by the input method: as on UOS 20, and as today.
NEEDED = {
    "fcitx": (
        "fcitx-bin",
        "fcitx-modules",
        "fcitx-module-dbus",
        "fcitx-pinyin",
        "fcitx-ui-classic",
    ),
    "fcitx5": ("fcitx5", "fcitx5-modules", "fcitx5-pinyin"),
}
TOOLS = ("dbus", "xdotool", "xclip")
WORDS = "张三"

#: Type into the first field of the first page, choose, copy what stands there, and leave.
SCRIPT = """\
mkdir -p .config/fcitx .config/fcitx5 run
chmod 700 run
export XDG_RUNTIME_DIR=$PWD/run
printf '%s\\n' '[Profile]' 'IMName=pinyin' 'EnabledIMList=fcitx-keyboard-us:True,pinyin:True' >.config/fcitx/profile
printf '%s\\n' '[Groups/0]' 'Name=默认' 'Default Layout=us' 'DefaultIM=pinyin' '[Groups/0/Items/0]' 'Name=keyboard-us' \
    '[Groups/0/Items/1]' 'Name=pinyin' '[GroupOrder]' '0=默认' >.config/fcitx5/profile
cat >typing.sh <<'TYPING'
method=fcitx; ! command -v fcitx5 >/dev/null || method=fcitx5
$method -D >method.log 2>&1 &
for n in $(seq 300); do
    state=$($method-remote 2>/dev/null || :)
    case "$state" in 0 | 1 | 2) break ;; esac
    sleep 0.1
done
zhengyou --data 新单位 >typed.log 2>&1 &
pid=$!
window=$(timeout 60 xdotool search --sync --onlyvisible --name 争优台账 | head -1)
xdotool windowfocus --sync "$window"
sleep 2
xdotool key ctrl+space
sleep 1
xdotool type --delay 100 zhangsan
sleep 1
touch shown; for n in $(seq 100); do [ -e shown ] || break; sleep 0.1; done
xdotool key space
sleep 1
xdotool key ctrl+a ctrl+c
sleep 1
timeout 10 xclip -o -selection clipboard || { cat method.log typed.log; exit 1; }
kill $pid
TYPING
dbus-run-session -- sh -eu typing.sh
"""
