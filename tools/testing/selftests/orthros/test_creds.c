// SPDX-License-Identifier: GPL-2.0
/* Credentials: all ids, groups, capability sets, securebits. */
#include <grp.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>

#include "hop_test.h"

static struct gate ready, go;

/* The lines of /proc/self/status that describe credentials. */
static void snapshot(char *text, size_t size)
{
	static const char * const keys[] = {
		"Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd",
		"CapAmb", "NoNewPrivs",
	};
	char *status = slurp("/proc/self/status"), value[600];
	size_t i, len = 0;

	for (i = 0; i < ARRAY_SIZE(keys); i++) {
		CHECK(field(status, keys[i], value, sizeof(value)));
		len += snprintf(text + len, size - len, "%s: %s\n", keys[i],
				value);
	}
	free(status);
}

static void over_hop(void)
{
	char before[1024], after[1024];
	int securebits = MUST(prctl(PR_GET_SECUREBITS));

	snapshot(before, sizeof(before));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	snapshot(after, sizeof(after));
	CHECK_STR(after, before);
	CHECK_EQ(prctl(PR_GET_SECUREBITS), securebits);
}

static void root(void *arg)
{
	over_hop();
	CHECK_EQ(chown(".", 0, 0), 0);
}

static void user(void *arg)
{
	static const gid_t groups[] = { 4, 20, 100, 65533, 4000000000U };

	MUST(setgroups(ARRAY_SIZE(groups), groups));
	MUST(setresgid(1001, 1002, 1003));
	setfsgid(1001);
	MUST(setresuid(2001, 2002, 2003));
	over_hop();
	CHECK_ERR(setuid(0), EPERM);
	/* An access check with these ids. */
	CHECK_ERR(open("/proc/1/environ", O_RDONLY), EACCES);
}

static void many_groups(void *arg)
{
	gid_t groups[2000];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(groups); i++)
		groups[i] = 10 + i * 3;
	MUST(setgroups(ARRAY_SIZE(groups), groups));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(getgroups(ARRAY_SIZE(groups), groups), ARRAY_SIZE(groups));
	for (i = 0; i < ARRAY_SIZE(groups); i++)
		if (!CHECK_EQ(groups[i], 10 + i * 3))
			break;
}

static void caps(void *arg)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2] = { };

	MUST(prctl(PR_CAPBSET_DROP, CAP_SYS_MODULE, 0, 0, 0));
	MUST(prctl(PR_CAPBSET_DROP, CAP_SYS_RAWIO, 0, 0, 0));
	MUST(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS | SECBIT_NOROOT |
		   SECBIT_NOROOT_LOCKED));
	MUST(setresuid(3001, 3001, 3001));
	data[0].permitted = 1 << CAP_CHOWN | 1 << CAP_KILL |
		1 << CAP_NET_BIND_SERVICE;
	data[0].inheritable = 1 << CAP_KILL | 1 << CAP_NET_BIND_SERVICE;
	data[0].effective = 1 << CAP_CHOWN;
	data[1].permitted = 1 << (CAP_CHECKPOINT_RESTORE - 32);
	MUST(syscall(SYS_capset, &head, data));
	MUST(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0));
	over_hop();
}

static void no_new_privs(void *arg)
{
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	over_hop();
}

/* Threads may differ from their process, if they ask the kernel itself. */
static void *thread_ids(void *arg)
{
	uid_t r, e, s;

	MUST(syscall(SYS_setresuid, 5001, 5002, 5003));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	MUST(getresuid(&r, &e, &s));
	CHECK_EQ(r, 5001);
	CHECK_EQ(e, 5002);
	CHECK_EQ(s, 5003);
	return NULL;
}

static void threads(void *arg)
{
	pthread_t thread;

	MUST0(pthread_create(&thread, NULL, thread_ids, NULL));
	over_hop();
	MUST0(pthread_join(thread, NULL));
	CHECK_EQ(getuid(), 0);
}

static void *user_thread(void *arg)
{
	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(getuid(), 5004);
	return NULL;
}

/* A server that has dropped its rights. */
static void user_threads(void *arg)
{
	pthread_t thread[3];
	int i;

	MUST(setresgid(5005, 5005, 5005));
	MUST(setresuid(5004, 5004, 5004));
	MUST(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0));
	for (i = 0; i < 3; i++)
		MUST0(pthread_create(&thread[i], NULL, user_thread, NULL));
	over_hop();
	for (i = 0; i < 3; i++)
		MUST0(pthread_join(thread[i], NULL));
	CHECK_EQ(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), 1);
}

int main(void)
{
	static void (* const cases[])(void *) = {
		root, user, many_groups, caps, no_new_privs, threads, user_threads,
	};
	pid_t pid[ARRAY_SIZE(cases)];
	size_t i;

	gate_init(&ready);
	gate_init(&go);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		pid[i] = hop_child(cases[i], NULL);
	gate_take(&ready, ARRAY_SIZE(cases) + 4);
	hop();
	gate_post(&go, ARRAY_SIZE(cases) + 4);
	for (i = 0; i < ARRAY_SIZE(cases); i++)
		hop_reap(pid[i]);
	return hop_status();
}
