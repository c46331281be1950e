// SPDX-License-Identifier: GPL-2.0
/* Memory policies of threads and of mappings: what is told of them, and that they go on. */
#include <linux/mempolicy.h>

#include "hop_test.h"

#define PLACES	4

static struct gate made, go;

struct policy {
	int mode;
	unsigned long nodes;
};

static struct policy get(void *at, unsigned long flags)
{
	struct policy p = {};

	MUST(syscall(SYS_get_mempolicy, &p.mode, &p.nodes, 8 * sizeof(p.nodes), at, flags));
	return p;
}

static void check(void *at, unsigned long flags, int mode, unsigned long nodes)
{
	struct policy p = get(at, flags);

	CHECK_EQ(p.mode, mode);
	CHECK_EQ(p.nodes, nodes);
}

static void set(int mode, unsigned long nodes)
{
	MUST(syscall(SYS_set_mempolicy, mode, nodes ? &nodes : NULL, 8 * sizeof(nodes)));
}

static void bind_to(void *at, size_t len, int mode, unsigned long nodes)
{
	MUST(syscall(SYS_mbind, at, len, mode, nodes ? &nodes : NULL, 8 * sizeof(nodes), 0));
}

/* Without one: it has the policy of its process only where it has asked for it. */
static void *default_thread(void *arg)
{
	set(MPOL_DEFAULT, 0);
	gate_post(&made, 1);
	gate_take(&go, 1);
	check(NULL, 0, MPOL_DEFAULT, 0);
	return NULL;
}

static void *local_thread(void *arg)
{
	set(MPOL_LOCAL, 0);
	gate_post(&made, 1);
	gate_take(&go, 1);
	check(NULL, 0, MPOL_LOCAL, 0);
	return NULL;
}

static void child(void *arg)
{
	check(NULL, 0, MPOL_BIND | MPOL_F_STATIC_NODES, 1);
}

/* The policy of the mapping at @at, as /proc/PID/numa_maps has it. */
static void told(void *at, char *to, size_t size)
{
	char *text = slurp("/proc/self/numa_maps"), start[32], *line;

	snprintf(start, sizeof(start), "%lx ", (unsigned long)at);
	line = strstr(text, start);
	to[0] = '\0';
	if (CHECK(line))
		snprintf(to, size, "%.*s", (int)strcspn(line + strlen(start), "\n "),
			 line + strlen(start));
	free(text);
}

int main(void)
{
	char before[PLACES][64], after[64];
	pthread_t thread, local;
	char *mem, *priv;
	int i;

	gate_init(&made);
	gate_init(&go);
	mem = mmap(NULL, 8 * MIB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(mem == MAP_FAILED ? -1 : 0);
	fill(mem, 8 * MIB, 1);
	priv = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(priv == MAP_FAILED ? -1 : 0);
	poke(priv);
	/* Neighbours, one of which has none, and two of which have the same. */
	bind_to(mem, MIB, MPOL_BIND, 1);
	bind_to(mem + 2 * MIB, 4 * MIB, MPOL_INTERLEAVE | MPOL_F_STATIC_NODES, 1);
	bind_to(priv, PAGE, MPOL_PREFERRED, 1);
	MUST(syscall(450 /* set_mempolicy_home_node */, mem, MIB, 0, 0));
	set(MPOL_BIND | MPOL_F_STATIC_NODES, 1);
	MUST0(pthread_create(&thread, NULL, default_thread, NULL));
	MUST0(pthread_create(&local, NULL, local_thread, NULL));
	gate_take(&made, 2);
	for (i = 0; i < PLACES; i++)
		told(mem + (i < 3 ? i : 6) * MIB, before[i], sizeof(before[i]));
	/* What is told of a mapping without one is the thread's. */
	CHECK_STR(before[0], "bind:0");
	CHECK_STR(before[2], "interleave=static:0");

	hop();

	gate_post(&go, 2);
	check(NULL, 0, MPOL_BIND | MPOL_F_STATIC_NODES, 1);
	check(mem, MPOL_F_ADDR, MPOL_BIND, 1);
	check(mem + 3 * MIB, MPOL_F_ADDR, MPOL_INTERLEAVE | MPOL_F_STATIC_NODES, 1);
	check(priv, MPOL_F_ADDR, MPOL_PREFERRED, 1);
	for (i = 0; i < PLACES; i++) {
		told(mem + (i < 3 ? i : 6) * MIB, after, sizeof(after));
		CHECK_STR(after, before[i]);
	}
	CHECK(filled(mem, 8 * MIB, 1));
	/* They can be changed, and mappings are split and merged by them. */
	bind_to(mem + 2 * MIB, 4 * MIB, MPOL_DEFAULT, 0);
	check(mem + 3 * MIB, MPOL_F_ADDR, MPOL_DEFAULT, 0);
	bind_to(mem, 8 * MIB, MPOL_PREFERRED, 1);
	check(mem + 7 * MIB, MPOL_F_ADDR, MPOL_PREFERRED, 1);
	hop_reap(hop_child(child, NULL));
	MUST0(pthread_join(thread, NULL));
	MUST0(pthread_join(local, NULL));
	return hop_status();
}
