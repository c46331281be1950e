// SPDX-License-Identifier: GPL-2.0
/*
 * Settings that were written to sysfs: of memory management, of a module, of a work
 * queue, each other than what a kernel boots with. A file of which nobody knows what
 * a write to it does is named as lost, also a binary one, and one of procfs; what is
 * done once is not.
 */
#include "hop_test.h"
#include "orthros_ctl.h"

static const struct set {
	const char *path;
	const char *value;
	/* What it reads like then, if not like what was written. */
	const char *reads;
} sets[] = {
	{ "/sys/kernel/mm/transparent_hugepage/defrag", "defer+madvise", "[defer+madvise]" },
	{ "/sys/kernel/mm/transparent_hugepage/khugepaged/pages_to_scan", "1234" },
	{ "/sys/kernel/mm/lru_gen/min_ttl_ms", "77" },
	{ "/sys/module/tcp_cubic/parameters/beta", "700" },
	{ "/sys/module/tcp_cubic/parameters/fast_convergence", "0" },
	{ "/sys/devices/virtual/workqueue/cpumask", "1" },
	{ "/sys/devices/virtual/workqueue/writeback/nice", "-5" },
	{ "/sys/block/loop0/queue/read_ahead_kb", "512" },
	{ "/sys/block/loop0/queue/nomerges", "1" },
};

/* It is there and can be written, on this kernel. */
static bool have(const struct set *set)
{
	return !access(set->path, W_OK);
}

static void write_to(const char *path, const char *value)
{
	int fd = MUST(open(path, O_WRONLY | O_CLOEXEC));

	CHECK_EQ(write(fd, value, strlen(value)), strlen(value));
	close(fd);
}

static bool is_warned_of(const char *path)
{
	static char report[65536];
	char line[256];

	snprintf(line, sizeof(line), "%s: written, not carried", path);
	CHECK_EQ(ctl_read("warnings", report, sizeof(report)), 0);
	return strstr(report, line);
}

/* The same byte again, where nothing can be changed. */
static void write_binary(const char *path)
{
	int fd = MUST(open(path, O_RDWR | O_CLOEXEC));
	char byte;

	CHECK_EQ(pread(fd, &byte, 1, 0), 1);
	CHECK_EQ(pwrite(fd, &byte, 1, 0), 1);
	close(fd);
}

static void warns(void)
{
	static const char strange[] = "/sys/kernel/profiling";
	static const char binary[] = "/sys/devices/pci0000:00/0000:00:00.0/config";
	static const char proc[] = "/proc/dynamic_debug/control";
	static const char action[] = "/proc/sysrq-trigger";

	if (!access(strange, W_OK)) {
		write_to(strange, "2");
		CHECK(is_warned_of(strange));
	}
	if (!access(binary, W_OK)) {
		write_binary(binary);
		CHECK(is_warned_of(binary));
	}
	write_to(proc, "module there_is_none +p");
	CHECK(is_warned_of(proc));
	/* Help. */
	write_to(action, "h");
	CHECK(!is_warned_of(action));
}

int main(void)
{
	static bool had[ARRAY_SIZE(sets)];
	unsigned int nr = 0;
	char *text;
	size_t i;

	if (access(ORTHROS_SYSFS "check", R_OK))
		hop_skip("no Orthros here");
	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		had[i] = have(&sets[i]);
		nr += had[i];
		if (had[i])
			write_to(sets[i].path, sets[i].value);
	}
	CHECK(nr >= 5);
	warns();

	hop();

	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		if (!had[i] || !have(&sets[i]))
			continue;
		text = slurp(sets[i].path);
		if (sets[i].reads)
			CHECK(strstr(text, sets[i].reads));
		else if (!CHECK(!strncmp(text, sets[i].value, strlen(sets[i].value))))
			printf("# %s: %s", sets[i].path, text);
		free(text);
	}
	return hop_status();
}
