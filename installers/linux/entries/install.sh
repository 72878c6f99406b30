#!/bin/sh
# Installs 争优台账 for the person who runs this, without an administrator. Installing over an older
# one replaces the program and nothing else.
set -eu
here=$(dirname "$(readlink -f "$0")")
program=$HOME/.local/opt/zhengyou
shared=${XDG_DATA_HOME:-$HOME/.local/share}

for running in /proc/[0-9]*/exe; do
    case "$(readlink "$running" 2>/dev/null || true)" in
    "$program"/*) echo "争优台账正在运行，请先把它关闭，再安装。没有改动任何东西。" >&2; exit 1 ;;
    esac
done

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
