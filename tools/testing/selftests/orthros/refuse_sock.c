// SPDX-License-Identifier: GPL-2.0
/* What hop_refuse.c tries to have: sockets. */
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/net_tstamp.h>
#include <linux/netlink.h>
#include <net/ethernet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include "refuse.h"

static int hold_fastopen_key(void)
{
	static const char key[16] = "orthros";
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (setsockopt(fd, IPPROTO_TCP, 33 /* TCP_FASTOPEN_KEY */, key, sizeof(key)))
		return -1;
	return fd;
}

static int hold_timestamping(void)
{
	unsigned int flags = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_OPT_ID;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPING, &flags, sizeof(flags)))
		return -1;
	return fd;
}

static int hold_passpidfd(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0), on = 1;

	if (setsockopt(fd, SOL_SOCKET, 76 /* SO_PASSPIDFD */, &on, sizeof(on)))
		return -1;
	return fd;
}

static int hold_flow_label(void)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	struct in6_flowlabel_req req = {
		.flr_label = htonl(0x12345), .flr_dst = IN6ADDR_LOOPBACK_INIT,
		.flr_action = IPV6_FL_A_GET, .flr_share = IPV6_FL_S_EXCL,
		.flr_flags = IPV6_FL_F_CREATE,
	};

	if (fd < 0)
		return fd;
	return setsockopt(fd, SOL_IPV6, IPV6_FLOWLABEL_MGR, &req, sizeof(req));
}

static int hold_ping(void)
{
	int fd = open("/proc/sys/net/ipv4/ping_group_range", O_WRONLY);

	if (fd < 0 || write(fd, "0 0", 3) != 3)
		return OP_SKIP;
	close(fd);
	return socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP);
}

static int hold_tcp_repair(void)
{
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	if (setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)))
		return errno == EPERM ? -1 : OP_SKIP;
	return fd;
}

static int hold_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
}

static int hold_packet(void)
{
	return socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));
}

static int hold_raw(void)
{
	return socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
}

/* Sends @fd over a new pair of sockets and closes it; an end of the pair. */
static int pass(int fd)
{
	char control[CMSG_SPACE(sizeof(int))] = "";
	struct iovec iov = { "x", 1 };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct cmsghdr *cmsg = CMSG_FIRSTHDR(&msg);
	int pair[2];

	if (fd < 0 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return -1;
	cmsg->cmsg_level = SOL_SOCKET;
	cmsg->cmsg_type = SCM_RIGHTS;
	cmsg->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(cmsg), &fd, sizeof(int));
	if (sendmsg(pair[0], &msg, 0) != 1 || close(fd) || close(pair[0]))
		return -1;
	return pair[1];
}

static int hold_raw_passed(void)
{
	return pass(hold_raw());
}

/* A socket within a socket within a socket ... */
static int hold_raw_deep(void)
{
	int fd = hold_raw(), i;

	for (i = 0; i < 30; i++)
		fd = pass(fd);
	return fd;
}

static int hold_raw_watched(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int ep = epoll_create1(0), fd = hold_raw();

	return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

const struct refuse_kind refuse_sock[] = {
	{ "fastopen_key", "TCP_FASTOPEN_KEY", hold_fastopen_key },
	{ "timestamping", "SO_TIMESTAMPING", hold_timestamping },
	{ "passpidfd", "SO_PASSPIDFD", hold_passpidfd, .only = "6.12" },
	{ "flow_label", "flow label", hold_flow_label },
	{ "ping", "ping|raw", hold_ping },
	{ "tcp_repair", "TCP_REPAIR", hold_tcp_repair },
	{ "netlink", "netlink|socket", hold_netlink },
	{ "packet", "packet|socket", hold_packet },
	{ "raw", "raw|socket", hold_raw },
	{ "raw_passed", ": passed file: raw|: passed file: socket", hold_raw_passed },
	{ "raw_deep", ": passed file: raw|: passed file: socket", hold_raw_deep },
	{ "raw_watched", ": epoll item ", hold_raw_watched },
	{ }
};
