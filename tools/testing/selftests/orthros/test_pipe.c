// SPDX-License-Identifier: GPL-2.0
/*
 * Pipes: contents (none, some, full, resized, packets, large pieces that splice() has
 * put there), ends in different processes, end of file, SIGPIPE.
 */
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "hop_test.h"

static struct gate ready, go;

/* Both ends moved to another process each: the parent has neither. */
static void writer(void *arg)
{
	int *fd = arg;
	char buf[1000];

	close(fd[0]);
	fill(buf, sizeof(buf), 1);
	MUST(write(fd[1], buf, sizeof(buf)));
	gate_post(&ready, 1);
	gate_take(&go, 1);
	fill(buf, sizeof(buf), 2);
	CHECK_EQ(write(fd[1], buf, sizeof(buf)), 1000);
}

static void reader(void *arg)
{
	int *fd = arg;
	char buf[2000];
	int n = 0, ret;

	close(fd[1]);
	gate_post(&ready, 1);
	gate_take(&go, 1);
	while ((ret = read(fd[0], buf + n, sizeof(buf) - n)) > 0)
		n += ret;
	CHECK_EQ(n, 2000);
	CHECK(filled(buf, 1000, 1));
	CHECK(filled(buf + 1000, 1000, 2));
	CHECK_EQ(read(fd[0], buf, 1), 0);
}

static int in_pipe(int fd)
{
	int n = -1;

	MUST(ioctl(fd, FIONREAD, &n));
	return n;
}

/* Fills a pipe from a TCP connection: more bytes than its slots have pages. */
static int spliced(int *fd, const char *buf, size_t size)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };
	int l = MUST(socket(AF_INET, SOCK_STREAM, 0)), from, to, sum = 0;
	socklen_t len = sizeof(addr);
	size_t done = 0;
	ssize_t n;
	int i;

	addr.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	MUST(bind(l, (void *)&addr, sizeof(addr)));
	MUST(listen(l, 1));
	MUST(getsockname(l, (void *)&addr, &len));
	to = MUST(socket(AF_INET, SOCK_STREAM, 0));
	MUST(connect(to, (void *)&addr, sizeof(addr)));
	from = MUST(accept(l, NULL, NULL));
	MUST(pipe(fd));
	for (i = 0; i < 100; i++) {
		n = send(to, buf + done, size - done, MSG_DONTWAIT);
		done += n > 0 ? n : 0;
		n = splice(from, NULL, fd[1], NULL, size, SPLICE_F_NONBLOCK);
		sum += n > 0 ? n : 0;
		usleep(1000);
	}
	close(l);
	close(from);
	close(to);
	return sum;
}

int main(void)
{
	static char stream[MIB], stream_in[MIB];
	int large[2], large_len;
	int apart[2], empty[2], some[2], full[2], big[2], packet[2], eof[2];
	int broken[2], partly[2];
	static char buf[1 << 20];
	struct stat before, after;
	pid_t pid[2];
	int i;

	gate_init(&ready);
	gate_init(&go);
	MUST(pipe(apart));
	pid[0] = hop_child(writer, apart);
	pid[1] = hop_child(reader, apart);
	close(apart[0]);
	close(apart[1]);
	gate_take(&ready, 2);

	MUST(pipe2(empty, O_NONBLOCK | O_CLOEXEC));
	MUST(pipe(some));
	MUST(write(some[1], "hello ", 6));
	MUST(write(some[1], "world", 5));
	MUST(pipe2(full, O_NONBLOCK));
	fill(buf, 65536, 3);
	MUST(write(full[1], buf, 65536));
	CHECK_ERR(write(full[1], buf, 1), EAGAIN);
	MUST(pipe2(big, O_NONBLOCK));
	MUST(fcntl(big[1], F_SETPIPE_SZ, 1 << 20));
	fill(buf, 300000, 4);
	MUST(write(big[1], buf, 300000));
	MUST(pipe2(packet, O_DIRECT));
	MUST(write(packet[1], "first", 5));
	MUST(write(packet[1], "second one", 10));
	MUST(pipe(eof));
	MUST(write(eof[1], "last", 4));
	close(eof[1]);
	MUST(pipe(broken));
	MUST(write(broken[1], "lost", 4));
	close(broken[0]);
	/* Read from the middle of its pages. */
	MUST(pipe(partly));
	fill(buf, 20000, 5);
	MUST(write(partly[1], buf, 20000));
	MUST(read(partly[0], buf, 5001));
	MUST(write(partly[1], "tail", 4));

	fill(stream, sizeof(stream), 8);
	large_len = spliced(large, stream, sizeof(stream));
	CHECK(large_len > 65536);

	hop();

	CHECK_EQ(in_pipe(large[0]), large_len);
	CHECK_EQ(fcntl(large[0], F_GETPIPE_SZ), 65536);
	CHECK_EQ(read(large[0], stream_in, 40001), 40001);
	CHECK_EQ(read(large[0], stream_in + 40001, MIB - 40001), large_len - 40001);
	CHECK(!memcmp(stream, stream_in, large_len));
	CHECK_EQ(write(large[1], stream, 65536), 65536);
	CHECK_EQ(read(large[0], stream_in, MIB), 65536);
	CHECK(!memcmp(stream, stream_in, 65536));

	gate_post(&go, 2);
	hop_reap(pid[0]);
	hop_reap(pid[1]);
	CHECK_ERR(read(empty[0], buf, 1), EAGAIN);
	CHECK_EQ(fcntl(empty[0], F_GETFD), FD_CLOEXEC);
	CHECK(fcntl(empty[1], F_GETFL) & O_NONBLOCK);
	CHECK_EQ(write(empty[1], "now", 3), 3);
	CHECK_EQ(read(empty[0], buf, 10), 3);

	CHECK_EQ(fstat(some[1], &after), 0);
	CHECK(S_ISFIFO(after.st_mode));
	CHECK_EQ(fstat(some[0], &before), 0);
	CHECK_EQ(after.st_ino, before.st_ino);
	CHECK_EQ(in_pipe(some[0]), 11);
	CHECK_EQ(write(some[1], "!", 1), 1);
	CHECK_EQ(read(some[0], buf, 100), 12);
	CHECK(!memcmp(buf, "hello world!", 12));
	CHECK_EQ(fcntl(some[0], F_GETPIPE_SZ), 65536);

	CHECK_ERR(write(full[1], buf, 1), EAGAIN);
	for (i = 0; i < 65536; i += 8192)
		CHECK_EQ(read(full[0], buf + i, 8192), 8192);
	CHECK(filled(buf, 65536, 3));
	CHECK_ERR(read(full[0], buf, 1), EAGAIN);

	CHECK_EQ(fcntl(big[0], F_GETPIPE_SZ), 1 << 20);
	CHECK_EQ(in_pipe(big[0]), 300000);
	fill(buf, 600000, 9);
	CHECK_EQ(write(big[1], buf, 600000), 600000);
	CHECK_EQ(read(big[0], buf, 300000), 300000);
	CHECK(filled(buf, 300000, 4));
	CHECK_EQ(read(big[0], buf, 600000), 600000);
	CHECK(filled(buf, 600000, 9));

	CHECK_EQ(read(packet[0], buf, 100), 5);
	CHECK_EQ(write(packet[1], "third", 5), 5);
	CHECK_EQ(read(packet[0], buf, 4), 4);
	CHECK(!memcmp(buf, "seco", 4));
	CHECK_EQ(read(packet[0], buf, 100), 5);
	CHECK(!memcmp(buf, "third", 5));

	CHECK_EQ(read(eof[0], buf, 100), 4);
	CHECK_EQ(read(eof[0], buf, 100), 0);
	signal(SIGPIPE, SIG_IGN);
	CHECK_ERR(write(broken[1], "x", 1), EPIPE);

	CHECK_EQ(in_pipe(partly[0]), 20000 - 5001 + 4);
	fill(buf, 5008, 5);
	CHECK_EQ(read(partly[0], buf + 5001, 20000), 15003);
	CHECK(!memcmp(buf + 20000, "tail", 4));
	CHECK(filled(buf, 20000, 5));
	return hop_status();
}
