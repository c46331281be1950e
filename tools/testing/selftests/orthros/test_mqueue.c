// SPDX-License-Identifier: GPL-2.0
/*
 * POSIX message queues: names, owners, attributes, messages by priority; queues that
 * nobody has open, and those that have no name any more; who waits at one, who is told;
 * what users may have.
 */
#include <mqueue.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include "hop_test.h"

#define LONG	5000

static char dir[64];
static char text[LONG + 1];

static const char *named(const char *what)
{
	static char name[4][64];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(name[turn], sizeof(name[turn]), "/orthros.%d.%s", getpid(), what);
	return name[turn];
}

static const char *path_of(const char *what)
{
	static char path[4][128];
	static int turn;

	turn = (turn + 1) % 4;
	snprintf(path[turn], sizeof(path[turn]), "%s%s", dir, named(what));
	return path[turn];
}

static mqd_t make(const char *what, int flags, mode_t mode, long maxmsg, long msgsize)
{
	struct mq_attr attr = { .mq_maxmsg = maxmsg, .mq_msgsize = msgsize };

	return MUST(mq_open(named(what), flags | O_CREAT | O_EXCL, mode, &attr));
}

static void put(mqd_t q, const char *msg, unsigned int prio)
{
	MUST(mq_send(q, msg, strlen(msg), prio));
}

static void check_next(mqd_t q, const char *msg, unsigned int prio)
{
	char got[8192 + 1];
	unsigned int p = 0;
	ssize_t n = mq_receive(q, got, sizeof(got) - 1, &p);

	if (!CHECK(n >= 0))
		return;
	got[n] = '\0';
	CHECK_STR(got, msg);
	CHECK_EQ(p, prio);
}

static void check_attr(mqd_t q, long flags, long maxmsg, long msgsize, long curmsgs)
{
	struct mq_attr attr = {};

	CHECK_EQ(mq_getattr(q, &attr), 0);
	CHECK_EQ(attr.mq_flags, flags);
	CHECK_EQ(attr.mq_maxmsg, maxmsg);
	CHECK_EQ(attr.mq_msgsize, msgsize);
	CHECK_EQ(attr.mq_curmsgs, curmsgs);
}

/* ---- waiters ---------------------------------------------------------------- */

static long call_receive(struct blocked *b)
{
	struct timespec until = { .tv_sec = time(NULL) + 1000 };
	char buf[64];
	long n = syscall(SYS_mq_timedreceive, b->fd, buf, sizeof(buf), NULL,
			 b->arg ? &until : NULL);

	CHECK(n == 4 && !memcmp(buf, "one!", 4));
	return n;
}

static long call_send(struct blocked *b)
{
	return syscall(SYS_mq_timedsend, b->fd, "last", 4, 9, NULL);
}

static struct blocked waiters[] = {
	{ "mq_receive", SYS_mq_timedreceive, call_receive },
	{ "mq_timedreceive", SYS_mq_timedreceive, call_receive, .arg = waiters },
	{ "mq_send", SYS_mq_timedsend, call_send },
};

/* ---- notification ------------------------------------------------------------ */

static volatile int told;
static int thread_told[2];

static void on_message(int sig, siginfo_t *info, void *ctx)
{
	CHECK_EQ(info->si_code, SI_MESGQ);
	CHECK_EQ(info->si_value.sival_int, 4711);
	told++;
}

static void on_thread(union sigval val)
{
	char c = val.sival_int;

	MUST(write(thread_told[1], &c, 1));
}

static void sends(void *arg)
{
	CHECK_EQ(mq_send(*(mqd_t *)arg, "knock", 5, 0), 0);
}

/* ---- limits ------------------------------------------------------------------ */

struct party {
	struct gate ready, go;
};

/* One queue of it fits into what it may have, no other. */
static void limited(void *arg)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = 1000 };
	struct rlimit limit = { 6000, 6000 };
	struct party *p = arg;
	mqd_t q;

	MUST(setrlimit(RLIMIT_MSGQUEUE, &limit));
	MUST(syscall(SYS_setresuid, 4321, 4321, 4321));
	q = make("mine", O_RDWR, 0600, 4, 1000);
	CHECK_ERR(mq_open(named("more"), O_RDWR | O_CREAT, 0600, &attr), EMFILE);
	gate_post(&p->ready, 1);
	gate_take(&p->go, 1);
	CHECK_ERR(mq_open(named("more"), O_RDWR | O_CREAT, 0600, &attr), EMFILE);
	MUST(mq_unlink(named("mine")));
	CHECK_ERR(mq_open(named("more"), O_RDWR | O_CREAT, 0600, &attr), EMFILE);
	MUST(mq_close(q));
	q = MUST(mq_open(named("more"), O_RDWR | O_CREAT, 0600, &attr));
	MUST(mq_unlink(named("more")));
	mq_close(q);
}

int main(void)
{
	static const char *const all[] = {
		"a", "b", "c", "wait", "full", "signal", "none", "thread",
	};
	mqd_t a, reader, gone, b, wait, full, signalled, quiet, threaded, q;
	struct sigevent ev = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1 };
	struct sigaction sa = { .sa_sigaction = on_message, .sa_flags = SA_SIGINFO | SA_RESTART };
	struct stat before[ARRAY_SIZE(all)], after;
	char status[128] = "", now[128] = "", big[8192], c;
	struct party party;
	unsigned int i;
	int opened;
	pid_t pid;

	memset(text, 'l', LONG);
	snprintf(dir, sizeof(dir), "/tmp/mqueue.%d", getpid());
	mkdir("/tmp", 01777);
	MUST(mkdir(dir, 0755));
	MUST(mount("none", dir, "mqueue", 0, NULL));

	a = make("a", O_RDWR | O_NONBLOCK, 0640, 8, 8192);
	reader = MUST(mq_open(named("a"), O_RDONLY));
	put(a, "low", 0);
	put(a, "high", 7);
	put(a, text, 3);
	put(a, "highest", 32767);
	put(a, "high too", 7);
	put(a, "", 5);

	gone = make("b", O_RDWR | O_NONBLOCK, 0600, 3, 100);
	put(gone, "of the old one", 1);
	MUST(mq_unlink(named("b")));
	b = make("b", O_RDWR | O_NONBLOCK, 0600, 4, 200);
	put(b, "of the new one", 2);

	q = make("c", O_RDWR, 0620, 2, 50);
	put(q, "nobody's", 11);
	mq_close(q);
	MUST(chown(path_of("c"), 1234, 5678));

	wait = make("wait", O_RDWR, 0600, 2, 64);
	full = make("full", O_RDWR, 0600, 2, 64);
	put(full, "first", 0);
	put(full, "second", 1);
	waiters[0].fd = wait;
	waiters[1].fd = wait;
	waiters[2].fd = full;
	for (i = 0; i < ARRAY_SIZE(waiters); i++)
		blocked_start(&waiters[i]);

	MUST(sigaction(SIGUSR1, &sa, NULL));
	signalled = make("signal", O_RDWR | O_NONBLOCK, 0600, 2, 64);
	ev.sigev_value.sival_int = 4711;
	MUST(mq_notify(signalled, &ev));
	quiet = make("none", O_RDWR | O_NONBLOCK, 0600, 2, 64);
	ev.sigev_notify = SIGEV_NONE;
	MUST(mq_notify(quiet, &ev));
	threaded = make("thread", O_RDWR | O_NONBLOCK, 0600, 2, 64);
	MUST(pipe(thread_told));
	ev = (struct sigevent){
		.sigev_notify = SIGEV_THREAD, .sigev_notify_function = on_thread,
		.sigev_value.sival_int = 't',
	};
	MUST(mq_notify(threaded, &ev));

	opened = MUST(open(path_of("signal"), O_RDONLY));
	MUST(read(opened, status, sizeof(status) - 1));
	CHECK(strstr(status, "NOTIFY_PID"));

	gate_init(&party.ready);
	gate_init(&party.go);
	pid = hop_child(limited, &party);
	gate_take(&party.ready, 1);
	for (i = 0; i < ARRAY_SIZE(all); i++)
		MUST(stat(path_of(all[i]), &before[i]));

	hop();

	for (i = 0; i < ARRAY_SIZE(all); i++) {
		if (!CHECK_EQ(stat(path_of(all[i]), &after), 0))
			continue;
		CHECK_EQ(after.st_ino, before[i].st_ino);
		CHECK_EQ(after.st_mode, before[i].st_mode);
		CHECK_EQ(after.st_uid, before[i].st_uid);
		CHECK_EQ(after.st_gid, before[i].st_gid);
		CHECK_EQ(after.st_size, before[i].st_size);
		CHECK(!memcmp(&after.st_ctim, &before[i].st_ctim, sizeof(after.st_ctim)));
		CHECK(!memcmp(&after.st_mtim, &before[i].st_mtim, sizeof(after.st_mtim)));
	}
	check_attr(a, O_NONBLOCK, 8, 8192, 6);
	check_attr(reader, 0, 8, 8192, 6);
	CHECK_ERR(mq_send(reader, "x", 1, 0), EBADF);
	check_next(a, "highest", 32767);
	check_next(reader, "high", 7);
	check_next(a, "high too", 7);
	put(a, "new", 4);
	check_next(a, "", 5);
	check_next(a, "new", 4);
	check_next(a, text, 3);
	check_next(a, "low", 0);
	CHECK_ERR(mq_receive(a, big, sizeof(big), NULL), EAGAIN);
	for (i = 0; i < 8; i++)
		put(a, "full", 0);
	CHECK_ERR(mq_send(a, "x", 1, 0), EAGAIN);

	check_attr(gone, O_NONBLOCK, 3, 100, 1);
	check_next(gone, "of the old one", 1);
	check_attr(b, O_NONBLOCK, 4, 200, 1);
	check_next(b, "of the new one", 2);
	q = mq_open(named("c"), O_RDWR);
	if (CHECK(q >= 0)) {
		check_attr(q, 0, 2, 50, 1);
		check_next(q, "nobody's", 11);
	}

	for (i = 0; i < ARRAY_SIZE(waiters); i++)
		blocked_still(&waiters[i]);
	put(wait, "one!", 0);
	put(wait, "one!", 0);
	blocked_finish(&waiters[0], 4, 0);
	blocked_finish(&waiters[1], 4, 0);
	check_next(full, "second", 1);
	blocked_finish(&waiters[2], 0, 0);
	check_next(full, "last", 9);
	check_next(full, "first", 0);

	lseek(opened, 0, SEEK_SET);
	MUST(read(opened, now, sizeof(now) - 1));
	CHECK_STR(now, status);
	CHECK_EQ(told, 0);
	hop_reap(hop_child(sends, &signalled));
	CHECK_EQ(told, 1);
	hop_reap(hop_child(sends, &signalled));
	CHECK_EQ(told, 1);
	ev.sigev_notify = SIGEV_NONE;
	CHECK_ERR(mq_notify(quiet, &ev), EBUSY);
	CHECK_EQ(mq_notify(signalled, &ev), 0);
	hop_reap(hop_child(sends, &quiet));
	CHECK_EQ(mq_notify(quiet, &ev), 0);
	hop_reap(hop_child(sends, &threaded));
	CHECK_EQ(poll(&(struct pollfd){ .fd = thread_told[0], .events = POLLIN }, 1, 10000), 1);
	CHECK_EQ(read(thread_told[0], &c, 1), 1);
	CHECK_EQ(c, 't');

	gate_post(&party.go, 1);
	hop_reap(pid);
	for (i = 0; i < ARRAY_SIZE(all); i++)
		CHECK_EQ(mq_unlink(named(all[i])), 0);
	return hop_status();
}
