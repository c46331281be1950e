// SPDX-License-Identifier: GPL-2.0
/*
 * Calls with a relative timeout end when they would have ended without the hop: what
 * has passed counts, also what passed in the hop. That holds for those, too, whose time is
 * up when the hop comes, but which have not run since.
 */
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <termios.h>

#include "hop_test.h"

#define SECONDS	20
#define EARLY	6		/* how long they wait before the hop */
#define MARGIN	(5 * NSEC)	/* of a busy guest */

static const struct timespec timeout = { .tv_sec = SECONDS };
static long long began, hopped;

static long call_sigtimedwait(struct blocked *b)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	return syscall(SYS_rt_sigtimedwait, &set, NULL, &timeout, 8);
}

static long call_semtimedop(struct blocked *b)
{
	struct sembuf op = { .sem_op = -1 };

	return syscall(SYS_semtimedop, b->fd, &op, 1, &timeout);
}

static long call_recv(struct blocked *b)
{
	char c;

	return syscall(SYS_recvfrom, b->fd, &c, 1, 0, NULL, NULL);
}

static long call_read(struct blocked *b)
{
	char c;

	return syscall(SYS_read, b->fd, &c, 1);
}

static long call_send(struct blocked *b)
{
	return syscall(SYS_sendto, b->fd, "", 1, 0, NULL, 0);
}

/* A part comes before the hop: the rest has its time, too. */
static long call_part(struct blocked *b)
{
	char buf[100];

	return syscall(SYS_recvfrom, b->fd, buf, 100, MSG_WAITALL, NULL, NULL);
}

static long call_accept(struct blocked *b)
{
	return syscall(SYS_accept, b->fd, NULL, NULL);
}

static long call_poll(struct blocked *b)
{
	return syscall(SYS_poll, NULL, 0, SECONDS * 1000);
}

static long call_ppoll(struct blocked *b)
{
	struct timespec ts = timeout;
	sigset_t none;

	sigemptyset(&none);
	return syscall(SYS_ppoll, NULL, 0, &ts, &none, 8);
}

static long call_select(struct blocked *b)
{
	struct timeval tv = { .tv_sec = SECONDS };

	return syscall(SYS_select, 0, NULL, NULL, NULL, &tv);
}

static long call_pselect(struct blocked *b)
{
	struct timespec ts = timeout;

	return syscall(SYS_pselect6, 0, NULL, NULL, NULL, &ts, NULL);
}

static long call_epoll_wait(struct blocked *b)
{
	struct epoll_event ev;

	return syscall(SYS_epoll_wait, b->fd, &ev, 1, SECONDS * 1000);
}

static long call_epoll_pwait(struct blocked *b)
{
	struct epoll_event ev;
	sigset_t none;

	sigemptyset(&none);
	return syscall(SYS_epoll_pwait, b->fd, &ev, 1, SECONDS * 1000, &none, 8);
}

static long call_epoll_pwait2(struct blocked *b)
{
	struct epoll_event ev;

	return syscall(SYS_epoll_pwait2, b->fd, &ev, 1, &timeout, NULL, 8);
}

static long call_futex(struct blocked *b)
{
	static int word;

	return syscall(SYS_futex, &word, 0, 0, &timeout);
}

static long call_nanosleep(struct blocked *b)
{
	return syscall(SYS_nanosleep, &timeout, NULL);
}

enum {
	SIGTIMEDWAIT, SEMTIMEDOP, RECV_UNIX, SEND_UNIX, RECV_TCP, PART, ACCEPT, RECV_UDP, POLL,
	PPOLL, SELECT, PSELECT, EPOLL, EPOLL_P, EPOLL_P2, FUTEX, NANOSLEEP, NR
};

static struct blocked calls[NR] = {
	[SIGTIMEDWAIT] = { "rt_sigtimedwait", SYS_rt_sigtimedwait, call_sigtimedwait },
	[SEMTIMEDOP] = { "semtimedop", SYS_semtimedop, call_semtimedop },
	[RECV_UNIX] = { "recv of UNIX", SYS_recvfrom, call_recv },
	[SEND_UNIX] = { "send to UNIX", SYS_sendto, call_send },
	[RECV_TCP] = { "read of TCP", SYS_read, call_read },
	[PART] = { "recv(MSG_WAITALL) of TCP", SYS_recvfrom, call_part },
	[ACCEPT] = { "accept", SYS_accept, call_accept },
	[RECV_UDP] = { "recv of UDP", SYS_recvfrom, call_recv },
	[POLL] = { "poll", SYS_poll, call_poll },
	[PPOLL] = { "ppoll", SYS_ppoll, call_ppoll },
	[SELECT] = { "select", SYS_select, call_select },
	[PSELECT] = { "pselect6", SYS_pselect6, call_pselect },
	[EPOLL] = { "epoll_wait", SYS_epoll_wait, call_epoll_wait },
	[EPOLL_P] = { "epoll_pwait", SYS_epoll_pwait, call_epoll_pwait },
	[EPOLL_P2] = { "epoll_pwait2", SYS_epoll_pwait2, call_epoll_pwait2 },
	[FUTEX] = { "futex", SYS_futex, call_futex },
	[NANOSLEEP] = { "nanosleep", SYS_nanosleep, call_nanosleep },
};

static long long ended[NR];

static long timed(struct blocked *b, long (*call)(struct blocked *b))
{
	long ret = call(b);
	int err = errno;

	ended[b - calls] = now_ns(CLOCK_MONOTONIC);
	errno = err;
	return ret;
}

static long (*call_of[NR])(struct blocked *b);

static long call_timed(struct blocked *b)
{
	return timed(b, call_of[b - calls]);
}

static void set_time(int fd, int opt)
{
	struct timeval tv = { .tv_sec = SECONDS };

	MUST(setsockopt(fd, SOL_SOCKET, opt, &tv, sizeof(tv)));
}

static int tcp_pair(int i, int listener, const struct sockaddr_in *addr)
{
	calls[i].fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(connect(calls[i].fd, (void *)addr, sizeof(*addr)));
	set_time(calls[i].fd, SO_RCVTIMEO);
	return MUST(accept(listener, NULL, NULL));
}

static void prepare(void)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	int fd[2], i, far;
	char page[PAGE] = "";

	calls[SEMTIMEDOP].fd = MUST(semget(IPC_PRIVATE, 1, 0600));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	calls[RECV_UNIX].fd = fd[0];
	set_time(fd[0], SO_RCVTIMEO);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	MUST(fcntl(fd[0], F_SETFL, O_NONBLOCK));
	while (write(fd[0], page, sizeof(page)) > 0)
		;
	MUST(fcntl(fd[0], F_SETFL, 0));
	calls[SEND_UNIX].fd = fd[0];
	set_time(fd[0], SO_SNDTIMEO);

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	calls[ACCEPT].fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(bind(calls[ACCEPT].fd, (void *)&addr, sizeof(addr)));
	MUST(listen(calls[ACCEPT].fd, 5));
	MUST(getsockname(calls[ACCEPT].fd, (void *)&addr, &len));
	tcp_pair(RECV_TCP, calls[ACCEPT].fd, &addr);
	far = tcp_pair(PART, calls[ACCEPT].fd, &addr);
	MUST(write(far, page, 40));
	set_time(calls[ACCEPT].fd, SO_RCVTIMEO);
	calls[RECV_UDP].fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	set_time(calls[RECV_UDP].fd, SO_RCVTIMEO);
	for (i = EPOLL; i <= EPOLL_P2; i++)
		calls[i].fd = MUST(epoll_create1(0));
}

/* ---- those that are behind their time -------------------------------------- */

#define BEHIND		60
#define BEHIND_SECONDS	6

static struct behind {
	pthread_t thread;
	pid_t tid;
	int fd;
	long long due, ended;	/* of the first one that was late */
} behind[BEHIND];
static bool behind_stop;

static void *behind_thread(void *arg)
{
	struct sched_param idle = { };
	struct behind *b = arg;
	long long due, now;

	b->tid = hop_gettid();
	MUST(sched_setscheduler(b->tid, SCHED_IDLE, &idle));
	while (!__atomic_load_n(&behind_stop, __ATOMIC_ACQUIRE)) {
		char c;

		due = now_ns(CLOCK_MONOTONIC) + BEHIND_SECONDS * NSEC;
		CHECK_ERR(recv(b->fd, &c, 1, 0), EAGAIN);
		now = now_ns(CLOCK_MONOTONIC);
		if (!b->due && now > due + MARGIN) {
			b->due = due;
			b->ended = now;
		}
	}
	return NULL;
}

/* What runs in their place. */
static void *hog_thread(void *arg)
{
	setpriority(PRIO_PROCESS, hop_gettid(), 10);
	while (!__atomic_load_n(&behind_stop, __ATOMIC_ACQUIRE))
		;
	return NULL;
}

static pthread_t hog;

static void behind_start(void)
{
	struct timeval tv = { .tv_sec = BEHIND_SECONDS };
	pthread_attr_t one;
	cpu_set_t cpus;
	int i, fd[2];

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	pthread_attr_init(&one);
	pthread_attr_setstacksize(&one, 64 * 1024);
	pthread_attr_setaffinity_np(&one, sizeof(cpus), &cpus);
	MUST0(pthread_create(&hog, &one, hog_thread, NULL));
	for (i = 0; i < BEHIND; i++) {
		MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
		behind[i].fd = fd[0];
		MUST(setsockopt(fd[0], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
		MUST0(pthread_create(&behind[i].thread, &one, behind_thread, &behind[i]));
		/* One after the other, so that their time is up at any time. */
		usleep(BEHIND_SECONDS * 1000000 / BEHIND);
	}
}

static void behind_finish(void)
{
	struct sched_param normal = { };
	int i;

	/* They end when they are told to. */
	for (i = 0; i < BEHIND; i++)
		CHECK_EQ(sched_setscheduler(behind[i].tid, SCHED_OTHER, &normal), 0);
	__atomic_store_n(&behind_stop, true, __ATOMIC_RELEASE);
	MUST0(pthread_join(hog, NULL));
	for (i = 0; i < BEHIND; i++) {
		struct behind *b = &behind[i];

		MUST0(pthread_join(b->thread, NULL));
		if (!CHECK(!b->due || b->ended <= (hopped > b->due ? hopped : b->due) + MARGIN))
			printf("# %d: %lld ms late, %lld after the hop\n", i,
			       (b->ended - b->due) / 1000000, (b->ended - hopped) / 1000000);
	}
}

int main(void)
{
	sigset_t set;
	int i;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	behind_start();
	prepare();
	began = now_ns(CLOCK_MONOTONIC);
	for (i = 0; i < NR; i++) {
		call_of[i] = calls[i].call;
		calls[i].call = call_timed;
		blocked_start(&calls[i]);
	}
	sleep(EARLY);

	hop();

	hopped = now_ns(CLOCK_MONOTONIC);
	behind_finish();
	for (i = 0; i < NR; i++) {
		bool zero = i >= POLL && i != FUTEX;
		long long due = began + SECONDS * NSEC;

		blocked_finish(&calls[i], i == PART ? 40 : zero ? 0 : -1,
			       i == FUTEX ? ETIMEDOUT : zero || i == PART ? 0 : EAGAIN);
		if (!CHECK(ended[i] >= due - NSEC / 10) ||
		    !CHECK(ended[i] <= (hopped > due ? hopped : due) + MARGIN))
			printf("# %s: after %lld ms\n", calls[i].name,
			       (ended[i] - began) / 1000000);
	}
	MUST(semctl(calls[SEMTIMEDOP].fd, 0, IPC_RMID));
	return hop_status();
}
