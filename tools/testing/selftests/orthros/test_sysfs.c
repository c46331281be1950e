// SPDX-License-Identifier: GPL-2.0
/*
 * Settings that were written to sysfs: of memory management, of a module, of a work
 * queue, each other than what a kernel boots with. A file of which nobody knows what
 * a write to it does is named as lost.
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

int main(void)
{
	static const char strange[] = "/sys/kernel/profiling";
	static bool had[ARRAY_SIZE(sets)];
	unsigned int nr = 0;
	char report[65536], *text;
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
	if (!access(strange, W_OK)) {
		write_to(strange, "2");
		CHECK_EQ(ctl_read("warnings", report, sizeof(report)), 0);
		CHECK(strstr(report, strange));
	}

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
