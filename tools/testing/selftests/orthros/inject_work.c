// SPDX-License-Identifier: GPL-2.0
/* What goes on while hop_inject makes the kernel fail. Each checks all that it does. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "hop_test.h"
#include "inject.h"

#define SUM_PIECE	(16 * MIB)
#define SUM_SIZE	(512 * MIB)
#define FILE_SIZE	(8 * PAGE)
#define MAX_CLIENTS	8

const char *work_dir;
static const char gone[] = "the other end is gone";
int workers_fd;

/* A file a piece, synced; read again as well. */
static const char *files(struct worker *w)
{
	static unsigned char block[FILE_SIZE];
	char name[256], tmp[256];
	int fd;

	snprintf(name, sizeof(name), "%s/file%lu", work_dir, w->count);
	snprintf(tmp, sizeof(tmp), "%s/part", work_dir);
	fill(block, FILE_SIZE, w->count);
	fd = open(tmp, O_RDWR | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, block, FILE_SIZE) != FILE_SIZE)
		return "a file cannot be written";
	if (fsync(fd))
		return "a file cannot be synced";
	if (rename(tmp, name))
		return "a file cannot be renamed";
	close(fd);
	fd = open(work_dir, O_RDONLY);
	if (fsync(fd))
		return "a directory cannot be synced";
	close(fd);
	return NULL;
}

static const char *check_files(struct worker *w)
{
	static unsigned char block[FILE_SIZE];
	unsigned long i;
	char name[256];
	int fd;

	for (i = 0; i < w->count; i++) {
		snprintf(name, sizeof(name), "%s/file%lu", work_dir, i);
		fd = open(name, O_RDONLY);
		if (fd < 0)
			return WRONG "a file that was synced is lost";
		if (read(fd, block, FILE_SIZE) != FILE_SIZE || !filled(block, FILE_SIZE, i))
			return WRONG "a file that was synced is not what it was";
		close(fd);
	}
	return NULL;
}

static void log_name(char *name, size_t size)
{
	snprintf(name, size, "%s/log", work_dir);
}

/* A log, of which nothing may be there twice. */
static const char *append(struct worker *w)
{
	static int fd = -1;
	char name[256], line[16], back[16];

	log_name(name, sizeof(name));
	if (fd < 0)
		fd = open(name, O_RDWR | O_CREAT | O_APPEND, 0600);
	snprintf(line, sizeof(line), "%08lu", w->count);
	if (write(fd, line, 8) != 8 || (w->count % 16 == 0 && fdatasync(fd)))
		return "the log cannot be written";
	if (pread(fd, back, 8, 8 * w->count) != 8 || memcmp(line, back, 8) ||
	    lseek(fd, 0, SEEK_END) != (off_t)(8 * (w->count + 1)))
		return WRONG "the log is not what was written";
	return NULL;
}

static void append_again(struct worker *w)
{
	char name[256];

	log_name(name, sizeof(name));
	unlink(name);
	w->count = 0;
}

static const char *forks(struct worker *w)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(w->count & 63);
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return "no child";
	return WIFEXITED(status) && WEXITSTATUS(status) == (int)(w->count & 63) ? NULL :
	       "a child ended in another way";
}

/* All of it in turn. */
static const char *sums(struct worker *w)
{
	const unsigned long nr = SUM_SIZE / SUM_PIECE;
	static unsigned char *mem;
	unsigned long i;

	if (!mem) {
		mem = mmap(NULL, SUM_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			   -1, 0);
		if (mem == MAP_FAILED)
			return "no memory";
		for (i = 0; i < nr; i++)
			fill(mem + i * SUM_PIECE, SUM_PIECE, i);
	}
	i = w->count % nr;
	return filled(mem + i * SUM_PIECE, SUM_PIECE, i) ? NULL :
							   WRONG "memory is not what it was";
}

/* Registers that no system call saves. */
static const char *floats(struct worker *w)
{
	double a[8] = { 1, 2, 3, 4, 5, 6, 7, 8 };
	int i, k;

	for (i = 0; i < 1000000; i++)
		for (k = 0; k < 8; k++)
			a[k] = a[k] * 0.5 + (k + 1) * 0.5;
	for (k = 0; k < 8; k++)
		if (a[k] != k + 1)
			return WRONG "a floating-point register is not what it was";
	return NULL;
}

/* All upper halves hold for a while. */
static bool hold_avx(unsigned long seed)
{
	unsigned char in[16 * 32], out[16 * 32];

	fill(in, sizeof(in), seed);
	asm volatile("vmovdqu (%0), %%ymm0; vmovdqu 32(%0), %%ymm1;"
		     "vmovdqu 64(%0), %%ymm2; vmovdqu 96(%0), %%ymm3;"
		     "vmovdqu 128(%0), %%ymm4; vmovdqu 160(%0), %%ymm5;"
		     "vmovdqu 192(%0), %%ymm6; vmovdqu 224(%0), %%ymm7;"
		     "vmovdqu 256(%0), %%ymm8; vmovdqu 288(%0), %%ymm9;"
		     "vmovdqu 320(%0), %%ymm10; vmovdqu 352(%0), %%ymm11;"
		     "vmovdqu 384(%0), %%ymm12; vmovdqu 416(%0), %%ymm13;"
		     "vmovdqu 448(%0), %%ymm14; vmovdqu 480(%0), %%ymm15;"
		     "mov $3000000, %%rcx; 1: dec %%rcx; jnz 1b;"
		     "vmovdqu %%ymm0, (%1); vmovdqu %%ymm1, 32(%1);"
		     "vmovdqu %%ymm2, 64(%1); vmovdqu %%ymm3, 96(%1);"
		     "vmovdqu %%ymm4, 128(%1); vmovdqu %%ymm5, 160(%1);"
		     "vmovdqu %%ymm6, 192(%1); vmovdqu %%ymm7, 224(%1);"
		     "vmovdqu %%ymm8, 256(%1); vmovdqu %%ymm9, 288(%1);"
		     "vmovdqu %%ymm10, 320(%1); vmovdqu %%ymm11, 352(%1);"
		     "vmovdqu %%ymm12, 384(%1); vmovdqu %%ymm13, 416(%1);"
		     "vmovdqu %%ymm14, 448(%1); vmovdqu %%ymm15, 480(%1);"
		     "vzeroupper"
		     : : "r" (in), "r" (out)
		     : "rcx", "cc", "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",
		       "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13",
		       "xmm14", "xmm15");
	return !memcmp(in, out, sizeof(in));
}

/* Of two threads; a piece is one of each. */
static volatile unsigned long avx_done;
static volatile bool avx_bad;

static void *avx_thread(void *arg)
{
	while (!avx_bad) {
		if (!hold_avx(avx_done))
			avx_bad = true;
		avx_done++;
	}
	return NULL;
}

static const char *avx(struct worker *w)
{
	static pthread_t thread;
	unsigned long before = avx_done;

	if (!thread && pthread_create(&thread, NULL, avx_thread, NULL))
		return "no thread";
	do {
		if (!hold_avx(~w->count))
			avx_bad = true;
	} while (avx_done == before && !avx_bad);
	return avx_bad ? WRONG "a vector register is not what it was" : NULL;
}

static const char *naps(struct worker *w)
{
	static long long last;
	struct timespec nap = { .tv_nsec = 5000000 };
	long long now;

	if (nanosleep(&nap, NULL))
		return "a sleep was interrupted";
	now = now_ns(CLOCK_MONOTONIC);
	if (now < last + 5000000 && last)
		return WRONG "time went back, or a sleep was too short";
	last = now;
	return NULL;
}

/* Numbers through one stream and back through another; the child sends them back. */
static const char *echo(struct worker *w, int in, int out)
{
	unsigned long number = w->count, back = 0;
	ssize_t n, got = 0;

	if (write(out, &number, sizeof(number)) != sizeof(number))
		return gone;
	while (got < (ssize_t)sizeof(back)) {
		n = read(in, (char *)&back + got, sizeof(back) - got);
		if (n <= 0)
			return gone;
		got += n;
	}
	return back == number ? NULL : WRONG "another number came back";
}

static void send_back(int in, int out)
{
	char buf[64];
	ssize_t n;

	while ((n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, n) != n)
			break;
	_exit(1);
}

static const char *pipes(struct worker *w)
{
	static int to[2], from[2];

	if (!to[1]) {
		if (pipe(to) || pipe(from))
			return "no pipe";
		w->peer = fork();
		if (!w->peer) {
			close(to[1]);
			send_back(to[0], from[1]);
		}
		close(from[1]);
	}
	return echo(w, from[0], to[1]);
}

static const char *unixes(struct worker *w)
{
	static int fds[2];

	if (!fds[1]) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds))
			return "no sockets";
		w->peer = fork();
		if (!w->peer) {
			close(fds[0]);
			send_back(fds[1], fds[1]);
		}
		close(fds[1]);
	}
	return echo(w, fds[0], fds[0]);
}

static const char *tcp(struct worker *w)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	static int fd = -1;
	int listener;

	if (fd < 0) {
		at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		listener = socket(AF_INET, SOCK_STREAM, 0);
		if (bind(listener, (void *)&at, len) || listen(listener, 1) ||
		    getsockname(listener, (void *)&at, &len))
			return "no listener";
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fd, (void *)&at, len))
			return "no connection";
		w->peer = fork();
		if (!w->peer) {
			close(fd);
			fd = accept(listener, NULL, NULL);
			send_back(fd, fd);
		}
		close(listener);
	}
	return echo(w, fd, fd);
}

/* For a client on the host: a number comes, and goes back with its sum. */
static const char *serve(struct worker *w)
{
	static struct pollfd fds[1 + MAX_CLIENTS];
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(INJECT_PORT) };
	unsigned long long msg[2];
	int i, one = 1;

	if (!fds[0].fd) {
		fds[0].fd = socket(AF_INET, SOCK_STREAM, 0);
		setsockopt(fds[0].fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
		if (bind(fds[0].fd, (void *)&at, sizeof(at)) || listen(fds[0].fd, 5))
			return "no listener";
		for (i = 0; i <= MAX_CLIENTS; i++) {
			fds[i].fd = i ? -1 : fds[i].fd;
			fds[i].events = POLLIN;
		}
	}
	if (poll(fds, ARRAY_SIZE(fds), 50) < 0)
		return "poll is interrupted";
	for (i = 1; i <= MAX_CLIENTS; i++) {
		if (fds[i].fd < 0) {
			if (fds[0].revents & POLLIN)
				fds[i].fd = accept(fds[0].fd, NULL, NULL);
			fds[0].revents = 0;
		} else if (fds[i].revents) {
			if (recv(fds[i].fd, msg, 8, MSG_WAITALL) != 8) {
				close(fds[i].fd);
				fds[i].fd = -1;
				continue;
			}
			msg[1] = msg[0] * 0x9e3779b97f4a7c15ULL;
			if (send(fds[i].fd, msg, 16, MSG_NOSIGNAL) != 16) {
				close(fds[i].fd);
				fds[i].fd = -1;
			}
		}
	}
	return NULL;
}

static void redis(struct worker *w)
{
	int null = open("/dev/null", O_RDWR);

	dup2(null, 0);
	dup2(null, 1);
	dup2(null, 2);
	execl("/usr/bin/redis-server", "redis-server", "--bind", "0.0.0.0", "--port", "6379",
	      "--protected-mode", "no", "--save", "", "--appendonly", "yes", "--appendfsync",
	      "always", "--dir", work_dir, (char *)NULL);
}

/* It does not count what it does; that it answers is a piece. */
static const char *ask_redis(struct worker *w)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(REDIS_PORT) };
	struct timeval second = { .tv_sec = 1 };
	char answer[8];
	int fd;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof(second));
	if (!connect(fd, (void *)&at, sizeof(at)) && send(fd, "PING\r\n", 6, MSG_NOSIGNAL) == 6 &&
	    recv(fd, answer, 7, MSG_WAITALL) == 7 && !memcmp(answer, "+PONG", 5))
		w->count += 2;
	close(fd);
	return NULL;
}

static void sql_args(struct worker *w, const char *how)
{
	char fd[16], nr[16], db[256];

	snprintf(fd, sizeof(fd), "%d", workers_fd);
	snprintf(nr, sizeof(nr), "%lu", (unsigned long)((uintptr_t)w & (PAGE - 1)));
	snprintf(db, sizeof(db), "%s/db", work_dir);
	execl("./inject_sql", "inject_sql", how, db, fd, nr, (char *)NULL);
}

static void sql(struct worker *w)
{
	sql_args(w, "write");
}

static const char *check_sql(struct worker *w)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		sql_args(w, "check");
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return "no child";
	return status ? WRONG "a row that was committed is lost, or more" : NULL;
}

const struct worker jobs[] = {
	{ "files", files, .check = check_files }, { "append", append, .again = append_again },
	{ "forks", forks }, { "sums", sums }, { "floats", floats }, { "avx", avx },
	{ "naps", naps }, { "pipes", pipes }, { "unix", unixes }, { "tcp", tcp },
	{ "serve", serve }, { "redis", .program = redis, .check = ask_redis },
	{ "sql", .program = sql, .check = check_sql },
};

const size_t nr_jobs = ARRAY_SIZE(jobs);

bool worker_wrong(const struct worker *w)
{
	return !strncmp(w->error, WRONG, strlen(WRONG));
}

void start_worker(struct worker *w)
{
	const char *error = NULL;
	pid_t pid;

	w->error[0] = '\0';
	w->peer = 0;
	w->status = 0;
	pid = MUST(fork());
	if (pid) {
		w->pid = pid;
		w->was = pid;
		return;
	}
	if (w->program) {
		w->program(w);
		_exit(127);
	}
	while (!error) {
		error = w->work(w);
		if (!error)
			__atomic_add_fetch(&w->count, 1, __ATOMIC_SEQ_CST);
	}
	snprintf(w->error, sizeof(w->error), "%s", error);
	_exit(1);
}
