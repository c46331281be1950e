// SPDX-License-Identifier: GPL-2.0
/*
 * Listening TCP sockets, IPv4 and IPv6: options, backlog, and new clients
 * over the loopback device after the hop.
 */
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "hop_test.h"

struct option {
	int level, name, value;
};

static const struct option options[] = {
	{ SOL_SOCKET, SO_REUSEADDR, 1 },
	{ SOL_SOCKET, SO_REUSEPORT, 1 },
	{ SOL_SOCKET, SO_KEEPALIVE, 1 },
	{ SOL_SOCKET, SO_OOBINLINE, 1 },
	{ SOL_SOCKET, SO_PRIORITY, 5 },
	{ SOL_SOCKET, SO_MARK, 0x1234 },
	{ SOL_SOCKET, SO_RCVLOWAT, 7 },
	{ IPPROTO_TCP, TCP_NODELAY, 1 },
	{ IPPROTO_TCP, TCP_KEEPIDLE, 77 },
	{ IPPROTO_TCP, TCP_KEEPINTVL, 11 },
	{ IPPROTO_TCP, TCP_KEEPCNT, 4 },
	{ IPPROTO_TCP, TCP_DEFER_ACCEPT, 0 },
	{ IPPROTO_TCP, TCP_USER_TIMEOUT, 12345 },
	{ IPPROTO_TCP, TCP_MAXSEG, 1000 },
	{ IPPROTO_IP, IP_TTL, 33 },
	{ IPPROTO_IP, IP_TOS, 0x10 },
};

static int get(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	CHECK_EQ(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

static int listener(int family, int backlog, bool v6only)
{
	struct sockaddr_in6 any6 = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};
	struct sockaddr_in any = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = MUST(socket(family, SOCK_STREAM, 0)), one = 1;

	if (v6only)
		MUST(setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, 4));
	else
		any6.sin6_addr = in6addr_any;
	if (family == AF_INET6)
		MUST(bind(fd, (void *)&any6, sizeof(any6)));
	else
		MUST(bind(fd, (void *)&any, sizeof(any)));
	MUST(listen(fd, backlog));
	return fd;
}

static int port_of(int fd)
{
	struct sockaddr_in6 addr;
	socklen_t len = sizeof(addr);

	MUST(getsockname(fd, (void *)&addr, &len));
	return ntohs(addr.sin6_port);
}

static int connect_to(int family, int port)
{
	struct sockaddr_in6 to6 = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT,
		.sin6_port = htons(port),
	};
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(port),
	};
	int fd = MUST(socket(family, SOCK_STREAM, 0)), ret;

	ret = family == AF_INET6 ? connect(fd, (void *)&to6, sizeof(to6)) :
		connect(fd, (void *)&to, sizeof(to));
	CHECK_EQ(ret, 0);
	return fd;
}

/* A whole conversation over @listener with a new client. */
static void converse(int listener, int family, int port)
{
	int client = connect_to(family, port), server;
	char buf[8] = "";

	server = accept(listener, NULL, NULL);
	if (!CHECK(server >= 0))
		return;
	/* As long as SO_RCVLOWAT asks for. */
	CHECK_EQ(write(client, "request", 7), 7);
	CHECK_EQ(read(server, buf, 7), 7);
	CHECK_STR(buf, "request");
	CHECK_EQ(write(server, "answer!", 7), 7);
	CHECK_EQ(read(client, buf, 7), 7);
	CHECK_STR(buf, "answer!");
	close(client);
	CHECK_EQ(read(server, buf, 7), 0);
	close(server);
}

/* The addresses of lo, in one text. */
static void lo_addresses(char *text, size_t size)
{
	struct ifaddrs *all, *ifa;
	size_t len = 0;

	MUST(getifaddrs(&all));
	for (ifa = all; ifa; ifa = ifa->ifa_next) {
		if (strcmp(ifa->ifa_name, "lo") || !ifa->ifa_addr ||
		    ifa->ifa_addr->sa_family == AF_PACKET)
			continue;
		len += snprintf(text + len, size - len, "%d %x ",
				ifa->ifa_addr->sa_family,
				ifa->ifa_flags & (IFF_UP | IFF_LOOPBACK |
						  IFF_RUNNING));
	}
	freeifaddrs(all);
}

static int rebind(int port)
{
	struct sockaddr_in6 addr = {
		.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT,
		.sin6_port = htons(port),
	};
	int fd = MUST(socket(AF_INET6, SOCK_STREAM, 0)), one = 1, ret, err;

	/* Past the connections of this test that linger. */
	MUST(setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, 4));
	ret = bind(fd, (void *)&addr, sizeof(addr));
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

static void child(void *arg)
{
	int fd = (long)arg;

	CHECK_EQ(get(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
}

int main(void)
{
	int v4, v6, dual, tuned, bound, full, ports[6], ep, value, unbound;
	struct epoll_event ev = { .events = EPOLLIN }, got;
	struct linger linger = { 1, 9 };
	char lo[2][256] = { "", "" };
	int want[ARRAY_SIZE(options)];
	socklen_t len;
	size_t i;

	v4 = listener(AF_INET, 10, false);
	v6 = listener(AF_INET6, 10, true);
	dual = listener(AF_INET6, 10, false);
	tuned = MUST(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
	for (i = 0; i < ARRAY_SIZE(options); i++)
		MUST(setsockopt(tuned, options[i].level, options[i].name,
				&options[i].value, sizeof(int)));
	value = 100000;
	MUST(setsockopt(tuned, SOL_SOCKET, SO_RCVBUF, &value, 4));
	MUST(setsockopt(tuned, SOL_SOCKET, SO_SNDBUF, &value, 4));
	MUST(setsockopt(tuned, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	MUST(listen(tuned, 128));
	for (i = 0; i < ARRAY_SIZE(options); i++)
		want[i] = get(tuned, options[i].level, options[i].name);
	value = get(tuned, SOL_SOCKET, SO_RCVBUF);
	bound = listener(AF_INET, 1, false);
	full = listener(AF_INET, 10, false);
	MUST(fcntl(full, F_SETFL, O_NONBLOCK));
	unbound = MUST(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0));
	ep = MUST(epoll_create1(0));
	MUST(epoll_ctl(ep, EPOLL_CTL_ADD, v4, &ev));
	ports[0] = port_of(v4);
	ports[1] = port_of(v6);
	ports[2] = port_of(dual);
	ports[3] = port_of(tuned);
	ports[4] = port_of(bound);
	lo_addresses(lo[0], sizeof(lo[0]));

	hop();

	/* Other tests add addresses of their own, for a moment: one of each is there. */
	lo_addresses(lo[1], sizeof(lo[1]));
	for (i = 0; i < 2; i++)
		CHECK(strstr(lo[i], "2 49 ") && strstr(lo[i], "10 49 "));
	CHECK_EQ(port_of(v4), ports[0]);
	CHECK_EQ(epoll_wait(ep, &got, 1, 0), 0);
	converse(v4, AF_INET, ports[0]);
	CHECK_EQ(port_of(v6), ports[1]);
	converse(v6, AF_INET6, ports[1]);
	CHECK_EQ(get(v6, IPPROTO_IPV6, IPV6_V6ONLY), 1);
	converse(dual, AF_INET6, ports[2]);
	converse(dual, AF_INET, ports[2]);
	CHECK_EQ(fcntl(tuned, F_GETFD), FD_CLOEXEC);
	for (i = 0; i < ARRAY_SIZE(options); i++)
		CHECK_EQ(get(tuned, options[i].level, options[i].name), want[i]);
	CHECK_EQ(get(tuned, SOL_SOCKET, SO_RCVBUF), value);
	linger.l_linger = 0;
	len = sizeof(linger);
	CHECK_EQ(getsockopt(tuned, SOL_SOCKET, SO_LINGER, &linger, &len), 0);
	CHECK_EQ(linger.l_linger, 9);
	CHECK_EQ(port_of(tuned), ports[3]);
	converse(tuned, AF_INET, ports[3]);
	CHECK_ERR(accept(full, NULL, NULL), EAGAIN);
	/* Connections that wait to be accepted are told by epoll. */
	connect_to(AF_INET, ports[0]);
	CHECK_EQ(epoll_wait(ep, &got, 1, -1), 1);
	CHECK(accept(v4, NULL, NULL) >= 0);
	/* The backlog of 1 takes two, as Linux counts. */
	connect_to(AF_INET, ports[4]);
	connect_to(AF_INET, ports[4]);
	CHECK(accept(bound, NULL, NULL) >= 0);
	CHECK(accept(bound, NULL, NULL) >= 0);
	CHECK_EQ(get(unbound, SOL_SOCKET, SO_TYPE), SOCK_STREAM);
	CHECK_EQ(listen(unbound, 3), 0);
	CHECK_EQ(get(unbound, SOL_SOCKET, SO_ACCEPTCONN), 1);
	hop_reap(hop_child(child, (void *)(long)v4));
	/* The port is taken until its only holder closes it. */
	CHECK_ERR(rebind(ports[1]), EADDRINUSE);
	close(v6);
	CHECK_EQ(rebind(ports[1]), 0);
	return hop_status();
}
