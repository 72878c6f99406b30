/* For trying the product under Wine only: colour profiles, of which a screen without any has none. */

#define OURS __declspec(dllexport)

OURS void *OpenColorProfileW(void *profile, unsigned access, unsigned share, unsigned mode)
{
    (void)profile, (void)access, (void)share, (void)mode;
    return 0;
}
OURS int CloseColorProfile(void *profile) { (void)profile; return 0; }
OURS int GetColorProfileFromHandle(void *profile, void *bytes, unsigned *size)
{
    (void)profile, (void)bytes, (void)size;
    return 0;
}
OURS void *WcsCreateIccProfile(void *profile, unsigned options) { (void)profile, (void)options; return 0; }
