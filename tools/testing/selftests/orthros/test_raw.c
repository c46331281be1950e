// SPDX-License-Identifier: GPL-2.0
/*
 * Raw IP sockets and ping sockets, of IPv4 and IPv6: what they were bound and connected
 * to, their filters and options, and the packets that waited; they go on to send and
 * receive.
 */
#include <arpa/inet.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in6.h>
#include <netinet/ip.h>
#include <poll.h>
#include <sys/socket.h>

#include "hop_test.h"

#ifndef ICMP_FILTER
#define ICMP_FILTER	1
#endif
#ifndef ICMPV6_FILTER
#define ICMPV6_FILTER	1
#endif

/* No protocol that anybody else here has. */
#define PROTO	253

static const struct in6_addr loopback6 = IN6ADDR_LOOPBACK_INIT;

static struct sockaddr_in in4(int port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

static struct sockaddr_in6 in6(int port)
{
	return (struct sockaddr_in6){
		.sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_addr = loopback6,
	};
}

static void set(int fd, int level, int name, int value)
{
	MUST(setsockopt(fd, level, name, &value, sizeof(value)));
}

static void check_opt(int fd, int level, int name, int want)
{
	socklen_t len = sizeof(int);
	int value = -1;

	CHECK_EQ(getsockopt(fd, level, name, &value, &len), 0);
	CHECK_EQ(value, want);
}

static void send4(int fd, const char *text)
{
	struct sockaddr_in to = in4(0);

	MUST(sendto(fd, text, strlen(text), 0, (void *)&to, sizeof(to)));
}

static void send6(int fd, const char *text)
{
	struct sockaddr_in6 to = in6(0);

	MUST(sendto(fd, text, strlen(text), 0, (void *)&to, sizeof(to)));
}

static bool comes(int fd)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, 5000) == 1;
}

/* The IP header comes, too; and IP_PKTINFO. */
static void check4(int fd, const char *text)
{
	char buf[256] = "", control[256];
	struct iovec iov = { buf, sizeof(buf) };
	struct sockaddr_in from = {};
	struct msghdr msg = {
		.msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	const struct iphdr *ip = (void *)buf;
	struct in_pktinfo info = {};
	struct cmsghdr *c;
	ssize_t n;

	comes(fd);
	n = recvmsg(fd, &msg, MSG_DONTWAIT);
	if (!CHECK_EQ(n, sizeof(*ip) + strlen(text)))
		return;
	CHECK_STR(buf + sizeof(*ip), text);
	CHECK_EQ(ip->protocol, PROTO);
	CHECK_EQ(ip->daddr, htonl(INADDR_LOOPBACK));
	CHECK_EQ(from.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c))
		if (c->cmsg_level == SOL_IP && c->cmsg_type == IP_PKTINFO)
			memcpy(&info, CMSG_DATA(c), sizeof(info));
	CHECK_EQ(info.ipi_addr.s_addr, htonl(INADDR_LOOPBACK));
	CHECK(info.ipi_ifindex);
}

static void check6(int fd, const char *text)
{
	struct sockaddr_in6 from = {};
	socklen_t len = sizeof(from);
	char buf[256] = "";

	comes(fd);
	CHECK_EQ(recvfrom(fd, buf, sizeof(buf), MSG_DONTWAIT, (void *)&from, &len), strlen(text));
	CHECK_STR(buf, text);
	CHECK(!memcmp(&from.sin6_addr, &loopback6, sizeof(loopback6)));
}

static void check_empty(int fd)
{
	char c;

	CHECK_ERR(recv(fd, &c, 1, MSG_DONTWAIT), EAGAIN);
}

/* ---- ping --------------------------------------------------------------------- */

struct echo {
	struct icmphdr h;
	char text[8];
};

static void ping(int fd, int family, int seq)
{
	struct echo e = { .h = { .type = family == AF_INET ? ICMP_ECHO : ICMPV6_ECHO_REQUEST } };
	struct sockaddr_in6 to6 = in6(0);
	struct sockaddr_in to = in4(0);

	e.h.un.echo.sequence = htons(seq);
	memcpy(e.text, "pingpong", 8);
	if (family == AF_INET)
		MUST(sendto(fd, &e, sizeof(e), 0, (void *)&to, sizeof(to)));
	else
		MUST(sendto(fd, &e, sizeof(e), 0, (void *)&to6, sizeof(to6)));
}

static void check_pong(int fd, int family, int ident, int seq)
{
	struct sockaddr_in6 from = {};
	socklen_t len = sizeof(from);
	struct echo e = {};

	comes(fd);
	if (!CHECK_EQ(recvfrom(fd, &e, sizeof(e), MSG_DONTWAIT, (void *)&from, &len), sizeof(e)))
		return;
	CHECK_EQ(e.h.type, family == AF_INET ? ICMP_ECHOREPLY : ICMPV6_ECHO_REPLY);
	CHECK_EQ(ntohs(e.h.un.echo.id), ident);
	CHECK_EQ(ntohs(e.h.un.echo.sequence), seq);
	CHECK(!memcmp(e.text, "pingpong", 8));
	CHECK_EQ(from.sin6_family, family);
	if (family == AF_INET)
		CHECK_EQ(((struct sockaddr_in *)&from)->sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	else
		CHECK(!memcmp(&from.sin6_addr, &loopback6, sizeof(loopback6)));
}

static int bound_ping(int family, int ident)
{
	int fd = MUST(socket(family, SOCK_DGRAM,
			     family == AF_INET ? IPPROTO_ICMP : (int)IPPROTO_ICMPV6));
	struct sockaddr_in6 a6 = in6(ident);
	struct sockaddr_in a = in4(ident);

	if (family == AF_INET)
		MUST(bind(fd, (void *)&a, sizeof(a)));
	else
		MUST(bind(fd, (void *)&a6, sizeof(a6)));
	return fd;
}

static void check_name(int fd, int family, int port)
{
	struct sockaddr_in6 a = {};
	socklen_t len = sizeof(a);

	CHECK_EQ(getsockname(fd, (void *)&a, &len), 0);
	CHECK_EQ(a.sin6_family, family);
	CHECK_EQ(ntohs(a.sin6_port), port);
}

int main(void)
{
	uint32_t filter = ~(1U << ICMP_ECHOREPLY), filter6[8], now6[8], now = 0;
	int raw, sender, raw6, sender6, icmp, icmp6, header, ping4, ping6, range;
	struct sockaddr_in local = in4(0), peer = {};
	struct sockaddr_in6 local6 = in6(0);
	int ident = 20000 + getpid() % 10000;
	socklen_t len;
	char rest[64];

	raw = MUST(socket(AF_INET, SOCK_RAW, PROTO));
	MUST(bind(raw, (void *)&local, sizeof(local)));
	peer = in4(7);
	MUST(connect(raw, (void *)&peer, sizeof(peer)));
	set(raw, SOL_IP, IP_PKTINFO, 1);
	set(raw, SOL_IP, IP_TTL, 33);
	sender = MUST(socket(AF_INET, SOCK_RAW, PROTO));
	set(sender, SOL_IP, IP_TOS, 0x10);
	raw6 = MUST(socket(AF_INET6, SOCK_RAW, PROTO));
	MUST(bind(raw6, (void *)&local6, sizeof(local6)));
	set(raw6, SOL_IPV6, IPV6_UNICAST_HOPS, 44);
	sender6 = MUST(socket(AF_INET6, SOCK_RAW, PROTO));
	set(sender6, SOL_IPV6, IPV6_CHECKSUM, 6);
	icmp = MUST(socket(AF_INET, SOCK_RAW, IPPROTO_ICMP));
	MUST(setsockopt(icmp, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter)));
	icmp6 = MUST(socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6));
	memset(filter6, 0xff, sizeof(filter6));
	filter6[ICMPV6_ECHO_REPLY >> 5] &= ~(1U << (ICMPV6_ECHO_REPLY & 31));
	MUST(setsockopt(icmp6, SOL_ICMPV6, ICMPV6_FILTER, filter6, sizeof(filter6)));
	header = MUST(socket(AF_INET, SOCK_RAW, IPPROTO_RAW));
	set(header, SOL_IP, IP_HDRINCL, 0);

	range = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY);
	if (range < 0 || write(range, "0 0", 3) != 3)
		hop_skip("no ping_group_range");
	close(range);
	ping4 = bound_ping(AF_INET, ident);
	ping6 = bound_ping(AF_INET6, ident);
	set(ping4, SOL_IP, IP_RECVTTL, 1);

	send4(sender, "one");
	send4(sender, "two");
	send6(sender6, "one and some more");
	ping(ping4, AF_INET, 1);
	ping(ping6, AF_INET6, 1);
	CHECK(comes(ping4) && comes(ping6) && comes(raw) && comes(raw6));

	hop();

	check_opt(raw, SOL_IP, IP_TTL, 33);
	check_opt(raw, SOL_IP, IP_PKTINFO, 1);
	check_opt(raw, SOL_IP, IP_HDRINCL, 0);
	check_opt(header, SOL_IP, IP_HDRINCL, 0);
	check_opt(sender, SOL_IP, IP_TOS, 0x10);
	check_opt(raw6, SOL_IPV6, IPV6_UNICAST_HOPS, 44);
	check_opt(raw6, SOL_IPV6, IPV6_CHECKSUM, -1);
	check_opt(sender6, SOL_IPV6, IPV6_CHECKSUM, 6);
	check_opt(raw, SOL_SOCKET, SO_PROTOCOL, PROTO);
	check_opt(ping4, SOL_IP, IP_RECVTTL, 1);
	len = sizeof(now);
	CHECK_EQ(getsockopt(icmp, SOL_RAW, ICMP_FILTER, &now, &len), 0);
	CHECK_EQ(now, filter);
	len = sizeof(now6);
	CHECK_EQ(getsockopt(icmp6, SOL_ICMPV6, ICMPV6_FILTER, now6, &len), 0);
	CHECK(!memcmp(now6, filter6, sizeof(now6)));
	len = sizeof(peer);
	CHECK_EQ(getpeername(raw, (void *)&peer, &len), 0);
	CHECK_EQ(peer.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	check_name(ping4, AF_INET, ident);
	check_name(ping6, AF_INET6, ident);

	check4(raw, "one");
	send4(sender, "three");
	check4(raw, "two");
	check4(raw, "three");
	check_empty(raw);
	/* Two bytes of it are the checksum. */
	comes(raw6);
	CHECK_EQ(recv(raw6, rest, sizeof(rest), MSG_DONTWAIT), 17);
	set(sender6, SOL_IPV6, IPV6_CHECKSUM, -1);
	send6(sender6, "two");
	check6(raw6, "two");
	check_empty(raw6);

	check_pong(ping4, AF_INET, ident, 1);
	check_pong(ping6, AF_INET6, ident, 1);
	ping(ping4, AF_INET, 2);
	ping(ping6, AF_INET6, 2);
	check_pong(ping4, AF_INET, ident, 2);
	check_pong(ping6, AF_INET6, ident, 2);
	/* The filters let answers pass. */
	CHECK(comes(icmp));
	CHECK(comes(icmp6));
	return hop_status();
}
