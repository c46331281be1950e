// SPDX-License-Identifier: GPL-2.0
/*
 * Pseudo terminals: numbers, settings, size, what was written and not read in
 * both directions, a session with its controlling terminal and job control.
 */
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "hop_test.h"

static struct gate ready, go;

struct pty {
	int master;
	int nr;
	char path[32];
};

static struct pty open_pty(void)
{
	struct pty p;
	int unlock = 0;

	p.master = MUST(open("/dev/ptmx", O_RDWR | O_NOCTTY));
	MUST(ioctl(p.master, TIOCSPTLCK, &unlock));
	MUST(ioctl(p.master, TIOCGPTN, &p.nr));
	snprintf(p.path, sizeof(p.path), "/dev/pts/%d", p.nr);
	return p;
}

static void expect(int fd, const char *text)
{
	char buf[256] = "";
	size_t len = 0;

	while (len < strlen(text)) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (MUST(poll(&p, 1, 10000)) != 1)
			break;
		n = read(fd, buf + len, strlen(text) - len);
		if (n <= 0)
			break;
		len += n;
	}
	CHECK_STR(buf, text);
}

static void quiet(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	CHECK_EQ(MUST(poll(&p, 1, 0)), 0);
}

/* Settings that others cannot change, output that is stopped, an end of file. */
struct settings {
	struct pty p, control;
	int slave, control_slave;
};

static void prepare(struct settings *s)
{
	static const char typed[] = { 'a', 'b', 'x', 'x', 'c', 0, '\n', '\026', 'x', '\n' };
	struct termios lock = { }, t;
	int on = 1;

	s->p = open_pty();
	s->slave = MUST(open(s->p.path, O_RDWR | O_NOCTTY));
	MUST(tcgetattr(s->slave, &t));
	t.c_lflag &= ~ECHO;
	t.c_cc[VEOF] = 'x';
	MUST(tcsetattr(s->slave, TCSANOW, &t));
	/* A line without an end, then an end of file, and a NUL that is none. */
	MUST(write(s->p.master, typed, sizeof(typed)));
	lock.c_lflag = ICANON;
	lock.c_cc[VEOF] = 1;
	MUST(ioctl(s->slave, TIOCSLCKTRMIOS, &lock));

	s->control = open_pty();
	s->control_slave = MUST(open(s->control.path, O_RDWR | O_NOCTTY));
	MUST(ioctl(s->control.master, TIOCPKT, &on));
	MUST(ioctl(s->control_slave, TCFLSH, TCIFLUSH));
	MUST(tcflow(s->control_slave, TCOOFF));
}

static void verify(struct settings *s)
{
	struct termios lock = { };
	unsigned char status = 0;
	char buf[16];

	CHECK_EQ(read(s->slave, buf, sizeof(buf)), 2);
	CHECK(!memcmp(buf, "ab", 2));
	CHECK_EQ(read(s->slave, buf, sizeof(buf)), 0);
	CHECK_EQ(read(s->slave, buf, sizeof(buf)), 3);
	CHECK(!memcmp(buf, "c\0\n", 3));
	CHECK_EQ(read(s->slave, buf, sizeof(buf)), 2);
	CHECK(!memcmp(buf, "x\n", 2));
	CHECK_EQ(ioctl(s->slave, TIOCGLCKTRMIOS, &lock), 0);
	CHECK_EQ(lock.c_lflag, ICANON);
	CHECK_EQ(lock.c_iflag, 0);
	CHECK_EQ(lock.c_cc[VEOF], 1);
	CHECK_EQ(lock.c_cc[VINTR], 0);

	CHECK_EQ(read(s->control.master, &status, 1), 1);
	CHECK_EQ(status, TIOCPKT_FLUSHREAD | TIOCPKT_STOP);
	CHECK_EQ(fcntl(s->control_slave, F_SETFL, O_NONBLOCK), 0);
	CHECK_ERR(write(s->control_slave, "x", 1), EAGAIN);
	CHECK_EQ(tcflow(s->control_slave, TCOON), 0);
	CHECK_EQ(write(s->control_slave, "x", 1), 1);
}

static int interrupted;

static void on_int(int sig)
{
	__atomic_add_fetch(&interrupted, 1, __ATOMIC_RELAXED);
}

/* What runs in a terminal: leader of its session. */
static void session(void *arg)
{
	struct pty *p = arg;
	char line[64] = "";
	int tty;

	MUST(setsid());
	tty = MUST(open(p->path, O_RDWR));
	close(p->master);
	signal(SIGINT, on_int);
	gate_post(&ready, 1);
	/* Across the hop: a read of the terminal. */
	CHECK_EQ(read(tty, line, sizeof(line)), 6);
	CHECK_STR(line, "hello\n");
	CHECK_EQ(tcgetsid(tty), getpid());
	CHECK_EQ(tcgetpgrp(tty), getpid());
	close(MUST(open("/dev/tty", O_RDWR)));
	gate_post(&ready, 1);
	while (!__atomic_load_n(&interrupted, __ATOMIC_RELAXED))
		sched_yield();
	/* The line discipline signals first, and echoes afterwards. */
	gate_take(&go, 1);
	MUST(write(tty, "bye\n", 4));
	gate_take(&go, 1);
}

int main(void)
{
	struct winsize ws = { 41, 137, 5, 6 }, got_ws = { };
	struct pty first, hole, p, raw, ses, unopened;
	static char big[3000], back[3000];
	struct termios t, got;
	int slave, raw_slave, fd;
	struct stat st;
	size_t len = 0;
	ssize_t n;
	pid_t pid;

	struct settings settings;

	gate_init(&ready);
	gate_init(&go);
	first = open_pty();
	hole = open_pty();
	p = open_pty();
	raw = open_pty();
	ses = open_pty();
	unopened = open_pty();
	close(hole.master);

	/* Both directions have unread data, typed lines and an unfinished one. */
	slave = MUST(open(p.path, O_RDWR | O_NOCTTY));
	MUST(fchown(slave, 7, 8));
	MUST(fchmod(slave, 0622));
	MUST(ioctl(p.master, TIOCSWINSZ, &ws));
	MUST(tcgetattr(slave, &t));
	t.c_lflag &= ~ECHO;
	t.c_cc[VINTR] = 1;
	MUST(tcsetattr(slave, TCSANOW, &t));
	MUST(write(p.master, "one\ntwo\npart", 12));
	MUST(write(slave, "out\n", 4));

	raw_slave = MUST(open(raw.path, O_RDWR | O_NOCTTY));
	MUST(tcgetattr(raw_slave, &got));
	cfmakeraw(&got);
	MUST(tcsetattr(raw_slave, TCSANOW, &got));
	fill(big, sizeof(big), 1);
	MUST(write(raw.master, big, sizeof(big)));
	MUST(write(raw_slave, big, sizeof(big)));

	pid = hop_child(session, &ses);
	gate_take(&ready, 1);
	prepare(&settings);

	hop();

	verify(&settings);

	CHECK_EQ(ioctl(p.master, TIOCGPTN, &fd), 0);
	CHECK_EQ(fd, p.nr);
	CHECK_EQ(ioctl(first.master, TIOCGPTN, &fd), 0);
	CHECK_EQ(fd, first.nr);
	CHECK_EQ(ioctl(slave, TIOCGWINSZ, &got_ws), 0);
	CHECK(!memcmp(&ws, &got_ws, sizeof(ws)));
	CHECK_EQ(tcgetattr(slave, &got), 0);
	CHECK(got.c_lflag == t.c_lflag && got.c_iflag == t.c_iflag &&
	      got.c_oflag == t.c_oflag && !memcmp(got.c_cc, t.c_cc, sizeof(t.c_cc)));
	CHECK_EQ(stat(p.path, &st), 0);
	CHECK(st.st_uid == 7 && st.st_gid == 8 && (st.st_mode & 07777) == 0622);
	expect(p.master, "out\r\n");
	quiet(p.master);
	expect(slave, "one\n");
	expect(slave, "two\n");
	quiet(slave);
	MUST(write(p.master, "ed\n", 3));
	expect(slave, "parted\n");

	while (len < sizeof(back) && (n = read(raw_slave, back + len, sizeof(back) - len)) > 0)
		len += n;
	CHECK(filled(back, sizeof(back), 1));
	for (len = 0; len < sizeof(back); len += n) {
		n = read(raw.master, back + len, sizeof(back) - len);
		if (n <= 0)
			break;
	}
	CHECK(filled(back, sizeof(back), 1));

	/* The session's terminal. */
	quiet(ses.master);
	MUST(write(ses.master, "hello\n", 6));
	expect(ses.master, "hello\r\n");
	gate_take(&ready, 1);
	MUST(write(ses.master, "\003", 1));
	expect(ses.master, "^C");
	gate_post(&go, 1);
	expect(ses.master, "bye\r\n");
	gate_post(&go, 1);
	hop_reap(pid);

	/* One that was never opened, and the number that is free. */
	fd = MUST(open(unopened.path, O_RDWR | O_NOCTTY));
	MUST(write(fd, "x", 1));
	expect(unopened.master, "x");
	hole = open_pty();
	CHECK(hole.nr != p.nr && hole.nr != first.nr && hole.nr != raw.nr);
	/* The end of one side is seen by the other. */
	close(slave);
	CHECK_ERR(read(p.master, back, 1), EIO);
	return hop_status();
}
