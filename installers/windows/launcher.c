/* Starts 争优台账 with the Python it carries, inside this process: the task bar shows our name and icon.
   Compiled twice: zhengyou.exe opens the window, zhengyou-cli.exe (CONSOLE) speaks to a console. */

#include <windows.h>
#include <shellapi.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#define LONGEST 32768
#define TITLE L"争优台账"

typedef int (*Start)(int, wchar_t **);

static wchar_t own[LONGEST], other[LONGEST], library[LONGEST];

static void say(const wchar_t *words)
{
#ifdef CONSOLE
    DWORD written;
    HANDLE errors = GetStdHandle(STD_ERROR_HANDLE);
    if (WriteConsoleW(errors, words, (DWORD)wcslen(words), &written, NULL))
        return;
    char bytes[1024]; /* not a console but a file: UTF-8, as all else that is written */
    int length = WideCharToMultiByte(CP_UTF8, 0, words, -1, bytes, sizeof bytes, NULL, NULL);
    if (length > 1)
        WriteFile(errors, bytes, (DWORD)length - 1, &written, NULL);
#else
    MessageBoxW(NULL, words, TITLE, MB_OK | MB_ICONERROR | MB_SETFOREGROUND);
#endif
}

/* A handle that leads nowhere stops Python before it can say why; none at all does not. */
static void drop_dead_handles(void)
{
    static const DWORD kinds[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
    for (int i = 0; i < 3; i++) {
        HANDLE handle = GetStdHandle(kinds[i]);
        if (handle == NULL || handle == INVALID_HANDLE_VALUE || GetFileType(handle) == FILE_TYPE_UNKNOWN)
            SetStdHandle(kinds[i], NULL);
    }
}

/* Where an update was laid: beside us, versions\\current names in its first line the version to start. */
static int updated(const wchar_t *slash)
{
    char line[64] = "";
    static wchar_t place[LONGEST];
    swprintf(place, LONGEST, L"%.*ls\\versions\\current", (int)(slash - own), own);
    HANDLE file = CreateFileW(place, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
                              NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE)
        return 0;
    DWORD length = 0;
    ReadFile(file, line, sizeof line - 1, &length, NULL);
    CloseHandle(file);
    line[strcspn(line, "\r\n")] = 0;
    if (line[0] == 0 || line[strspn(line, "0123456789.")] != 0)
        return 0;
    swprintf(other, LONGEST, L"%.*ls\\versions\\%hs\\%ls", (int)(slash - own), own, line, slash + 1);
    return GetFileAttributesW(other) != INVALID_FILE_ATTRIBUTES;
}

/* Run the updated program with the same words, and stay until it ends: so the setup sees that we run. */
static int hand_over(void)
{
    STARTUPINFOW start = {.cb = sizeof start};
    PROCESS_INFORMATION made;
    DWORD status = 1;
    wchar_t *words = _wcsdup(GetCommandLineW());
    if (words == NULL || !CreateProcessW(other, words, NULL, NULL, TRUE, 0, NULL, NULL, &start, &made))
        return -1;
    AllowSetForegroundWindow(made.dwProcessId);
    WaitForSingleObject(made.hProcess, INFINITE);
    GetExitCodeProcess(made.hProcess, &status);
    return (int)status;
}

static int run(void)
{
    static wchar_t *ours[] = {L"-I", L"-B", L"-X", L"utf8", L"-m", L"desktop"};
    const int more = sizeof ours / sizeof *ours;
    int count = 0, status;
    wchar_t **given = CommandLineToArgvW(GetCommandLineW(), &count);
    wchar_t **words = calloc((size_t)count + more + 1, sizeof *words);
    wchar_t *slash;

    SetDllDirectoryW(L""); /* nothing is loaded from the folder that happens to be open */
    if (given == NULL || words == NULL || count < 1 || !GetModuleFileNameW(NULL, own, LONGEST)
        || (slash = wcsrchr(own, L'\\')) == NULL) {
        say(L"程序没有打开：内存不够。台账数据没有动。\n请关掉几个程序再试。\n");
        return 1;
    }
    if (updated(slash) && (status = hand_over()) >= 0)
        return status;
    drop_dead_handles(); /* before the C library of Python looks at them */
    swprintf(library, LONGEST, L"%.*ls\\runtime\\python311.dll", (int)(slash - own), own);
    HMODULE python = LoadLibraryExW(library, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    Start start = python ? (Start)(void *)GetProcAddress(python, "Py_Main") : NULL;
    if (start == NULL) {
        say(L"程序没有打开：程序文件不全，缺 runtime\\python311.dll（也可能被杀毒软件拿走了）。\n"
            L"台账数据没有动。请重新运行安装程序，装好后再打开。\n");
        return 1;
    }
    words[0] = own;
    for (int i = 0; i < more; i++)
        words[1 + i] = ours[i];
    for (int i = 1; i < count; i++)
        words[more + i] = given[i];
    status = start(count + more, words);
#ifndef CONSOLE
    if (status && GetStdHandle(STD_ERROR_HANDLE) == NULL) /* nobody reads what was written there */
        say(L"程序没有正常打开或没有办成。台账数据没有动。\n"
            L"请重新运行安装程序；仍不行时，在命令提示符里运行 zhengyou-cli.exe，把显示的文字交给维护人员。\n");
#endif
    return status;
}

#ifdef CONSOLE
int main(void)
{
    return run();
}
#else
int WINAPI WinMain(HINSTANCE self, HINSTANCE before, LPSTR line, int show)
{
    (void)self, (void)before, (void)line, (void)show;
    return run();
}
#endif
