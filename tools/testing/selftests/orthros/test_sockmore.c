// SPDX-License-Identifier: GPL-2.0
/*
 * What sockets have beside options of a number: keys of TCP fast open, TCP_REPAIR before
 * there is a connection, flow labels of IPv6, router alerts.
 */
#include <linux/in6.h>
#include <netinet/ip.h>

#include "tcp_test.h"

#define FASTOPEN_KEY	33	/* TCP_FASTOPEN_KEY */

#ifndef IPV6_FLOWINFO_SEND
#define IPV6_FLOWINFO_SEND	33
#endif

static void set(int fd, int level, int name, int value)
{
	MUST(setsockopt(fd, level, name, &value, sizeof(value)));
}

static int get(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	CHECK_EQ(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

/* ---- TCP ----------------------------------------------------------------------------- */

static int listener(void)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = MUST(socket(AF_INET, SOCK_STREAM, 0));

	MUST(bind(fd, (void *)&in, sizeof(in)));
	MUST(listen(fd, 3));
	return fd;
}

static void check_keys(int fd, const char *keys, size_t size)
{
	char now[64];
	socklen_t len = sizeof(now);

	CHECK_EQ(getsockopt(fd, SOL_TCP, FASTOPEN_KEY, now, &len), 0);
	CHECK_EQ(len, size);
	CHECK(!memcmp(now, keys, size));
}

/* ---- flow labels ----------------------------------------------------------------------- */

#define LABEL(n)	htonl((n) + getpid() % 1000)

static int manage(int fd, uint32_t label, int action, int share, int flags)
{
	struct in6_flowlabel_req req = {
		.flr_label = label, .flr_dst = IN6ADDR_LOOPBACK_INIT, .flr_action = action,
		.flr_share = share, .flr_flags = flags, .flr_expires = 100, .flr_linger = 20,
	};

	return setsockopt(fd, SOL_IPV6, IPV6_FLOWLABEL_MGR, &req, sizeof(req));
}

static int connect_label(int fd, uint32_t label)
{
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6, .sin6_port = htons(9), .sin6_flowinfo = label,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT,
	};

	return connect(fd, (void *)&in6, sizeof(in6));
}

static struct in6_flowlabel_req label_of(int fd)
{
	struct in6_flowlabel_req req = { .flr_action = IPV6_FL_A_GET };
	socklen_t len = sizeof(req);

	CHECK_EQ(getsockopt(fd, SOL_IPV6, IPV6_FLOWLABEL_MGR, &req, &len), 0);
	return req;
}

int main(void)
{
	static const char keys[32] = "of this one, and of another one";
	struct in6_flowlabel_req req;
	int fast, fast2, plain, repair, excl, any, any2, own, other, mirror, alert, alert6;
	int consistency;

	fast = listener();
	set(fast, SOL_TCP, TCP_FASTOPEN, 5);
	MUST(setsockopt(fast, SOL_TCP, FASTOPEN_KEY, keys, 16));
	fast2 = MUST(socket(AF_INET6, SOCK_STREAM, 0));
	MUST(setsockopt(fast2, SOL_TCP, FASTOPEN_KEY, keys, 32));
	plain = listener();

	repair = MUST(socket(AF_INET, SOCK_STREAM, 0));
	set(repair, SOL_TCP, TCP_REPAIR, 1);
	set(repair, SOL_TCP, TCP_REPAIR_QUEUE, TCP_RECV_QUEUE);
	set(repair, SOL_TCP, TCP_QUEUE_SEQ, 0x1234567);
	set(repair, SOL_TCP, TCP_REPAIR_QUEUE, TCP_SEND_QUEUE);
	set(repair, SOL_TCP, TCP_QUEUE_SEQ, 0x7654321);

	excl = MUST(socket(AF_INET6, SOCK_DGRAM, 0));
	MUST(manage(excl, LABEL(0x10000), IPV6_FL_A_GET, IPV6_FL_S_EXCL, IPV6_FL_F_CREATE));
	MUST(manage(excl, LABEL(0x20000), IPV6_FL_A_GET, IPV6_FL_S_EXCL, IPV6_FL_F_CREATE));
	set(excl, SOL_IPV6, IPV6_FLOWINFO_SEND, 1);
	MUST(connect_label(excl, LABEL(0x10000)));
	any = MUST(socket(AF_INET6, SOCK_DGRAM, 0));
	any2 = MUST(socket(AF_INET6, SOCK_DGRAM, 0));
	MUST(manage(any, LABEL(0x30000), IPV6_FL_A_GET, IPV6_FL_S_ANY, IPV6_FL_F_CREATE));
	MUST(manage(any2, LABEL(0x30000), IPV6_FL_A_GET, IPV6_FL_S_ANY, 0));
	own = MUST(socket(AF_INET6, SOCK_DGRAM, 0));
	MUST(manage(own, LABEL(0x40000), IPV6_FL_A_GET, IPV6_FL_S_PROCESS, IPV6_FL_F_CREATE));
	consistency = MUST(open("/proc/sys/net/ipv6/flowlabel_consistency", O_WRONLY));
	MUST(write(consistency, "0", 1));
	mirror = MUST(socket(AF_INET6, SOCK_STREAM, 0));
	MUST(manage(mirror, 0, IPV6_FL_A_GET, 0, IPV6_FL_F_REFLECT));

	alert = MUST(socket(AF_INET, SOCK_RAW, 253));
	set(alert, SOL_IP, IP_ROUTER_ALERT, 1);
	alert6 = MUST(socket(AF_INET6, SOCK_RAW, IPPROTO_RAW));
	set(alert6, SOL_IPV6, IPV6_ROUTER_ALERT, 7);

	hop();

	check_keys(fast, keys, 16);
	CHECK_EQ(get(fast, SOL_TCP, TCP_FASTOPEN), 5);
	check_keys(fast2, keys, 32);
	check_keys(plain, keys, 0);

	CHECK_EQ(get(repair, SOL_TCP, TCP_REPAIR), 1);
	CHECK_EQ(get(repair, SOL_TCP, TCP_REPAIR_QUEUE), TCP_SEND_QUEUE);
	CHECK_EQ(get(repair, SOL_TCP, TCP_QUEUE_SEQ), 0x7654321);
	set(repair, SOL_TCP, TCP_REPAIR_QUEUE, TCP_RECV_QUEUE);
	CHECK_EQ(get(repair, SOL_TCP, TCP_QUEUE_SEQ), 0x1234567);
	set(repair, SOL_TCP, TCP_REPAIR, 0);

	req = label_of(excl);
	CHECK_EQ(req.flr_label, LABEL(0x10000));
	CHECK_EQ(req.flr_share, IPV6_FL_S_EXCL);
	CHECK_EQ(req.flr_linger, 20);
	CHECK(req.flr_expires > 0 && req.flr_expires <= 100);
	other = MUST(socket(AF_INET6, SOCK_DGRAM, 0));
	CHECK_ERR(manage(other, LABEL(0x10000), IPV6_FL_A_GET, IPV6_FL_S_EXCL, IPV6_FL_F_CREATE),
		  EPERM);
	CHECK_ERR(manage(other, LABEL(0x20000), IPV6_FL_A_GET, IPV6_FL_S_ANY, 0), EPERM);
	MUST(connect_label(excl, LABEL(0x20000)));
	CHECK_EQ(label_of(excl).flr_label, LABEL(0x20000));
	CHECK_ERR(connect_label(excl, LABEL(0x30000)), EINVAL);
	CHECK_EQ(manage(other, LABEL(0x30000), IPV6_FL_A_GET, IPV6_FL_S_ANY, 0), 0);
	CHECK_EQ(manage(any, LABEL(0x30000), IPV6_FL_A_PUT, 0, 0), 0);
	CHECK_ERR(manage(any, LABEL(0x30000), IPV6_FL_A_PUT, 0, 0), ESRCH);
	CHECK_EQ(manage(any2, LABEL(0x30000), IPV6_FL_A_PUT, 0, 0), 0);
	CHECK_EQ(manage(other, LABEL(0x40000), IPV6_FL_A_GET, IPV6_FL_S_PROCESS, 0), 0);
	CHECK_EQ(label_of(mirror).flr_label, 0);

	CHECK_ERR(setsockopt(alert, SOL_IP, IP_ROUTER_ALERT, &(int){ 1 }, sizeof(int)),
		  EADDRINUSE);
	CHECK_ERR(setsockopt(alert6, SOL_IPV6, IPV6_ROUTER_ALERT, &(int){ 7 }, sizeof(int)),
		  EADDRINUSE);
	set(alert, SOL_IP, IP_ROUTER_ALERT, 0);
	set(alert, SOL_IP, IP_ROUTER_ALERT, 1);
	return hop_status();
}
