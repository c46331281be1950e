/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of nf_tables share: batches of netlink messages, and what a kernel says of its
 * tables, as text. No program for it is needed in a guest.
 */
#ifndef NFT_TEST_H
#define NFT_TEST_H

#include <arpa/inet.h>
#include <endian.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <net/if.h>
#include <sys/socket.h>

#include "hop_test.h"

#define __aligned(n)	__attribute__((aligned(n)))

struct nft {
	char buf[1 << 16] __aligned(4);
	size_t len;
	struct nlmsghdr *nlh;		/* that is being written */
	int family;
	const char *table;
	unsigned int nr;
};

static inline void nft_msg(struct nft *n, int type, int flags, int family, int res_id)
{
	struct nfgenmsg *head;

	n->nlh = (void *)(n->buf + n->len);
	memset(n->nlh, 0, NLMSG_LENGTH(sizeof(*head)));
	n->nlh->nlmsg_type = type;
	n->nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	n->nlh->nlmsg_seq = ++n->nr;
	head = NLMSG_DATA(n->nlh);
	head->nfgen_family = family;
	head->version = NFNETLINK_V0;
	head->res_id = htons(res_id);
	n->len += NLMSG_LENGTH(sizeof(*head));
	n->nlh->nlmsg_len = NLMSG_LENGTH(sizeof(*head));
}

static inline void nft_data(struct nft *n, int type, const void *data, size_t len)
{
	struct nlattr *a = (void *)(n->buf + n->len);

	memset(a, 0, NLA_HDRLEN + NLA_ALIGN(len));
	a->nla_type = type;
	a->nla_len = NLA_HDRLEN + len;
	memcpy((void *)a + NLA_HDRLEN, data, len);
	n->len += NLA_ALIGN(a->nla_len);
	n->nlh->nlmsg_len = (char *)n->buf + n->len - (char *)n->nlh;
}

static inline void nft_str(struct nft *n, int type, const char *text)
{
	nft_data(n, type, text, strlen(text) + 1);
}

static inline void nft_u32(struct nft *n, int type, uint32_t value)
{
	value = htonl(value);
	nft_data(n, type, &value, sizeof(value));
}

static inline void nft_u64(struct nft *n, int type, uint64_t value)
{
	value = htobe64(value);
	nft_data(n, type, &value, sizeof(value));
}

static inline struct nlattr *nft_nest(struct nft *n, int type)
{
	struct nlattr *a = (void *)(n->buf + n->len);

	nft_data(n, type | NLA_F_NESTED, "", 0);
	return a;
}

static inline void nft_end(struct nft *n, struct nlattr *nest)
{
	nest->nla_len = (char *)n->buf + n->len - (char *)nest;
}

static inline void nft_begin(struct nft *n, int family, const char *table)
{
	n->len = 0;
	n->nr = 0;
	n->family = family;
	n->table = table;
	nft_msg(n, NFNL_MSG_BATCH_BEGIN, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
}

/* A message of this table. */
static inline void nft_of(struct nft *n, int type, int flags)
{
	nft_msg(n, NFNL_SUBSYS_NFTABLES << 8 | type, flags, n->family, 0);
	nft_str(n, NFTA_TABLE_NAME, n->table);
}

/* Returns 0 or -1 with errno. */
static inline int nft_send(struct nft *n, int fd)
{
	int err = 0;
	char answer[4096] __aligned(4);
	struct nlmsghdr *nlh = (void *)answer;
	struct nlmsgerr *e = NLMSG_DATA(nlh);

	nft_msg(n, NFNL_MSG_BATCH_END, 0, AF_UNSPEC, NFNL_SUBSYS_NFTABLES);
	if (send(fd, n->buf, n->len, 0) < 0)
		err = errno;
	while (!err && recv(fd, answer, sizeof(answer), MSG_DONTWAIT) > 0) {
		if (nlh->nlmsg_type == NLMSG_ERROR && e->error) {
			err = -e->error;
			printf("# message %u of the batch: %s\n", e->msg.nlmsg_seq, strerror(err));
		}
	}
	errno = err;
	return err ? -1 : 0;
}

static inline int nft_commit(struct nft *n)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER), ret, err;

	if (fd < 0)
		return -1;
	ret = nft_send(n, fd);
	err = errno;
	close(fd);
	errno = err;
	return ret;
}

/* ---- pieces -------------------------------------------------------------- */

static inline void nft_table(struct nft *n)
{
	nft_of(n, NFT_MSG_NEWTABLE, NLM_F_CREATE | NLM_F_EXCL);
}

static inline void nft_drop(int family, const char *table)
{
	static struct nft n;

	nft_begin(&n, family, table);
	nft_of(&n, NFT_MSG_DELTABLE, 0);
	MUST(nft_commit(&n));
}

static inline void nft_chain(struct nft *n, const char *name)
{
	nft_of(n, NFT_MSG_NEWCHAIN, NLM_F_CREATE | NLM_F_EXCL);
	nft_str(n, NFTA_CHAIN_NAME, name);
}

static inline void nft_base_chain(struct nft *n, const char *name, const char *type,
				  int hook, int priority, const char *dev)
{
	struct nlattr *nest;

	nft_chain(n, name);
	nest = nft_nest(n, NFTA_CHAIN_HOOK);
	nft_u32(n, NFTA_HOOK_HOOKNUM, hook);
	nft_u32(n, NFTA_HOOK_PRIORITY, priority);
	if (dev)
		nft_str(n, NFTA_HOOK_DEV, dev);
	nft_end(n, nest);
	nft_str(n, NFTA_CHAIN_TYPE, type);
	nft_u32(n, NFTA_CHAIN_POLICY, NF_ACCEPT);
}

static inline struct nlattr *nft_rule(struct nft *n, const char *chain)
{
	nft_of(n, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
	nft_str(n, NFTA_RULE_CHAIN, chain);
	return nft_nest(n, NFTA_RULE_EXPRESSIONS);
}

struct nft_expr {
	struct nlattr *elem;
	struct nlattr *data;
};

static inline struct nft_expr nft_expr(struct nft *n, const char *name)
{
	struct nft_expr e;

	e.elem = nft_nest(n, NFTA_LIST_ELEM);
	nft_str(n, NFTA_EXPR_NAME, name);
	e.data = nft_nest(n, NFTA_EXPR_DATA);
	return e;
}

static inline void nft_expr_end(struct nft *n, struct nft_expr e)
{
	nft_end(n, e.data);
	nft_end(n, e.elem);
}

static inline void nft_value(struct nft *n, int type, const void *data, size_t len)
{
	struct nlattr *nest = nft_nest(n, type);

	nft_data(n, NFTA_DATA_VALUE, data, len);
	nft_end(n, nest);
}

static inline void nft_meta(struct nft *n, int key, int reg)
{
	struct nft_expr e = nft_expr(n, "meta");

	nft_u32(n, NFTA_META_KEY, key);
	nft_u32(n, NFTA_META_DREG, reg);
	nft_expr_end(n, e);
}

static inline void nft_payload(struct nft *n, int base, int offset, int len, int reg)
{
	struct nft_expr e = nft_expr(n, "payload");

	nft_u32(n, NFTA_PAYLOAD_DREG, reg);
	nft_u32(n, NFTA_PAYLOAD_BASE, base);
	nft_u32(n, NFTA_PAYLOAD_OFFSET, offset);
	nft_u32(n, NFTA_PAYLOAD_LEN, len);
	nft_expr_end(n, e);
}

static inline void nft_cmp(struct nft *n, int reg, const void *data, size_t len)
{
	struct nft_expr e = nft_expr(n, "cmp");

	nft_u32(n, NFTA_CMP_SREG, reg);
	nft_u32(n, NFTA_CMP_OP, NFT_CMP_EQ);
	nft_value(n, NFTA_CMP_DATA, data, len);
	nft_expr_end(n, e);
}

/* "udp dport PORT", or of TCP. */
static inline void nft_dport(struct nft *n, int protocol, int port)
{
	const uint8_t proto = protocol;
	const uint16_t dport = htons(port);

	nft_meta(n, NFT_META_L4PROTO, NFT_REG_1);
	nft_cmp(n, NFT_REG_1, &proto, 1);
	nft_payload(n, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG_1);
	nft_cmp(n, NFT_REG_1, &dport, 2);
}

static inline void nft_counter(struct nft *n, uint64_t packets, uint64_t bytes)
{
	struct nft_expr e = nft_expr(n, "counter");

	nft_u64(n, NFTA_COUNTER_BYTES, bytes);
	nft_u64(n, NFTA_COUNTER_PACKETS, packets);
	nft_expr_end(n, e);
}

static inline void nft_verdict_data(struct nft *n, int type, int code, const char *chain)
{
	struct nlattr *data = nft_nest(n, type), *verdict = nft_nest(n, NFTA_DATA_VERDICT);

	nft_u32(n, NFTA_VERDICT_CODE, code);
	if (chain)
		nft_str(n, NFTA_VERDICT_CHAIN, chain);
	nft_end(n, verdict);
	nft_end(n, data);
}

static inline void nft_verdict(struct nft *n, int code, const char *chain)
{
	struct nft_expr e = nft_expr(n, "immediate");

	nft_u32(n, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
	nft_verdict_data(n, NFTA_IMMEDIATE_DATA, code, chain);
	nft_expr_end(n, e);
}

static inline void nft_set(struct nft *n, const char *name, int id, int flags, int key_len)
{
	nft_of(n, NFT_MSG_NEWSET, NLM_F_CREATE | NLM_F_EXCL);
	nft_str(n, NFTA_SET_NAME, name);
	nft_u32(n, NFTA_SET_ID, id);
	nft_u32(n, NFTA_SET_FLAGS, flags);
	nft_u32(n, NFTA_SET_KEY_TYPE, 0);
	nft_u32(n, NFTA_SET_KEY_LEN, key_len);
}

static inline struct nlattr *nft_elems(struct nft *n, const char *set)
{
	nft_of(n, NFT_MSG_NEWSETELEM, NLM_F_CREATE);
	nft_str(n, NFTA_SET_ELEM_LIST_SET, set);
	return nft_nest(n, NFTA_SET_ELEM_LIST_ELEMENTS);
}

static inline void nft_lookup(struct nft *n, const char *set, int reg, int dreg)
{
	struct nft_expr e = nft_expr(n, "lookup");

	nft_str(n, NFTA_LOOKUP_SET, set);
	nft_u32(n, NFTA_LOOKUP_SREG, reg);
	if (dreg >= 0)
		nft_u32(n, NFTA_LOOKUP_DREG, dreg);
	nft_expr_end(n, e);
}

/* ---- what a kernel says -------------------------------------------------- */

static char *nft_lines[4096];
static int nft_nr_lines;

static inline void nft_line(const char *what, const void *data, size_t len)
{
	char *line = malloc(strlen(what) + 2 * len + 2);
	size_t i, at = sprintf(line, "%s ", what);

	for (i = 0; i < len; i++)
		at += sprintf(line + at, "%02x", ((const unsigned char *)data)[i]);
	if (nft_nr_lines < (int)ARRAY_SIZE(nft_lines))
		nft_lines[nft_nr_lines++] = line;
}

static inline const struct nlattr *nft_next(const struct nlattr *a)
{
	return (const void *)a + NLA_ALIGN(a->nla_len);
}

#define nft_for_each(a, start, end)						\
	for (a = (start); (const char *)a + NLA_HDRLEN <= (const char *)(end) &&	\
	     a->nla_len >= NLA_HDRLEN; a = nft_next(a))

static inline const struct nlattr *nft_find(const void *start, const void *end, int type)
{
	const struct nlattr *a;

	nft_for_each(a, start, end)
		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
	return NULL;
}

static inline const void *nft_payload_of(const struct nlattr *a)
{
	return (const void *)a + NLA_HDRLEN;
}

static inline const void *nft_end_of(const struct nlattr *a)
{
	return (const void *)a + a->nla_len;
}

/*
 * One element, without how long it still has; that it stays in a set of those that go is not
 * told by all kernels.
 */
static inline void nft_elem_line(const char *what, const struct nlattr *elem)
{
	char buf[4096];
	const struct nlattr *a;
	size_t len = 0;

	nft_for_each(a, nft_payload_of(elem), nft_end_of(elem)) {
		const int type = a->nla_type & NLA_TYPE_MASK;

		if (type == NFTA_SET_ELEM_EXPIRATION)
			continue;
		if (type == NFTA_SET_ELEM_TIMEOUT &&
		    !memcmp(nft_payload_of(a), "\0\0\0\0\0\0\0", 8))
			continue;
		memcpy(buf + len, a, a->nla_len);
		memset(buf + len + a->nla_len, 0, NLA_ALIGN(a->nla_len) - a->nla_len);
		len += NLA_ALIGN(a->nla_len);
	}
	nft_line(what, buf, len);
}

/* A message; in which order it tells is a kernel's own affair. */
static inline void nft_msg_line(const char *what, const void *start, const void *end)
{
	static char buf[1 << 16];
	const struct nlattr *a;
	size_t len = 0;
	int type;

	for (type = 1; type < 32; type++) {
		a = nft_find(start, end, type);
		if (!a)
			continue;
		memcpy(buf + len, a, a->nla_len);
		memset(buf + len + a->nla_len, 0, NLA_ALIGN(a->nla_len) - a->nla_len);
		len += NLA_ALIGN(a->nla_len);
	}
	nft_line(what, buf, len);
}

static inline void nft_take(const char *what, const struct nlmsghdr *nlh, const char *prefix,
			    char (*sets)[64], int *nr_sets)
{
	const struct nfgenmsg *head = NLMSG_DATA(nlh);
	const void *start = (const void *)(head + 1), *end = (const void *)nlh + nlh->nlmsg_len;
	const struct nlattr *name = nft_find(start, end, NFTA_TABLE_NAME), *a;
	char text[256];

	if (!name || strncmp(nft_payload_of(name), prefix, strlen(prefix)))
		return;
	if (sets && *nr_sets < 32) {
		a = nft_find(start, end, NFTA_SET_NAME);
		if (a)
			snprintf(sets[(*nr_sets)++], 64, "%d %s %s", head->nfgen_family,
				 (const char *)nft_payload_of(name),
				 (const char *)nft_payload_of(a));
	}
	if (strcmp(what, "element")) {
		snprintf(text, sizeof(text), "%d %s", head->nfgen_family, what);
		nft_msg_line(text, start, end);
		return;
	}
	a = nft_find(start, end, NFTA_SET_ELEM_LIST_SET);
	snprintf(text, sizeof(text), "%d %s %s %s", head->nfgen_family, what,
		 (const char *)nft_payload_of(name), (const char *)nft_payload_of(a));
	name = nft_find(start, end, NFTA_SET_ELEM_LIST_ELEMENTS);
	if (name)
		nft_for_each(a, nft_payload_of(name), nft_end_of(name))
			nft_elem_line(text, a);
}

static inline void nft_dump(const char *what, int get, int family, const char *table,
			    const char *set, const char *prefix, char (*sets)[64], int *nr_sets)
{
	int fd = MUST(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
	static char answer[1 << 16] __aligned(4);
	static struct nft n;
	struct nlmsghdr *nlh;
	bool done = false;
	int len;

	n.len = 0;
	nft_msg(&n, NFNL_SUBSYS_NFTABLES << 8 | get, NLM_F_DUMP, family, 0);
	if (table)
		nft_str(&n, NFTA_SET_ELEM_LIST_TABLE, table);
	if (set)
		nft_str(&n, NFTA_SET_ELEM_LIST_SET, set);
	MUST(send(fd, n.buf, n.len, 0));
	while (!done) {
		len = MUST(recv(fd, answer, sizeof(answer), 0));
		for (nlh = (void *)answer; NLMSG_OK(nlh, len); nlh = NLMSG_NEXT(nlh, len)) {
			if (nlh->nlmsg_type == NLMSG_DONE || nlh->nlmsg_type == NLMSG_ERROR)
				done = true;
			else
				nft_take(what, nlh, prefix, sets, nr_sets);
		}
	}
	close(fd);
}

static inline int nft_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/*
 * All that is in tables whose name begins with @prefix, a line for each: as the kernel tells it,
 * with handles and counters. Rules have their handles, and that of the one before, so that their
 * order counts, too.
 */
static inline char *nft_ruleset(const char *prefix)
{
	char sets[32][64], *text;
	int nr_sets = 0, i, family;
	size_t len = 1;

	nft_nr_lines = 0;
	nft_dump("table", NFT_MSG_GETTABLE, 0, NULL, NULL, prefix, NULL, NULL);
	nft_dump("chain", NFT_MSG_GETCHAIN, 0, NULL, NULL, prefix, NULL, NULL);
	nft_dump("rule", NFT_MSG_GETRULE, 0, NULL, NULL, prefix, NULL, NULL);
	nft_dump("object", NFT_MSG_GETOBJ, 0, NULL, NULL, prefix, NULL, NULL);
	nft_dump("set", NFT_MSG_GETSET, 0, NULL, NULL, prefix, sets, &nr_sets);
	for (i = 0; i < nr_sets; i++) {
		char table[64], set[64];

		if (sscanf(sets[i], "%d %63s %63s", &family, table, set) == 3)
			nft_dump("element", NFT_MSG_GETSETELEM, family, table, set, prefix, NULL,
				 NULL);
	}
	qsort(nft_lines, nft_nr_lines, sizeof(*nft_lines), nft_compare);
	for (i = 0; i < nft_nr_lines; i++)
		len += strlen(nft_lines[i]) + 1;
	text = calloc(1, len);
	for (i = 0, len = 0; i < nft_nr_lines; i++) {
		len += sprintf(text + len, "%s\n", nft_lines[i]);
		free(nft_lines[i]);
	}
	return text;
}

/* Says which lines differ. */
static inline bool nft_check_same(const char *was, const char *is)
{
	const char *a = was, *b = is;

	while (*a && *b) {
		size_t la = strcspn(a, "\n"), lb = strcspn(b, "\n");

		if (la != lb || memcmp(a, b, la)) {
			printf("# was %.*s\n# is  %.*s\n", (int)la, a, (int)lb, b);
			break;
		}
		a += la + 1;
		b += lb + 1;
	}
	if (!!*a != !!*b)
		printf("# was %s# is  %s\n", a, b);
	return !strcmp(was, is);
}

#endif /* NFT_TEST_H */
