// SPDX-License-Identifier: GPL-2.0
/* What hop_refuse.c tries to have: sockets. */
#include <arpa/inet.h>
#include <linux/if_packet.h>
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
	unsigned int flags = SOF_TIMESTAMPING_OPT_ID | 1 << 16 /* OPT_ID_TCP, since 6.2 */;
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

static int hold_packet_ring(void)
{
	struct tpacket_req req = { 4096, 1, 4096, 1 };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)))
		return -1;
	return fd;
}

static int hold_packet_fanout(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP)), group = 4711;

	if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &group, sizeof(group)))
		return -1;
	return fd;
}

static int hold_packet_vnet(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW, 0), on = 1;

	if (setsockopt(fd, SOL_PACKET, PACKET_VNET_HDR, &on, sizeof(on)))
		return -1;
	return fd;
}

static int hold_sock_packet(void)
{
	return socket(AF_PACKET, SOCK_PACKET, htons(ETH_P_ALL));
}

static int hold_router_alert(void)
{
	int fd = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP), on = 1;

	if (setsockopt(fd, IPPROTO_IP, IP_ROUTER_ALERT, &on, sizeof(on)))
		return -1;
	return fd;
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

static int hold_passed(void)
{
	return pass(hold_sock_packet());
}

/* A socket within a socket within a socket ... */
static int hold_deep(void)
{
	int fd = hold_sock_packet(), i;

	for (i = 0; i < 30; i++)
		fd = pass(fd);
	return fd;
}

static int hold_watched(void)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int ep = epoll_create1(0), fd = hold_sock_packet();

	return epoll_ctl(ep, EPOLL_CTL_ADD, fd, &ev);
}

const struct refuse_kind refuse_sock[] = {
	{ "fastopen_key", "TCP_FASTOPEN_KEY", hold_fastopen_key },
	{ "timestamping", "SO_TIMESTAMPING", hold_timestamping, .only = "6.12" },
	{ "passpidfd", "SO_PASSPIDFD", hold_passpidfd, .only = "6.12" },
	{ "flow_label", "flow label", hold_flow_label },
	{ "tcp_repair", "TCP_REPAIR", hold_tcp_repair },
	{ "netlink", "netlink|socket", hold_netlink },
	{ "packet_ring", "packet socket with a ring", hold_packet_ring },
	{ "packet_fanout", "packet socket in a fanout group", hold_packet_fanout },
	{ "packet_vnet", "PACKET_VNET_HDR", hold_packet_vnet },
	{ "sock_packet", "SOCK_PACKET", hold_sock_packet },
	{ "router_alert", "IP_ROUTER_ALERT", hold_router_alert },
	{ "passed", ": passed file: socket", hold_passed },
	{ "deep", ": passed file: socket", hold_deep },
	{ "watched", ": epoll item ", hold_watched },
	{ }
};
