// SPDX-License-Identifier: GPL-2.0
/* Pairs of UNIX sockets: stream, datagram, packet; queues and half-closes. */
#include <sys/socket.h>

#include "hop_test.h"

static struct gate ready, go;

static void child(void *arg)
{
	int fd = (long)arg;
	char buf[8] = "";

	gate_post(&ready, 1);
	gate_take(&go, 1);
	CHECK_EQ(read(fd, buf, 8), 4);
	CHECK_STR(buf, "ping");
	CHECK_EQ(write(fd, "pong", 4), 4);
}

int main(void)
{
	int stream[2], dgram[2], packet[2], half[2], gone[2], across[2];
	char big[5000], buf[6000];
	pid_t pid;
	int i;

	gate_init(&ready);
	gate_init(&go);
	fill(big, sizeof(big), 1);
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream));
	MUST(write(stream[0], "abc", 3));
	MUST(write(stream[0], big, sizeof(big)));
	MUST(write(stream[1], "back", 4));
	MUST(read(stream[1], buf, 1));
	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, dgram));
	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK, 0, packet));
	for (i = 1; i <= 5; i++) {
		MUST(write(dgram[0], big, i * 100));
		MUST(write(packet[1], big, i * 10));
	}
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, half));
	MUST(write(half[0], "last", 4));
	MUST(shutdown(half[0], SHUT_WR));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, gone));
	MUST(write(gone[0], "left", 4));
	close(gone[0]);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, across));
	pid = hop_child(child, (void *)(long)across[1]);
	close(across[1]);
	gate_take(&ready, 1);

	hop();

	CHECK_EQ(read(stream[1], buf, 2), 2);
	CHECK(!memcmp(buf, "bc", 2));
	CHECK_EQ(recv(stream[1], buf, sizeof(big), MSG_WAITALL), sizeof(big));
	CHECK(filled(buf, sizeof(big), 1));
	CHECK_EQ(read(stream[0], buf, 10), 4);
	CHECK(!memcmp(buf, "back", 4));
	CHECK_EQ(write(stream[1], "more", 4), 4);
	CHECK_EQ(read(stream[0], buf, 10), 4);
	CHECK_EQ(fcntl(stream[0], F_GETFD), FD_CLOEXEC);
	for (i = 1; i <= 5; i++) {
		CHECK_EQ(read(dgram[1], buf, sizeof(buf)), i * 100);
		CHECK(!memcmp(buf, big, i * 100));
		CHECK_EQ(read(packet[0], buf, sizeof(buf)), i * 10);
		CHECK(!memcmp(buf, big, i * 10));
	}
	CHECK_ERR(read(packet[0], buf, 1), EAGAIN);
	CHECK_EQ(write(packet[0], "x", 1), 1);
	CHECK_EQ(read(packet[1], buf, 10), 1);
	CHECK_EQ(read(half[1], buf, 10), 4);
	CHECK_EQ(read(half[1], buf, 10), 0);
	CHECK_EQ(write(half[1], "other way", 9), 9);
	CHECK_EQ(read(half[0], buf, 10), 9);
	CHECK_EQ(read(gone[1], buf, 10), 4);
	CHECK_EQ(read(gone[1], buf, 10), 0);
	CHECK_ERR(send(gone[1], "x", 1, MSG_NOSIGNAL), EPIPE);
	CHECK_EQ(write(across[0], "ping", 4), 4);
	gate_post(&go, 1);
	CHECK_EQ(read(across[0], buf, 10), 4);
	CHECK(!memcmp(buf, "pong", 4));
	hop_reap(pid);
	CHECK_EQ(read(across[0], buf, 10), 0);
	return hop_status();
}
