// SPDX-License-Identifier: GPL-2.0
/*
 * What a kernel reckons from the memory that it boots in is after the hop as it
 * was before, though the next kernel boots in a part of it.
 */
#include "hop_test.h"

static const char *const names[] = {
	"net/ipv4/tcp_mem", "net/ipv4/udp_mem", "net/ipv4/tcp_rmem", "net/ipv4/tcp_wmem",
	"net/ipv4/tcp_max_orphans", "net/ipv4/tcp_max_tw_buckets",
	"net/ipv4/tcp_max_syn_backlog", "net/ipv4/inet_peer_threshold",
	"net/netfilter/nf_conntrack_max", "kernel/threads-max", "fs/file-max",
	"fs/epoll/max_user_watches", "fs/inotify/max_user_watches",
	"fs/fanotify/max_user_marks", "user/max_user_namespaces", "user/max_net_namespaces",
	"vm/user_reserve_kbytes", "vm/admin_reserve_kbytes",
};

static char *value_of(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/%s", name);
	return access(path, R_OK) ? NULL : slurp(path);
}

int main(void)
{
	char *before[ARRAY_SIZE(names)], *now;
	size_t i, nr = 0;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		before[i] = value_of(names[i]);
		nr += !!before[i];
	}

	hop();

	CHECK(nr > 12);
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		now = before[i] ? value_of(names[i]) : NULL;
		if (!before[i] || !CHECK(now) || !strcmp(now, before[i]))
			continue;
		printf("# %s is %s", names[i], now);
		CHECK_STR(now, before[i]);
	}
	return hop_status();
}
