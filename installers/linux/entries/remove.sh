#!/bin/sh
# Removes the program of the person who runs this. The ledgers stay where they are.
set -eu
program=$(dirname "$(readlink -f "$0")")
shared=${XDG_DATA_HOME:-$HOME/.local/share}
for running in /proc/[0-9]*/exe; do
    case "$(readlink "$running" 2>/dev/null || true)" in
    "$program"/*) echo "争优台账正在运行，请先把它关闭。没有改动任何东西。" >&2; exit 1 ;;
    esac
done
rm -f "$shared/applications/@APPID@.desktop" "$shared/icons/hicolor/scalable/apps/@APPID@.svg" "$shared/mime/packages/@APPID@.xml"
! command -v update-mime-database >/dev/null || update-mime-database "$shared/mime" || true
! command -v update-desktop-database >/dev/null || update-desktop-database "$shared/applications" || true
rm -rf "$program"
echo "程序已删去。台账数据没有动。"
