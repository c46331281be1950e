// SPDX-License-Identifier: GPL-2.0
/*
 * UNIX sockets that lead to others: datagram sockets connected in a long chain,
 * sockets passed within sockets many times over and in a circle.
 */
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "hop_test.h"

#define CHAIN	40
#define DEPTH	20

static socklen_t name_of(struct sockaddr_un *addr, int i)
{
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	return offsetof(struct sockaddr_un, sun_path) + 1 +
	       sprintf(addr->sun_path + 1, "chain.%d", i);
}

static void send_fds(int to, const int *fds, int nr)
{
	char control[CMSG_SPACE(2 * sizeof(int))] = "", text = 'a' + nr;
	struct iovec iov = { &text, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = CMSG_SPACE(nr * sizeof(int)),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);

	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(nr * sizeof(int));
	memcpy(CMSG_DATA(cmsg), fds, nr * sizeof(int));
	MUST(sendmsg(to, &msg, 0));
}

static bool recv_fds(int from, int *fds, int nr)
{
	char control[CMSG_SPACE(2 * sizeof(int))] = "", text = 0;
	struct iovec iov = { &text, 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;

	if (!CHECK_EQ(recvmsg(from, &msg, MSG_DONTWAIT), 1) || !CHECK_EQ(text, 'a' + nr))
		return false;
	cmsg = CMSG_FIRSTHDR(&msg);
	if (!CHECK(cmsg) || !CHECK_EQ(cmsg->cmsg_len, CMSG_LEN(nr * sizeof(int))))
		return false;
	memcpy(fds, CMSG_DATA(cmsg), nr * sizeof(int));
	return true;
}

int main(void)
{
	int chain[CHAIN], pair[DEPTH][2], ring[2][2], fds[2], next[2], i;
	struct sockaddr_un addr, peer;
	socklen_t len, peer_len;
	char c;

	/* Each is connected before the one it is connected to, which then has another peer. */
	for (i = 0; i < CHAIN; i++) {
		chain[i] = MUST(socket(AF_UNIX, SOCK_DGRAM, 0));
		len = name_of(&addr, i);
		MUST(bind(chain[i], (void *)&addr, len));
	}
	for (i = 0; i < CHAIN - 1; i++) {
		len = name_of(&addr, i + 1);
		MUST(connect(chain[i], (void *)&addr, len));
		c = 'A' + i % 26;
		MUST(send(chain[i], &c, 1, 0));
	}

	/* Both ends of each pair wait in the one before, and only there. */
	for (i = 0; i < DEPTH; i++)
		MUST(socketpair(AF_UNIX, i % 2 ? SOCK_DGRAM : SOCK_STREAM, 0, pair[i]));
	for (i = DEPTH - 1; i; i--) {
		send_fds(pair[i - 1][0], pair[i], 2);
		close(pair[i][0]);
		close(pair[i][1]);
	}

	/* Each waits in the other; one end of one of them is open. */
	for (i = 0; i < 2; i++)
		MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, ring[i]));
	send_fds(ring[0][0], &ring[1][1], 1);
	send_fds(ring[1][0], &ring[0][1], 1);
	close(ring[0][0]);
	close(ring[1][0]);
	close(ring[1][1]);

	hop();

	for (i = 0; i < CHAIN; i++) {
		peer_len = sizeof(peer);
		if (i < CHAIN - 1) {
			len = name_of(&addr, i + 1);
			CHECK_EQ(getpeername(chain[i], (void *)&peer, &peer_len), 0);
			CHECK_EQ(peer_len, len);
			CHECK(!memcmp(&peer, &addr, len));
		} else {
			CHECK_ERR(getpeername(chain[i], (void *)&peer, &peer_len), ENOTCONN);
		}
		if (i) {
			CHECK_EQ(recv(chain[i], &c, 1, MSG_DONTWAIT), 1);
			CHECK_EQ(c, 'A' + (i - 1) % 26);
		}
	}
	/* The last one takes from anybody, the others from their peers. */
	CHECK_EQ(send(chain[CHAIN - 2], "z", 1, 0), 1);
	CHECK_EQ(recv(chain[CHAIN - 1], &c, 1, MSG_DONTWAIT), 1);
	CHECK_ERR(send(chain[0], "z", 1, 0), EPERM);

	memcpy(fds, pair[0], sizeof(fds));
	for (i = 1; i < DEPTH; i++) {
		if (!recv_fds(fds[1], next, 2))
			break;
		close(fds[0]);
		close(fds[1]);
		memcpy(fds, next, sizeof(fds));
	}
	CHECK_EQ(i, DEPTH);
	CHECK_EQ(write(fds[0], "y", 1), 1);
	CHECK_EQ(read(fds[1], &c, 1), 1);

	if (recv_fds(ring[0][1], next, 1)) {
		CHECK(recv_fds(next[0], next + 1, 1));
		/* Its other end is closed. */
		CHECK_EQ(read(next[1], &c, 1), 0);
	}
	return hop_status();
}
