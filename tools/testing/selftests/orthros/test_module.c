// SPDX-License-Identifier: GPL-2.0
/*
 * A loaded module does not go to the other kernel: it is named before, and not there
 * after.
 */
#include <libgen.h>
#include <limits.h>
#include <sys/utsname.h>

#include "hop_test.h"
#include "orthros_ctl.h"

static bool is_loaded(void)
{
	char *text = slurp("/proc/modules");
	bool loaded = strstr(text, "test_module ");

	free(text);
	return loaded;
}

/* Each kernel has its own, beside this program. */
static int open_module(void)
{
	char self[PATH_MAX] = "", path[PATH_MAX + 64];
	struct utsname name;
	int major, minor;

	MUST(readlink("/proc/self/exe", self, sizeof(self) - 1));
	MUST(uname(&name));
	if (sscanf(name.release, "%d.%d", &major, &minor) != 2)
		return -1;
	snprintf(path, sizeof(path), "%s/test_module-%d.%d.ko", dirname(self), major, minor);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int main(void)
{
	static char report[65536];
	int fd = open_module();

	if (access(ORTHROS_SYSFS "check", R_OK) || fd < 0)
		hop_skip("no Orthros or no module here");
	MUST(syscall(SYS_finit_module, fd, "", 0));
	close(fd);
	CHECK(is_loaded());
	CHECK_EQ(ctl_read("warnings", report, sizeof(report)), 0);
	CHECK(strstr(report, "module test_module: loaded, not carried"));

	hop();

	CHECK(!is_loaded());
	CHECK_EQ(ctl_read("warnings", report, sizeof(report)), 0);
	CHECK(!strstr(report, "module test_module"));
	return hop_status();
}
