// SPDX-License-Identifier: GPL-2.0
/*
 * Packet sockets: what they were bound to, their options, filters and memberships, and
 * what they had captured; they go on to capture, and only what they had asked for.
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <linux/rtnetlink.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "hop_test.h"

static int lo;

static int packet(int type, int protocol, int ifindex)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET, .sll_protocol = htons(protocol), .sll_ifindex = ifindex,
	};
	int fd = MUST(socket(AF_PACKET, type | SOCK_NONBLOCK, 0));

	if (ifindex || protocol)
		MUST(bind(fd, (void *)&ll, sizeof(ll)));
	return fd;
}

static void set(int fd, int name, int value)
{
	MUST(setsockopt(fd, SOL_PACKET, name, &value, sizeof(value)));
}

static int get(int fd, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	CHECK_EQ(getsockopt(fd, SOL_PACKET, name, &value, &len), 0);
	return value;
}

static void check_bound(int fd, int protocol, int ifindex)
{
	struct sockaddr_ll ll = {};
	socklen_t len = sizeof(ll);

	CHECK_EQ(getsockname(fd, (void *)&ll, &len), 0);
	CHECK_EQ(ll.sll_protocol, htons(protocol));
	CHECK_EQ(ll.sll_ifindex, ifindex);
}

/* UDP to a port of our own: @off is where the IP header is. */
static void only_port(int fd, int port, int off)
{
	struct sock_filter insns[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, off + 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 3),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, off + 22),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, port, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0x40000),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog prog = { ARRAY_SIZE(insns), insns };

	MUST(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));
}

/* To itself; it has come when this returns, so that what follows comes after it. */
static void send_udp(int from, int port, const char *text)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};

	char buf[16];

	MUST(sendto(from, text, strlen(text), 0, (void *)&in, sizeof(in)));
	MUST(recv(from, buf, sizeof(buf), 0));
}

/*
 * The next packet of @fd, with @head bytes before the IP header. What goes out over lo
 * comes in again: both are seen.
 */
static void check_packet(int fd, int head, const char *text, int pkttype, bool aux)
{
	unsigned char buf[512], control[256];
	struct iovec iov = { buf, sizeof(buf) };
	struct sockaddr_ll ll = {};
	struct msghdr msg = {
		.msg_name = &ll, .msg_namelen = sizeof(ll), .msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control),
	};
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	size_t len = head + 28 + strlen(text);
	struct tpacket_auxdata data;
	struct cmsghdr *c;
	bool found = false;
	ssize_t n;

	poll(&pfd, 1, 5000);
	n = recvmsg(fd, &msg, MSG_TRUNC);
	if (!CHECK_EQ(n, len))
		return;
	CHECK(!memcmp(buf + head + 28, text, strlen(text)));
	CHECK_EQ(ll.sll_family, AF_PACKET);
	CHECK_EQ(ll.sll_protocol, htons(ETH_P_IP));
	CHECK_EQ(ll.sll_ifindex, lo);
	CHECK_EQ(ll.sll_pkttype, pkttype);
	CHECK_EQ(ll.sll_hatype, 772 /* ARPHRD_LOOPBACK */);
	CHECK_EQ(ll.sll_halen, ETH_ALEN);
	for (c = CMSG_FIRSTHDR(&msg); c; c = CMSG_NXTHDR(&msg, c)) {
		if (c->cmsg_level != SOL_PACKET || c->cmsg_type != PACKET_AUXDATA)
			continue;
		memcpy(&data, CMSG_DATA(c), sizeof(data));
		CHECK_EQ(data.tp_len, len);
		CHECK_EQ(data.tp_snaplen, len);
		CHECK_EQ(data.tp_net, head);
		CHECK(!(data.tp_status & TP_STATUS_VLAN_VALID));
		found = true;
	}
	CHECK_EQ(found, aux);
}

static void check_empty(int fd)
{
	char c;

	CHECK_ERR(recv(fd, &c, 1, MSG_DONTWAIT), EAGAIN);
}

static bool promiscuous(const char *dev)
{
	char *text = slurpf("/sys/class/net/%s/flags", dev);
	bool is = strtol(text, NULL, 16) & IFF_PROMISC;

	free(text);
	return is;
}

/* ---- a device that goes -------------------------------------------------------- */

static void rtnetlink(void *request, size_t len)
{
	int fd = MUST(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));
	struct {
		struct nlmsghdr h;
		struct nlmsgerr err;
		char rest[256];
	} answer = {};

	MUST(send(fd, request, len, 0));
	MUST(recv(fd, &answer, sizeof(answer), 0));
	errno = -answer.err.error;
	MUST(answer.err.error ? -1 : 0);
	close(fd);
}

static int make_dummy(const char *name)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg i;
		char attrs[128];
	} r = {
		.h = { .nlmsg_len = NLMSG_LENGTH(sizeof(r.i)), .nlmsg_type = RTM_NEWLINK,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL },
		.i = { .ifi_flags = IFF_UP, .ifi_change = IFF_UP },
	};
	struct rtattr *a = (void *)r.attrs, *kind;

	a->rta_type = IFLA_IFNAME;
	a->rta_len = RTA_LENGTH(strlen(name) + 1);
	strcpy(RTA_DATA(a), name);
	r.h.nlmsg_len += RTA_ALIGN(a->rta_len);
	a = (void *)((char *)a + RTA_ALIGN(a->rta_len));
	kind = RTA_DATA(a);
	kind->rta_type = IFLA_INFO_KIND;
	kind->rta_len = RTA_LENGTH(5);
	memcpy(RTA_DATA(kind), "dummy", 5);
	a->rta_type = IFLA_LINKINFO;
	a->rta_len = RTA_LENGTH(RTA_ALIGN(kind->rta_len));
	r.h.nlmsg_len += RTA_ALIGN(a->rta_len);
	rtnetlink(&r, r.h.nlmsg_len);
	return MUST((int)if_nametoindex(name) ?: -1);
}

static void remove_device(int ifindex)
{
	struct {
		struct nlmsghdr h;
		struct ifinfomsg i;
	} r = {
		.h = { .nlmsg_len = sizeof(r), .nlmsg_type = RTM_DELLINK,
		       .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK },
		.i.ifi_index = ifindex,
	};

	rtnetlink(&r, sizeof(r));
}

static void check_reuse(int fd)
{
	struct sockaddr_ll ll = {
		.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = lo,
	};

	CHECK_EQ(bind(fd, (void *)&ll, sizeof(ll)), 0);
	check_bound(fd, ETH_P_IP, lo);
}

/* ---- who gets it, and what comes with it ---------------------------------------- */

#define FANOUT_CPU	2	/* PACKET_FANOUT_CPU */

static int udp_of(int *port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	socklen_t len = sizeof(in);

	MUST(bind(fd, (void *)&in, sizeof(in)));
	MUST(getsockname(fd, (void *)&in, &len));
	*port = ntohs(in.sin_port);
	return fd;
}

/* On the first CPU: the group's first member gets it. */
static void check_fanout(int from, int port, int first, int second)
{
	char buf[256];
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(0, &cpus);
	MUST(sched_setaffinity(0, sizeof(cpus), &cpus));
	send_udp(from, port, "for one");
	CHECK_EQ(recv(first, buf, sizeof(buf), 0), 14 + 28 + 7);
	check_empty(first);
	check_empty(second);
}

struct vnet {
	unsigned char flags, gso_type;
	unsigned short hdr_len, gso_size, csum_start, csum_offset;
};

/* A datagram, and one that stands for three. */
static void send_vnet(int from, int port)
{
	int size = 100;
	char buf[256];

	send_udp(from, port, "small");
	memset(buf, 'x', sizeof(buf));
	MUST(setsockopt(from, IPPROTO_UDP, 103 /* UDP_SEGMENT */, &size, sizeof(size)));
	{
		struct sockaddr_in in = {
			.sin_family = AF_INET, .sin_port = htons(port),
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		};
		MUST(sendto(from, buf, 250, 0, (void *)&in, sizeof(in)));
	}
	size = 0;
	MUST(setsockopt(from, IPPROTO_UDP, 103, &size, sizeof(size)));
	for (size = 0; size < 250; size += 100)
		MUST(recv(from, buf, sizeof(buf), 0));
}

static struct vnet recv_vnet(int fd, int len)
{
	char buf[512];
	struct vnet v = {};

	CHECK_EQ(recv(fd, buf, sizeof(buf), 0), (int)sizeof(v) + 14 + 28 + len);
	memcpy(&v, buf, sizeof(v));
	/* A hint, of how it lies in memory. */
	v.hdr_len = 0;
	return v;
}

/* Kernels before 6.2 have no word for it. */
static void check_large(int fd)
{
	struct vnet v = {};
	char buf[512];
	ssize_t n = recv(fd, buf, sizeof(buf), 0);
	int err = errno;
	struct utsname uts;

	uname(&uts);
	if (n < 0 && !strncmp(uts.release, "6.1.", 4)) {
		CHECK_EQ(err, EINVAL);
		return;
	}
	CHECK_EQ(n, sizeof(v) + 14 + 28 + 250);
	memcpy(&v, buf, sizeof(v));
	CHECK_EQ(v.flags, 1 /* VIRTIO_NET_HDR_F_NEEDS_CSUM */);
	CHECK_EQ(v.gso_type, 5 /* VIRTIO_NET_HDR_GSO_UDP_L4 */);
	CHECK_EQ(v.gso_size, 100);
	CHECK_EQ(v.csum_start, 14 + 20);
	CHECK_EQ(v.csum_offset, 6);
}

int main(void)
{
	struct packet_mreq promisc = { .mr_type = PACKET_MR_PROMISC };
	struct tpacket_stats stats = {};
	int raw, dgram, unbound, idle, gone, udp, port, dummy, err;
	struct sockaddr_in in = { .sin_family = AF_INET };
	struct sockaddr_ll ll = { .sll_family = AF_PACKET };
	char name[IFNAMSIZ], frame[60] = "";
	socklen_t len = sizeof(in);
	bool was_promiscuous;
	int fan[2], fan_udp, fan_port, vnet, vnet_udp, vnet_port;
	int group = (getpid() & 0xffff) | FANOUT_CPU << 16;
	struct vnet small, now;

	lo = MUST((int)if_nametoindex("lo"));
	udp = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	MUST(bind(udp, (void *)&in, sizeof(in)));
	MUST(getsockname(udp, (void *)&in, &len));
	port = ntohs(in.sin_port);
	was_promiscuous = promiscuous("lo");

	raw = packet(SOCK_RAW, 0, 0);
	only_port(raw, port, 14);
	ll.sll_protocol = htons(ETH_P_ALL);
	ll.sll_ifindex = lo;
	MUST(bind(raw, (void *)&ll, sizeof(ll)));
	set(raw, PACKET_AUXDATA, 1);
	set(raw, PACKET_ORIGDEV, 1);
	set(raw, PACKET_VERSION, TPACKET_V2);
	set(raw, PACKET_RESERVE, 32);
	set(raw, PACKET_QDISC_BYPASS, 1);
	set(raw, PACKET_TIMESTAMP, 1);
	promisc.mr_ifindex = lo;
	MUST(setsockopt(raw, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promisc, sizeof(promisc)));
	MUST(setsockopt(raw, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promisc, sizeof(promisc)));
	CHECK(promiscuous("lo"));

	dgram = packet(SOCK_DGRAM, 0, 0);
	only_port(dgram, port, 0);
	ll.sll_protocol = htons(ETH_P_IP);
	MUST(bind(dgram, (void *)&ll, sizeof(ll)));
	set(dgram, PACKET_IGNORE_OUTGOING, 1);

	unbound = packet(SOCK_RAW, 0, 0);
	idle = packet(SOCK_RAW, 0, lo);
	snprintf(name, sizeof(name), "dy%d", getpid());
	dummy = make_dummy(name);
	gone = packet(SOCK_RAW, ETH_P_ALL, dummy);
	remove_device(dummy);
	check_bound(gone, ETH_P_ALL, -1);

	fan_udp = udp_of(&fan_port);
	fan[0] = packet(SOCK_RAW, 0, 0);
	fan[1] = packet(SOCK_RAW, 0, 0);
	ll.sll_protocol = htons(ETH_P_IP);
	for (err = 1; err >= 0; err--) {
		/* The later one is the first. */
		only_port(fan[err], fan_port, 14);
		MUST(bind(fan[err], (void *)&ll, sizeof(ll)));
		MUST(setsockopt(fan[err], SOL_PACKET, PACKET_FANOUT, &group, sizeof(group)));
	}
	check_fanout(fan_udp, fan_port, fan[1], fan[0]);
	vnet_udp = udp_of(&vnet_port);
	vnet = packet(SOCK_RAW, 0, 0);
	only_port(vnet, vnet_port, 14);
	set(vnet, PACKET_VNET_HDR, 1);
	MUST(bind(vnet, (void *)&ll, sizeof(ll)));
	send_vnet(vnet_udp, vnet_port);
	small = recv_vnet(vnet, 5);
	CHECK(!small.gso_type);
	check_large(vnet);
	send_vnet(vnet_udp, vnet_port);

	send_udp(udp, port, "first");
	send_udp(udp, port, "second one");

	hop();

	check_fanout(fan_udp, fan_port, fan[1], fan[0]);
	CHECK_EQ(get(fan[0], PACKET_FANOUT), group);
	CHECK_EQ(get(fan[1], PACKET_FANOUT), group);
	CHECK_EQ(get(vnet, PACKET_VNET_HDR), 1);
	now = recv_vnet(vnet, 5);
	CHECK(!memcmp(&now, &small, sizeof(now)));
	check_large(vnet);
	send_vnet(vnet_udp, vnet_port);
	now = recv_vnet(vnet, 5);
	CHECK(!memcmp(&now, &small, sizeof(now)));
	check_large(vnet);

	check_bound(raw, ETH_P_ALL, lo);
	check_bound(dgram, ETH_P_IP, lo);
	check_bound(unbound, 0, 0);
	check_bound(idle, 0, lo);
	check_bound(gone, ETH_P_ALL, -1);
	CHECK_EQ(get(raw, PACKET_AUXDATA), 1);
	CHECK_EQ(get(raw, PACKET_ORIGDEV), 1);
	CHECK_EQ(get(raw, PACKET_VERSION), TPACKET_V2);
	CHECK_EQ(get(raw, PACKET_RESERVE), 32);
	CHECK_EQ(get(raw, PACKET_QDISC_BYPASS), 1);
	CHECK_EQ(get(raw, PACKET_TIMESTAMP), 1);
	CHECK_EQ(get(dgram, PACKET_AUXDATA), 0);
	CHECK_EQ(get(dgram, PACKET_IGNORE_OUTGOING), 1);

	check_packet(raw, 14, "first", PACKET_OUTGOING, true);
	check_packet(raw, 14, "first", PACKET_HOST, true);
	check_packet(raw, 14, "second one", PACKET_OUTGOING, true);
	send_udp(udp, port, "third");
	check_packet(raw, 14, "second one", PACKET_HOST, true);
	check_packet(raw, 14, "third", PACKET_OUTGOING, true);
	check_packet(raw, 14, "third", PACKET_HOST, true);
	check_empty(raw);
	check_packet(dgram, 0, "first", PACKET_HOST, false);
	check_packet(dgram, 0, "second one", PACKET_HOST, false);
	check_packet(dgram, 0, "third", PACKET_HOST, false);
	check_empty(dgram);
	check_empty(unbound);
	check_empty(idle);

	len = sizeof(stats);
	CHECK_EQ(getsockopt(dgram, SOL_PACKET, PACKET_STATISTICS, &stats, &len), 0);
	CHECK_EQ(stats.tp_packets, 3);
	CHECK_EQ(stats.tp_drops, 0);
	len = sizeof(err);
	CHECK_EQ(getsockopt(gone, SOL_SOCKET, SO_ERROR, &err, &len), 0);
	CHECK_EQ(err, ENETDOWN);
	check_reuse(gone);

	CHECK(promiscuous("lo"));
	CHECK_EQ(setsockopt(raw, SOL_PACKET, PACKET_DROP_MEMBERSHIP, &promisc, sizeof(promisc)), 0);
	CHECK(promiscuous("lo"));
	CHECK_EQ(setsockopt(raw, SOL_PACKET, PACKET_DROP_MEMBERSHIP, &promisc, sizeof(promisc)), 0);
	CHECK_EQ(promiscuous("lo"), was_promiscuous);

	/* A frame of nobody's protocol. */
	frame[12] = 0x88;
	frame[13] = 0xb5;
	ll.sll_protocol = 0;
	CHECK_EQ(sendto(raw, frame, sizeof(frame), 0, (void *)&ll, sizeof(ll)), sizeof(frame));
	return hop_status();
}
