; The setup of 争优台账 for Windows. Everything the program consists of lies in one folder, "program":
; a newer one is laid beside it and takes its place by a rename; nothing else is ever removed.
; Where an office keeps its ledgers is not known here, so nothing here can touch them.

Unicode true
Target amd64-unicode
!ifdef QUICK
  SetCompressor zlib
!else
  SetCompressor /SOLID lzma
  SetCompressorDictSize 64
!endif
AllowSkipFiles off
ManifestDPIAware true
ManifestSupportedOS Win10

!include MUI2.nsh
!include WinVer.nsh
!include WordFunc.nsh
!include LogicLib.nsh

!define TITLE "争优台账"
!define OLDEST_BUILD 17763 ; Windows 10 1809: Qt needs it
!define KEY "Software\Zhengyou"
!define CLASSES "Software\Classes"
!define KIND "Zhengyou.Packet"
!define LISTED "Software\Microsoft\Windows\CurrentVersion\Uninstall\Zhengyou"
; What the setup leaves with when it did nothing: no box is shown to a script (/S).
!define TOO_OLD 3
!define RUNNING 4
!define NEWER_THERE 5
!define NO_PLACE 6
!define NOT_LAID 7

Name "${TITLE}"
OutFile "${PACKAGE}"
InstallDir "$LOCALAPPDATA\Programs\Zhengyou"
InstallDirRegKey HKCU "${KEY}" "Place"
RequestExecutionLevel user
BrandingText "${TITLE} ${VERSION}"
ShowInstDetails nevershow
ShowUninstDetails nevershow

VIProductVersion "${VERSION}"
VIAddVersionKey /LANG=2052 "ProductName" "${TITLE}"
VIAddVersionKey /LANG=2052 "ProductVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "FileVersion" "${VERSION}"
VIAddVersionKey /LANG=2052 "FileDescription" "${TITLE}安装程序"
VIAddVersionKey /LANG=2052 "LegalCopyright" "Apache-2.0"

!define MUI_ICON "${ICON}"
!define MUI_UNICON "${ICON}"
!define MUI_WELCOMEFINISHPAGE_BITMAP "${SIDE}"
!define MUI_ABORTWARNING
!define MUI_ABORTWARNING_TEXT "${TITLE}还没有装好。确实不装了吗？"

!define MUI_WELCOMEPAGE_TITLE "安装${TITLE}"
!define MUI_WELCOMEPAGE_TEXT "不需要网络，也不需要管理员。$\r$\n$\r$\n已经装过旧版的，直接装上新版就行：只换程序，台账数据一个字也不动。$\r$\n$\r$\n请先把正在运行的${TITLE}关掉，然后点“下一步”。"
!insertmacro MUI_PAGE_WELCOME
!define MUI_PAGE_HEADER_TEXT "程序装在哪里"
!define MUI_PAGE_HEADER_SUBTEXT "一般不用改，直接点“安装”。"
!define MUI_DIRECTORYPAGE_TEXT_TOP "这里只放程序。台账数据另有地方：第一次打开程序时，可以选它放在哪个盘。"
!define MUI_DIRECTORYPAGE_TEXT_DESTINATION "程序文件夹"
!define MUI_PAGE_CUSTOMFUNCTION_LEAVE CheckPlace
!insertmacro MUI_PAGE_DIRECTORY
!define MUI_PAGE_HEADER_TEXT "正在安装"
!define MUI_PAGE_HEADER_SUBTEXT "大约一分钟，请稍候。"
!insertmacro MUI_PAGE_INSTFILES
!define MUI_FINISHPAGE_TITLE "${TITLE}已装好"
!define MUI_FINISHPAGE_TEXT "以后从“开始”菜单打开。双击U盘上的数据包（.zytz）也会打开它。"
!define MUI_FINISHPAGE_RUN "$INSTDIR\program\zhengyou.exe"
!define MUI_FINISHPAGE_RUN_TEXT "现在打开${TITLE}"
!define MUI_FINISHPAGE_SHOWREADME ""
!define MUI_FINISHPAGE_SHOWREADME_TEXT "在桌面上放一个图标"
!define MUI_FINISHPAGE_SHOWREADME_FUNCTION PutOnDesktop
!insertmacro MUI_PAGE_FINISH

Var Kept ; what is said of the ledgers when the program goes
!define MUI_PAGE_HEADER_TEXT "卸载${TITLE}"
!define MUI_PAGE_HEADER_SUBTEXT "只删程序，不删数据。"
!define MUI_UNCONFIRMPAGE_TEXT_TOP "将删去程序。$Kept"
!define MUI_UNCONFIRMPAGE_TEXT_LOCATION "程序文件夹："
!insertmacro MUI_UNPAGE_CONFIRM
!define MUI_PAGE_HEADER_TEXT "正在卸载"
!define MUI_PAGE_HEADER_SUBTEXT "只删程序，不删数据。"
!insertmacro MUI_UNPAGE_INSTFILES
!insertmacro MUI_LANGUAGE "SimpChinese"

; Stop, saying why to a person and by number to a script.
!macro Refuse NUMBER WORDS
  MessageBox MB_OK|MB_ICONINFORMATION "${WORDS}" /SD IDOK
  SetErrorLevel ${NUMBER}
  Quit
!macroend
!define Refuse "!insertmacro Refuse"

; Windows lets nobody write to a program or library that runs.
!macro RefuseWhileItRuns FILE
  ${If} ${FileExists} "$INSTDIR\program\${FILE}"
    ClearErrors
    FileOpen $0 "$INSTDIR\program\${FILE}" a
    ${If} ${Errors}
      ${Refuse} ${RUNNING} "${TITLE}正在运行。$\r$\n$\r$\n请先保存手头的内容，把它关掉，再运行本程序。什么也没有改动。"
    ${EndIf}
    FileClose $0
  ${EndIf}
!macroend

!macro RefuseWhileRunning
  !insertmacro RefuseWhileItRuns "zhengyou.exe"
  !insertmacro RefuseWhileItRuns "zhengyou-cli.exe"
  !insertmacro RefuseWhileItRuns "runtime\python311.dll"
!macroend

Function .onInit
  ${IfNot} ${AtLeastBuild} ${OLDEST_BUILD}
    ${Refuse} ${TOO_OLD} "这台电脑的 Windows 太旧，装不了${TITLE}。$\r$\n$\r$\n需要 Windows 10 的 1809 版（内部版本 ${OLDEST_BUILD}）或更新的 64 位 Windows。什么也没有改动。"
  ${EndIf}
  !insertmacro RefuseWhileRunning
  ReadRegStr $0 HKCU "${LISTED}" "DisplayVersion"
  ${If} $0 != ""
    ${VersionCompare} "$0" "${VERSION}" $1
    ${If} $1 == 1
      MessageBox MB_YESNO|MB_ICONQUESTION|MB_DEFBUTTON2 "这台电脑上已经装有更新的版本 $0，安装包里是旧版 ${VERSION}。$\r$\n$\r$\n旧版可能打不开新版用过的台账。确实要换回旧版吗？" /SD IDNO IDYES older
      SetErrorLevel ${NEWER_THERE}
      Quit
      older:
    ${EndIf}
  ${EndIf}
FunctionEnd

; A folder named "program" that is not ours is nobody's to replace.
Function CheckPlace
  ${If} ${FileExists} "$INSTDIR\program\*.*"
  ${AndIfNot} ${FileExists} "$INSTDIR\program\app\desktop\__main__.py"
    MessageBox MB_OK|MB_ICONINFORMATION "“$INSTDIR”里已有一个名叫 program 的文件夹，里面不是${TITLE}。请另选一个文件夹。" /SD IDOK
    SetErrorLevel ${NO_PLACE}
    Abort
  ${EndIf}
  !insertmacro RefuseWhileRunning
FunctionEnd

Function PutOnDesktop
  SetOutPath "$INSTDIR\program"
  CreateShortcut "$DESKTOP\${TITLE}.lnk" "$INSTDIR\program\zhengyou.exe"
FunctionEnd

; A virus scanner or an open Explorer may hold a folder for some seconds.
!macro Renamed FROM TO
  StrCpy $R9 0
  ${Do}
    ClearErrors
    Rename "${FROM}" "${TO}"
    ${IfNot} ${Errors}
      ${ExitDo}
    ${EndIf}
    IntOp $R9 $R9 + 1
    Sleep 500
  ${LoopUntil} $R9 >= 20
  ${If} $R9 >= 20
    SetErrors
  ${Else}
    ClearErrors
  ${EndIf}
!macroend

Section
  Call CheckPlace
  ; Killed half way the last time: the program was away, and the older one comes back first.
  ${If} ${FileExists} "$INSTDIR\program.old\*.*"
  ${AndIfNot} ${FileExists} "$INSTDIR\program\*.*"
    Rename "$INSTDIR\program.old" "$INSTDIR\program"
  ${EndIf}
  RMDir /r "$INSTDIR\program.old"
  RMDir /r "$INSTDIR\program.new"
  ClearErrors
  SetOutPath "$INSTDIR\program.new"
  ${If} ${Errors}
    ${Refuse} ${NO_PLACE} "“$INSTDIR”不能写入。请另选一个文件夹，或检查磁盘。什么也没有改动。"
  ${EndIf}
  SetOverwrite on
  File /r "${FILES}\*.*"
  SetOutPath "$INSTDIR"
  ${If} ${Errors}
    RMDir /r "$INSTDIR\program.new"
    ${Refuse} ${NOT_LAID} "文件没有写全，可能是磁盘满了，或被杀毒软件拦下。原来的程序没有动，台账数据没有动。"
  ${EndIf}
  ${If} ${FileExists} "$INSTDIR\program\*.*"
    !insertmacro Renamed "$INSTDIR\program" "$INSTDIR\program.old"
    ${If} ${Errors}
      RMDir /r "$INSTDIR\program.new"
      ${Refuse} ${NOT_LAID} "原来的程序正被占用，没有换上新的。请关掉打开“$INSTDIR”的窗口后重试。台账数据没有动。"
    ${EndIf}
  ${EndIf}
  !insertmacro Renamed "$INSTDIR\program.new" "$INSTDIR\program"
  ${If} ${Errors}
    Rename "$INSTDIR\program.old" "$INSTDIR\program"
    RMDir /r "$INSTDIR\program.new"
    ${Refuse} ${NOT_LAID} "新程序没有换上，原来的程序已放回。请重试一次。台账数据没有动。"
  ${EndIf}
  RMDir /r "$INSTDIR\program.old"

  WriteUninstaller "$INSTDIR\uninstall.exe"
  SetOutPath "$INSTDIR\program"
  CreateShortcut "$SMPROGRAMS\${TITLE}.lnk" "$INSTDIR\program\zhengyou.exe"

  WriteRegStr HKCU "${KEY}" "Place" "$INSTDIR"
  WriteRegStr HKCU "${CLASSES}\.zytz" "" "${KIND}"
  WriteRegStr HKCU "${CLASSES}\.zytz\OpenWithProgids" "${KIND}" ""
  WriteRegStr HKCU "${CLASSES}\${KIND}" "" "${TITLE}数据包"
  WriteRegStr HKCU "${CLASSES}\${KIND}\DefaultIcon" "" "$INSTDIR\program\zhengyou.exe,0"
  WriteRegStr HKCU "${CLASSES}\${KIND}\shell\open" "" "用${TITLE}打开"
  WriteRegStr HKCU "${CLASSES}\${KIND}\shell\open\command" "" '"$INSTDIR\program\zhengyou.exe" "%1"'
  WriteRegStr HKCU "${LISTED}" "DisplayName" "${TITLE}"
  WriteRegStr HKCU "${LISTED}" "DisplayVersion" "${VERSION}"
  WriteRegStr HKCU "${LISTED}" "Publisher" "Zhengyou"
  WriteRegStr HKCU "${LISTED}" "DisplayIcon" "$INSTDIR\program\zhengyou.exe,0"
  WriteRegStr HKCU "${LISTED}" "InstallLocation" "$INSTDIR"
  WriteRegStr HKCU "${LISTED}" "UninstallString" '"$INSTDIR\uninstall.exe"'
  WriteRegStr HKCU "${LISTED}" "QuietUninstallString" '"$INSTDIR\uninstall.exe" /S'
  WriteRegDWORD HKCU "${LISTED}" "NoModify" 1
  WriteRegDWORD HKCU "${LISTED}" "NoRepair" 1
  WriteRegDWORD HKCU "${LISTED}" "EstimatedSize" ${KILOBYTES}
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)' ; icons and kinds of files changed
SectionEnd

Function un.onInit
  !insertmacro RefuseWhileRunning
  ; Only the program knows where the ledgers lie: it is asked to write that down, to be told to the person.
  InitPluginsDir
  StrCpy $1 ""
  ExecWait '"$INSTDIR\program\zhengyou-cli.exe" where --note "$PLUGINSDIR\where.txt"'
  ${If} ${FileExists} "$PLUGINSDIR\where.txt"
    FileOpen $0 "$PLUGINSDIR\where.txt" r
    FileReadUTF16LE $0 $1
    FileClose $0
  ${EndIf}
  ${If} $1 != ""
  ${AndIf} ${FileExists} "$1\*.*"
    StrCpy $Kept "台账数据不动，仍在：$\r$\n$1$\r$\n重新安装后打开就能接着用。"
  ${Else}
    StrCpy $Kept "台账数据不动，还在原来的地方；重新安装后打开就能接着用。"
  ${EndIf}
FunctionEnd

Section "un.${TITLE}"
  RMDir /r "$INSTDIR\program"
  RMDir /r "$INSTDIR\program.old"
  RMDir /r "$INSTDIR\program.new"
  Delete "$INSTDIR\uninstall.exe"
  RMDir "$INSTDIR" ; only when nothing else lies in it
  Delete "$SMPROGRAMS\${TITLE}.lnk"
  Delete "$DESKTOP\${TITLE}.lnk"
  ReadRegStr $0 HKCU "${CLASSES}\.zytz" ""
  ${If} $0 == "${KIND}"
    DeleteRegKey HKCU "${CLASSES}\.zytz"
  ${EndIf}
  DeleteRegKey HKCU "${CLASSES}\${KIND}"
  DeleteRegKey HKCU "${LISTED}"
  DeleteRegKey HKCU "${KEY}"
  System::Call 'shell32::SHChangeNotify(i 0x08000000, i 0, p 0, p 0)'

  MessageBox MB_OK|MB_ICONINFORMATION "程序已删去。$Kept" /SD IDOK
SectionEnd
