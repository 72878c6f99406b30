#!/bin/sh
# Installs 争优台账 for the person who runs this, without an administrator. Installing over an older
# one replaces the program and nothing else.
set -eu
here=$(dirname "$(readlink -f "$0")")
program=$HOME/.local/opt/zhengyou
shared=${XDG_DATA_HOME:-$HOME/.local/share}

# newer A B: version A, numbers between points, is later than B.
newer() {
    left=$1 right=$2
    while [ -n "$left$right" ]; do
        first=${left%%.*} second=${right%%.*}
        [ "${first:-0}" -le "${second:-0}" ] || return 0
        [ "${first:-0}" -ge "${second:-0}" ] || return 1
        case "$left" in *.*) left=${left#*.} ;; *) left= ;; esac
        case "$right" in *.*) right=${right#*.} ;; *) right= ;; esac
    done
    return 1
}

for running in /proc/[0-9]*/exe; do
    case "$(readlink "$running" 2>/dev/null || true)" in
    "$program"/*) echo "争优台账正在运行，请先把它关闭，再安装。没有改动任何东西。" >&2; exit 1 ;;
    esac
done

# An update laid beside the installed program counts: it is the one that starts.
installed=
[ ! -r "$program/app/pyproject.toml" ] ||
    installed=$(sed -n 's/^version *= *"\([0-9.]*\)".*/\1/p' "$program/app/pyproject.toml" | head -n 1)
[ ! -r "$program/versions/current" ] || IFS= read -r updated <"$program/versions/current" || :
case "${updated:-}" in
"" | *[!0-9.]*) ;;
*) [ ! -x "$program/versions/$updated/bin/zhengyou" ] || installed=$updated ;;
esac
if newer "$installed" "@VERSION@"; then
    echo "本机已装有较新的版本 $installed，这个安装文件是较旧的 @VERSION@，所以没有安装，也没有改动任何东西。" >&2
    echo "请直接使用现有程序。确要换回旧版本：先运行 $program/remove.sh 删去程序（台账数据不受影响），再装一次；" >&2
    echo "新版本用过的台账，旧版本可能打不开，会提示“请先升级本机程序”。" >&2
    exit 1
fi

mkdir -p "$(dirname "$program")" "$shared/applications" "$shared/icons/hicolor/scalable/apps" "$shared/mime/packages"
rm -rf "$program.new" "$program.old"
cp -a "$here/files" "$program.new"
cp "$here/remove.sh" "$program.new/remove.sh"
[ ! -e "$program" ] || mv "$program" "$program.old"
mv "$program.new" "$program"
rm -rf "$program.old"

sed "s|^Exec=.*|Exec=\"$program/bin/zhengyou\" %f|" "$here/@APPID@.desktop" >"$shared/applications/@APPID@.desktop"
cp "$here/@APPID@.svg" "$shared/icons/hicolor/scalable/apps/"
cp "$here/@APPID@.xml" "$shared/mime/packages/"
! command -v update-mime-database >/dev/null || update-mime-database "$shared/mime" || true
! command -v update-desktop-database >/dev/null || update-desktop-database "$shared/applications" || true
echo "争优台账已装好，在开始菜单的“办公”里。也可以运行：$program/bin/zhengyou"
echo "不用时运行 $program/remove.sh 删去程序，台账数据不受影响。"
