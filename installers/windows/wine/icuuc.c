/* For trying the product under Wine only, which lacks this library of Windows: each call says that it
   cannot (U_UNSUPPORTED_ERROR), and Qt converts text by itself. */

#define CANNOT 16
#define OURS __declspec(dllexport)

OURS void *ucnv_open(const char *name, int *error) { (void)name; *error = CANNOT; return 0; }
OURS void ucnv_close(void *converter) { (void)converter; }
OURS void ucnv_reset(void *converter) { (void)converter; }
OURS int ucnv_getMaxCharSize(void *converter) { (void)converter; return 4; }
OURS const char *ucnv_getName(void *converter, int *error) { (void)converter; *error = CANNOT; return ""; }
OURS int ucnv_countAvailable(void) { return 0; }
OURS const char *ucnv_getAvailableName(int number) { (void)number; return 0; }
OURS const char *ucnv_getStandardName(const char *name, const char *standard, int *error)
{
    (void)name, (void)standard;
    *error = CANNOT;
    return 0;
}
OURS int ucnv_toUCountPending(void *converter, int *error) { (void)converter; *error = CANNOT; return 0; }
OURS int ucnv_fromUCountPending(void *converter, int *error) { (void)converter; *error = CANNOT; return 0; }
/* Reached only with a converter that opened. */
OURS void ucnv_toUnicode(void) {}
OURS void ucnv_fromUnicode(void) {}
OURS void ucnv_getToUCallBack(void) {}
OURS void ucnv_getFromUCallBack(void) {}
OURS void ucnv_setToUCallBack(void) {}
OURS void ucnv_setFromUCallBack(void) {}
OURS void ucnv_cbToUWriteUChars(void) {}
OURS void ucnv_cbFromUWriteUChars(void) {}
OURS void UCNV_TO_U_CALLBACK_SUBSTITUTE(void) {}
OURS void UCNV_FROM_U_CALLBACK_SUBSTITUTE(void) {}
