// SPDX-License-Identifier: GPL-2.0
/* Listening UNIX sockets, by path and by abstract name, and new clients. */
#include <stddef.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "hop_test.h"

static socklen_t fill_addr(struct sockaddr_un *addr, const char *name)
{
	memset(addr, 0, sizeof(*addr));
	addr->sun_family = AF_UNIX;
	if (name[0] == '@') {
		/* Abstract: a leading zero byte, and no end but the length. */
		memcpy(addr->sun_path + 1, name + 1, strlen(name + 1));
		return offsetof(struct sockaddr_un, sun_path) + strlen(name);
	}
	strcpy(addr->sun_path, name);
	return sizeof(*addr);
}

static int listener(const char *name, int type, int backlog)
{
	int fd = MUST(socket(AF_UNIX, type, 0));
	struct sockaddr_un addr;
	socklen_t len = fill_addr(&addr, name);

	MUST(bind(fd, (void *)&addr, len));
	MUST(listen(fd, backlog));
	return fd;
}

static int connect_to(const char *name, int type)
{
	int fd = MUST(socket(AF_UNIX, type, 0));
	struct sockaddr_un addr;
	socklen_t len = fill_addr(&addr, name);

	if (connect(fd, (void *)&addr, len)) {
		int err = errno;

		close(fd);
		errno = err;
		return -1;
	}
	return fd;
}

static void converse(int listener, const char *name, int type)
{
	int client = connect_to(name, type), server;
	struct ucred cred = { };
	socklen_t len = sizeof(cred);
	char buf[8] = "";

	if (!CHECK(client >= 0))
		return;
	server = accept(listener, NULL, NULL);
	if (!CHECK(server >= 0))
		return;
	CHECK_EQ(write(client, "request", 7), 7);
	CHECK_EQ(read(server, buf, 7), 7);
	CHECK_STR(buf, "request");
	/* The listener's credentials are those of who listened. */
	CHECK_EQ(getsockopt(client, SOL_SOCKET, SO_PEERCRED, &cred, &len), 0);
	CHECK_EQ(cred.pid, getpid());
	close(client);
	CHECK_EQ(read(server, buf, 7), 0);
	close(server);
}

static void check_name(int fd, const char *name)
{
	struct sockaddr_un addr, want;
	socklen_t len = sizeof(addr);
	socklen_t want_len = fill_addr(&want, name);

	memset(&addr, 0, sizeof(addr));
	CHECK_EQ(getsockname(fd, (void *)&addr, &len), 0);
	if (name[0] == '@')
		CHECK_EQ(len, want_len);
	CHECK(!memcmp(&addr, &want, len < want_len ? len : want_len));
}

int main(void)
{
	struct epoll_event ev = { .events = EPOLLIN }, got;
	int path, abstract, packet, unlinked, tight, ep, value = 1;
	struct stat st;
	char name[64];

	snprintf(name, sizeof(name), "@orthros-%d", getpid());
	path = listener("path", SOCK_STREAM, 10);
	abstract = listener(name, SOCK_STREAM, 10);
	packet = listener("packet", SOCK_SEQPACKET, 10);
	unlinked = listener("unlinked", SOCK_STREAM, 10);
	MUST(unlink("unlinked"));
	tight = listener("tight", SOCK_STREAM | SOCK_NONBLOCK, 0);
	MUST(chmod("path", 0620));
	MUST(setsockopt(path, SOL_SOCKET, SO_PASSCRED, &value, 4));
	ep = MUST(epoll_create1(0));
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, path, &ev));

	hop();

	CHECK_EQ(stat("path", &st), 0);
	CHECK_EQ(st.st_mode, S_IFSOCK | 0620);
	check_name(path, "path");
	check_name(abstract, name);
	check_name(unlinked, "unlinked");
	CHECK_EQ(epoll_wait(ep, &got, 1, 0), 0);
	converse(path, "path", SOCK_STREAM);
	converse(abstract, name, SOCK_STREAM);
	converse(packet, "packet", SOCK_SEQPACKET);
	CHECK_ERR(connect_to("unlinked", SOCK_STREAM), ENOENT);
	CHECK_ERR(connect_to("packet", SOCK_STREAM), EPROTOTYPE);
	CHECK(connect_to("path", SOCK_STREAM) >= 0);
	CHECK_EQ(epoll_wait(ep, &got, 1, -1), 1);
	/* A backlog of 0 holds one. */
	CHECK(connect_to("tight", SOCK_STREAM) >= 0);
	CHECK_ERR(connect_to("tight", SOCK_STREAM | SOCK_NONBLOCK), EAGAIN);
	CHECK(accept(tight, NULL, NULL) >= 0);
	CHECK_ERR(accept(tight, NULL, NULL), EAGAIN);
	close(path);
	CHECK_ERR(connect_to("path", SOCK_STREAM), ECONNREFUSED);
	close(abstract);
	CHECK_ERR(connect_to(name, SOCK_STREAM), ECONNREFUSED);
	return hop_status();
}
