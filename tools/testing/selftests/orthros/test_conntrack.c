// SPDX-License-Identifier: GPL-2.0
/*
 * conntrack: connections whose addresses are translated go on, though no rule says so any more;
 * marks, labels, states, windows and times are what they were, counters count on.
 */
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>

#include "netns_test.h"
#include "nft_test.h"

/* Nobody listens at the first. */
#define TCP_PORT	7401
#define TCP_REAL	7402
#define UDP_PORT	7403
#define UDP_REAL	7404
#define SRC_PORT	7405
#define V6_PORT		7406
#define MARK		0x1234

static struct nft n;

static void set_reg(int reg, const void *data, size_t len)
{
	struct nft_expr e = nft_expr(&n, "immediate");

	nft_u32(&n, NFTA_IMMEDIATE_DREG, reg);
	nft_value(&n, NFTA_IMMEDIATE_DATA, data, len);
	nft_expr_end(&n, e);
}

static void translate(const char *chain, int protocol, int port, int type, const char *to,
		      int to_port)
{
	const uint32_t addr = inet_addr(to);
	const uint16_t real = htons(to_port);
	struct nlattr *exprs = nft_rule(&n, chain);
	struct nft_expr e;

	nft_dport(&n, protocol, port);
	set_reg(NFT_REG_1, &addr, sizeof(addr));
	if (to_port)
		set_reg(NFT_REG_2, &real, sizeof(real));
	e = nft_expr(&n, "nat");
	nft_u32(&n, NFTA_NAT_TYPE, type);
	nft_u32(&n, NFTA_NAT_FAMILY, NFPROTO_IPV4);
	nft_u32(&n, NFTA_NAT_REG_ADDR_MIN, NFT_REG_1);
	if (to_port)
		nft_u32(&n, NFTA_NAT_REG_PROTO_MIN, NFT_REG_2);
	nft_expr_end(&n, e);
	nft_end(&n, exprs);
}

static void make_nat(void)
{
	nft_begin(&n, NFPROTO_IPV4, "conn_nat");
	nft_table(&n);
	nft_base_chain(&n, "output", "nat", NF_INET_LOCAL_OUT, -100, NULL);
	nft_base_chain(&n, "postrouting", "nat", NF_INET_POST_ROUTING, 100, NULL);
	translate("output", IPPROTO_TCP, TCP_PORT, NFT_NAT_DNAT, "127.0.0.1", TCP_REAL);
	translate("output", IPPROTO_UDP, UDP_PORT, NFT_NAT_DNAT, "127.0.0.2", UDP_REAL);
	translate("postrouting", IPPROTO_TCP, SRC_PORT, NFT_NAT_SNAT, "127.0.0.9", 0);
	MUST(nft_commit(&n));
}

static void ct_set(int key, int reg)
{
	struct nft_expr e = nft_expr(&n, "ct");

	nft_u32(&n, NFTA_CT_KEY, key);
	nft_u32(&n, NFTA_CT_SREG, reg);
	nft_expr_end(&n, e);
}

/* Marks what goes to a port, and counts what conntrack takes for invalid. */
static void make_filter(void)
{
	const uint32_t mark = MARK, invalid = NF_CT_STATE_INVALID_BIT, none = 0;
	const unsigned char labels[16] = { 1, 2, 4 };
	const uint16_t ports[] = { TCP_PORT, UDP_PORT, SRC_PORT, V6_PORT };
	struct nlattr *exprs;
	struct nft_expr e;
	unsigned int i;

	nft_begin(&n, NFPROTO_INET, "conn_ct");
	nft_table(&n);
	nft_base_chain(&n, "output", "filter", NF_INET_LOCAL_OUT, -150, NULL);
	for (i = 0; i < ARRAY_SIZE(ports); i++) {
		exprs = nft_rule(&n, "output");
		nft_payload(&n, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG_1);
		nft_cmp(&n, NFT_REG_1, &(uint16_t){ htons(ports[i]) }, 2);
		e = nft_expr(&n, "ct");
		nft_u32(&n, NFTA_CT_KEY, NFT_CT_STATE);
		nft_u32(&n, NFTA_CT_DREG, NFT_REG_1);
		nft_expr_end(&n, e);
		e = nft_expr(&n, "bitwise");
		nft_u32(&n, NFTA_BITWISE_SREG, NFT_REG_1);
		nft_u32(&n, NFTA_BITWISE_DREG, NFT_REG_1);
		nft_u32(&n, NFTA_BITWISE_LEN, 4);
		nft_value(&n, NFTA_BITWISE_MASK, &invalid, 4);
		nft_value(&n, NFTA_BITWISE_XOR, &none, 4);
		nft_expr_end(&n, e);
		nft_cmp(&n, NFT_REG_1, &invalid, 4);
		nft_counter(&n, 0, 0);
		nft_verdict(&n, NF_DROP, NULL);
		nft_end(&n, exprs);

		exprs = nft_rule(&n, "output");
		nft_payload(&n, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG_1);
		nft_cmp(&n, NFT_REG_1, &(uint16_t){ htons(ports[i]) }, 2);
		set_reg(NFT_REG_1, &mark, sizeof(mark));
		ct_set(NFT_CT_MARK, NFT_REG_1);
		set_reg(NFT_REG_1, labels, sizeof(labels));
		ct_set(NFT_CT_LABELS, NFT_REG_1);
		nft_end(&n, exprs);
	}
	MUST(nft_commit(&n));
}

/* ---- connections ---------------------------------------------------------- */

union addr {
	struct sockaddr sa;
	struct sockaddr_in in;
	struct sockaddr_in6 in6;
};

static socklen_t address(union addr *a, int family, const char *text, int port)
{
	memset(a, 0, sizeof(*a));
	a->sa.sa_family = family;
	if (family == AF_INET) {
		a->in.sin_port = htons(port);
		a->in.sin_addr.s_addr = inet_addr(text);
		return sizeof(a->in);
	}
	a->in6.sin6_port = htons(port);
	a->in6.sin6_addr = in6addr_loopback;
	return sizeof(a->in6);
}

struct conn {
	int family;
	int type;
	int port;			/* that is asked for */
	int real;			/* and where it goes */
	const char *to;
	const char *from;		/* that the server sees */
	int client;
	int server;
};

static struct conn conns[] = {
	{ AF_INET, SOCK_STREAM, TCP_PORT, TCP_REAL, "127.0.0.1", "127.0.0.1" },
	{ AF_INET, SOCK_DGRAM, UDP_PORT, UDP_REAL, "127.0.0.2", "127.0.0.1" },
	{ AF_INET, SOCK_STREAM, SRC_PORT, SRC_PORT, "127.0.0.1", "127.0.0.9" },
	{ AF_INET6, SOCK_STREAM, V6_PORT, V6_PORT, "::1", "::1" },
};

static void pass(int from, int to, const char *text)
{
	struct pollfd p = { .fd = to, .events = POLLIN };
	char buf[64] = "";

	CHECK_EQ(write(from, text, strlen(text)), strlen(text));
	if (CHECK_EQ(poll(&p, 1, 20000), 1)) {
		CHECK_EQ(read(to, buf, sizeof(buf) - 1), strlen(text));
		CHECK_STR(buf, text);
	}
}

/* conntrack knows of what is not acknowledged, and an answer may take its time. */
static void settle(int fd)
{
	int left = 0;

	do {
		if (left)
			usleep(10000);
		MUST(ioctl(fd, SIOCOUTQ, &left));
	} while (left);
}

static void connect_one(struct conn *c)
{
	int one = 1, listener = MUST(socket(c->family, c->type, 0));
	union addr at, asked, peer;
	socklen_t len = sizeof(peer);
	char byte;

	MUST(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one)));
	len = address(&at, c->family, c->to, c->real);
	MUST(bind(listener, &at.sa, len));
	c->client = MUST(socket(c->family, c->type, 0));
	len = address(&asked, c->family, c->type == SOCK_DGRAM ? "127.0.0.1" : c->to, c->port);
	if (c->type == SOCK_STREAM)
		MUST(listen(listener, 1));
	MUST(connect(c->client, &asked.sa, len));
	len = sizeof(peer);
	if (c->type == SOCK_STREAM) {
		c->server = MUST(accept(listener, &peer.sa, &len));
		close(listener);
	} else {
		c->server = listener;
		MUST(write(c->client, "x", 1));
		MUST(recvfrom(listener, &byte, 1, 0, &peer.sa, &len));
		MUST(connect(listener, &peer.sa, len));
	}
	if (c->family == AF_INET)
		CHECK_EQ(peer.in.sin_addr.s_addr, inet_addr(c->from));
	pass(c->server, c->client, "to the client");
	pass(c->client, c->server, "to the server");
}

/* ---- what conntrack says -------------------------------------------------- */

struct entry {
	char line[4096];
	long timeout;
	uint64_t packets;
};

static bool is_ours(const void *start, const void *end)
{
	const struct nlattr *tuple = nft_find(start, end, CTA_TUPLE_ORIG), *a;
	uint16_t port;
	unsigned int i;

	if (!tuple)
		return false;
	a = nft_find(nft_payload_of(tuple), nft_end_of(tuple), CTA_TUPLE_PROTO);
	a = a ? nft_find(nft_payload_of(a), nft_end_of(a), CTA_PROTO_DST_PORT) : NULL;
	if (!a)
		return false;
	memcpy(&port, nft_payload_of(a), sizeof(port));
	for (i = 0; i < ARRAY_SIZE(conns); i++)
		if (ntohs(port) == conns[i].port)
			return true;
	return false;
}

static uint32_t u32_of(const struct nlattr *a)
{
	uint32_t value;

	memcpy(&value, nft_payload_of(a), sizeof(value));
	return ntohl(value);
}

static void take(struct entry *e, const struct nlmsghdr *nlh)
{
	const struct nfgenmsg *head = NLMSG_DATA(nlh);
	const void *end = (const void *)nlh + nlh->nlmsg_len;
	const struct nlattr *a, *p;
	uint64_t packets;
	size_t i, at;

	at = sprintf(e->line, "%d", head->nfgen_family);
	nft_for_each(a, (const void *)(head + 1), end) {
		const int type = a->nla_type & NLA_TYPE_MASK;

		if (type == CTA_TIMEOUT)
			e->timeout = u32_of(a);
		if (type == CTA_COUNTERS_ORIG) {
			p = nft_find(nft_payload_of(a), nft_end_of(a), CTA_COUNTERS_PACKETS);
			memcpy(&packets, nft_payload_of(p), sizeof(packets));
			e->packets = be64toh(packets);
		}
		if (type == CTA_TIMEOUT || type == CTA_COUNTERS_ORIG ||
		    type == CTA_COUNTERS_REPLY || type == CTA_ID || type == CTA_USE)
			continue;
		at += sprintf(e->line + at, " %d:", type);
		for (i = NLA_HDRLEN; i < a->nla_len; i++)
			at += sprintf(e->line + at, "%02x", ((const unsigned char *)a)[i]);
	}
}

static int by_line(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->line, ((const struct entry *)b)->line);
}

static int entries(struct entry *to, int max)
{
	int fd = MUST(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER)), len, nr = 0;
	static char answer[1 << 16] __aligned(4);
	struct nlmsghdr *nlh;
	bool done = false;

	n.len = 0;
	nft_msg(&n, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET, NLM_F_DUMP, AF_UNSPEC, 0);
	MUST(send(fd, n.buf, n.len, 0));
	while (!done) {
		len = MUST(recv(fd, answer, sizeof(answer), 0));
		for (nlh = (void *)answer; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
			if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR)
				done = true;
			else if (nr < max && is_ours(NLMSG_DATA(nlh) + sizeof(struct nfgenmsg),
						     (void *)nlh + nlh->nlmsg_len))
				take(&to[nr++], nlh);
		}
	}
	close(fd);
	qsort(to, nr, sizeof(*to), by_line);
	return nr;
}

static struct entry before[8], after[8];

int main(void)
{
	char *rules, *now;
	long long begin;
	unsigned int i;
	long passed;
	int nr;

	own_net();
	write_file("/proc/sys/net/netfilter/nf_conntrack_acct", "1", 1);
	/* Others may take longer to prepare than the 30 s of a UDP connection. */
	write_file("/proc/sys/net/netfilter/nf_conntrack_udp_timeout", "900", 3);
	write_file("/proc/sys/net/netfilter/nf_conntrack_udp_timeout_stream", "900", 3);
	make_filter();
	make_nat();
	for (i = 0; i < ARRAY_SIZE(conns); i++)
		connect_one(&conns[i]);
	/* From here on nothing but what conntrack knows translates. */
	nft_begin(&n, NFPROTO_IPV4, "conn_nat");
	nft_of(&n, NFT_MSG_DELRULE, 0);
	MUST(nft_commit(&n));
	for (i = 0; i < ARRAY_SIZE(conns); i++)
		pass(conns[i].server, conns[i].client, "without rules");
	for (i = 0; i < ARRAY_SIZE(conns); i++) {
		settle(conns[i].server);
		settle(conns[i].client);
	}
	rules = nft_ruleset("conn_ct");
	begin = now_ns(CLOCK_MONOTONIC);
	nr = entries(before, ARRAY_SIZE(before));
	if (!CHECK_EQ(nr, ARRAY_SIZE(conns)))
		return HOP_FAIL;

	hop();
	CHECK_EQ(entries(after, ARRAY_SIZE(after)), nr);
	passed = (now_ns(CLOCK_MONOTONIC) - begin) / NSEC;
	for (i = 0; i < (unsigned int)nr; i++) {
		CHECK_STR(after[i].line, before[i].line);
		CHECK(strstr(before[i].line, " 8:00001234"));
		if (!CHECK(after[i].timeout <= before[i].timeout) ||
		    !CHECK(after[i].timeout >= before[i].timeout - passed - 2))
			printf("# %ld s, then %ld s, after %ld s\n", before[i].timeout,
			       after[i].timeout, passed);
		CHECK(after[i].packets >= before[i].packets && before[i].packets);
	}
	for (i = 0; i < ARRAY_SIZE(conns); i++) {
		pass(conns[i].server, conns[i].client, "and on");
		pass(conns[i].client, conns[i].server, "and back");
	}
	/* Nothing was invalid: the counters have not moved. */
	now = nft_ruleset("conn_ct");
	CHECK(nft_check_same(rules, now));
	nft_drop(NFPROTO_INET, "conn_ct");
	nft_drop(NFPROTO_IPV4, "conn_nat");
	return hop_status();
}
