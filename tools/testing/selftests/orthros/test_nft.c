// SPDX-License-Identifier: GPL-2.0
/*
 * nf_tables: what was dropped is dropped, by the same rules in the same order with the same
 * handles, and what has been counted is counted on; sets, maps and their elements, with
 * intervals, times, counters; objects; extensions of xtables.
 */
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/netfilter/xt_multiport.h>
#include <netinet/in.h>
#include <poll.h>

#include "netns_test.h"
#include "nft_test.h"

#define DROPPED		7301
#define PASSED		7302
#define IN_SET		7303
#define IN_MAP		7304
#define IN_BLOCK	7305
#define COMPAT		7306
#define QUOTA		7307
#define DYNAMIC		7308

static struct nft n;

static int listener(int port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int fd = MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));

	MUST(bind(fd, (void *)&in, sizeof(in)));
	return fd;
}

/* Over lo a datagram has come when it has been sent, or it never does. */
static bool comes(int port)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int to = listener(port), from = MUST(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
	struct pollfd p = { .fd = to, .events = POLLIN };
	bool came;

	sendto(from, "x", 1, 0, (void *)&in, sizeof(in));
	came = poll(&p, 1, 200) == 1;
	close(from);
	close(to);
	return came;
}

static void elem_port(int port)
{
	const uint16_t value = htons(port);

	nft_value(&n, NFTA_SET_ELEM_KEY, &value, sizeof(value));
}

static void add_port(int port, int flags)
{
	struct nlattr *elem = nft_nest(&n, NFTA_LIST_ELEM);

	elem_port(port);
	if (flags)
		nft_u32(&n, NFTA_SET_ELEM_FLAGS, flags);
	nft_end(&n, elem);
}

/* A table with a chain, and a rule that drops and counts. */
static void make_simple(void)
{
	struct nlattr *exprs;

	nft_begin(&n, NFPROTO_IPV4, "hop_nft");
	nft_table(&n);
	nft_data(&n, NFTA_TABLE_USERDATA, "comment", 7);
	nft_base_chain(&n, "input", "filter", NF_INET_LOCAL_IN, -7, NULL);
	exprs = nft_rule(&n, "input");
	nft_dport(&n, IPPROTO_UDP, DROPPED);
	nft_counter(&n, 0, 0);
	nft_verdict(&n, NF_DROP, NULL);
	nft_end(&n, exprs);
	nft_data(&n, NFTA_RULE_USERDATA, "\0\4why", 6);
	MUST(nft_commit(&n));
	/* Handles have gaps. */
	nft_begin(&n, NFPROTO_IPV4, "hop_nft");
	nft_chain(&n, "gone");
	nft_chain(&n, "kept");
	MUST(nft_commit(&n));
	nft_begin(&n, NFPROTO_IPV4, "hop_nft");
	nft_of(&n, NFT_MSG_DELCHAIN, 0);
	nft_str(&n, NFTA_CHAIN_NAME, "gone");
	MUST(nft_commit(&n));
}

/* Rules in front of others, jumps, a block. */
static void make_rules(void)
{
	struct nlattr *exprs, *data, *verdict;
	struct nft_expr e;

	nft_begin(&n, NFPROTO_INET, "hop_rules");
	nft_table(&n);
	nft_base_chain(&n, "output", "filter", NF_INET_LOCAL_OUT, 5, NULL);
	nft_data(&n, NFTA_CHAIN_USERDATA, "chain", 5);
	nft_chain(&n, "more");
	exprs = nft_rule(&n, "output");
	nft_dport(&n, IPPROTO_UDP, 1);
	nft_counter(&n, 1, 2);
	nft_end(&n, exprs);
	nft_of(&n, NFT_MSG_NEWRULE, NLM_F_CREATE);
	nft_str(&n, NFTA_RULE_CHAIN, "output");
	exprs = nft_nest(&n, NFTA_RULE_EXPRESSIONS);
	nft_verdict(&n, NFT_JUMP, "more");
	nft_end(&n, exprs);
	exprs = nft_rule(&n, "more");
	e = nft_expr(&n, "limit");
	nft_u64(&n, NFTA_LIMIT_RATE, 1000000);
	nft_u64(&n, NFTA_LIMIT_UNIT, 1);
	nft_u32(&n, NFTA_LIMIT_BURST, 5);
	nft_expr_end(&n, e);
	nft_end(&n, exprs);
	/* A chain without a name, of one rule. */
	nft_of(&n, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
	nft_u32(&n, NFTA_CHAIN_ID, 1);
	nft_u32(&n, NFTA_CHAIN_FLAGS, NFT_CHAIN_BINDING);
	nft_of(&n, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	nft_u32(&n, NFTA_RULE_CHAIN_ID, 1);
	exprs = nft_nest(&n, NFTA_RULE_EXPRESSIONS);
	nft_dport(&n, IPPROTO_UDP, IN_BLOCK);
	nft_counter(&n, 0, 0);
	nft_verdict(&n, NF_DROP, NULL);
	nft_end(&n, exprs);
	exprs = nft_rule(&n, "output");
	e = nft_expr(&n, "immediate");
	nft_u32(&n, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	data = nft_nest(&n, NFTA_IMMEDIATE_DATA);
	verdict = nft_nest(&n, NFTA_DATA_VERDICT);
	nft_u32(&n, NFTA_VERDICT_CODE, NFT_JUMP);
	nft_u32(&n, NFTA_VERDICT_CHAIN_ID, 1);
	nft_end(&n, verdict);
	nft_end(&n, data);
	nft_expr_end(&n, e);
	nft_end(&n, exprs);
	MUST(nft_commit(&n));
}

static void rule_of_set(const char *chain, const char *set, int dreg)
{
	const uint8_t udp = IPPROTO_UDP;
	struct nlattr *exprs = nft_rule(&n, chain);

	nft_meta(&n, NFT_META_L4PROTO, NFT_REG_1);
	nft_cmp(&n, NFT_REG_1, &udp, 1);
	nft_payload(&n, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG_1);
	nft_lookup(&n, set, NFT_REG_1, dreg);
	if (dreg < 0) {
		nft_counter(&n, 0, 0);
		nft_verdict(&n, NF_DROP, NULL);
	}
	nft_end(&n, exprs);
}

static void make_sets(void)
{
	struct nlattr *elems, *elem, *desc, *fields, *field;
	struct nft_expr e;
	int i;

	nft_begin(&n, NFPROTO_INET, "hop_sets");
	nft_table(&n);
	nft_base_chain(&n, "input", "filter", NF_INET_LOCAL_IN, 3, NULL);
	nft_chain(&n, "away");
	elem = nft_rule(&n, "away");
	nft_counter(&n, 0, 0);
	nft_verdict(&n, NF_DROP, NULL);
	nft_end(&n, elem);

	/* Named, with a comment on an element and a size; no port that others get. */
	nft_set(&n, "ports", 1, 0, 2);
	desc = nft_nest(&n, NFTA_SET_DESC);
	nft_u32(&n, NFTA_SET_DESC_SIZE, 4000);
	nft_end(&n, desc);
	nft_data(&n, NFTA_SET_USERDATA, "set", 3);
	elems = nft_elems(&n, "ports");
	add_port(IN_SET, 0);
	for (i = 0; i < 1000; i++)
		add_port(2000 + i, 0);
	elem = nft_nest(&n, NFTA_LIST_ELEM);
	elem_port(9);
	nft_data(&n, NFTA_SET_ELEM_USERDATA, "\0\2a", 4);
	nft_end(&n, elem);
	nft_end(&n, elems);
	rule_of_set("input", "ports", -1);

	/* Intervals side by side, one to the end. */
	nft_set(&n, "ranges", 2, NFT_SET_INTERVAL, 2);
	elems = nft_elems(&n, "ranges");
	add_port(0, NFT_SET_ELEM_INTERVAL_END);
	add_port(100, 0);
	add_port(200, NFT_SET_ELEM_INTERVAL_END);
	add_port(200, 0);
	add_port(300, NFT_SET_ELEM_INTERVAL_END);
	add_port(65000, 0);
	nft_end(&n, elems);

	/* Verdicts. */
	nft_set(&n, "verdicts", 3, NFT_SET_MAP, 2);
	nft_u32(&n, NFTA_SET_DATA_TYPE, NFT_DATA_VERDICT);
	elems = nft_elems(&n, "verdicts");
	elem = nft_nest(&n, NFTA_LIST_ELEM);
	elem_port(IN_MAP);
	nft_verdict_data(&n, NFTA_SET_ELEM_DATA, NFT_GOTO, "away");
	nft_end(&n, elem);
	nft_end(&n, elems);
	rule_of_set("input", "verdicts", NFT_REG_VERDICT);

	/* Without a name. */
	nft_set(&n, "__set%d", 4, NFT_SET_ANONYMOUS | NFT_SET_CONSTANT, 2);
	nft_of(&n, NFT_MSG_NEWSETELEM, NLM_F_CREATE);
	nft_str(&n, NFTA_SET_ELEM_LIST_SET, "__set%d");
	nft_u32(&n, NFTA_SET_ELEM_LIST_SET_ID, 4);
	elems = nft_nest(&n, NFTA_SET_ELEM_LIST_ELEMENTS);
	add_port(3, 0);
	add_port(4, 0);
	nft_end(&n, elems);
	elem = nft_rule(&n, "away");
	nft_payload(&n, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG_1);
	e = nft_expr(&n, "lookup");
	nft_str(&n, NFTA_LOOKUP_SET, "__set%d");
	nft_u32(&n, NFTA_LOOKUP_SET_ID, 4);
	nft_u32(&n, NFTA_LOOKUP_SREG, NFT_REG_1);
	nft_expr_end(&n, e);
	nft_end(&n, elem);

	/* Elements that go, one that stays; what packets add. */
	nft_set(&n, "times", 5, NFT_SET_TIMEOUT, 2);
	nft_u64(&n, NFTA_SET_TIMEOUT, 3600 * 1000);
	elems = nft_elems(&n, "times");
	add_port(5, 0);
	elem = nft_nest(&n, NFTA_LIST_ELEM);
	elem_port(6);
	nft_u64(&n, NFTA_SET_ELEM_TIMEOUT, 7200 * 1000);
	nft_u64(&n, NFTA_SET_ELEM_EXPIRATION, 5000 * 1000);
	nft_end(&n, elem);
	elem = nft_nest(&n, NFTA_LIST_ELEM);
	elem_port(7);
	nft_u64(&n, NFTA_SET_ELEM_TIMEOUT, 0);
	nft_end(&n, elem);
	nft_end(&n, elems);

	/* Two fields, with ranges. */
	nft_set(&n, "pairs", 6, NFT_SET_CONCAT | NFT_SET_INTERVAL, 8);
	desc = nft_nest(&n, NFTA_SET_DESC);
	fields = nft_nest(&n, NFTA_SET_DESC_CONCAT);
	for (i = 0; i < 2; i++) {
		field = nft_nest(&n, NFTA_LIST_ELEM);
		nft_u32(&n, NFTA_SET_FIELD_LEN, i ? 2 : 4);
		nft_end(&n, field);
	}
	nft_end(&n, fields);
	nft_end(&n, desc);
	elems = nft_elems(&n, "pairs");
	for (i = 0; i < 3; i++) {
		const unsigned char from[] = { 10, i, 0, 0, 0, 80, 0, 0 };
		const unsigned char to[] = { 10, i, 0, 255, 0, 90, 0, 0 };

		elem = nft_nest(&n, NFTA_LIST_ELEM);
		nft_value(&n, NFTA_SET_ELEM_KEY, from, sizeof(from));
		nft_value(&n, NFTA_SET_ELEM_KEY_END, to, sizeof(to));
		nft_end(&n, elem);
	}
	nft_end(&n, elems);

	/* Packets add what is counted. */
	nft_set(&n, "seen", 7, NFT_SET_TIMEOUT | NFT_SET_EVAL, 2);
	nft_u64(&n, NFTA_SET_TIMEOUT, 3600 * 1000);
	desc = nft_nest(&n, NFTA_SET_DESC);
	nft_u32(&n, NFTA_SET_DESC_SIZE, 100);
	nft_end(&n, desc);
	elem = nft_rule(&n, "input");
	nft_dport(&n, IPPROTO_UDP, DYNAMIC);
	e = nft_expr(&n, "dynset");
	nft_str(&n, NFTA_DYNSET_SET_NAME, "seen");
	nft_u32(&n, NFTA_DYNSET_OP, NFT_DYNSET_OP_UPDATE);
	nft_u32(&n, NFTA_DYNSET_SREG_KEY, NFT_REG_1);
	nft_u64(&n, NFTA_DYNSET_TIMEOUT, 1800 * 1000);
	{
		struct nlattr *expr = nft_nest(&n, NFTA_DYNSET_EXPR), *data;

		nft_str(&n, NFTA_EXPR_NAME, "counter");
		data = nft_nest(&n, NFTA_EXPR_DATA);
		nft_end(&n, data);
		nft_end(&n, expr);
	}
	nft_expr_end(&n, e);
	nft_end(&n, elem);
	MUST(nft_commit(&n));
}

static void objref(const char *name, int type)
{
	struct nft_expr e = nft_expr(&n, "objref");

	nft_u32(&n, NFTA_OBJREF_IMM_TYPE, type);
	nft_str(&n, NFTA_OBJREF_IMM_NAME, name);
	nft_expr_end(&n, e);
}

static void object(const char *name, int type)
{
	nft_of(&n, NFT_MSG_NEWOBJ, NLM_F_CREATE);
	nft_str(&n, NFTA_OBJ_NAME, name);
	nft_u32(&n, NFTA_OBJ_TYPE, type);
}

static void make_objects(void)
{
	struct nlattr *data, *exprs, *elems, *elem;

	nft_begin(&n, NFPROTO_IPV4, "hop_objects");
	nft_table(&n);
	nft_base_chain(&n, "input", "filter", NF_INET_LOCAL_IN, 4, NULL);
	/* The same name for two types. */
	object("first", NFT_OBJECT_COUNTER);
	data = nft_nest(&n, NFTA_OBJ_DATA);
	nft_u64(&n, NFTA_COUNTER_BYTES, 1000);
	nft_u64(&n, NFTA_COUNTER_PACKETS, 10);
	nft_end(&n, data);
	object("first", NFT_OBJECT_QUOTA);
	data = nft_nest(&n, NFTA_OBJ_DATA);
	nft_u64(&n, NFTA_QUOTA_BYTES, 1 << 20);
	nft_u32(&n, NFTA_QUOTA_FLAGS, 0);
	nft_u64(&n, NFTA_QUOTA_CONSUMED, 77);
	nft_end(&n, data);
	exprs = nft_rule(&n, "input");
	nft_dport(&n, IPPROTO_UDP, QUOTA);
	objref("first", NFT_OBJECT_COUNTER);
	objref("first", NFT_OBJECT_QUOTA);
	nft_end(&n, exprs);
	nft_set(&n, "counted", 1, NFT_SET_OBJECT, 2);
	nft_u32(&n, NFTA_SET_OBJ_TYPE, NFT_OBJECT_COUNTER);
	elems = nft_elems(&n, "counted");
	elem = nft_nest(&n, NFTA_LIST_ELEM);
	elem_port(8);
	nft_str(&n, NFTA_SET_ELEM_OBJREF, "first");
	nft_end(&n, elem);
	nft_end(&n, elems);
	MUST(nft_commit(&n));
}

/* As iptables-nft has it: "-p udp -m multiport --dports COMPAT -j DROP". */
static void make_compat(void)
{
	struct xt_multiport_v1 ports = {
		.flags = XT_MULTIPORT_DESTINATION, .count = 1, .ports = { COMPAT },
	};
	const uint8_t udp = IPPROTO_UDP;
	char info[(sizeof(ports) + 7) & ~7] = "";
	struct nlattr *exprs, *compat;
	struct nft_expr e;

	memcpy(info, &ports, sizeof(ports));
	nft_begin(&n, NFPROTO_IPV4, "hop_compat");
	nft_table(&n);
	nft_base_chain(&n, "INPUT", "filter", NF_INET_LOCAL_IN, 0, NULL);
	exprs = nft_rule(&n, "INPUT");
	nft_meta(&n, NFT_META_L4PROTO, NFT_REG_1);
	nft_cmp(&n, NFT_REG_1, &udp, 1);
	e = nft_expr(&n, "match");
	nft_str(&n, NFTA_MATCH_NAME, "multiport");
	nft_u32(&n, NFTA_MATCH_REV, 1);
	nft_data(&n, NFTA_MATCH_INFO, info, sizeof(info));
	nft_expr_end(&n, e);
	nft_counter(&n, 0, 0);
	nft_verdict(&n, NF_DROP, NULL);
	nft_end(&n, exprs);
	compat = nft_nest(&n, NFTA_RULE_COMPAT);
	nft_u32(&n, NFTA_RULE_COMPAT_PROTO, IPPROTO_UDP);
	nft_u32(&n, NFTA_RULE_COMPAT_FLAGS, 0);
	nft_end(&n, compat);
	MUST(nft_commit(&n));
}

static void make_others(void)
{
	struct nlattr *exprs;

	nft_begin(&n, NFPROTO_NETDEV, "hop_netdev");
	nft_table(&n);
	nft_base_chain(&n, "ingress", "filter", NF_NETDEV_INGRESS, 1, "lo");
	exprs = nft_rule(&n, "ingress");
	nft_dport(&n, IPPROTO_UDP, 1);
	nft_counter(&n, 3, 4);
	nft_end(&n, exprs);
	MUST(nft_commit(&n));

	nft_begin(&n, NFPROTO_BRIDGE, "hop_bridge");
	nft_table(&n);
	nft_base_chain(&n, "forward", "filter", NF_INET_FORWARD, -200, NULL);
	MUST(nft_commit(&n));

	/* Asleep. */
	nft_begin(&n, NFPROTO_IPV6, "hop_dormant");
	nft_table(&n);
	nft_u32(&n, NFTA_TABLE_FLAGS, NFT_TABLE_F_DORMANT);
	nft_base_chain(&n, "prerouting", "nat", NF_INET_PRE_ROUTING, -100, NULL);
	nft_base_chain(&n, "output", "route", NF_INET_LOCAL_OUT, -150, NULL);
	MUST(nft_commit(&n));
}

static void check_filter(void)
{
	CHECK(!comes(DROPPED));
	CHECK(comes(PASSED));
	CHECK(!comes(IN_SET));
	CHECK(!comes(IN_MAP));
	CHECK(!comes(IN_BLOCK));
	CHECK(!comes(COMPAT));
	CHECK(comes(QUOTA));
	CHECK(comes(DYNAMIC));
}

/* A handle that was given is not given again. */
static void check_new_handle(const char *before)
{
	char *after;

	nft_begin(&n, NFPROTO_IPV4, "hop_nft");
	nft_chain(&n, "gone");
	MUST(nft_commit(&n));
	after = nft_ruleset("hop_nft");
	CHECK(strcmp(before, after));
	/* What it has: 1 input, 2 a rule, 3 gone, 4 kept, 5. */
	if (!CHECK(strstr(after, "0c0002000000000000000005")))
		printf("%s", after);
	free(after);
}

int main(void)
{
	char *before, *after;

	own_net();
	make_simple();
	make_rules();
	make_sets();
	make_objects();
	make_compat();
	make_others();
	check_filter();
	before = nft_ruleset("hop_");

	hop();
	after = nft_ruleset("hop_");
	CHECK(nft_check_same(before, after));
	check_filter();
	free(after);
	after = nft_ruleset("hop_nft");
	check_new_handle(after);

	nft_drop(NFPROTO_IPV4, "hop_nft");
	nft_drop(NFPROTO_INET, "hop_rules");
	nft_drop(NFPROTO_INET, "hop_sets");
	nft_drop(NFPROTO_IPV4, "hop_objects");
	nft_drop(NFPROTO_IPV4, "hop_compat");
	nft_drop(NFPROTO_NETDEV, "hop_netdev");
	nft_drop(NFPROTO_BRIDGE, "hop_bridge");
	nft_drop(NFPROTO_IPV6, "hop_dormant");
	return hop_status();
}
