// SPDX-License-Identifier: GPL-2.0
/*
 * The messages in which nf_tables tells what is in its tables.
 */
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/net.h>
#include <linux/netfilter.h>
#include <linux/orthros/abi/netconf.h>
#include <linux/slab.h>
#include <net/net_namespace.h>
#include "net_internal.h"
#include "nft.h"

const struct orthros_nft_part orthros_nft_parts[ORTHROS_NFT_PARTS] = {
	[ORTHROS_NFT_TABLE] = {
		ORTHROS_NETCONF_NFTABLES, NFT_MSG_GETTABLE, NFT_MSG_NEWTABLE,
		NLM_F_CREATE | NLM_F_EXCL, 0,
		BIT(NFTA_TABLE_USE) | BIT(NFTA_TABLE_HANDLE) | BIT(NFTA_TABLE_PAD), "table",
	},
	[ORTHROS_NFT_CHAIN] = {
		ORTHROS_NETCONF_NFT_CHAIN, NFT_MSG_GETCHAIN, NFT_MSG_NEWCHAIN,
		NLM_F_CREATE | NLM_F_EXCL, NFTA_CHAIN_NAME,
		BIT(NFTA_CHAIN_USE) | BIT(NFTA_CHAIN_HANDLE) | BIT(NFTA_CHAIN_PAD), "chain",
	},
	[ORTHROS_NFT_OBJ] = {
		ORTHROS_NETCONF_NFT_OBJ, NFT_MSG_GETOBJ, NFT_MSG_NEWOBJ,
		NLM_F_CREATE | NLM_F_EXCL, NFTA_OBJ_NAME,
		BIT(NFTA_OBJ_USE) | BIT(NFTA_OBJ_HANDLE) | BIT(NFTA_OBJ_PAD), "object",
	},
	[ORTHROS_NFT_SET] = {
		ORTHROS_NETCONF_NFT_SET, NFT_MSG_GETSET, NFT_MSG_NEWSET,
		NLM_F_CREATE | NLM_F_EXCL, NFTA_SET_NAME,
		BIT(NFTA_SET_HANDLE) | BIT(NFTA_SET_PAD), "set",
	},
	[ORTHROS_NFT_ELEM] = {
		ORTHROS_NETCONF_NFT_ELEM, NFT_MSG_GETSETELEM, NFT_MSG_NEWSETELEM,
		NLM_F_CREATE | NLM_F_EXCL, 0, 0, "elements",
	},
	[ORTHROS_NFT_RULE] = {
		ORTHROS_NETCONF_NFT_RULE, NFT_MSG_GETRULE, NFT_MSG_NEWRULE,
		NLM_F_CREATE | NLM_F_APPEND, 0,
		BIT(NFTA_RULE_HANDLE) | BIT(NFTA_RULE_POSITION) | BIT(NFTA_RULE_PAD), "rule",
	},
};

/* ---- telling ------------------------------------------------------------ */

/**
 * orthros_nft_open() - open a socket of nfnetlink
 * @nl:		to be filled
 * @net:	of which namespace
 *
 * Return: 0 or -errno.
 */
int orthros_nft_open(struct orthros_nl *nl, struct net *net)
{
	int err = sock_create_kern(net, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER, &nl->sock);

	if (err)
		return err;
	nl->file = sock_alloc_file(nl->sock, 0, NULL);
	return PTR_ERR_OR_ZERO(nl->file);
}

static int dump(struct orthros_nl *nl, struct orthros_sections *s, u32 section, u8 get)
{
	const struct nfgenmsg head = { .nfgen_family = NFPROTO_UNSPEC, .version = NFNETLINK_V0 };
	int err;

	err = orthros_sections_begin(s, section);
	if (err)
		return err;
	err = orthros_nl_dump(nl, NFNL_SUBSYS_NFTABLES << 8 | get, &head, sizeof(head),
			      orthros_sections_msg, s);
	if (!err)
		orthros_sections_end(s);
	return err;
}

static int dump_set(struct orthros_nl *nl, struct orthros_sections *s, u8 family,
		    const struct nlattr *table, const struct nlattr *set)
{
	const size_t len = NLA_ALIGN(table->nla_len) + NLA_ALIGN(set->nla_len);
	struct nfgenmsg *head;
	void *at;
	int err;

	head = kzalloc(NLMSG_ALIGN(sizeof(*head)) + len, GFP_KERNEL);
	if (!head)
		return -ENOMEM;
	head->nfgen_family = family;
	head->version = NFNETLINK_V0;
	at = (void *)head + NLMSG_ALIGN(sizeof(*head));
	memcpy(at, table, table->nla_len);
	memcpy(at + NLA_ALIGN(table->nla_len), set, set->nla_len);
	err = orthros_nl_dump(nl, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETSETELEM, head,
			      NLMSG_ALIGN(sizeof(*head)) + len, orthros_sections_msg, s);
	kfree(head);
	/* It has gone in between. */
	return err == -ENOENT ? -EAGAIN : err;
}

/* Elements are asked for set by set. */
static int dump_elems(struct orthros_nl *nl, struct orthros_sections *s, const void *sets, int len)
{
	const struct nlattr *table, *set;
	const struct nlmsghdr *nlh;
	int err, rem;

	err = orthros_sections_begin(s, ORTHROS_NETCONF_NFT_ELEM);
	orthros_for_each_msg(nlh, rem, sets, len) {
		table = orthros_nft_attr(nlh, NFTA_SET_TABLE);
		set = orthros_nft_attr(nlh, NFTA_SET_NAME);
		if (!err && table && set)
			err = dump_set(nl, s, orthros_nft_family(nlh), table, set);
	}
	if (!err)
		orthros_sections_end(s);
	return err;
}

/* The number of the ruleset that a message is of. */
static u16 generation(const struct nlmsghdr *nlh)
{
	return ntohs(((const struct nfgenmsg *)nlmsg_data(nlh))->res_id);
}

/* Somebody may have changed it from one section to the next. */
static bool is_of_one(const struct orthros_net_data *data)
{
	const struct nlmsghdr *nlh, *first = NULL;
	unsigned int i;
	int rem;

	for (i = 0; i < ORTHROS_NFT_PARTS; i++) {
		orthros_for_each_nft(nlh, rem, data, i) {
			first = first ?: nlh;
			if (generation(nlh) != generation(first))
				return false;
		}
	}
	return true;
}

/**
 * orthros_nft_dump_parts() - tell what is in all tables
 * @nl:		socket
 * @s:		where to
 *
 * Return: 0 or -errno; -EAGAIN if something changed meanwhile.
 */
int orthros_nft_dump_parts(struct orthros_nl *nl, struct orthros_sections *s)
{
	const size_t begin = ALIGN(s->len, 8);
	struct orthros_net_data data;
	const void *told;
	void *sets;
	size_t len;
	int err;

	err = dump(nl, s, ORTHROS_NETCONF_NFTABLES, NFT_MSG_GETTABLE) ?:
	      dump(nl, s, ORTHROS_NETCONF_NFT_CHAIN, NFT_MSG_GETCHAIN) ?:
	      dump(nl, s, ORTHROS_NETCONF_NFT_OBJ, NFT_MSG_GETOBJ) ?:
	      dump(nl, s, ORTHROS_NETCONF_NFT_RULE, NFT_MSG_GETRULE) ?:
	      dump(nl, s, ORTHROS_NETCONF_NFT_FLOWTABLE, NFT_MSG_GETFLOWTABLE) ?:
	      dump(nl, s, ORTHROS_NETCONF_NFT_SET, NFT_MSG_GETSET);
	if (err)
		return err;
	/* The buffer moves when it grows. */
	told = orthros_sections_find(s->data + begin, s->len - begin, ORTHROS_NETCONF_NFT_SET,
				     &len);
	sets = kvmalloc(len ?: 1, GFP_KERNEL);
	if (!sets)
		return -ENOMEM;
	memcpy(sets, told, len);
	err = dump_elems(nl, s, sets, len);
	kvfree(sets);
	data.data = s->data + begin;
	data.len = s->len - begin;
	return err ?: is_of_one(&data) ? 0 : -EAGAIN;
}

/* ---- what was told ------------------------------------------------------ */

/**
 * orthros_nft_first() - begin with a part of what was told
 * @data:	that
 * @part:	which
 * @nlh:	set to the first message
 *
 * Return: bytes of all messages.
 */
int orthros_nft_first(const struct orthros_net_data *data, unsigned int part,
		      const struct nlmsghdr **nlh)
{
	size_t len;

	*nlh = orthros_sections_find(data->data, data->len, orthros_nft_parts[part].section, &len);
	return len;
}

/**
 * orthros_nft_attr() - an attribute of a message
 * @nlh:	message
 * @type:	which
 *
 * Return: it, or NULL.
 */
const struct nlattr *orthros_nft_attr(const struct nlmsghdr *nlh, int type)
{
	return nlmsg_find_attr(nlh, sizeof(struct nfgenmsg), type);
}

/**
 * orthros_nft_same() - do two attributes say the same?
 * @a:		one, or NULL
 * @b:		the other, or NULL
 *
 * Return: true if both are there, and do.
 */
bool orthros_nft_same(const struct nlattr *a, const struct nlattr *b)
{
	return a && b && nla_len(a) == nla_len(b) && !memcmp(nla_data(a), nla_data(b), nla_len(a));
}

/**
 * orthros_nft_of() - does a message belong to a table?
 * @nlh:	message
 * @table:	that of the table
 *
 * Return: true if so.
 */
bool orthros_nft_of(const struct nlmsghdr *nlh, const struct nlmsghdr *table)
{
	return orthros_nft_family(nlh) == orthros_nft_family(table) &&
	       orthros_nft_same(orthros_nft_attr(nlh, NFT_TABLE_ATTR),
				orthros_nft_attr(table, NFT_TABLE_ATTR));
}

/**
 * orthros_nft_find() - find what is in a table by its name
 * @data:	what was told
 * @part:	chains, sets or objects
 * @table:	message of the table
 * @name:	name
 *
 * Return: its message, or NULL.
 */
const struct nlmsghdr *orthros_nft_find(const struct orthros_net_data *data, unsigned int part,
					const struct nlmsghdr *table, const struct nlattr *name)
{
	const struct nlmsghdr *nlh;
	int rem;

	orthros_for_each_nft(nlh, rem, data, part)
		if (orthros_nft_of(nlh, table) &&
		    orthros_nft_same(orthros_nft_attr(nlh, orthros_nft_parts[part].name), name))
			return nlh;
	return NULL;
}
