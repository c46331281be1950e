// SPDX-License-Identifier: GPL-2.0
/*
 * Sockets that could not be made any more as they are: what they were bound to,
 * connected with or given has gone since. They work as before when it is back.
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "hop_test.h"

#ifndef SO_BINDTOIFINDEX
#define SO_BINDTOIFINDEX 62
#endif
#define ADDR4	"10.97.13.7"
#define ADDR6	"2001:db8:97::7"
#define NEVER4	"203.0.113.97"
#define NEVER6	"2001:db8:98::8"
#define NO_DEV	4711

union addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

/* As in <linux/ipv6.h>, which does not go with <netinet/in.h>. */
struct ifreq6 {
	struct in6_addr addr;
	uint32_t len;
	int index;
};

static socklen_t size_of(int family)
{
	return family == AF_INET ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
}

static union addr make_addr(int family, const char *text, int port)
{
	union addr a = { };

	a.sa.sa_family = family;
	if (family == AF_INET) {
		MUST(inet_pton(family, text, &a.in.sin_addr) == 1 ? 0 : -1);
		a.in.sin_port = htons(port);
	} else {
		MUST(inet_pton(family, text, &a.in6.sin6_addr) == 1 ? 0 : -1);
		a.in6.sin6_port = htons(port);
	}
	return a;
}

static union addr name_of(int fd, bool peer)
{
	union addr a = { };
	socklen_t len = sizeof(a);

	MUST(peer ? getpeername(fd, &a.sa, &len) : getsockname(fd, &a.sa, &len));
	return a;
}

static void set_int(int fd, int level, int name, int value)
{
	MUST(setsockopt(fd, level, name, &value, sizeof(value)));
}

static int get_int(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int value = -1;

	CHECK_EQ(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

/* An alias of the loopback device; to take it down removes its address. */
static void set_addr4(bool on)
{
	union addr a = make_addr(AF_INET, ADDR4, 0);
	int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	struct ifreq ifr = { .ifr_name = "lo:97" };

	if (on) {
		memcpy(&ifr.ifr_addr, &a.in, sizeof(a.in));
		MUST(ioctl(fd, SIOCSIFADDR, &ifr));
	} else {
		ifr.ifr_flags = 0;
		MUST(ioctl(fd, SIOCSIFFLAGS, &ifr));
	}
	close(fd);
}

static void set_addr6(bool on)
{
	struct ifreq6 ifr = { .len = 128, .index = if_nametoindex("lo") };
	int fd = MUST(socket(AF_INET6, SOCK_DGRAM, 0));

	MUST(inet_pton(AF_INET6, ADDR6, &ifr.addr) == 1 ? 0 : -1);
	MUST(ioctl(fd, on ? SIOCSIFADDR : SIOCDIFADDR, &ifr));
	close(fd);
}

/* A new address of IPv6 is to be had a little later. */
static void bind_soon(int fd, const union addr *a, socklen_t len)
{
	int tries = 1000;

	while (bind(fd, &a->sa, len) && tries--)
		MUST(errno == EADDRNOTAVAIL ? usleep(10000) : -1);
	MUST(tries);
}

static int bound(int family, int type, const char *text)
{
	union addr a = make_addr(family, text, 0);
	int fd = MUST(socket(family, type, 0));

	bind_soon(fd, &a, size_of(family));
	return fd;
}

static int free_bound(int family, int type, const char *text)
{
	union addr a = make_addr(family, text, 0);
	int fd = MUST(socket(family, type, 0));

	set_int(fd, SOL_IP, IP_FREEBIND, 1);
	MUST(bind(fd, &a.sa, size_of(family)));
	return fd;
}

struct set {
	int family;
	int udp, udp_peer;		/* the peer is connected to the other */
	int listener, tcp, accepted;
	int free_udp, free_tcp;
	int forced;			/* IP_FREEBIND is off again */
	union addr udp_name, peer_name, tcp_name, free_name, tcp_free_name, forced_name;
};

static void prepare(struct set *s, int family)
{
	const char *text = family == AF_INET ? ADDR4 : ADDR6;
	const char *never = family == AF_INET ? NEVER4 : NEVER6;

	s->family = family;
	s->udp = bound(family, SOCK_DGRAM, text);
	s->udp_name = name_of(s->udp, false);
	s->udp_peer = bound(family, SOCK_DGRAM, text);
	MUST(connect(s->udp_peer, &s->udp_name.sa, size_of(family)));
	s->peer_name = name_of(s->udp_peer, false);

	s->listener = bound(family, SOCK_STREAM, text);
	MUST(listen(s->listener, 5));
	s->tcp_name = name_of(s->listener, false);
	s->tcp = MUST(socket(family, SOCK_STREAM, 0));
	MUST(connect(s->tcp, &s->tcp_name.sa, size_of(family)));
	s->accepted = MUST(accept(s->listener, NULL, NULL));

	s->free_udp = free_bound(family, SOCK_DGRAM, never);
	s->free_name = name_of(s->free_udp, false);
	s->free_tcp = free_bound(family, SOCK_STREAM, never);
	MUST(listen(s->free_tcp, 5));
	s->tcp_free_name = name_of(s->free_tcp, false);
	s->forced = free_bound(family, SOCK_DGRAM, never);
	s->forced_name = name_of(s->forced, false);
	set_int(s->forced, SOL_IP, IP_FREEBIND, 0);
}

static void same_name(int fd, bool peer, const union addr *want, int family)
{
	union addr now = name_of(fd, peer);

	CHECK(!memcmp(&now, want, size_of(family)));
}

static bool readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return poll(&p, 1, 10000) == 1;
}

static void verify(struct set *s)
{
	char buf[16];

	same_name(s->udp, false, &s->udp_name, s->family);
	same_name(s->udp_peer, false, &s->peer_name, s->family);
	same_name(s->udp_peer, true, &s->udp_name, s->family);
	same_name(s->listener, false, &s->tcp_name, s->family);
	same_name(s->tcp, true, &s->tcp_name, s->family);
	same_name(s->accepted, false, &s->tcp_name, s->family);
	same_name(s->free_udp, false, &s->free_name, s->family);
	same_name(s->free_tcp, false, &s->tcp_free_name, s->family);
	same_name(s->forced, false, &s->forced_name, s->family);
	CHECK_EQ(get_int(s->udp, SOL_IP, IP_FREEBIND), 0);
	CHECK_EQ(get_int(s->listener, SOL_IP, IP_FREEBIND), 0);
	CHECK_EQ(get_int(s->tcp, SOL_IP, IP_FREEBIND), 0);
	CHECK_EQ(get_int(s->forced, SOL_IP, IP_FREEBIND), 0);
	CHECK_EQ(get_int(s->free_udp, SOL_IP, IP_FREEBIND), 1);
	CHECK_EQ(get_int(s->free_tcp, SOL_IP, IP_FREEBIND), 1);

	CHECK_EQ(send(s->udp_peer, "data", 4, 0), 4);
	if (CHECK(readable(s->udp)))
		CHECK_EQ(recv(s->udp, buf, sizeof(buf), 0), 4);
	CHECK_EQ(send(s->tcp, "data", 4, 0), 4);
	if (CHECK(readable(s->accepted)))
		CHECK_EQ(recv(s->accepted, buf, sizeof(buf), 0), 4);
	CHECK_EQ(send(s->accepted, "back!", 5, 0), 5);
	if (CHECK(readable(s->tcp)))
		CHECK_EQ(recv(s->tcp, buf, sizeof(buf), 0), 5);
}

/* A device of nobody's, made and unmade. */
static void set_device(bool on)
{
	struct {
		struct nlmsghdr nlh;
		struct ifinfomsg ifi;
		struct rtattr name;
		char text[8];
		struct rtattr info;
		struct rtattr kind;
		char type[4];
	} req = {
		.nlh = { .nlmsg_len = sizeof(req), .nlmsg_type = on ? RTM_NEWLINK : RTM_DELLINK,
			 .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | (on ? NLM_F_CREATE : 0) },
		.ifi = { .ifi_flags = on ? IFF_UP : 0, .ifi_change = on ? IFF_UP : 0 },
		.name = { .rta_len = RTA_LENGTH(7), .rta_type = IFLA_IFNAME },
		.text = "ogone0",
		.info = { .rta_len = RTA_LENGTH(RTA_SPACE(4)), .rta_type = IFLA_LINKINFO },
		.kind = { .rta_len = RTA_LENGTH(4), .rta_type = IFLA_INFO_KIND },
		.type = { 'v', 'e', 't', 'h' },
	};
	struct {
		struct nlmsghdr nlh;
		struct nlmsgerr err;
		char rest[512];
	} answer;
	int fd = MUST(socket(AF_NETLINK, SOCK_RAW, NETLINK_ROUTE));

	MUST(send(fd, &req, sizeof(req), 0));
	MUST(recv(fd, &answer, sizeof(answer), 0));
	errno = -answer.err.error;
	MUST(answer.err.error ? -1 : 0);
	close(fd);
}

/* In a group of a device that went, and in more than a small optmem_max allows. */
static int mc4, mc6;

static void prepare_groups(void)
{
	struct ip_mreqn mreq = { };
	struct ipv6_mreq mreq6 = { };
	int i;

	set_device(true);
	mc4 = bound(AF_INET, SOCK_DGRAM, "127.0.0.1");
	mc6 = bound(AF_INET6, SOCK_DGRAM, "::1");
	mreq.imr_ifindex = if_nametoindex("ogone0");
	MUST(mreq.imr_ifindex ? 0 : -1);
	inet_pton(AF_INET, "239.97.1.1", &mreq.imr_multiaddr);
	MUST(setsockopt(mc4, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)));
	mreq6.ipv6mr_interface = mreq.imr_ifindex;
	inet_pton(AF_INET6, "ff02::9701", &mreq6.ipv6mr_multiaddr);
	MUST(setsockopt(mc6, SOL_IPV6, IPV6_ADD_MEMBERSHIP, &mreq6, sizeof(mreq6)));
	mreq6.ipv6mr_interface = if_nametoindex("lo");
	for (i = 0; i < 500; i++) {
		mreq6.ipv6mr_multiaddr.s6_addr[13] = i >> 8;
		mreq6.ipv6mr_multiaddr.s6_addr[12] = 1;
		mreq6.ipv6mr_multiaddr.s6_addr[15] = i;
		if (setsockopt(mc6, SOL_IPV6, IPV6_ADD_MEMBERSHIP, &mreq6, sizeof(mreq6)))
			break;
	}
	MUST(i > 100 ? 0 : -1);
	set_device(false);
}

static void verify_groups(void)
{
	struct ipv6_mreq mreq6 = { .ipv6mr_interface = if_nametoindex("lo") };
	char byte;

	inet_pton(AF_INET6, "ff02::0100:9701", &mreq6.ipv6mr_multiaddr);
	mreq6.ipv6mr_multiaddr.s6_addr[15] = 50;
	mreq6.ipv6mr_multiaddr.s6_addr[14] = 0x97;
	mreq6.ipv6mr_multiaddr.s6_addr[13] = 0;
	mreq6.ipv6mr_multiaddr.s6_addr[12] = 1;
	CHECK_EQ(setsockopt(mc6, SOL_IPV6, IPV6_DROP_MEMBERSHIP, &mreq6, sizeof(mreq6)), 0);
	CHECK_ERR(setsockopt(mc6, SOL_IPV6, IPV6_DROP_MEMBERSHIP, &mreq6, sizeof(mreq6)),
		  EADDRNOTAVAIL);
	CHECK_ERR(recv(mc4, &byte, 1, MSG_DONTWAIT), EAGAIN);
}

/* Two that have a port since both wanted to share it, then. */
static int reused[2];
/* Of a device that is not there. */
static int device[2], oif;
/* Got what its filter of now keeps out. */
static int filtered[2];
static int big_filter, big_len;

static void prepare_more(void)
{
	union addr a = make_addr(AF_INET, "127.0.0.1", 0);
	struct ip_mreqn mreq = { .imr_ifindex = if_nametoindex("lo") };
	struct sock_filter none = BPF_STMT(BPF_RET | BPF_K, 0), *insns;
	struct sock_fprog prog = { .len = 1, .filter = &none };
	int i;

	for (i = 0; i < 2; i++) {
		reused[i] = MUST(socket(AF_INET, SOCK_DGRAM, 0));
		set_int(reused[i], SOL_SOCKET, SO_REUSEADDR, 1);
		MUST(bind(reused[i], &a.sa, sizeof(a.in)));
		a = name_of(reused[i], false);
	}
	set_int(reused[0], SOL_SOCKET, SO_REUSEADDR, 0);
	set_int(reused[1], SOL_SOCKET, SO_REUSEADDR, 0);

	device[0] = bound(AF_INET6, SOCK_DGRAM, "::1");
	device[1] = bound(AF_INET6, SOCK_STREAM, "::1");
	MUST(listen(device[1], 1));
	set_int(device[0], SOL_SOCKET, SO_BINDTOIFINDEX, NO_DEV);
	set_int(device[1], SOL_SOCKET, SO_BINDTOIFINDEX, NO_DEV);
	oif = bound(AF_INET, SOCK_DGRAM, ADDR4);
	inet_pton(AF_INET, ADDR4, &mreq.imr_address);
	MUST(setsockopt(oif, SOL_IP, IP_MULTICAST_IF, &mreq, sizeof(mreq)));

	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, filtered));
	MUST(send(filtered[0], "early", 5, 0));
	MUST(setsockopt(filtered[1], SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));

	/* As long as this kernel takes it: another one's limit may be lower. */
	insns = calloc(4096, sizeof(*insns));
	for (i = 0; i < 4095; i++)
		insns[i] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0);
	big_filter = bound(AF_INET, SOCK_DGRAM, "127.0.0.1");
	for (big_len = 4096; big_len > 1; big_len -= 64) {
		insns[big_len - 1] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, -1);
		prog.len = big_len;
		prog.filter = insns;
		if (!setsockopt(big_filter, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)))
			break;
	}
	MUST(big_len > 1024 ? 0 : -1);
}

static void verify_more(void)
{
	union addr a = name_of(reused[0], false);
	struct sock_filter insns[4096];
	socklen_t len = 4096;
	struct in_addr in;
	char buf[16];
	int fd;

	same_name(reused[1], false, &a, AF_INET);
	CHECK_EQ(get_int(reused[0], SOL_SOCKET, SO_REUSEADDR), 0);
	CHECK_EQ(get_int(reused[1], SOL_SOCKET, SO_REUSEADDR), 0);
	fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	set_int(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	CHECK_ERR(bind(fd, &a.sa, sizeof(a.in)), EADDRINUSE);

	CHECK_EQ(get_int(device[0], SOL_SOCKET, SO_BINDTOIFINDEX), NO_DEV);
	CHECK_EQ(get_int(device[1], SOL_SOCKET, SO_BINDTOIFINDEX), NO_DEV);
	len = sizeof(in);
	CHECK_EQ(getsockopt(oif, SOL_IP, IP_MULTICAST_IF, &in, &len), 0);
	inet_ntop(AF_INET, &in, buf, sizeof(buf));
	CHECK_STR(buf, ADDR4);

	CHECK_EQ(recv(filtered[1], buf, sizeof(buf), MSG_DONTWAIT), 5);
	CHECK_EQ(send(filtered[0], "late", 4, 0), 4);
	CHECK_ERR(recv(filtered[1], buf, sizeof(buf), MSG_DONTWAIT), EAGAIN);
	len = 4096;
	CHECK_EQ(getsockopt(big_filter, SOL_SOCKET, SO_GET_FILTER, insns, &len), 0);
	CHECK_EQ(len, big_len);
	CHECK_EQ(insns[len - 1].code, BPF_RET | BPF_K);
}

int main(void)
{
	struct set v4, v6;

	set_addr4(true);
	set_addr6(true);
	prepare(&v4, AF_INET);
	prepare(&v6, AF_INET6);
	prepare_more();
	prepare_groups();
	set_addr4(false);
	set_addr6(false);

	hop();

	set_addr4(true);
	set_addr6(true);
	close(bound(AF_INET6, SOCK_DGRAM, ADDR6));
	verify(&v4);
	verify(&v6);
	verify_more();
	verify_groups();
	set_addr4(false);
	set_addr6(false);
	return hop_status();
}
