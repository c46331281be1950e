// SPDX-License-Identifier: GPL-2.0
/*
 * Calls that have moved a part when the hop comes return the whole, in order. What
 * ends with a part by itself, by an end, a lack of room or a signal, still does.
 */
#include <netinet/in.h>
#include <pty.h>
#include <sys/random.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <termios.h>

#include "hop_test.h"

#define BIG	(300 * 1000)
#define HUGE	(8 * MIB)

enum {
	WAITALL_UNIX, WAITALL_TCP, WAITALL_MSG, PEEK_TCP, LOWAT, MANY, TTY_MIN,
	WRITE_PIPE, WRITEV_PIPE, WRITE_UNIX, SENDMSG_UNIX, SEND_TCP, SPLICE, SENDFILE, TTY_WRITE,
	END, NO_READER, SIGNAL, NR
};

static int far[NR];	/* the other end */
static unsigned char data[HUGE];

static long call_recv(struct blocked *b)
{
	char buf[100];
	long ret = syscall(SYS_recvfrom, b->fd, buf, 100, (long)b->arg, NULL, NULL);

	CHECK(!memcmp(buf, data, ret > 0 ? ret : 0));
	return ret;
}

static long call_recvmsg(struct blocked *b)
{
	char buf[100];
	struct iovec iov[] = { { buf, 30 }, { buf + 30, 0 }, { buf + 30, 25 }, { buf + 55, 45 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 4 };
	long ret = syscall(SYS_recvmsg, b->fd, &msg, MSG_WAITALL);

	CHECK(!memcmp(buf, data, 100));
	return ret;
}

/* As much as there is, but not less than the limit. */
static long call_read(struct blocked *b)
{
	char buf[200];
	long ret = syscall(SYS_read, b->fd, buf, 200);

	CHECK(!memcmp(buf, data, ret > 0 ? ret : 0));
	return ret;
}

static long call_recvmmsg(struct blocked *b)
{
	char buf[4][8] = {};
	struct iovec iov[4];
	struct mmsghdr msg[4] = {};
	int i;
	long ret;

	for (i = 0; i < 4; i++) {
		iov[i] = (struct iovec){ buf[i], 8 };
		msg[i].msg_hdr = (struct msghdr){ .msg_iov = &iov[i], .msg_iovlen = 1 };
	}
	ret = syscall(SYS_recvmmsg, b->fd, msg, 4, 0, NULL);
	for (i = 0; i < ret; i++) {
		CHECK_EQ(msg[i].msg_len, 1);
		CHECK_EQ(buf[i][0], 'a' + i);
	}
	return ret;
}

static long call_write(struct blocked *b)
{
	return syscall(SYS_write, b->fd, data, BIG);
}

static long call_writev(struct blocked *b)
{
	struct iovec iov[] = {
		{ data, 5 }, { data + 5, 70000 }, { data + 70005, 1 },
		{ data + 70006, 129995 }, { data + 200001, BIG - 200001 },
	};

	return syscall(SYS_writev, b->fd, iov, ARRAY_SIZE(iov));
}

static long call_sendmsg(struct blocked *b)
{
	struct iovec iov[] = { { data, 1000 }, { data + 1000, HUGE - 1000 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	return syscall(SYS_sendmsg, b->fd, &msg, 0);
}

static long call_send(struct blocked *b)
{
	return syscall(SYS_sendto, b->fd, data, HUGE, 0, NULL, 0);
}

/* Of what the pipe has, all can go. */
static long call_splice(struct blocked *b)
{
	int *fd = b->arg;

	return syscall(SYS_splice, fd[0], NULL, b->fd, NULL, MIB, 0);
}

static long call_sendfile(struct blocked *b)
{
	long ret = syscall(SYS_sendfile, b->fd, *(int *)b->arg, NULL, HUGE);

	CHECK_EQ(lseek(*(int *)b->arg, 0, SEEK_CUR), HUGE);
	return ret;
}

static struct blocked calls[NR] = {
	[WAITALL_UNIX] = { "recv(MSG_WAITALL) of UNIX", SYS_recvfrom, call_recv,
			   .arg = (void *)MSG_WAITALL },
	[WAITALL_TCP] = { "recv(MSG_WAITALL) of TCP", SYS_recvfrom, call_recv,
			  .arg = (void *)MSG_WAITALL },
	[WAITALL_MSG] = { "recvmsg(MSG_WAITALL)", SYS_recvmsg, call_recvmsg },
	[PEEK_TCP] = { "recv(MSG_PEEK)", SYS_recvfrom, call_recv,
		       .arg = (void *)(MSG_WAITALL | MSG_PEEK) },
	[LOWAT] = { "read with SO_RCVLOWAT", SYS_read, call_read },
	[MANY] = { "recvmmsg", SYS_recvmmsg, call_recvmmsg },
	[TTY_MIN] = { "read of a terminal with MIN", SYS_read, call_read },
	[WRITE_PIPE] = { "write to a pipe", SYS_write, call_write },
	[WRITEV_PIPE] = { "writev to a pipe", SYS_writev, call_writev },
	[WRITE_UNIX] = { "write to UNIX", SYS_write, call_write },
	[SENDMSG_UNIX] = { "sendmsg to UNIX", SYS_sendmsg, call_sendmsg },
	[SEND_TCP] = { "send to TCP", SYS_sendto, call_send },
	[SPLICE] = { "splice to UNIX", SYS_splice, call_splice },
	[SENDFILE] = { "sendfile to UNIX", SYS_sendfile, call_sendfile },
	[TTY_WRITE] = { "write to a terminal", SYS_write, call_write },
	[END] = { "recv(MSG_WAITALL) up to the end", SYS_recvfrom, call_recv,
		  .arg = (void *)MSG_WAITALL },
	[NO_READER] = { "write to a pipe that is closed", SYS_write, call_write },
	[SIGNAL] = { "write to a pipe and a signal", SYS_write, call_write },
};

static void unix_pair(int i, bool writes)
{
	int fd[2], size = 4096;

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, fd));
	calls[i].fd = fd[0];
	far[i] = fd[1];
	if (writes)
		MUST(setsockopt(fd[0], SOL_SOCKET, SO_SNDBUF, &size, sizeof(size)));
}

static void tcp_pair(int i)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	socklen_t len = sizeof(addr);
	int l = MUST(socket(AF_INET, SOCK_STREAM, 0));

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	MUST(bind(l, (void *)&addr, sizeof(addr)));
	MUST(listen(l, 1));
	MUST(getsockname(l, (void *)&addr, &len));
	calls[i].fd = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(connect(calls[i].fd, (void *)&addr, sizeof(addr)));
	far[i] = MUST(accept(l, NULL, NULL));
	close(l);
}

static void pipe_pair(int i)
{
	int fd[2];

	MUST(pipe(fd));
	calls[i].fd = fd[1];
	far[i] = fd[0];
}

static void pty_pair(int i)
{
	struct termios raw;
	int slave, master;

	MUST(openpty(&master, &slave, NULL, NULL, NULL));
	cfmakeraw(&raw);
	raw.c_cflag |= CS8 | CREAD;
	raw.c_cc[VMIN] = 60;
	raw.c_cc[VTIME] = 0;
	MUST(tcsetattr(slave, TCSANOW, &raw));
	calls[i].fd = slave;
	far[i] = master;
}

static void udp_pair(int i)
{
	int fd[2];

	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd));
	calls[i].fd = fd[0];
	far[i] = fd[1];
}

static int spliced[2], file_fd;

static void prepare(void)
{
	int lowat = 100;

	unix_pair(WAITALL_UNIX, false);
	tcp_pair(WAITALL_TCP);
	unix_pair(WAITALL_MSG, false);
	tcp_pair(PEEK_TCP);
	/* TCP wakes nobody for less than the limit. */
	unix_pair(LOWAT, false);
	MUST(setsockopt(calls[LOWAT].fd, SOL_SOCKET, SO_RCVLOWAT, &lowat, sizeof(lowat)));
	udp_pair(MANY);
	pty_pair(TTY_MIN);
	pipe_pair(WRITE_PIPE);
	pipe_pair(WRITEV_PIPE);
	unix_pair(WRITE_UNIX, true);
	unix_pair(SENDMSG_UNIX, true);
	tcp_pair(SEND_TCP);
	unix_pair(SPLICE, true);
	MUST(pipe(spliced));
	MUST(fcntl(spliced[1], F_SETPIPE_SZ, MIB));
	CHECK_EQ(write(spliced[1], data, MIB), MIB);
	calls[SPLICE].arg = spliced;
	unix_pair(SENDFILE, true);
	file_fd = MUST(open("file", O_RDWR | O_CREAT | O_TRUNC, 0600));
	MUST(write(file_fd, data, HUGE));
	MUST(lseek(file_fd, 0, SEEK_SET));
	calls[SENDFILE].arg = &file_fd;
	pty_pair(TTY_WRITE);
	unix_pair(END, false);
	pipe_pair(NO_READER);
	pipe_pair(SIGNAL);
}

/* 40 bytes of 100: they are taken, and the call waits for the others. */
static void give_part(int i)
{
	int left = -1, n;

	CHECK_EQ(write(far[i], data, 40), 40);
	if (i == PEEK_TCP || i == TTY_MIN)
		return;
	for (n = 0; n < 5000 && ioctl(calls[i].fd, FIONREAD, &left) == 0 && left; n++)
		usleep(1000);
	CHECK_EQ(left, 0);
}

static void drain(int i, size_t want)
{
	static unsigned char buf[65536];
	size_t sum = 0, k;
	ssize_t n;

	while (sum < want && (n = read(far[i], buf, sizeof(buf))) > 0) {
		for (k = 0; k < (size_t)n && buf[k] == data[sum + k]; k++)
			;
		if (!CHECK_EQ(k, n))
			break;
		sum += n;
	}
	if (!CHECK_EQ(sum, want))
		printf("# %s\n", calls[i].name);
}

static void on_signal(int sig)
{
}

/* Long calls without a wait are interrupted, too. */
static bool random_whole(struct looper *l)
{
	return CHECK_EQ(syscall(SYS_getrandom, l->arg, HUGE, 0), HUGE);
}

static bool read_whole(struct looper *l)
{
	return CHECK_EQ(syscall(SYS_read, l->fd, l->arg, HUGE), HUGE);
}

static bool copy_whole(struct looper *l)
{
	int in = *(int *)l->arg;
	loff_t from = 0, to = 0;

	return CHECK_EQ(syscall(SYS_copy_file_range, in, &from, l->fd, &to, HUGE, 0), HUGE) &&
		CHECK_EQ(from, HUGE) && CHECK_EQ(to, HUGE);
}

static bool sendfile_whole(struct looper *l)
{
	int in = *(int *)l->arg;
	off_t from = 0;

	return CHECK_EQ(lseek(l->fd, 0, SEEK_SET), 0) &&
		CHECK_EQ(syscall(SYS_sendfile, l->fd, in, &from, HUGE), HUGE) &&
		CHECK_EQ(from, HUGE);
}

int main(void)
{
	static char mem[2][HUGE];
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_RESTART };
	struct looper loops[] = {
		{ .name = "getrandom", .once = random_whole, .arg = mem[0] },
		{ .name = "read of urandom", .once = read_whole, .arg = mem[1] },
		{ .name = "copy_file_range", .once = copy_whole },
		{ .name = "sendfile", .once = sendfile_whole },
	};
	int copy_fd;
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	sigaction(SIGUSR1, &sa, NULL);
	fill(data, sizeof(data), 7);
	prepare();
	for (i = 0; i < NR; i++)
		blocked_start(&calls[i]);
	for (i = WAITALL_UNIX; i <= LOWAT; i++)
		give_part(i);
	give_part(TTY_MIN);
	give_part(END);
	MUST(write(far[MANY], "a", 1));
	MUST(write(far[MANY], "b", 1));
	copy_fd = MUST(open("file", O_RDONLY));
	loops[1].fd = MUST(open("/dev/urandom", O_RDONLY));
	loops[2].fd = MUST(open("copy", O_RDWR | O_CREAT | O_TRUNC, 0600));
	loops[3].fd = MUST(open("sent", O_RDWR | O_CREAT | O_TRUNC, 0600));
	loops[2].arg = &copy_fd;
	loops[3].arg = &copy_fd;
	for (i = 0; i < ARRAY_SIZE(loops); i++)
		looper_start(&loops[i]);
	usleep(200000);

	hop();

	for (i = 0; i < ARRAY_SIZE(loops); i++)
		looper_stop(&loops[i]);
	for (i = 0; i < NR; i++)
		blocked_still(&calls[i]);
	for (i = WAITALL_UNIX; i <= LOWAT; i++) {
		CHECK_EQ(write(far[i], data + 40, 60), 60);
		blocked_finish(&calls[i], 100, 0);
	}
	CHECK_EQ(write(far[TTY_MIN], data + 40, 20), 20);
	blocked_finish(&calls[TTY_MIN], 60, 0);
	MUST(write(far[MANY], "c", 1));
	MUST(write(far[MANY], "d", 1));
	blocked_finish(&calls[MANY], 4, 0);
	for (i = WRITE_PIPE; i <= TTY_WRITE; i++) {
		size_t want = i == SENDMSG_UNIX || i == SEND_TCP || i == SENDFILE ? HUGE :
			      i == SPLICE ? MIB : BIG;

		drain(i, want);
		blocked_finish(&calls[i], want, 0);
	}

	/* Here a part is all there is. */
	close(far[END]);
	blocked_finish(&calls[END], 40, 0);
	close(far[NO_READER]);
	blocked_finish(&calls[NO_READER], 65536, 0);
	MUST0(pthread_kill(calls[SIGNAL].thread, SIGUSR1));
	blocked_finish(&calls[SIGNAL], 65536, 0);
	return hop_status();
}
