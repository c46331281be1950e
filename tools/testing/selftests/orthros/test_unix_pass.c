// SPDX-License-Identifier: GPL-2.0
/*
 * UNIX connections that wait to be accepted, and descriptors and credentials
 * that wait to be received.
 */
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "hop_test.h"

static int send_fds(int to, const char *text, const int *fds, int nr)
{
	char control[CMSG_SPACE(8 * sizeof(int))] = "";
	struct iovec iov = { (void *)text, strlen(text) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;

	if (nr) {
		msg.msg_control = control;
		msg.msg_controllen = CMSG_SPACE(nr * sizeof(int));
		cmsg = CMSG_FIRSTHDR(&msg);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(nr * sizeof(int));
		memcpy(CMSG_DATA(cmsg), fds, nr * sizeof(int));
	}
	return sendmsg(to, &msg, 0);
}

/* Descriptors received, in @fds; -1: none, or a text other than @text. */
static int recv_fds(int from, const char *text, int *fds, struct ucred *cred)
{
	char control[256] = "", buf[64] = "";
	struct iovec iov = { buf, strlen(text) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg;
	int nr = 0;

	if (!CHECK_EQ(recvmsg(from, &msg, 0), strlen(text)) || !CHECK_STR(buf, text))
		return -1;
	for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
		if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_RIGHTS) {
			nr = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
			memcpy(fds, CMSG_DATA(cmsg), nr * sizeof(int));
		}
		if (cmsg->cmsg_level == SOL_SOCKET && cmsg->cmsg_type == SCM_CREDENTIALS && cred)
			memcpy(cred, CMSG_DATA(cmsg), sizeof(*cred));
	}
	return nr;
}

static int listener(const char *name, int type, struct sockaddr_un *addr, socklen_t *len)
{
	int fd = MUST(socket(AF_UNIX, type, 0));

	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	strcpy(addr->sun_path + 1, name);
	*len = offsetof(struct sockaddr_un, sun_path) + 1 + strlen(name);
	MUST(bind(fd, (void *)addr, *len));
	MUST(listen(fd, 10));
	return fd;
}

int main(void)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = 77 };
	int queue[2], watched, kept, ep;
	int stream[2], dgram[2], nest[2], loop[2], efd, file, in[8], fds[8], on = 1, i;
	int types[2] = { SOCK_STREAM, SOCK_SEQPACKET }, listening[2], client[2][3];
	struct ucred cred = { };
	struct sockaddr_un addr;
	uint64_t count;
	socklen_t len;
	char buf[16];

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, stream));
	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, dgram));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, nest));
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, loop));
	MUST(setsockopt(dgram[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	efd = MUST(eventfd(5, 0));
	file = MUST(open("passed", O_RDWR | O_CREAT | O_TRUNC, 0600));
	MUST(write(file, "contents", 8));
	fds[0] = efd;
	fds[1] = file;
	MUST(send_fds(stream[0], "two", fds, 2));
	MUST(send_fds(stream[0], "none", NULL, 0));
	MUST(send_fds(stream[0], "one", fds, 1));
	MUST(send_fds(dgram[0], "cred", fds, 1));
	/* A socket that only a message holds, with a message of its own. */
	MUST(send_fds(nest[0], "inner", &efd, 1));
	MUST(send_fds(stream[0], "nest", &nest[1], 1));
	/* One that is in its own queue. */
	MUST(send_fds(loop[0], "loop", &loop[1], 1));
	close(efd);
	close(nest[1]);

	for (i = 0; i < 2; i++) {
		listening[i] = listener(i ? "pass.seq" : "pass.stream", types[i], &addr, &len);
		client[i][0] = MUST(socket(AF_UNIX, types[i], 0));
		MUST(connect(client[i][0], (void *)&addr, len));
		client[i][1] = MUST(socket(AF_UNIX, types[i], 0));
		MUST(connect(client[i][1], (void *)&addr, len));
		MUST(send_fds(client[i][1], "early", &file, 1));
		client[i][2] = MUST(socket(AF_UNIX, types[i], 0));
		MUST(connect(client[i][2], (void *)&addr, len));
		MUST(write(client[i][2], "bye", 3));
		close(client[i][2]);
	}
	close(file);

	/* An epoll that nobody has but the queue; the number it watches is taken. */
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, queue));
	watched = MUST(eventfd(0, 0));
	kept = MUST(dup(watched));
	ep = MUST(epoll_create1(0));
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, watched, &ev));
	MUST(dup2(queue[0], watched));
	CHECK_EQ(send_fds(queue[0], "epoll", &ep, 1), 5);
	close(ep);

	hop();

	CHECK_EQ(recv_fds(queue[1], "epoll", &ep, NULL), 1);
	CHECK_EQ(epoll_wait(ep, &ev, 1, 0), 0);
	MUST(eventfd_write(kept, 1));
	CHECK_EQ(epoll_wait(ep, &ev, 1, 0), 1);
	CHECK_EQ(ev.data.u64, 77);
	CHECK_EQ(write(watched, "same", 4), 4);
	CHECK_EQ(read(queue[1], buf, 16), 4);

	CHECK_EQ(recv_fds(stream[1], "two", in, NULL), 2);
	CHECK_EQ(read(in[0], &count, 8), 8);
	CHECK_EQ(count, 5);
	count = 9;
	CHECK_EQ(write(in[0], &count, 8), 8);
	CHECK_EQ(pread(in[1], buf, 16, 0), 8);
	CHECK(!memcmp(buf, "contents", 8));
	CHECK_EQ(recv_fds(stream[1], "none", in, NULL), 0);
	CHECK_EQ(recv_fds(stream[1], "one", in, NULL), 1);
	/* The same eventfd. */
	CHECK_EQ(read(in[0], &count, 8), 8);
	CHECK_EQ(count, 9);
	CHECK_EQ(recv_fds(dgram[1], "cred", in, &cred), 1);
	CHECK_EQ(cred.pid, getpid());
	CHECK_EQ(recv_fds(stream[1], "nest", in, NULL), 1);
	CHECK_EQ(recv_fds(in[0], "inner", in + 1, NULL), 1);
	CHECK_EQ(write(in[0], "back", 4), 4);
	CHECK_EQ(read(nest[0], buf, 16), 4);
	CHECK_EQ(recv_fds(loop[1], "loop", in, NULL), 1);
	CHECK_EQ(write(in[0], "self", 4), 4);
	CHECK_EQ(read(loop[0], buf, 16), 4);

	for (i = 0; i < 2; i++) {
		int fd = accept(listening[i], NULL, NULL);

		if (!CHECK(fd >= 0))
			break;
		CHECK_EQ(write(fd, "hello", 5), 5);
		CHECK_EQ(read(client[i][0], buf, 16), 5);
		CHECK_EQ(write(client[i][0], "there", 5), 5);
		CHECK_EQ(read(fd, buf, 16), 5);
		len = sizeof(cred);
		CHECK_EQ(getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len), 0);
		CHECK_EQ(cred.pid, getpid());
		close(fd);
		CHECK_EQ(read(client[i][0], buf, 16), 0);

		fd = accept(listening[i], NULL, NULL);
		CHECK_EQ(recv_fds(fd, "early", in, NULL), 1);
		CHECK_EQ(pread(in[0], buf, 16, 0), 8);
		close(fd);

		fd = accept(listening[i], NULL, NULL);
		CHECK_EQ(read(fd, buf, 16), 3);
		CHECK_EQ(read(fd, buf, 16), 0);
		close(fd);
		MUST(fcntl(listening[i], F_SETFL, O_NONBLOCK));
		CHECK_ERR(accept(listening[i], NULL, NULL), EAGAIN);
	}
	return hop_status();
}
