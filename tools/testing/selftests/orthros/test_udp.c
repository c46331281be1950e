// SPDX-License-Identifier: GPL-2.0
/*
 * UDP sockets, IPv4 and IPv6: bound, connected, with datagrams in the queue,
 * their senders, options, time and mark, also of several that came as one.
 */
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>

#include "hop_test.h"

union addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t size_of(int family)
{
	return family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static union addr name_of(int fd)
{
	union addr addr;
	socklen_t len = sizeof(addr);

	memset(&addr, 0, sizeof(addr));
	MUST(getsockname(fd, &addr.sa, &len));
	return addr;
}

static int bound(int family)
{
	int fd = MUST(socket(family, SOCK_DGRAM, 0));
	union addr addr = { };

	addr.sa.sa_family = family;
	if (family == AF_INET)
		addr.in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		addr.in6.sin6_addr = in6addr_loopback;
	MUST(bind(fd, &addr.sa, size_of(family)));
	return fd;
}

struct set {
	int family;
	int server;
	int client;			/* connected to it */
	union addr saddr;
	union addr caddr;
};

static char big[20000];

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#define UDP_GRO 104
#endif
#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif
#define SEG 1200
#define NR 9
#define LAST 500

/* A busy machine leaves what was sent over loopback to ksoftirqd. */
#define ARRIVES_MS 5000

/* The queue of loopback keeps the order: what was sent before this has arrived. */
static void delivered(int family)
{
	int rx = bound(family), tx = MUST(socket(family, SOCK_DGRAM, 0));
	struct pollfd p = { .fd = rx, .events = POLLIN };
	union addr a = name_of(rx);

	MUST(sendto(tx, "!", 1, 0, &a.sa, size_of(family)));
	CHECK_EQ(poll(&p, 1, ARRIVES_MS), 1);
	close(rx);
	close(tx);
}

/* A train of datagrams that stays together, between two single ones. */
struct train {
	int family;
	int rx;
	int tx;
	bool marked;			/* this kernel tells marks */
	long long after;
	long long before;
};

static void send_train(struct train *t)
{
	char control[CMSG_SPACE(2)] = { };
	struct iovec iov = { big, SEG * (NR - 1) + LAST };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);
	uint16_t seg = SEG;

	c->cmsg_level = IPPROTO_UDP;
	c->cmsg_type = UDP_SEGMENT;
	c->cmsg_len = CMSG_LEN(2);
	memcpy(CMSG_DATA(c), &seg, 2);
	MUST(sendmsg(t->tx, &msg, 0));
}

static void prepare_train(struct train *t, int family)
{
	int on = 1, mark = 97;
	union addr a;

	t->family = family;
	t->rx = bound(family);
	a = name_of(t->rx);
	MUST(setsockopt(t->rx, IPPROTO_UDP, UDP_GRO, &on, sizeof(on)));
	MUST(setsockopt(t->rx, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof(on)));
	t->marked = !setsockopt(t->rx, SOL_SOCKET, SO_RCVMARK, &on, sizeof(on));
	t->tx = MUST(socket(family, SOCK_DGRAM, 0));
	MUST(setsockopt(t->tx, SOL_SOCKET, SO_MARK, &mark, sizeof(mark)));
	MUST(connect(t->tx, &a.sa, size_of(family)));
	t->after = now_ns(CLOCK_REALTIME);
	MUST(send(t->tx, big, 100, 0));
	send_train(t);
	MUST(send(t->tx, big, 200, 0));
	delivered(family);
	t->before = now_ns(CLOCK_REALTIME);
}

static void take(struct train *t, int len, int seg)
{
	struct pollfd p = { .fd = t->rx, .events = POLLIN };
	char buf[sizeof(big)], control[256];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = control,
			      .msg_controllen = sizeof(control) };
	long long at = 0;
	struct cmsghdr *c;
	int gso = 0;
	uint32_t mark = 0;

	poll(&p, 1, ARRIVES_MS);
	if (!CHECK_EQ(recvmsg(t->rx, &msg, MSG_DONTWAIT), len)) {
		printf("# %s\n", strerror(errno));
		return;
	}
	CHECK(!memcmp(buf, big, len));
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level == IPPROTO_UDP && c->cmsg_type == UDP_GRO)
			memcpy(&gso, CMSG_DATA(c), sizeof(gso));
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_MARK)
			memcpy(&mark, CMSG_DATA(c), sizeof(mark));
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_TIMESTAMPNS) {
			struct timespec *ts = (void *)CMSG_DATA(c);

			at = ts->tv_sec * NSEC + ts->tv_nsec;
		}
	}
	CHECK_EQ(gso, seg);
	CHECK(at >= t->after && at <= t->before);
	if (t->marked)
		CHECK_EQ(mark, 97);
}

static void verify_train(struct train *t)
{
	take(t, 100, 0);
	take(t, SEG * (NR - 1) + LAST, SEG);
	take(t, 200, 0);
	t->after = now_ns(CLOCK_REALTIME);
	send_train(t);
	delivered(t->family);
	t->before = now_ns(CLOCK_REALTIME);
	take(t, SEG * (NR - 1) + LAST, SEG);
}

static void prepare(struct set *s, int family)
{
	int on = 1, i;

	s->family = family;
	s->server = bound(family);
	s->saddr = name_of(s->server);
	s->client = MUST(socket(family, SOCK_DGRAM, 0));
	MUST(connect(s->client, &s->saddr.sa, size_of(family)));
	s->caddr = name_of(s->client);
	if (family == AF_INET)
		MUST(setsockopt(s->server, IPPROTO_IP, IP_PKTINFO, &on, sizeof(on)));
	else
		MUST(setsockopt(s->server, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof(on)));
	for (i = 0; i < 5; i++)
		MUST(send(s->client, big, i * 3000, 0));
	/* Peeked at: it has moved to another queue. */
	MUST(recv(s->server, big + sizeof(big) - 1, 1, MSG_PEEK));
}

static void verify(struct set *s)
{
	union addr from, now = name_of(s->server);
	char buf[sizeof(big)], control[256];
	struct iovec iov = { buf, sizeof(buf) };
	struct msghdr msg = { };
	struct cmsghdr *cmsg;
	bool found;
	int i;

	CHECK(!memcmp(&now, &s->saddr, size_of(s->family)));
	now = name_of(s->client);
	CHECK(!memcmp(&now, &s->caddr, size_of(s->family)));
	for (i = 0; i < 6; i++) {
		int len = i < 5 ? i * 3000 : 4;

		if (i == 5)
			CHECK_EQ(send(s->client, "more", 4, 0), 4);
		memset(&msg, 0, sizeof(msg));
		msg.msg_name = &from;
		msg.msg_namelen = sizeof(from);
		msg.msg_iov = &iov;
		msg.msg_iovlen = 1;
		msg.msg_control = control;
		msg.msg_controllen = sizeof(control);
		if (!CHECK_EQ(recvmsg(s->server, &msg, 0), len))
			return;
		CHECK(!memcmp(buf, i < 5 ? big : "more", len));
		CHECK_EQ(msg.msg_namelen, size_of(s->family));
		CHECK(!memcmp(&from, &s->caddr, size_of(s->family)));
		found = false;
		for (cmsg = CMSG_FIRSTHDR(&msg); cmsg; cmsg = CMSG_NXTHDR(&msg, cmsg)) {
			if (cmsg->cmsg_type == IP_PKTINFO && s->family == AF_INET) {
				struct in_pktinfo *p = (void *)CMSG_DATA(cmsg);

				found = p->ipi_addr.s_addr == htonl(INADDR_LOOPBACK) &&
					p->ipi_ifindex == 1;
			}
			if (cmsg->cmsg_type == IPV6_PKTINFO && s->family == AF_INET6) {
				struct in6_pktinfo *p = (void *)CMSG_DATA(cmsg);

				found = IN6_IS_ADDR_LOOPBACK(&p->ipi6_addr) &&
					p->ipi6_ifindex == 1;
			}
		}
		CHECK(found);
	}
	CHECK_ERR(recv(s->server, buf, 1, MSG_DONTWAIT), EAGAIN);
	CHECK_EQ(sendto(s->server, "back", 4, 0, &s->caddr.sa, size_of(s->family)), 4);
	CHECK_EQ(recv(s->client, buf, sizeof(buf), 0), 4);
	/* The peer goes: the connected one is told. */
	close(s->server);
	CHECK_EQ(send(s->client, "x", 1, 0), 1);
	CHECK_ERR(recv(s->client, buf, 1, 0), ECONNREFUSED);
}

int main(void)
{
	int unbound, tuned, value = 7, one = 1;
	socklen_t len = sizeof(value);
	struct train train4, train6;
	struct set v4, v6;

	fill(big, sizeof(big), 9);
	prepare(&v4, AF_INET);
	prepare(&v6, AF_INET6);
	prepare_train(&train4, AF_INET);
	prepare_train(&train6, AF_INET6);
	unbound = MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	tuned = bound(AF_INET);
	MUST(setsockopt(tuned, IPPROTO_IP, IP_MULTICAST_TTL, &value, sizeof(value)));
	MUST(setsockopt(tuned, SOL_SOCKET, SO_BROADCAST, &one, sizeof(one)));
	MUST(setsockopt(tuned, IPPROTO_IP, IP_RECVERR, &one, sizeof(one)));
	value = 0;
	MUST(setsockopt(tuned, IPPROTO_IP, IP_MULTICAST_LOOP, &value, sizeof(value)));

	hop();

	verify(&v4);
	verify(&v6);
	verify_train(&train4);
	verify_train(&train6);
	CHECK_EQ(fcntl(unbound, F_GETFD), FD_CLOEXEC);
	CHECK_EQ(sendto(unbound, "hello", 5, 0, (void *)&(struct sockaddr_in){
			.sin_family = AF_INET, .sin_port = name_of(tuned).in.sin_port,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK) },
			sizeof(struct sockaddr_in)), 5);
	CHECK_EQ(recv(tuned, big, 10, 0), 5);
	CHECK_EQ(getsockopt(tuned, IPPROTO_IP, IP_MULTICAST_TTL, &value, &len), 0);
	CHECK_EQ(value, 7);
	CHECK_EQ(getsockopt(tuned, IPPROTO_IP, IP_MULTICAST_LOOP, &value, &len), 0);
	CHECK_EQ(value, 0);
	CHECK_EQ(getsockopt(tuned, IPPROTO_IP, IP_RECVERR, &value, &len), 0);
	CHECK_EQ(value, 1);
	CHECK_EQ(getsockopt(tuned, SOL_SOCKET, SO_BROADCAST, &value, &len), 0);
	CHECK_EQ(value, 1);
	return hop_status();
}
