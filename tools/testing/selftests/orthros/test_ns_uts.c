// SPDX-License-Identifier: GPL-2.0
/*
 * UTS namespaces: of a process and its child, of one thread, of a descriptor alone; their
 * names and numbers, setns(), what comes after.
 */
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/utsname.h>

#include "hop_test.h"

static const char *const types[] = {
	"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts",
};

#define MACHINE "machine"

static struct gate ready, go, begin;
static ino_t inner;		/* shared by the process and its child */

static ino_t number_of(pid_t pid, pid_t tid, const char *type)
{
	char path[64];
	struct stat st;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/ns/%s", pid, tid, type);
	return stat(path, &st) ? 0 : st.st_ino;
}

static ino_t own_number(void)
{
	return number_of(getpid(), hop_gettid(), "uts");
}

static void check_names(const char *host, const char *domain)
{
	struct utsname uts;

	MUST(uname(&uts));
	CHECK_STR(uts.nodename, host);
	CHECK_STR(uts.domainname, domain);
}

static void set_names(const char *host, const char *domain)
{
	MUST(sethostname(host, strlen(host)));
	MUST(setdomainname(domain, strlen(domain)));
}

/* In the same namespace as its parent, which sets a name when the hop is over. */
static void grandchild(void *arg)
{
	gate_post(&ready, 1);
	gate_take(&go, 1);
	check_names("alpha-after", "a.example");
	CHECK_EQ(own_number(), *(ino_t *)arg);
}

static void child(void *arg)
{
	ino_t before;
	pid_t pid;

	MUST(unshare(CLONE_NEWUTS));
	set_names("alpha", "a.example");
	before = own_number();
	inner = before;
	pid = hop_child(grandchild, &inner);
	gate_post(&ready, 1);
	gate_take(&begin, 1);
	check_names("alpha", "a.example");
	CHECK_EQ(own_number(), before);
	MUST(sethostname("alpha-after", strlen("alpha-after")));
	gate_post(&go, 1);
	hop_reap(pid);
	/* A new one begins with these names, and has another number. */
	MUST(unshare(CLONE_NEWUTS));
	check_names("alpha-after", "a.example");
	CHECK(own_number() != before);
	MUST(sethostname("beta", 4));
}

struct thread {
	struct gate ready, go;
	ino_t number;
};

static void *other_thread(void *arg)
{
	struct thread *t = arg;

	MUST(unshare(CLONE_NEWUTS));
	set_names("thread", "t.example");
	t->number = own_number();
	gate_post(&t->ready, 1);
	gate_take(&t->go, 1);
	check_names("thread", "t.example");
	CHECK_EQ(own_number(), t->number);
	return NULL;
}

/* A namespace that nothing but the descriptor keeps. */
static int lonely(void)
{
	char path[64];
	struct gate made, end;
	pid_t pid;
	int fd;

	gate_init(&made);
	gate_init(&end);
	pid = MUST(fork());
	if (!pid) {
		MUST(unshare(CLONE_NEWUTS));
		set_names("lonely", "l.example");
		gate_post(&made, 1);
		gate_take(&end, 1);
		_exit(0);
	}
	gate_take(&made, 1);
	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	fd = MUST(open(path, O_RDONLY));
	gate_post(&end, 1);
	MUST(waitpid(pid, NULL, 0));
	return fd;
}

static void enter(void *arg)
{
	struct stat st;
	int fd = *(int *)arg;

	MUST(fstat(fd, &st));
	MUST(setns(fd, CLONE_NEWUTS));
	check_names("lonely", "l.example");
	CHECK_EQ(own_number(), st.st_ino);
	MUST(sethostname("visited", 7));
}

int main(void)
{
	ino_t numbers[ARRAY_SIZE(types)], after;
	struct thread t;
	struct stat before, st;
	pthread_t thread;
	int fd, again;
	pid_t pid;
	size_t i;

	if (access("/proc/self/ns/uts", F_OK))
		hop_skip("no UTS namespaces");
	gate_init(&ready);
	gate_init(&go);
	gate_init(&begin);
	gate_init(&t.ready);
	gate_init(&t.go);
	/* Others may change the machine's. */
	MUST(unshare(CLONE_NEWUTS));
	set_names(MACHINE, "m.example");
	for (i = 0; i < ARRAY_SIZE(types); i++)
		numbers[i] = number_of(getpid(), getpid(), types[i]);

	pid = hop_child(child, NULL);
	gate_take(&ready, 2);
	MUST0(pthread_create(&thread, NULL, other_thread, &t));
	gate_take(&t.ready, 1);
	fd = lonely();
	MUST(fstat(fd, &before));
	CHECK(before.st_ino != t.number);

	hop();

	/* Those that every kernel has, too. */
	for (i = 0; i < ARRAY_SIZE(types); i++)
		CHECK_EQ(number_of(getpid(), getpid(), types[i]), numbers[i]);
	check_names(MACHINE, "m.example");
	CHECK_EQ(number_of(getpid(), hop_gettid(), "uts"), own_number());
	MUST(fstat(fd, &st));
	CHECK_EQ(st.st_ino, before.st_ino);
	CHECK_EQ(ioctl(fd, NS_GET_NSTYPE), CLONE_NEWUTS);
	again = MUST(ioctl(fd, NS_GET_USERNS));
	MUST(fstat(again, &st));
	CHECK_EQ(st.st_ino, number_of(getpid(), getpid(), "user"));
	hop_reap(hop_child(enter, &fd));
	gate_post(&t.go, 1);
	gate_post(&begin, 1);
	hop_reap(pid);
	MUST0(pthread_join(thread, NULL));
	check_names(MACHINE, "m.example");

	/* When the last descriptor goes, its number may be given again. */
	MUST(close(fd));
	MUST(unshare(CLONE_NEWUTS));
	after = own_number();
	CHECK(after != numbers[ARRAY_SIZE(types) - 1]);
	return hop_status();
}
