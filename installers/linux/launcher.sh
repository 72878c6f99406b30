#!/bin/sh
# Starts 争优台账 with the Python, the Qt and the C library it carries. Nothing of the machine's own
# is loaded. What is changed for Qt is remembered: the program gives it back once Qt has read it, so
# that WPS or a file manager opened from here finds what it had.
here=$(dirname "$(dirname "$(readlink -f "$0")")")

# A version that an update has laid beside this one is started in its place, as long as it is whole.
version=
[ ! -r "$here/versions/current" ] || IFS= read -r version <"$here/versions/current" || :
case "$version" in
"" | *[!0-9.]*) ;;
*) [ ! -x "$here/versions/$version/bin/zhengyou" ] || exec "$here/versions/$version/bin/zhengyou" "$@" ;;
esac

for name in LD_PRELOAD LD_LIBRARY_PATH QT_QPA_PLATFORM QT_XCB_GL_INTEGRATION; do
    eval "ZHENGYOU_WAS_$name=\${$name-}"
    export "ZHENGYOU_WAS_$name"
done
unset LD_PRELOAD LD_LIBRARY_PATH QT_PLUGIN_PATH QT_QPA_PLATFORM_PLUGIN_PATH
unset QT_QPA_PLATFORMTHEME QT_STYLE_OVERRIDE

# X11, also below Wayland; without a screen only when told so.
case "${QT_QPA_PLATFORM:-}" in
offscreen*) ;;
*) QT_QPA_PLATFORM=xcb ;;
esac
export QT_QPA_PLATFORM QT_XCB_GL_INTEGRATION=none

exec "$here/@LOADER@" --inhibit-cache --library-path "$here/lib/rt" --argv0 "$here/bin/python3" \
    "$here/bin/python3" -I -B -X utf8 -m desktop "$@"
