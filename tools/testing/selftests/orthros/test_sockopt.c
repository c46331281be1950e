// SPDX-License-Identifier: GPL-2.0
/*
 * Every option of sockets that can be set is set to what it is not by default,
 * on sockets of all kinds, bound, listening and connected; after the hop
 * getsockopt() must say the same. Filters and multicast groups, which it does
 * not tell, must work.
 */
#include <arpa/inet.h>
#include <linux/filter.h>
#include <linux/in6.h>
#include <linux/net_tstamp.h>
#include <net/if.h>
#include <netinet/udp.h>
#include <sys/un.h>

#include "tcp_test.h"

#ifndef IP_RECVERR_RFC4884
#define IP_RECVERR_RFC4884 26
#endif
#ifndef IPV6_RECVERR_RFC4884
#define IPV6_RECVERR_RFC4884 31
#endif
#ifndef IP_LOCAL_PORT_RANGE
#define IP_LOCAL_PORT_RANGE 51
#endif
#ifndef IPV6_MULTICAST_ALL
#define IPV6_MULTICAST_ALL 29
#endif
#ifndef SO_RCVMARK
#define SO_RCVMARK 75
#endif
#ifndef SO_PREFER_BUSY_POLL
#define SO_PREFER_BUSY_POLL 69
#define SO_BUSY_POLL_BUDGET 70
#endif
#ifndef SO_TXREHASH
#define SO_TXREHASH 74
#endif
#ifndef TCP_TX_DELAY
#define TCP_TX_DELAY 37
#endif
#ifndef IPV6_FLOWINFO_SEND
#define IPV6_FLOWINFO_SEND 33
#endif

#define STREAM	0x01	/* TCP */
#define DGRAM	0x02	/* UDP */
#define UNIX	0x04
#define V4	0x08	/* IPv4 or IPv6 */
#define V6	0x10	/* IPv6 */
#define FRESH	0x20	/* only before it listens or connects */
#define OPTIONAL 0x40	/* some kernels do not let it be set */
#define ANY	(STREAM | DGRAM | UNIX)
#define INET	(STREAM | DGRAM)

static const struct option {
	int level;
	int name;
	int value;
	int where;
} options[] = {
#define SOCK(n, v, w)	{ SOL_SOCKET, SO_##n, v, w }
#define IP(n, v, w)	{ SOL_IP, IP_##n, v, (w) | V4 }
#define IP6(n, v, w)	{ SOL_IPV6, IPV6_##n, v, (w) | V6 }
#define TCP(n, v)	{ SOL_TCP, TCP_##n, v, STREAM }
	SOCK(DEBUG, 1, ANY), SOCK(DONTROUTE, 1, INET), SOCK(BROADCAST, 1, ANY),
	SOCK(SNDBUF, 40000, ANY), SOCK(RCVBUF, 50000, ANY), SOCK(KEEPALIVE, 1, INET),
	SOCK(OOBINLINE, 1, ANY), SOCK(NO_CHECK, 1, ANY), SOCK(PRIORITY, 5, ANY),
	SOCK(TIMESTAMPNS, 1, ANY), SOCK(RCVLOWAT, 7, ANY | OPTIONAL), SOCK(PASSCRED, 1, UNIX),
	SOCK(PASSSEC, 1, UNIX),
	SOCK(MARK, 0x1234, INET), SOCK(RXQ_OVFL, 1, DGRAM), SOCK(RCVMARK, 1, DGRAM | OPTIONAL),
	SOCK(PEEK_OFF, 3, UNIX | DGRAM), SOCK(SELECT_ERR_QUEUE, 1, ANY),
	SOCK(BUSY_POLL, 30, ANY | OPTIONAL), SOCK(PREFER_BUSY_POLL, 1, ANY | OPTIONAL),
	SOCK(BUSY_POLL_BUDGET, 20, ANY | OPTIONAL), SOCK(MAX_PACING_RATE, 12345678, ANY),
	SOCK(INCOMING_CPU, 1, DGRAM | OPTIONAL), SOCK(TXREHASH, 0, STREAM | OPTIONAL),
	SOCK(REUSEADDR, 1, INET | FRESH), SOCK(REUSEPORT, 1, INET | FRESH),
	SOCK(TIMESTAMPING, SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_RX_SOFTWARE, DGRAM),
	SOCK(ZEROCOPY, 1, INET), SOCK(WIFI_STATUS, 1, DGRAM), SOCK(NOFCS, 1, DGRAM),

	IP(TOS, 0x10, INET), IP(TTL, 77, INET), IP(MINTTL, 3, STREAM),
	IP(MTU_DISCOVER, IP_PMTUDISC_DO, INET), IP(PKTINFO, 1, INET), IP(RECVTTL, 1, INET),
	IP(RECVTOS, 1, INET), IP(RECVOPTS, 1, INET), IP(RETOPTS, 1, INET),
	IP(RECVORIGDSTADDR, 1, INET), IP(CHECKSUM, 1, DGRAM), IP(RECVFRAGSIZE, 1, DGRAM),
	IP(RECVERR, 1, INET), IP(RECVERR_RFC4884, 1, DGRAM | OPTIONAL),
	IP(MULTICAST_LOOP, 0, INET), IP(MULTICAST_ALL, 0, INET), IP(MULTICAST_TTL, 9, DGRAM),
	IP(FREEBIND, 1, INET | FRESH), IP(BIND_ADDRESS_NO_PORT, 1, INET | FRESH),
	IP(TRANSPARENT, 1, INET | FRESH),
	{ SOL_IP, IP_LOCAL_PORT_RANGE, 20000 | 30000 << 16, INET | V4 | OPTIONAL },

	IP6(UNICAST_HOPS, 66, INET), IP6(TCLASS, 0x20, INET),
	IP6(MTU_DISCOVER, IPV6_PMTUDISC_DO, INET), IP6(RECVPKTINFO, 1, INET),
	IP6(2292PKTINFO, 1, DGRAM), IP6(RECVHOPLIMIT, 1, INET), IP6(2292HOPLIMIT, 1, DGRAM),
	IP6(RECVRTHDR, 1, INET), IP6(2292RTHDR, 1, DGRAM), IP6(RECVHOPOPTS, 1, INET),
	IP6(2292HOPOPTS, 1, DGRAM), IP6(RECVDSTOPTS, 1, INET), IP6(2292DSTOPTS, 1, DGRAM),
	IP6(RECVTCLASS, 1, INET), IP6(RECVPATHMTU, 1, INET), IP6(RECVORIGDSTADDR, 1, INET),
	IP6(RECVFRAGSIZE, 1, INET), IP6(FLOWINFO, 1, INET), IP6(RECVERR, 1, INET),
	IP6(RECVERR_RFC4884, 1, INET | OPTIONAL), IP6(MULTICAST_LOOP, 0, INET),
	IP6(MULTICAST_ALL, 0, INET), IP6(MULTICAST_HOPS, 255, DGRAM), IP6(DONTFRAG, 1, INET),
	IP6(FLOWINFO_SEND, 1, INET), IP6(AUTOFLOWLABEL, 0, INET),
	IP6(ADDR_PREFERENCES, 2 /* IPV6_PREFER_SRC_PUBLIC */, INET), IP6(MINHOPCOUNT, 4, INET),
	IP6(FREEBIND, 1, INET | FRESH),

	TCP(NODELAY, 1), TCP(KEEPIDLE, 77), TCP(KEEPINTVL, 7), TCP(KEEPCNT, 5), TCP(SYNCNT, 4),
	TCP(SAVE_SYN, 2), TCP(LINGER2, 9), TCP(USER_TIMEOUT, 4321), TCP(THIN_LINEAR_TIMEOUTS, 1),
	TCP(NOTSENT_LOWAT, 5000), TCP(INQ, 1), TCP(TX_DELAY, 1000),
	/* Of a connection it tells what is used now. */
	{ SOL_TCP, TCP_MAXSEG, 1000, STREAM | FRESH },
	{ SOL_TCP, TCP_DEFER_ACCEPT, 3, STREAM | FRESH },
	{ SOL_TCP, TCP_WINDOW_CLAMP, 30000, STREAM | FRESH },
	{ SOL_TCP, TCP_FASTOPEN_NO_COOKIE, 1, STREAM | FRESH },

	{ SOL_UDP, UDP_NO_CHECK6_TX, 1, DGRAM }, { SOL_UDP, UDP_NO_CHECK6_RX, 1, DGRAM },
	{ SOL_UDP, UDP_SEGMENT, 500, DGRAM },
};

#define SIZE	32

struct sock {
	const char *name;
	int fd;
	int kind;
	bool set[ARRAY_SIZE(options)];
	unsigned char before[ARRAY_SIZE(options)][SIZE];
	socklen_t len[ARRAY_SIZE(options)];
};

static struct sock socks[16];
static int nr_socks;

static struct sock *add(const char *name, int fd, int kind)
{
	struct sock *s = &socks[nr_socks++];
	size_t i;

	s->name = name;
	s->fd = fd;
	s->kind = kind;
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		const struct option *o = &options[i];
		int want = o->where & (V4 | V6 | FRESH);

		if (!(o->where & kind & ANY) || (want & kind) != want)
			continue;
		if (setsockopt(fd, o->level, o->name, &o->value, sizeof(int))) {
			if (!(o->where & OPTIONAL)) {
				printf("# %s: option %d:%d\n", name, o->level, o->name);
				MUST(-1);
			}
			continue;
		}
		s->set[i] = true;
	}
	return s;
}

static void look(struct sock *s)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		s->len[i] = SIZE;
		if (s->set[i] && getsockopt(s->fd, options[i].level, options[i].name, s->before[i],
					    &s->len[i]))
			s->set[i] = false;
	}
}

static void compare(struct sock *s)
{
	unsigned char now[SIZE];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		socklen_t len = SIZE;
		int ret;

		if (!s->set[i])
			continue;
		memset(now, 0, sizeof(now));
		ret = getsockopt(s->fd, options[i].level, options[i].name, now, &len);
		if (!ret && len == s->len[i] && !memcmp(now, s->before[i], len))
			continue;
		printf("# %s: option %d:%d is %d, was %d\n", s->name, options[i].level,
		       options[i].name, *(int *)now, *(int *)s->before[i]);
		CHECK(false);
	}
}

static int bound_udp(int family, int port)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons(port) };
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	int fd = MUST(socket(family, SOCK_DGRAM, 0));

	if (family == AF_INET6)
		MUST(bind(fd, (void *)&in6, sizeof(in6)));
	else
		MUST(bind(fd, (void *)&in, sizeof(in)));
	return fd;
}

static int port_of(int fd)
{
	return tcp_port(fd);
}

static void send_to(const char *addr, int port, const char *text)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(port) };
	struct ip_mreqn mreq = { .imr_ifindex = if_nametoindex("lo") };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	inet_pton(AF_INET, addr, &in.sin_addr);
	setsockopt(fd, SOL_IP, IP_MULTICAST_IF, &mreq, sizeof(mreq));
	CHECK_EQ(sendto(fd, text, strlen(text), 0, (void *)&in, sizeof(in)), strlen(text));
	close(fd);
}

/* lo has no route for them. */
/* It is read in pieces, between which others leave their groups: some are passed over. */
static bool in_group6(void)
{
	bool in = false;
	char *text;
	int i;

	for (i = 0; i < 20 && !in; i++) {
		text = slurp("/proc/net/igmp6");
		in = strstr(text, "ff020000000000000000000000001234");
		free(text);
	}
	return in;
}

/* A busy machine delivers what was sent to itself later. */
static bool got(int fd, const char *text)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char buf[64] = "";
	ssize_t n;

	if (text)
		poll(&p, 1, 5000);
	n = recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT);
	if (!text)
		return n < 0 && errno == EAGAIN;
	return n == (ssize_t)strlen(text) && !strcmp(buf, text);
}

/* Only what begins with 'y' comes in. */
static const struct sock_filter only_y[] = {
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 8),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 'y', 0, 1),
	BPF_STMT(BPF_RET | BPF_K, 0xffff),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static const struct sock_fprog prog = { ARRAY_SIZE(only_y), (struct sock_filter *)only_y };

/* The second of a group gets all. */
static const struct sock_filter second[] = { BPF_STMT(BPF_RET | BPF_K, 1) };
static const struct sock_fprog choose = { 1, (struct sock_filter *)second };

static int bind_member(int port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = MUST(socket(AF_INET, SOCK_DGRAM, 0));

	set_int(fd, SOL_SOCKET, SO_REUSEPORT, 1);
	MUST(bind(fd, (void *)&in, sizeof(in)));
	return fd;
}

static void save_syn(int fd)
{
	set_int(fd, SOL_TCP, TCP_SAVE_SYN, 1);
}

/* IP and TCP header of the SYN that nobody has asked for before the hop. */
static void check_syn(const struct tcp_pair *p)
{
	unsigned char syn[128] = { };
	socklen_t len = sizeof(syn);

	CHECK_EQ(getsockopt(p->server, SOL_TCP, TCP_SAVED_SYN, syn, &len), 0);
	CHECK(len >= 40);
	CHECK_EQ(syn[0] >> 4, 4);
	CHECK_EQ(syn[22] << 8 | syn[23], p->port);
	CHECK_EQ(syn[20] << 8 | syn[21], tcp_port(p->client));
	len = sizeof(syn);
	CHECK_EQ(getsockopt(p->server, SOL_TCP, TCP_SAVED_SYN, syn, &len), 0);
	CHECK_EQ(len, 0);
}

int main(void)
{
	struct ip_mreqn mreq = { }, mif = { };
	struct sock_filter have[8];
	struct ipv6_mreq mreq6 = { };
	int filtered, mc4, mc6, src4, device, lo, i, sp[2], port;
	struct in6_pktinfo pktinfo = { };
	struct group_source_req gsr = { };
	struct linger linger = { 1, 17 }, now = { };
	struct sock_txtime txtime = {
		.clockid = CLOCK_TAI, .flags = SOF_TXTIME_DEADLINE_MODE | SOF_TXTIME_REPORT_ERRORS,
	}, txnow = { };
	struct sockaddr_in a4 = { .sin_family = AF_INET };
	struct timeval tv = { 3, 250000 }, tvnow = { };
	char name[IFNAMSIZ] = "";
	struct tcp_pair pair4, pair6, saved;
	int group[2];
	socklen_t len;

	lo = if_nametoindex("lo");
	pair4 = tcp_pair(AF_INET, NULL);
	pair6 = tcp_pair(AF_INET6, NULL);
	add("TCP listener", pair4.listener, STREAM | V4);
	add("TCP connection", pair4.client, STREAM | V4);
	add("TCP/IPv6 listener", pair6.listener, STREAM | V4 | V6);
	add("TCP/IPv6 connection", pair6.client, STREAM | V4 | V6);
	add("TCP socket", MUST(socket(AF_INET, SOCK_STREAM, 0)), STREAM | V4 | FRESH);
	add("TCP/IPv6 socket", MUST(socket(AF_INET6, SOCK_STREAM, 0)), STREAM | V4 | V6 | FRESH);
	add("UDP socket", MUST(socket(AF_INET, SOCK_DGRAM, 0)), DGRAM | V4 | FRESH);
	add("UDP bound", bound_udp(AF_INET, 0), DGRAM | V4);
	add("UDP/IPv6 bound", bound_udp(AF_INET6, 0), DGRAM | V4 | V6);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, sp));
	add("UNIX stream", sp[0], UNIX);
	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, sp));
	add("UNIX datagram", sp[0], UNIX);
	MUST(setsockopt(socks[4].fd, SOL_SOCKET, SO_LINGER, &linger, sizeof(linger)));
	MUST(setsockopt(socks[7].fd, SOL_SOCKET, SO_TXTIME, &txtime, sizeof(txtime)));
	MUST(setsockopt(socks[4].fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv)));
	MUST(setsockopt(socks[4].fd, SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof(tv)));
	mif.imr_ifindex = lo;
	mif.imr_address.s_addr = htonl(INADDR_LOOPBACK);
	MUST(setsockopt(socks[7].fd, SOL_IP, IP_MULTICAST_IF, &mif, sizeof(mif)));
	i = htonl(lo);
	MUST(setsockopt(socks[7].fd, SOL_IP, IP_UNICAST_IF, &i, sizeof(i)));
	MUST(setsockopt(socks[8].fd, SOL_IPV6, IPV6_UNICAST_IF, &i, sizeof(i)));
	MUST(setsockopt(socks[8].fd, SOL_IPV6, IPV6_MULTICAST_IF, &lo, sizeof(lo)));
	pktinfo.ipi6_ifindex = lo;
	pktinfo.ipi6_addr = in6addr_loopback;
	MUST(setsockopt(socks[8].fd, SOL_IPV6, IPV6_PKTINFO, &pktinfo, sizeof(pktinfo)));

	filtered = bound_udp(AF_INET, 0);
	MUST(setsockopt(filtered, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof(prog)));
	set_int(filtered, SOL_SOCKET, SO_LOCK_FILTER, 1);
	saved = tcp_pair(AF_INET, save_syn);
	group[0] = bind_member(0);
	group[1] = bind_member(port_of(group[0]));
	MUST(setsockopt(group[1], SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &choose, sizeof(choose)));
	device = MUST(socket(AF_INET, SOCK_DGRAM, 0));
	MUST(setsockopt(device, SOL_SOCKET, SO_BINDTODEVICE, "lo", 3));
	MUST(bind(device, (void *)&a4, sizeof(a4)));

	mc4 = bound_udp(AF_INET, 0);
	set_int(mc4, SOL_IP, IP_MULTICAST_ALL, 0);
	inet_pton(AF_INET, "239.1.2.3", &mreq.imr_multiaddr);
	mreq.imr_ifindex = lo;
	MUST(setsockopt(mc4, SOL_IP, IP_ADD_MEMBERSHIP, &mreq, sizeof(mreq)));
	src4 = bound_udp(AF_INET, 0);
	set_int(src4, SOL_IP, IP_MULTICAST_ALL, 0);
	gsr.gsr_interface = lo;
	a4.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 8);
	memcpy(&gsr.gsr_source, &a4, sizeof(a4));
	inet_pton(AF_INET, "239.1.2.4", &a4.sin_addr);
	memcpy(&gsr.gsr_group, &a4, sizeof(a4));
	MUST(setsockopt(src4, SOL_IP, MCAST_JOIN_SOURCE_GROUP, &gsr, sizeof(gsr)));
	mc6 = bound_udp(AF_INET6, 0);
	set_int(mc6, SOL_IPV6, IPV6_MULTICAST_ALL, 0);
	inet_pton(AF_INET6, "ff02::1234", &mreq6.ipv6mr_multiaddr);
	mreq6.ipv6mr_interface = lo;
	MUST(setsockopt(mc6, SOL_IPV6, IPV6_ADD_MEMBERSHIP, &mreq6, sizeof(mreq6)));
	for (i = 0; i < nr_socks; i++)
		look(&socks[i]);

	hop();

	for (i = 0; i < nr_socks; i++)
		compare(&socks[i]);
	len = sizeof(txnow);
	CHECK_EQ(getsockopt(socks[7].fd, SOL_SOCKET, SO_TXTIME, &txnow, &len), 0);
	CHECK_EQ(txnow.clockid, CLOCK_TAI);
	CHECK_EQ(txnow.flags, txtime.flags);
	len = sizeof(now);
	CHECK_EQ(getsockopt(socks[4].fd, SOL_SOCKET, SO_LINGER, &now, &len), 0);
	CHECK(now.l_onoff && now.l_linger == 17);
	len = sizeof(tvnow);
	CHECK_EQ(getsockopt(socks[4].fd, SOL_SOCKET, SO_RCVTIMEO, &tvnow, &len), 0);
	CHECK_EQ(tvnow.tv_sec, 3);
	len = sizeof(a4.sin_addr);
	CHECK_EQ(getsockopt(socks[7].fd, SOL_IP, IP_MULTICAST_IF, &a4.sin_addr, &len), 0);
	CHECK_EQ(ntohl(a4.sin_addr.s_addr), INADDR_LOOPBACK);
	CHECK_EQ(get_int(socks[7].fd, SOL_IP, IP_UNICAST_IF), htonl(lo));
	CHECK_EQ(get_int(socks[8].fd, SOL_IPV6, IPV6_UNICAST_IF), htonl(lo));
	CHECK_EQ(get_int(socks[8].fd, SOL_IPV6, IPV6_MULTICAST_IF), lo);

	/* The filter lets through what it did, cannot be changed, and is told. */
	port = port_of(filtered);
	send_to("127.0.0.1", port, "no");
	send_to("127.0.0.1", port, "yes");
	CHECK(got(filtered, "yes"));
	CHECK(got(filtered, NULL));
	CHECK_ERR(setsockopt(filtered, SOL_SOCKET, SO_DETACH_FILTER, &lo, sizeof(lo)), EPERM);
	len = ARRAY_SIZE(have);
	CHECK_EQ(getsockopt(filtered, SOL_SOCKET, SO_GET_FILTER, have, &len), 0);
	CHECK_EQ(len, ARRAY_SIZE(only_y));
	CHECK(!memcmp(have, only_y, sizeof(only_y)));

	check_syn(&saved);
	for (i = 0; i < 5; i++) {
		send_to("127.0.0.1", port_of(group[0]), "group");
		CHECK(got(group[1], "group"));
	}
	CHECK(got(group[0], NULL));

	len = sizeof(name);
	CHECK_EQ(getsockopt(device, SOL_SOCKET, SO_BINDTODEVICE, name, &len), 0);
	CHECK_STR(name, "lo");

	send_to("239.1.2.3", port_of(mc4), "group");
	CHECK(got(mc4, "group"));
	CHECK_EQ(setsockopt(mc4, SOL_IP, IP_DROP_MEMBERSHIP, &mreq, sizeof(mreq)), 0);
	send_to("239.1.2.3", port_of(mc4), "left");
	CHECK(got(mc4, NULL));
	/* 127.0.0.1 is none of the sources. */
	send_to("239.1.2.4", port_of(src4), "other");
	CHECK(got(src4, NULL));
	CHECK_EQ(setsockopt(src4, SOL_IP, MCAST_LEAVE_SOURCE_GROUP, &gsr, sizeof(gsr)), 0);
	CHECK(in_group6());
	CHECK_EQ(setsockopt(mc6, SOL_IPV6, IPV6_DROP_MEMBERSHIP, &mreq6, sizeof(mreq6)), 0);
	CHECK(!in_group6());
	return hop_status();
}
