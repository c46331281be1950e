/* SPDX-License-Identifier: GPL-2.0 */
/* What the tests of TCP share: pairs of connected sockets over lo. */
#ifndef TCP_TEST_H
#define TCP_TEST_H

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "hop_test.h"

/* A v4 client of a v6 listener. */
#define MAPPED	(-1)

struct tcp_pair {
	int listener;
	int client;
	int server;
	int port;
};

static inline int tcp_port(int fd)
{
	struct sockaddr_in6 addr;
	socklen_t len = sizeof(addr);

	MUST(getsockname(fd, (void *)&addr, &len));
	return ntohs(addr.sin6_port);
}

static inline int tcp_listen(int family)
{
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = MUST(socket(family == AF_INET ? AF_INET : AF_INET6, SOCK_STREAM, 0));

	if (family == MAPPED)
		in6.sin6_addr = in6addr_any;
	if (family == AF_INET)
		MUST(bind(fd, (void *)&in, sizeof(in)));
	else
		MUST(bind(fd, (void *)&in6, sizeof(in6)));
	MUST(listen(fd, 1024));
	return fd;
}

static inline int tcp_connect(int fd, int family, int port)
{
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT,
		.sin6_port = htons(port),
	};
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port),
	};

	return family == AF_INET6 ? connect(fd, (void *)&in6, sizeof(in6)) :
		connect(fd, (void *)&in, sizeof(in));
}

static inline int tcp_client(int family, int port)
{
	int fd = MUST(socket(family == AF_INET6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0));

	MUST(tcp_connect(fd, family, port));
	return fd;
}

/* @tune is called for each of the three sockets before it is used. */
static inline struct tcp_pair tcp_pair(int family, void (*tune)(int fd))
{
	struct tcp_pair p;

	p.listener = tcp_listen(family);
	if (tune)
		tune(p.listener);
	p.port = tcp_port(p.listener);
	p.client = MUST(socket(family == AF_INET6 ? AF_INET6 : AF_INET, SOCK_STREAM, 0));
	if (tune)
		tune(p.client);
	MUST(tcp_connect(p.client, family, p.port));
	p.server = MUST(accept(p.listener, NULL, NULL));
	return p;
}

static inline void set_int(int fd, int level, int name, int value)
{
	MUST(setsockopt(fd, level, name, &value, sizeof(value)));
}

static inline int get_int(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	CHECK_EQ(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

static inline struct tcp_info tcp_info(int fd)
{
	struct tcp_info info = { };
	socklen_t len = sizeof(info);

	CHECK_EQ(getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len), 0);
	return info;
}

/* The stream of @seed: its bytes at @at. */
static inline void stream_bytes(unsigned char *buf, size_t len, uint64_t at, unsigned int seed)
{
	size_t i;

	for (i = 0; i < len; i++, at++)
		buf[i] = (at * 2654435761u >> 13) ^ at ^ (at >> 8) ^ seed;
}

/* Sends until nothing more is taken; how much in all. */
static inline uint64_t stream_stuff(int fd, uint64_t at, unsigned int seed)
{
	unsigned char buf[8192];
	ssize_t n;

	for (;;) {
		stream_bytes(buf, sizeof(buf), at, seed);
		n = send(fd, buf, sizeof(buf), MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n <= 0)
			return at;
		at += n;
	}
}

/* Receives and compares from @at to @end. */
static inline bool stream_drain(int fd, uint64_t at, uint64_t end, unsigned int seed)
{
	unsigned char buf[8192], want[8192];
	ssize_t n;

	while (at < end) {
		n = recv(fd, buf, end - at < sizeof(buf) ? end - at : sizeof(buf), 0);
		if (n <= 0) {
			printf("# stream ends at %llu of %llu: %s\n", (unsigned long long)at,
			       (unsigned long long)end, n ? strerror(errno) : "EOF");
			return false;
		}
		stream_bytes(want, n, at, seed);
		if (memcmp(buf, want, n)) {
			printf("# stream is wrong after %llu\n", (unsigned long long)at);
			return false;
		}
		at += n;
	}
	return true;
}

#endif /* TCP_TEST_H */
