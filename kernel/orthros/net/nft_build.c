// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of nf_tables, made of what was told of them: a batch for each, which comes into being
 * as a whole or not at all, and reads then as the source's did.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/slab.h>
#include <linux/socket.h>
#include <linux/xxhash.h>
#include <net/sock.h>
#include "net_internal.h"
#include "nft.h"

/**
 * struct batch - a request that makes a table
 * @buf:	its messages
 * @data:	what was told
 * @table:	of which this is the table
 * @trial:	devices do not matter, of which none is there
 * @nr:		messages so far; each has its number
 * @err:	of the first that went wrong
 */
struct batch {
	struct orthros_sections buf;
	const struct orthros_net_data *data;
	const struct nlmsghdr *table;
	bool trial;
	u32 nr;
	int err;
};

/* ---- writing messages --------------------------------------------------- */

static void *room(struct batch *b, size_t len)
{
	void *p = b->err ? NULL : orthros_sections_room(&b->buf, len);

	if (!p && !b->err)
		b->err = -ENOMEM;
	return p;
}

static void put(struct batch *b, int type, const void *data, size_t len)
{
	struct nlattr *a = room(b, nla_total_size(len));

	if (!a)
		return;
	a->nla_type = type;
	a->nla_len = nla_attr_size(len);
	memcpy(nla_data(a), data, len);
}

static void put_attr(struct batch *b, const struct nlattr *a)
{
	put(b, a->nla_type, nla_data(a), nla_len(a));
}

static void put_be32(struct batch *b, int type, u32 value)
{
	const __be32 be = htonl(value);

	put(b, type, &be, sizeof(be));
}

static size_t nest(struct batch *b, int type)
{
	const size_t at = b->buf.len;
	struct nlattr *a = room(b, NLA_HDRLEN);

	if (a)
		a->nla_type = type;
	return at;
}

static void nest_end(struct batch *b, size_t at)
{
	const size_t len = b->buf.len - at;

	if (b->err)
		return;
	if (len > U16_MAX)
		b->err = -EMSGSIZE;
	else
		((struct nlattr *)(b->buf.data + at))->nla_len = len;
}

static size_t begin(struct batch *b, u16 type, u16 flags, u8 family, u16 res_id)
{
	const size_t at = b->buf.len;
	struct nlmsghdr *nlh = room(b, NLMSG_LENGTH(sizeof(struct nfgenmsg)));
	struct nfgenmsg *head;

	if (!nlh)
		return at;
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	nlh->nlmsg_seq = ++b->nr;
	head = nlmsg_data(nlh);
	head->nfgen_family = family;
	head->version = NFNETLINK_V0;
	head->res_id = htons(res_id);
	return at;
}

static void end(struct batch *b, size_t at)
{
	if (!b->err)
		((struct nlmsghdr *)(b->buf.data + at))->nlmsg_len = b->buf.len - at;
}

/* ---- from what was told to what is asked for ---------------------------- */

/* A trial has no devices but the one that all have. */
static void put_hook(struct batch *b, const struct nlattr *hook)
{
	static const char lo[] = "lo";
	const struct nlattr *a;
	bool device = false;
	size_t at;
	int rem;

	at = nest(b, NFTA_CHAIN_HOOK);
	nla_for_each_nested(a, hook, rem) {
		/* A device that went has left nothing. */
		if (nla_type(a) == NFTA_HOOK_DEVS && !nla_len(a))
			continue;
		if (nla_type(a) == NFTA_HOOK_DEVS || nla_type(a) == NFTA_HOOK_DEV)
			device = true;
		if (!b->trial || (nla_type(a) != NFTA_HOOK_DEVS && nla_type(a) != NFTA_HOOK_DEV))
			put_attr(b, a);
	}
	if (b->trial && device)
		put(b, NFTA_HOOK_DEV, lo, sizeof(lo));
	nest_end(b, at);
}

/* Whether a set lets its elements go after a time. */
static bool has_timeout(const struct batch *b, const struct nlmsghdr *elems)
{
	const struct nlmsghdr *set = orthros_nft_find(b->data, ORTHROS_NFT_SET, b->table,
						      orthros_nft_attr(elems,
								       NFTA_SET_ELEM_LIST_SET));

	return set && orthros_nft_attr(set, NFTA_SET_TIMEOUT);
}

static bool is_end(const struct nlattr *elem)
{
	const struct nlattr *a = nla_find_nested(elem, NFTA_SET_ELEM_FLAGS);

	return a && nla_len(a) == sizeof(__be32) &&
	       ntohl(nla_get_be32(a)) & NFT_SET_ELEM_INTERVAL_END;
}

static void put_elem(struct batch *b, const struct nlattr *elem, bool timeout)
{
	const struct nlattr *left = nla_find_nested(elem, NFTA_SET_ELEM_EXPIRATION), *a;
	const __be64 never = 0;
	size_t at;
	int rem;

	/* It has expired; what is asked for with 0 would live for its whole time. */
	if (left && nla_len(left) == sizeof(__be64) && !nla_get_be64(left))
		return;
	at = nest(b, NFTA_LIST_ELEM);
	nla_for_each_nested(a, elem, rem)
		put_attr(b, a);
	/* Not all kernels tell of an element that stays in a set of those that go. */
	if (timeout && !left && !is_end(elem) && !nla_find_nested(elem, NFTA_SET_ELEM_TIMEOUT))
		put(b, NFTA_SET_ELEM_TIMEOUT, &never, sizeof(never));
	nest_end(b, at);
}

static void put_elems(struct batch *b, const struct nlmsghdr *nlh, const struct nlattr *elems)
{
	const bool timeout = has_timeout(b, nlh);
	const struct nlattr *elem;
	size_t at;
	int rem;

	at = nest(b, NFTA_SET_ELEM_LIST_ELEMENTS);
	nla_for_each_nested(elem, elems, rem)
		put_elem(b, elem, timeout);
	nest_end(b, at);
}

static u32 be32_in(const struct nlattr *nested, int type)
{
	const struct nlattr *a = nested ? nla_find_nested(nested, type) : NULL;

	return a && nla_len(a) == sizeof(__be32) ? ntohl(nla_get_be32(a)) : 0;
}

static bool is_named(const struct nlattr *expr, const char *name)
{
	const struct nlattr *a = nla_find_nested(expr, NFTA_EXPR_NAME);

	return a && !nla_strcmp(a, name);
}

/* Does an expression load the number of the protocol above IP? */
static bool loads_protocol(const struct nlattr *expr, u8 family)
{
	const struct nlattr *data = nla_find_nested(expr, NFTA_EXPR_DATA);
	const u32 at = family == NFPROTO_IPV6 ? offsetof(struct ipv6hdr, nexthdr) :
						offsetof(struct iphdr, protocol);

	if (is_named(expr, "meta"))
		return be32_in(data, NFTA_META_KEY) == NFT_META_L4PROTO;
	return is_named(expr, "payload") &&
	       be32_in(data, NFTA_PAYLOAD_BASE) == NFT_PAYLOAD_NETWORK_HEADER &&
	       be32_in(data, NFTA_PAYLOAD_OFFSET) == at && be32_in(data, NFTA_PAYLOAD_LEN) == 1;
}

/*
 * An extension of xtables wants to know for which protocol its rule is. That is not kept, but
 * the rule compares it.
 */
static void put_compat(struct batch *b, const struct nlmsghdr *nlh, const struct nlattr *exprs)
{
	const struct nlattr *expr, *data, *value;
	bool loaded = false, wanted = false;
	u32 protocol = 0, flags = 0;
	size_t at;
	int rem;

	nla_for_each_nested(expr, exprs, rem) {
		if (is_named(expr, "match") || is_named(expr, "target"))
			wanted = true;
		data = nla_find_nested(expr, NFTA_EXPR_DATA);
		if (loaded && data && is_named(expr, "cmp")) {
			value = nla_find_nested(data, NFTA_CMP_DATA);
			value = value ? nla_find_nested(value, NFTA_DATA_VALUE) : NULL;
			if (value && nla_len(value) == 1) {
				protocol = nla_get_u8(value);
				flags = be32_in(data, NFTA_CMP_OP) == NFT_CMP_NEQ ?
					NFT_RULE_COMPAT_F_INV : 0;
			}
		}
		loaded = loads_protocol(expr, orthros_nft_family(nlh));
	}
	if (!wanted)
		return;
	at = nest(b, NFTA_RULE_COMPAT);
	put_be32(b, NFTA_RULE_COMPAT_PROTO, protocol);
	put_be32(b, NFTA_RULE_COMPAT_FLAGS, flags);
	nest_end(b, at);
}

static void put_msg(struct batch *b, unsigned int part, const struct nlmsghdr *nlh)
{
	const struct orthros_nft_part *p = &orthros_nft_parts[part];
	const struct nlattr *a;
	size_t at;
	int rem;

	at = begin(b, NFNL_SUBSYS_NFTABLES << 8 | p->new, p->flags, orthros_nft_family(nlh), 0);
	nlmsg_for_each_attr(a, nlh, sizeof(struct nfgenmsg), rem) {
		if (nla_type(a) < BITS_PER_TYPE(p->own) && p->own & BIT(nla_type(a)))
			continue;
		if (part == ORTHROS_NFT_CHAIN && nla_type(a) == NFTA_CHAIN_HOOK)
			put_hook(b, a);
		else if (part == ORTHROS_NFT_ELEM && nla_type(a) == NFTA_SET_ELEM_LIST_ELEMENTS)
			put_elems(b, nlh, a);
		else
			put_attr(b, a);
		if (part == ORTHROS_NFT_RULE && nla_type(a) == NFTA_RULE_EXPRESSIONS)
			put_compat(b, nlh, a);
	}
	/* A number within the batch, which nobody needs: sets are found by name. */
	if (part == ORTHROS_NFT_SET)
		put_be32(b, NFTA_SET_ID, b->nr);
	end(b, at);
}

/* ---- the order of rules ------------------------------------------------- */

/* A chain without a name of its own belongs to the one rule that jumps there. */
static bool is_block(const struct nlmsghdr *chain)
{
	const struct nlattr *a = orthros_nft_attr(chain, NFTA_CHAIN_FLAGS);

	return a && nla_len(a) == sizeof(__be32) && ntohl(nla_get_be32(a)) & NFT_CHAIN_BINDING;
}

/*
 * Once a rule jumps to such a chain no rule can be added there, so its own come first; none of
 * them jumps to another one. They are told chain by chain, each in its order.
 */
static void put_rules(struct batch *b, bool of_blocks)
{
	const struct nlattr *name, *before = NULL;
	const struct nlmsghdr *nlh, *chain;
	bool block = false;
	int rem;

	orthros_for_each_nft(nlh, rem, b->data, ORTHROS_NFT_RULE) {
		if (!orthros_nft_of(nlh, b->table))
			continue;
		name = orthros_nft_attr(nlh, NFTA_RULE_CHAIN);
		if (!orthros_nft_same(name, before)) {
			chain = orthros_nft_find(b->data, ORTHROS_NFT_CHAIN, b->table, name);
			block = chain && is_block(chain);
		}
		before = name;
		if (block == of_blocks)
			put_msg(b, ORTHROS_NFT_RULE, nlh);
	}
}

/* ---- the batch ---------------------------------------------------------- */

static const char *what_of(const struct batch *b, u32 seq)
{
	const void *at = b->buf.data;
	const struct nlmsghdr *nlh;
	unsigned int i;
	int rem;

	orthros_for_each_msg(nlh, rem, at, b->buf.len)
		for (i = 0; nlh->nlmsg_seq == seq && i < ORTHROS_NFT_PARTS; i++)
			if (nlh->nlmsg_type == (NFNL_SUBSYS_NFTABLES << 8 |
						orthros_nft_parts[i].new))
				return orthros_nft_parts[i].what;
	return "table";
}

/* Errors alone are answered. */
static int send(const struct batch *b, struct orthros_nl *nl, char *why, size_t size)
{
	u8 answer[256] __aligned(NLMSG_ALIGNTO);
	const struct nlmsghdr *nlh = (void *)answer;
	const struct nlmsgerr *e = nlmsg_data(nlh);
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	struct msghdr msg = { .msg_name = &kernel, .msg_namelen = sizeof(kernel) };
	struct kvec vec = { .iov_base = b->buf.data, .iov_len = b->buf.len };
	int ret, err = b->err;

	if (err)
		return err;
	nl->sock->sk->sk_sndbuf = INT_MAX;
	ret = kernel_sendmsg(nl->sock, &msg, &vec, 1, vec.iov_len);
	if (ret < 0)
		return ret;
	for (;;) {
		struct msghdr in = {};
		struct kvec to = { .iov_base = answer, .iov_len = sizeof(answer) };

		ret = kernel_recvmsg(nl->sock, &in, &to, 1, sizeof(answer), MSG_DONTWAIT);
		if (ret == -EAGAIN)
			return err;
		if (ret < 0)
			return ret;
		if (ret < NLMSG_LENGTH(sizeof(*e)) || nlh->nlmsg_type != NLMSG_ERROR)
			return -EPROTO;
		/* The first is the reason for others. */
		if (e->error && !err) {
			err = e->error;
			scnprintf(why, size, "%s: %pe", what_of(b, e->msg.nlmsg_seq), ERR_PTR(err));
		}
	}
}

static int make(struct batch *b, struct orthros_nl *nl, char *why, size_t size)
{
	const struct nlmsghdr *nlh;
	unsigned int i;
	int err, rem;

	end(b, begin(b, NFNL_MSG_BATCH_BEGIN, 0, NFPROTO_UNSPEC, NFNL_SUBSYS_NFTABLES));
	for (i = 0; i < ORTHROS_NFT_PARTS; i++) {
		if (i == ORTHROS_NFT_RULE) {
			put_rules(b, true);
			put_rules(b, false);
			continue;
		}
		orthros_for_each_nft(nlh, rem, b->data, i)
			if (orthros_nft_of(nlh, b->table))
				put_msg(b, i, nlh);
	}
	end(b, begin(b, NFNL_MSG_BATCH_END, 0, NFPROTO_UNSPEC, NFNL_SUBSYS_NFTABLES));
	err = send(b, nl, why, size);
	kvfree(b->buf.data);
	return err;
}

/* ---- is it the same? ---------------------------------------------------- */

static bool has_expr(const struct nlattr *exprs, const char *name)
{
	const struct nlattr *expr;
	int rem;

	if (exprs)
		nla_for_each_nested(expr, exprs, rem)
			if (is_named(expr, name))
				return true;
	return false;
}

static u64 hash_attr(const struct nlattr *a, u64 seed)
{
	return xxh64(nla_data(a), nla_len(a), seed << 16 | nla_type(a));
}

/* Elements come in any order; of one that expires the time goes on. */
static u64 hash_elem(const struct nlattr *elem, u64 seed)
{
	const struct nlattr *a;
	u64 sum = seed;
	int rem;

	if (nla_find_nested(elem, NFTA_SET_ELEM_EXPIRATION) ||
	    has_expr(nla_find_nested(elem, NFTA_SET_ELEM_EXPRESSIONS), "last"))
		return 0;
	nla_for_each_nested(a, elem, rem) {
		/* Of 0, or none. */
		if (nla_type(a) == NFTA_SET_ELEM_TIMEOUT && nla_len(a) == sizeof(__be64) &&
		    !nla_get_be64(a))
			continue;
		sum = hash_attr(a, sum);
	}
	return sum;
}

static u64 hash_elems(const struct nlmsghdr *nlh)
{
	const struct nlattr *set = orthros_nft_attr(nlh, NFTA_SET_ELEM_LIST_SET), *elem;
	const struct nlattr *elems = orthros_nft_attr(nlh, NFTA_SET_ELEM_LIST_ELEMENTS);
	u64 sum = 0;
	int rem;

	if (set && elems)
		nla_for_each_nested(elem, elems, rem)
			sum += hash_elem(elem, hash_attr(set, 0));
	return sum;
}

static u64 hash_msg(const struct batch *b, unsigned int part, const struct nlmsghdr *nlh)
{
	const struct orthros_nft_part *p = &orthros_nft_parts[part];
	const struct nlattr *a;
	u64 sum = part;
	int rem;

	if (part == ORTHROS_NFT_ELEM)
		return hash_elems(nlh);
	/* It tells how long something is ago. */
	if (part == ORTHROS_NFT_RULE &&
	    has_expr(orthros_nft_attr(nlh, NFTA_RULE_EXPRESSIONS), "last"))
		return 0;
	nlmsg_for_each_attr(a, nlh, sizeof(struct nfgenmsg), rem) {
		if (nla_type(a) < BITS_PER_TYPE(p->own) && p->own & BIT(nla_type(a)))
			continue;
		if (b->trial && part == ORTHROS_NFT_CHAIN && nla_type(a) == NFTA_CHAIN_HOOK)
			continue;
		/* The order is a kernel's own affair. */
		sum += hash_attr(a, part);
	}
	return sum;
}

static u64 hash_table(const struct batch *b, const struct orthros_net_data *data, unsigned int part)
{
	const struct nlmsghdr *nlh;
	u64 sum = 0, one;
	int rem;

	orthros_for_each_nft(nlh, rem, data, part) {
		if (!orthros_nft_of(nlh, b->table))
			continue;
		one = hash_msg(b, part, nlh);
		/* Rules have an order. */
		sum = part == ORTHROS_NFT_RULE ? xxh64(&one, sizeof(one), sum) : sum + one;
	}
	return sum;
}

static int compare(const struct batch *b, struct orthros_nl *nl, char *why, size_t size)
{
	struct orthros_sections s = {};
	struct orthros_net_data own;
	unsigned int i;
	int err;

	err = orthros_nft_dump_parts(nl, &s);
	own.data = s.data;
	own.len = s.len;
	for (i = 0; !err && i < ORTHROS_NFT_PARTS; i++) {
		if (hash_table(b, b->data, i) == hash_table(b, &own, i))
			continue;
		scnprintf(why, size, "%s: would not be the same", orthros_nft_parts[i].what);
		err = -EUCLEAN;
	}
	kvfree(s.data);
	return err;
}

static int make_and_compare(struct batch *b, struct net *net, char *why, size_t size)
{
	struct orthros_nl nl;
	int err;

	err = orthros_nft_open(&nl, net);
	if (err) {
		scnprintf(why, size, "%pe", ERR_PTR(err));
		return err;
	}
	scnprintf(why, size, "cannot be made");
	err = make(b, &nl, why, size) ?: compare(b, &nl, why, size);
	orthros_nl_close(&nl);
	return err;
}

/**
 * orthros_nft_make() - make a table
 * @data:	what was told
 * @net:	where
 * @table:	message of the table
 * @why:	set to what is wrong
 * @size:	bytes in @why
 *
 * Return: 0 or -errno.
 */
int orthros_nft_make(const struct orthros_net_data *data, struct net *net,
		     const struct nlmsghdr *table, char *why, size_t size)
{
	struct batch b = { .data = data, .table = table };

	return make_and_compare(&b, net, why, size);
}

/* A table that is not there is no matter. */
static int drop(struct net *net, const struct nlmsghdr *table)
{
	struct batch b = { .table = table };
	struct orthros_nl nl;
	char why[64];
	size_t at;
	int err;

	err = orthros_nft_open(&nl, net);
	if (err)
		return err;
	end(&b, begin(&b, NFNL_MSG_BATCH_BEGIN, 0, NFPROTO_UNSPEC, NFNL_SUBSYS_NFTABLES));
	at = begin(&b, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_DELTABLE, 0,
		   orthros_nft_family(table), 0);
	put_attr(&b, orthros_nft_attr(table, NFT_TABLE_ATTR));
	end(&b, at);
	end(&b, begin(&b, NFNL_MSG_BATCH_END, 0, NFPROTO_UNSPEC, NFNL_SUBSYS_NFTABLES));
	err = send(&b, &nl, why, sizeof(why));
	kvfree(b.buf.data);
	orthros_nl_close(&nl);
	return err == -ENOENT ? 0 : err;
}

/**
 * orthros_nft_try() - make a table, and take it away again
 * @data:	what was told
 * @net:	where
 * @table:	message of the table
 * @why:	set to what is wrong
 * @size:	bytes in @why
 *
 * Return: 0 or -errno.
 */
int orthros_nft_try(const struct orthros_net_data *data, struct net *net,
		    const struct nlmsghdr *table, char *why, size_t size)
{
	struct batch b = { .data = data, .table = table, .trial = true };
	int err, gone;

	err = make_and_compare(&b, net, why, size);
	gone = drop(net, table);
	return err ?: gone;
}
