// SPDX-License-Identifier: GPL-2.0
/*
 * Error queues of sockets: what they have to tell, and that numbers of what was sent go on
 * where they stood.
 */
#include <arpa/inet.h>
#include <linux/errqueue.h>
#include <linux/net_tstamp.h>
#include <netinet/udp.h>
#include <poll.h>

#include "tcp_test.h"

#ifndef SO_ZEROCOPY
#define SO_ZEROCOPY	60
#endif

#define STAMPS	(SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_ID)

struct entry {
	struct sock_extended_err ee;
	struct sockaddr_storage offender, name;
	struct scm_timestamping stamp;
	char data[256];
	ssize_t len;
};

/* The next entry of @fd, which comes. */
static struct entry take(int fd)
{
	struct pollfd pfd = { .fd = fd };
	char control[512];
	struct entry e = {};
	struct iovec iov = { e.data, sizeof(e.data) };
	struct msghdr msg = {
		.msg_name = &e.name, .msg_namelen = sizeof(e.name), .msg_iov = &iov,
		.msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *c;

	CHECK_EQ(poll(&pfd, 1, 10000), 1);
	CHECK(pfd.revents & POLLERR);
	e.len = recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT);
	if (!CHECK(e.len >= 0))
		return e;
	CHECK(msg.msg_flags & MSG_ERRQUEUE);
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if ((c->cmsg_level == SOL_IP && c->cmsg_type == IP_RECVERR) ||
		    (c->cmsg_level == SOL_IPV6 && c->cmsg_type == IPV6_RECVERR)) {
			memcpy(&e.ee, CMSG_DATA(c), sizeof(e.ee));
			memcpy(&e.offender, CMSG_DATA(c) + sizeof(e.ee),
			       c->cmsg_len - CMSG_LEN(sizeof(e.ee)));
		}
		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPING)
			memcpy(&e.stamp, CMSG_DATA(c), sizeof(e.stamp));
	}
	return e;
}

static void check_none(int fd)
{
	struct msghdr msg = {};

	CHECK_ERR(recvmsg(fd, &msg, MSG_ERRQUEUE | MSG_DONTWAIT), EAGAIN);
}

/* ---- nobody listens -------------------------------------------------------------- */

static struct sockaddr_storage closed_port(int family)
{
	struct sockaddr_storage a = { .ss_family = family };
	struct sockaddr_in *in = (void *)&a;
	struct sockaddr_in6 *in6 = (void *)&a;
	socklen_t len = sizeof(a);
	int fd = MUST(socket(family, SOCK_DGRAM, 0));

	if (family == AF_INET)
		in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		in6->sin6_addr = in6addr_loopback;
	MUST(bind(fd, (void *)&a, sizeof(a)));
	MUST(getsockname(fd, (void *)&a, &len));
	close(fd);
	return a;
}

static int refused(int family, struct sockaddr_storage *to)
{
	int fd = MUST(socket(family, SOCK_DGRAM, 0)), one = 1;
	struct pollfd pfd = { .fd = fd };

	*to = closed_port(family);
	if (family == AF_INET)
		MUST(setsockopt(fd, SOL_IP, IP_RECVERR, &one, sizeof(one)));
	else
		MUST(setsockopt(fd, SOL_IPV6, IPV6_RECVERR, &one, sizeof(one)));
	MUST(sendto(fd, "knock", 5, 0, (void *)to, sizeof(*to)));
	MUST(poll(&pfd, 1, 10000));
	return fd;
}

static void check_refused(int fd, int family, const struct sockaddr_storage *to)
{
	const struct sockaddr_in *in = (void *)to;
	const struct sockaddr_in6 *in6 = (void *)to;
	struct entry e;
	socklen_t len = sizeof(int);
	int err = 0;

	e = take(fd);
	CHECK_EQ(e.ee.ee_errno, ECONNREFUSED);
	CHECK_EQ(e.ee.ee_origin, family == AF_INET ? SO_EE_ORIGIN_ICMP : SO_EE_ORIGIN_ICMP6);
	CHECK_EQ(e.len, 5);
	CHECK(!memcmp(e.data, "knock", 5));
	CHECK_EQ(e.offender.ss_family, family);
	CHECK_EQ(e.name.ss_family, family);
	if (family == AF_INET) {
		struct sockaddr_in *from = (void *)&e.offender, *name = (void *)&e.name;

		CHECK_EQ(ntohl(from->sin_addr.s_addr), INADDR_LOOPBACK);
		CHECK_EQ(name->sin_addr.s_addr, in->sin_addr.s_addr);
		CHECK_EQ(name->sin_port, in->sin_port);
	} else {
		struct sockaddr_in6 *from = (void *)&e.offender, *name = (void *)&e.name;

		CHECK(IN6_IS_ADDR_LOOPBACK(&from->sin6_addr));
		CHECK(!memcmp(&name->sin6_addr, &in6->sin6_addr, 16));
		CHECK_EQ(name->sin6_port, in6->sin6_port);
	}
	check_none(fd);
	/* The error itself was told with the entry. */
	CHECK_EQ(getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len), 0);
	CHECK_EQ(err, 0);
	MUST(sendto(fd, "again", 5, 0, (void *)to, sizeof(*to)));
	CHECK_EQ(take(fd).ee.ee_errno, ECONNREFUSED);
}

/* ---- when what has gone out, by number -------------------------------------------- */

static void stamp(int fd, unsigned int more)
{
	unsigned int flags = STAMPS | more;

	MUST(setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)));
}

static void check_stamp(int fd, unsigned int id, ssize_t len)
{
	struct entry e = take(fd);

	CHECK_EQ(e.ee.ee_errno, ENOMSG);
	CHECK_EQ(e.ee.ee_origin, SO_EE_ORIGIN_TIMESTAMPING);
	CHECK_EQ(e.ee.ee_info, SCM_TSTAMP_SND);
	CHECK_EQ(e.ee.ee_data, id);
	CHECK(e.stamp.ts[0].tv_sec);
	if (len)
		CHECK(e.len >= len);
	else
		CHECK_EQ(e.len, 0);
}

/* To itself. */
static int stamped_udp(unsigned int more)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	socklen_t len = sizeof(in);

	MUST(bind(fd, (void *)&in, sizeof(in)));
	MUST(getsockname(fd, (void *)&in, &len));
	MUST(connect(fd, (void *)&in, sizeof(in)));
	stamp(fd, more);
	return fd;
}

/* ---- what the kernel has let go of --------------------------------------------------- */

static void check_zerocopy(int fd, unsigned int from, unsigned int to)
{
	struct entry e = take(fd);

	CHECK_EQ(e.ee.ee_errno, 0);
	CHECK_EQ(e.ee.ee_origin, SO_EE_ORIGIN_ZEROCOPY);
	CHECK_EQ(e.ee.ee_info, from);
	CHECK_EQ(e.ee.ee_data, to);
}

int main(void)
{
	struct sockaddr_storage to4, to6;
	int udp4, udp6, stamps, bare, zero, one = 1;
	struct pollfd pfd;
	struct tcp_pair pair;
	char buf[64];

	udp4 = refused(AF_INET, &to4);
	udp6 = refused(AF_INET6, &to6);
	stamps = stamped_udp(0);
	MUST(send(stamps, "one", 3, 0));
	MUST(send(stamps, "two and more", 12, 0));
	check_stamp(stamps, 0, 3);
	bare = stamped_udp(SOF_TIMESTAMPING_OPT_TSONLY);
	MUST(send(bare, "x", 1, 0));
	pair = tcp_pair(AF_INET, NULL);
	stamp(pair.client, SOF_TIMESTAMPING_OPT_TSONLY);
	MUST(send(pair.client, "0123456789", 10, 0));
	check_stamp(pair.client, 9, 0);
	zero = stamped_udp(0);
	MUST(setsockopt(zero, SOL_SOCKET, SO_TIMESTAMPING, &(int){ 0 }, sizeof(int)));
	MUST(setsockopt(zero, SOL_SOCKET, SO_ZEROCOPY, &one, sizeof(one)));
	MUST(send(zero, "let go", 6, MSG_ZEROCOPY));
	MUST(recv(zero, buf, sizeof(buf), 0));
	pfd = (struct pollfd){ .fd = zero };
	MUST(poll(&pfd, 1, 10000));

	hop();

	check_refused(udp4, AF_INET, &to4);
	check_refused(udp6, AF_INET6, &to6);
	check_stamp(stamps, 1, 12);
	check_none(stamps);
	MUST(send(stamps, "three", 5, 0));
	check_stamp(stamps, 2, 5);
	check_stamp(bare, 0, 0);
	MUST(send(bare, "x", 1, 0));
	check_stamp(bare, 1, 0);
	check_none(pair.client);
	MUST(send(pair.client, "01234", 5, 0));
	check_stamp(pair.client, 14, 0);
	CHECK_EQ(recv(pair.server, buf, 15, MSG_WAITALL), 15);
	check_zerocopy(zero, 0, 0);
	MUST(send(zero, "again", 5, MSG_ZEROCOPY));
	MUST(recv(zero, buf, sizeof(buf), 0));
	check_zerocopy(zero, 1, 1);
	return hop_status();
}
