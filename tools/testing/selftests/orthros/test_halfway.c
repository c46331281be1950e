// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that are under way when the kernel changes, or fails: processes that append to one
 * file, share the position of another, read, fork and send from files all the time. Each
 * call is made once and as a whole.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "hop_test.h"

#define RECORD	(16 * PAGE)
#define FULL	((off_t)(128 * RECORD))
#define BLOCKS	1024
#define PIECE	(64 * PAGE)

/**
 * struct worker - a process that is in the middle of a call nearly always
 * @work:	once; a text if something is wrong
 * @count:	how often it has
 * @error:	what was wrong first
 */
struct worker {
	const char *(*work)(struct worker *w);
	unsigned long count;
	const char *error;
};

/* A record of a log that several write. */
struct record {
	unsigned long nr, seq;
	unsigned char body[RECORD - 16];
};

/* Of each log and writer: the record that is to come next. */
static unsigned long (*next)[2];
static int log_fd[2], sock[2];

/* ---- records ----------------------------------------------------------------- */

/* All of them once, as a whole, in order; with no writer about. */
static const char *check_log(int which)
{
	static struct record r;
	off_t pos, size = lseek(log_fd[which], 0, SEEK_END);

	if (size % RECORD)
		return "a record is there in part";
	for (pos = 0; pos < size; pos += RECORD) {
		if (pread(log_fd[which], &r, RECORD, pos) != RECORD)
			return "a log cannot be read";
		if (r.nr > 1 || !filled(r.body, sizeof(r.body), r.nr << 32 | r.seq))
			return "a record is not what was written";
		if (r.seq != next[which][r.nr]++)
			return r.seq < next[which][r.nr] ? "a record is there twice" :
							   "a record is missing";
	}
	if (ftruncate(log_fd[which], 0) || lseek(log_fd[which], 0, SEEK_SET))
		return "a log cannot be cut";
	return NULL;
}

/* The lock is the writer's own file: which file it is, and not who has it, matters. */
static const char *write_log(struct worker *w, int which, unsigned long nr)
{
	static struct record r;
	static int lock = -1;
	const char *error = NULL;
	char name[32];
	ssize_t ret;
	struct stat st;

	snprintf(name, sizeof(name), "lock%d", which);
	if (lock < 0)
		lock = open(name, O_RDWR | O_CREAT, 0600);
	r.nr = nr;
	r.seq = w->count;
	fill(r.body, sizeof(r.body), nr << 32 | r.seq);
	if (flock(lock, LOCK_SH))
		return "no lock";
	ret = write(log_fd[which], &r, RECORD);
	if (!CHECK_EQ(ret, RECORD)) {
		CHECK_EQ(errno, 0);
		error = "a record cannot be written";
	}
	if (fstat(log_fd[which], &st))
		error = "no size";
	flock(lock, LOCK_UN);
	if (error || st.st_size < FULL)
		return error;
	if (flock(lock, LOCK_EX))
		return "no lock";
	error = check_log(which);
	flock(lock, LOCK_UN);
	return error;
}

static const char *append_first(struct worker *w)
{
	return write_log(w, 0, 0);
}

static const char *append_second(struct worker *w)
{
	return write_log(w, 0, 1);
}

static const char *share_first(struct worker *w)
{
	return write_log(w, 1, 0);
}

static const char *share_second(struct worker *w)
{
	return write_log(w, 1, 1);
}

/* ---- others ------------------------------------------------------------------- */

/* Blocks that have their number, one after the other. */
static int make_blocks(const char *name)
{
	static unsigned long block[PAGE / sizeof(long)];
	int i, fd = MUST(open(name, O_RDWR | O_CREAT | O_TRUNC, 0600));

	for (i = 0; i < BLOCKS; i++) {
		block[0] = i;
		if (MUST(write(fd, block, PAGE)) != PAGE)
			hop_die(__FILE__, __LINE__, name, ENOSPC);
	}
	MUST(lseek(fd, 0, SEEK_SET));
	return fd;
}

static const char *reads(struct worker *w)
{
	static unsigned long piece[PIECE / sizeof(long)], expect;
	static int fd = -1;
	ssize_t n;
	int i;

	if (fd < 0)
		fd = open("blocks", O_RDONLY);
	n = read(fd, piece, sizeof(piece));
	if (n <= 0 || n % PAGE)
		return "a read is short";
	for (i = 0; i < n / (int)PAGE; i++)
		if (piece[i * PAGE / sizeof(long)] != expect++)
			return "a read begins elsewhere";
	if (expect == BLOCKS) {
		expect = 0;
		lseek(fd, 0, SEEK_SET);
	}
	return NULL;
}

/* No child but the one. */
static const char *forks(struct worker *w)
{
	int status, code = w->count & 63;
	struct rusage used = {};
	pid_t pid = fork();

	if (!pid)
		_exit(code);
	if (pid < 0)
		return "no child";
	if (!CHECK_EQ(wait4(-1, &status, 0, &used), pid))
		return "another child";
	/* It has written to its stack, at least. */
	if (!CHECK(used.ru_minflt > 0))
		return "a child that has used nothing";
	if (!WIFEXITED(status) || WEXITSTATUS(status) != code)
		return "a child ended in another way";
	return waitpid(-1, &status, WNOHANG) == -1 && errno == ECHILD ? NULL : "one child more";
}

#define ARGS	64

static char *args[ARGS + 3], *env[] = { "ONE=1", "TWO=22", NULL };

/* What is run, directly and by a script, with many arguments. */
static int is_program(int argc, char **argv, char **envp)
{
	int i;

	/* A script's name and first argument come before them. */
	if (argc != ARGS + 2 && (argc != ARGS + 4 || strcmp(argv[2], "./script")))
		return 2;
	for (i = 1; i <= ARGS; i++)
		if (strcmp(argv[argc - i], args[ARGS + 2 - i]))
			return 3;
	return !envp[0] || strcmp(envp[0], env[0]) || !envp[1] || strcmp(envp[1], env[1]) ||
	       envp[2] ? 4 : 5;
}

static void make_args(void)
{
	static char self[256];
	int i;

	MUST(readlink("/proc/self/exe", self, sizeof(self) - 1));
	args[0] = self;
	args[1] = "program";
	for (i = 2; i < ARGS + 2; i++)
		MUST(asprintf(&args[i], "%*s%d", 50 * i, "argument ", i));
}

static const char *executes(struct worker *w)
{
	const char *name = w->count & 1 ? "./script" : args[0];
	int status;
	pid_t pid = w->count & 2 ? vfork() : fork();

	if (!pid) {
		execve(name, args, env);
		_exit(6);
	}
	if (pid < 0)
		return "no child";
	if (waitpid(-1, &status, 0) != pid)
		return "another child";
	return CHECK_EQ(status, 5 << 8) ? NULL : "a program began in another way";
}

static const char *threads(struct worker *w)
{
	void *ret;
	pthread_t t;

	if (pthread_create(&t, NULL, (void *(*)(void *))slurp, (void *)"one") ||
	    pthread_join(t, &ret) || !ret)
		return "no thread";
	if (strcmp(ret, "1"))
		return "another text";
	free(ret);
	return NULL;
}

static const char *sends(struct worker *w)
{
	static int fd = -1;
	off_t off = 0;
	bool named = w->count & 1;
	ssize_t n;

	if (fd < 0)
		fd = open("blocks", O_RDONLY);
	n = sendfile(sock[0], fd, named ? &off : NULL, BLOCKS * PAGE);
	if (n != BLOCKS * PAGE)
		return "a file is sent in part";
	if (!named)
		off = lseek(fd, 0, SEEK_CUR);
	if (!CHECK_EQ(off, n))
		return "the position is elsewhere";
	lseek(fd, 0, SEEK_SET);
	return NULL;
}

static const char *receives(struct worker *w)
{
	static unsigned long piece[PAGE / sizeof(long)];

	if (recv(sock[1], piece, PAGE, MSG_WAITALL) != PAGE)
		return "a block comes in part";
	return CHECK_EQ(piece[0], w->count % BLOCKS) ? NULL : "another block comes";
}

#define TUBE	((ssize_t)(16 * PAGE))

/* Of a pipe all once: into a file, and half of the time into another pipe before. */
static const char *splices(struct worker *w)
{
	static unsigned long out[TUBE / sizeof(long)], back[TUBE / sizeof(long)], next;
	static int tube[2] = { -1, -1 }, two[2], fd;
	bool named = w->count & 1, doubled = w->count & 2;
	ssize_t n, done, i;
	off_t pos, off;
	int more;

	if (tube[0] < 0) {
		if (pipe(tube) || pipe(two))
			return "no pipe";
		fd = open("spliced", O_RDWR | O_CREAT | O_TRUNC, 0600);
		if (fd < 0)
			return "no file";
	}
	for (i = 0; i < (ssize_t)ARRAY_SIZE(out); i++)
		out[i] = next++;
	pos = lseek(fd, 0, SEEK_CUR);
	off = pos;
	if (write(tube[1], out, TUBE) != TUBE)
		return "a pipe takes less";
	if (doubled) {
		n = tee(tube[0], two[1], TUBE, 0);
		if (n <= 0 || read(two[0], back, n) != n || memcmp(back, out, n))
			return "a pipe has something else twice";
		if (ioctl(two[0], FIONREAD, &more) || more)
			return "a pipe has more twice";
	}
	for (done = 0; done < TUBE; done += n) {
		n = splice(tube[0], NULL, fd, named ? &off : NULL, TUBE - done, 0);
		if (!CHECK(n > 0))
			return "a pipe cannot be spliced";
	}
	if (named ? !CHECK_EQ(off, pos + TUBE) || !CHECK_EQ(lseek(fd, 0, SEEK_CUR), pos) :
		    !CHECK_EQ(lseek(fd, 0, SEEK_CUR), pos + TUBE))
		return "the position is elsewhere";
	if (pread(fd, back, TUBE, pos) != TUBE || memcmp(back, out, TUBE))
		return "a file has not what the pipe had";
	lseek(fd, pos > FULL ? 0 : pos + TUBE, SEEK_SET);
	return NULL;
}

static struct worker *w;
static bool *stopped;
static const struct worker all[] = {
	{ append_first }, { append_second }, { share_first }, { share_second },
	{ reads }, { forks }, { executes }, { threads }, { sends }, { receives },
	{ splices },
};

static bool stop(void)
{
	return __atomic_load_n(stopped, __ATOMIC_SEQ_CST);
}

static void run(void *arg)
{
	struct worker *me = arg;

	while (!me->error && !stop()) {
		me->error = me->work(me);
		if (!me->error)
			__atomic_add_fetch(&me->count, 1, __ATOMIC_SEQ_CST);
	}
	/* Those two stop when the other end has. */
	if (!stop() || (me->work != sends && me->work != receives))
		CHECK_STR(me->error ?: "", "");
	else
		CHECK(stop());
}

static bool has_ended(pid_t pid)
{
	siginfo_t info = {};

	return waitid(P_PID, pid, &info, WEXITED | WNOHANG | WNOWAIT) || info.si_pid;
}

/* So much more each. */
static void go_on(const pid_t *pid, unsigned long more)
{
	const struct timespec nap = { .tv_nsec = 10000000 };
	unsigned long goal;
	unsigned int k;

	for (k = 0; k < ARRAY_SIZE(all); k++) {
		goal = __atomic_load_n(&w[k].count, __ATOMIC_SEQ_CST) + more;
		while (__atomic_load_n(&w[k].count, __ATOMIC_SEQ_CST) < goal && !has_ended(pid[k]))
			nanosleep(&nap, NULL);
	}
}

static void connect_both(void)
{
	struct sockaddr_in at = { .sin_family = AF_INET };
	socklen_t len = sizeof(at);
	int listener = MUST(socket(AF_INET, SOCK_STREAM, 0));

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	MUST(bind(listener, (void *)&at, len));
	MUST(listen(listener, 1));
	MUST(getsockname(listener, (void *)&at, &len));
	sock[0] = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(connect(sock[0], (void *)&at, len));
	sock[1] = MUST(accept(listener, NULL, NULL));
	close(listener);
}

int main(int argc, char **argv, char **envp)
{
	pid_t pid[ARRAY_SIZE(all)];
	unsigned int k;
	char *script;

	make_args();
	if (argc > 1)
		return is_program(argc, argv, envp);
	w = MUST(mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	next = (void *)((char *)w + PAGE / 2);
	stopped = (void *)((char *)w + PAGE - sizeof(*stopped));
	memcpy(w, all, sizeof(all));
	log_fd[0] = MUST(open("log0", O_RDWR | O_CREAT | O_TRUNC | O_APPEND, 0600));
	log_fd[1] = MUST(open("log1", O_RDWR | O_CREAT | O_TRUNC, 0600));
	write_file("one", "1", 1);
	MUST(asprintf(&script, "#!%s program\n", args[0]));
	write_file("script", script, strlen(script));
	MUST(chmod("script", 0700));
	close(make_blocks("blocks"));
	connect_both();
	for (k = 0; k < ARRAY_SIZE(all); k++)
		pid[k] = hop_child(run, &w[k]);
	go_on(pid, 4);
	sync();

	hop();

	go_on(pid, 4);
	__atomic_store_n(stopped, true, __ATOMIC_SEQ_CST);
	shutdown(sock[0], SHUT_RDWR);
	for (k = 0; k < ARRAY_SIZE(all); k++)
		hop_reap(pid[k]);
	CHECK_STR(check_log(0) ?: "", "");
	CHECK_STR(check_log(1) ?: "", "");
	return hop_status();
}
