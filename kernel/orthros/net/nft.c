// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of nf_tables. A rule is a row of expressions, each of which has a struct of its own
 * that only it knows; but each tells itself in netlink attributes, which every version
 * understands. So the source asks itself for all tables, and the destination makes them of the
 * answers (nft_build.c), as nft would of a file: in a check already, so that whatever this
 * kernel does not know is told before anything is frozen.
 *
 * After a crash it is what was told last. A change is told within a moment (watch.c); what
 * packets have counted or put into sets since then is lost.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables_compat.h>
#include <linux/orthros/abi/netconf.h>
#include <net/net_namespace.h>
#include "net_internal.h"
#include "nft.h"

/* Bounds the work that a bad source can cause. */
#define TABLES_MAX	1024
#define MSGS_MAX	SZ_1M

/**
 * orthros_dump_nft() - tell the tables of a namespace
 * @net:	namespace
 * @s:		where to
 *
 * Return: 0 or -errno; -EAGAIN if something changed meanwhile.
 */
int orthros_dump_nft(struct net *net, struct orthros_sections *s)
{
	struct orthros_nl nl;
	int err;

	err = orthros_nft_open(&nl, net);
	if (err)
		return err;
	err = orthros_nft_dump_parts(&nl, s) ?: orthros_nft_tell_ids(net, s);
	orthros_nl_close(&nl);
	return err;
}

/* ---- what cannot be carried --------------------------------------------- */

static const char *family_name(u8 family)
{
	switch (family) {
	case NFPROTO_INET:	return "inet ";
	case NFPROTO_IPV4:	return "ip ";
	case NFPROTO_ARP:	return "arp ";
	case NFPROTO_NETDEV:	return "netdev ";
	case NFPROTO_BRIDGE:	return "bridge ";
	case NFPROTO_IPV6:	return "ip6 ";
	}
	return "";
}

static void refuse(struct orthros_image *img, const struct nlmsghdr *nlh, const char *why,
		   const char *which)
{
	const struct orthros_finder who = orthros_of_machine(img);
	const struct nlattr *name = orthros_nft_attr(nlh, NFT_TABLE_ATTR);
	char text[64] = "";

	if (name)
		nla_strscpy(text, name, sizeof(text));
	orthros_refuse(&who, "nftables: table %s%s: %s%s", family_name(orthros_nft_family(nlh)),
		       text, why, which);
}

/*
 * State that an expression keeps, and does not tell: of what xtables has, and of nf_tables
 * itself, where only the connections that come tell who is counted.
 */
static const char *const keepers[] = {
	"connlimit", "hashlimit", "recent", "quota", "statistic", "set", "SET", "RATEEST",
	"rateest", "IDLETIMER", "bpf", "cgroup",
};

/* Of an expression, the name or that of the extension of xtables which it stands for. */
static void check_expr(struct orthros_image *img, const struct nlmsghdr *rule,
		       const struct nlattr *expr)
{
	const struct nlattr *name = nla_find_nested(expr, NFTA_EXPR_NAME);
	const struct nlattr *data = nla_find_nested(expr, NFTA_EXPR_DATA);
	char text[32] = "";

	if (!name)
		return;
	nla_strscpy(text, name, sizeof(text));
	if (!strcmp(text, "match") || !strcmp(text, "target")) {
		/* NFTA_TARGET_NAME is the same. */
		name = data ? nla_find_nested(data, NFTA_MATCH_NAME) : NULL;
		if (name)
			nla_strscpy(text, name, sizeof(text));
	} else if (strcmp(text, "connlimit")) {
		return;
	}
	if (match_string(keepers, ARRAY_SIZE(keepers), text) >= 0)
		refuse(img, rule, "what is counted by ", text);
}

static void check_exprs(struct orthros_image *img, const struct nlmsghdr *nlh, int list)
{
	const struct nlattr *exprs = orthros_nft_attr(nlh, list), *expr;
	int rem;

	if (exprs)
		nla_for_each_nested(expr, exprs, rem)
			check_expr(img, nlh, expr);
}

static u32 flags_of(const struct nlmsghdr *nlh, int type)
{
	const struct nlattr *a = orthros_nft_attr(nlh, type);

	return a && nla_len(a) == sizeof(__be32) ? ntohl(nla_get_be32(a)) : 0;
}

static int check_form(const struct orthros_net_data *data)
{
	const struct nlmsghdr *nlh;
	unsigned int i, nr;
	int rem;

	for (i = 0; i < ORTHROS_NFT_PARTS; i++) {
		nr = 0;
		orthros_for_each_nft(nlh, rem, data, i) {
			if (nlmsg_len(nlh) < (int)sizeof(struct nfgenmsg) ||
			    !orthros_nft_attr(nlh, NFT_TABLE_ATTR) ||
			    ++nr > (i == ORTHROS_NFT_TABLE ? TABLES_MAX : MSGS_MAX))
				return orthros_bad(-EINVAL, "netconf: a %s of nftables",
						   orthros_nft_parts[i].what);
		}
	}
	return 0;
}

static void check_flowtables(struct orthros_image *img, const struct orthros_net_data *data)
{
	const struct nlmsghdr *nlh;
	const struct nlattr *name;
	char text[64] = "";
	const void *sec;
	size_t len;
	int rem;

	sec = orthros_sections_find(data->data, data->len, ORTHROS_NETCONF_NFT_FLOWTABLE, &len);
	orthros_for_each_msg(nlh, rem, sec, len) {
		if (nlmsg_len(nlh) < (int)sizeof(struct nfgenmsg))
			continue;
		name = orthros_nft_attr(nlh, NFTA_FLOWTABLE_NAME);
		if (name)
			nla_strscpy(text, name, sizeof(text));
		refuse(img, nlh, "flowtable ", text);
	}
}

/**
 * orthros_check_nft() - name what cannot be carried of tables
 * @img:	image, for the report
 * @data:	what the source told
 *
 * In a check everything is made and taken away again.
 *
 * Return: 0 or -errno.
 */
int orthros_check_nft(struct orthros_image *img, const struct orthros_net_data *data)
{
	const unsigned int refused = img->refused;
	const struct nlmsghdr *nlh;
	char why[96];
	int err, rem;

	err = check_form(data);
	if (err)
		return err;
	orthros_for_each_nft(nlh, rem, data, ORTHROS_NFT_TABLE) {
		if (orthros_nft_attr(nlh, NFTA_TABLE_OWNER))
			refuse(img, nlh, "owned by a process", "");
	}
	orthros_for_each_nft(nlh, rem, data, ORTHROS_NFT_CHAIN) {
		if (flags_of(nlh, NFTA_CHAIN_FLAGS) & NFT_CHAIN_HW_OFFLOAD)
			refuse(img, nlh, "chain that a network card runs", "");
	}
	check_flowtables(img, data);
	orthros_for_each_nft(nlh, rem, data, ORTHROS_NFT_SET)
		check_exprs(img, nlh, NFTA_SET_EXPRESSIONS);
	orthros_for_each_nft(nlh, rem, data, ORTHROS_NFT_RULE)
		check_exprs(img, nlh, NFTA_RULE_EXPRESSIONS);
	if (img->frozen || img->refused != refused)
		return 0;
	orthros_for_each_nft(nlh, rem, data, ORTHROS_NFT_TABLE) {
		err = orthros_nft_try(data, &init_net, nlh, why, sizeof(why));
		if (err == -ENOMEM)
			return err;
		if (err)
			refuse(img, nlh, why, "");
	}
	return 0;
}

/**
 * orthros_build_nft() - make the tables of a namespace
 * @img:	image that was read
 * @net:	namespace, whose network devices are there
 * @data:	what the source told
 *
 * Before anything is up that sends or receives.
 *
 * Return: 0 or -errno.
 */
int orthros_build_nft(struct orthros_image *img, struct net *net,
		      const struct orthros_net_data *data)
{
	const struct nlmsghdr *nlh;
	char why[96], text[64];
	int err, rem;

	orthros_for_each_nft(nlh, rem, data, ORTHROS_NFT_TABLE) {
		err = orthros_nft_make(data, net, nlh, why, sizeof(why));
		if (!err)
			continue;
		nla_strscpy(text, orthros_nft_attr(nlh, NFT_TABLE_ATTR), sizeof(text));
		if (!img->crashed)
			return orthros_fail(err, "nftables: table %s%s: %s",
					    family_name(orthros_nft_family(nlh)), text, why);
		/* The others go on filtering. */
		pr_err("not as it was: nftables: table %s%s: %s: lost\n",
		       family_name(orthros_nft_family(nlh)), text, why);
	}
	orthros_nft_set_ids(data, net);
	return 0;
}
