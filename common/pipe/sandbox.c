/*
 * sandbox.c - what a daemon gives up before the first foreign byte: new privileges, core files (they would
 * hold patient data), and files that others can read. The one file with conditional compilation.
 */
#include "pipe/runner_int.h"

#include <sys/resource.h>
#include <sys/stat.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

int
sandbox_enter(void)
{
	struct rlimit none = { 0, 0 };

	(void)umask(077);
	if (setrlimit(RLIMIT_CORE, &none) != 0)
		return E_IO;
#ifdef __linux__
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return E_IO;
#endif
	return 0;
}
