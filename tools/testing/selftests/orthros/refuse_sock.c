// SPDX-License-Identifier: GPL-2.0
/* What hop_refuse.c tries to have: sockets. */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/netfilter.h>
#include <linux/net_tstamp.h>
#include <linux/netlink.h>
#include <net/ethernet.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>

#include "refuse.h"

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

/* With extension headers that go with it. */
static int hold_flow_label(void)
{
	struct {
		struct in6_flowlabel_req req;
		struct cmsghdr head;
		unsigned char options[8];
	} label = {
		.req = {
			.flr_label = htonl(0x12345), .flr_dst = IN6ADDR_LOOPBACK_INIT,
			.flr_action = IPV6_FL_A_GET, .flr_share = IPV6_FL_S_EXCL,
			.flr_flags = IPV6_FL_F_CREATE,
		},
		.head = { CMSG_LEN(8), SOL_IPV6, 54 /* IPV6_HOPOPTS */ },
		.options = { 0, 0, 1 /* padding */, 4 },
	};
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);

	if (fd < 0)
		return fd;
	return setsockopt(fd, SOL_IPV6, IPV6_FLOWLABEL_MGR, &label, sizeof(label));
}

static int hold_tcp_repair(void)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int server = socket(AF_INET, SOCK_STREAM, 0), fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;
	socklen_t len = sizeof(in);

	if (bind(server, (void *)&in, sizeof(in)) || listen(server, 1) ||
	    getsockname(server, (void *)&in, &len) || connect(fd, (void *)&in, sizeof(in)) ||
	    setsockopt(fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)))
		return -1;
	return fd;
}

static int hold_netlink(void)
{
	return socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
}

static int hold_packet_ring(void)
{
	struct tpacket_req req = { 2 * PAGE, 1, PAGE, 2 };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);
	void *at;

	if (setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)))
		return -1;
	at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	return at == MAP_FAILED ? -1 : munmap(at, PAGE);
}

static int hold_packet_fanout(void)
{
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_IP)), group = 4711 | 6 << 16 /* CBPF */;
	struct sock_filter insn = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog prog = { 1, &insn };

	if (setsockopt(fd, SOL_PACKET, PACKET_FANOUT, &group, sizeof(group)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_FANOUT_DATA, &prog, sizeof(prog)))
		return -1;
	return fd;
}

static int hold_sock_packet(void)
{
	return socket(AF_PACKET, SOCK_PACKET, htons(ETH_P_ALL));
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
	{ "timestamping", "SO_TIMESTAMPING", hold_timestamping, .only = "6.12" },
	{ "passpidfd", "SO_PASSPIDFD", hold_passpidfd, .only = "6.12" },
	{ "flow_label", "flow label with extension headers", hold_flow_label },
	{ "tcp_repair", "TCP_REPAIR of a connection", hold_tcp_repair },
	{ "netlink", "netlink|socket", hold_netlink },
	{ "packet_ring", "part of the ring of a packet socket", hold_packet_ring },
	{ "packet_fanout", "PACKET_FANOUT_DATA", hold_packet_fanout },
	{ "sock_packet", "SOCK_PACKET", hold_sock_packet },
	{ "passed", ": passed file: socket", hold_passed },
	{ "deep", ": passed file: socket", hold_deep },
	{ "watched", ": epoll item ", hold_watched },
	{ }
};
