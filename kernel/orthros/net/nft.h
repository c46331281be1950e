/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Tables of nf_tables, as they are told: what nft.c, nft_msgs.c, nft_build.c and nft_ids.c share.
 */
#ifndef _ORTHROS_NFT_H
#define _ORTHROS_NFT_H

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/types.h>
#include "nl.h"

struct net;
struct orthros_net_data;

/* Every message names its table first: NFTA_TABLE_NAME, NFTA_CHAIN_TABLE, ... */
#define NFT_TABLE_ATTR	1

/**
 * struct orthros_nft_part - one sort of what is in a table
 * @section:	where it is told
 * @get:	asks for all
 * @new:	tells one, and makes it
 * @flags:	that it is made with
 * @name:	the attribute that names it in its table, or 0
 * @own:	bits of the attributes that a kernel sets by itself
 * @what:	its name
 */
struct orthros_nft_part {
	u32 section;
	u8 get, new;
	u16 flags;
	u16 name;
	u32 own;
	const char *what;
};

/* In the order in which they can be made. */
enum {
	ORTHROS_NFT_TABLE,
	ORTHROS_NFT_CHAIN,
	ORTHROS_NFT_OBJ,
	ORTHROS_NFT_SET,
	ORTHROS_NFT_ELEM,
	ORTHROS_NFT_RULE,
	ORTHROS_NFT_PARTS
};

extern const struct orthros_nft_part orthros_nft_parts[ORTHROS_NFT_PARTS];

int orthros_nft_open(struct orthros_nl *nl, struct net *net);
int orthros_nft_dump_parts(struct orthros_nl *nl, struct orthros_sections *s);

const struct nlattr *orthros_nft_attr(const struct nlmsghdr *nlh, int type);
bool orthros_nft_same(const struct nlattr *a, const struct nlattr *b);
bool orthros_nft_of(const struct nlmsghdr *nlh, const struct nlmsghdr *table);
const struct nlmsghdr *orthros_nft_find(const struct orthros_net_data *data, unsigned int part,
					const struct nlmsghdr *table, const struct nlattr *name);

static inline u8 orthros_nft_family(const struct nlmsghdr *nlh)
{
	return ((const struct nfgenmsg *)nlmsg_data(nlh))->nfgen_family;
}

/* The messages of one part; the data of each lie within its section. */
#define orthros_for_each_nft(nlh, rem, data, part) \
	for (rem = orthros_nft_first(data, part, &(nlh)); nlmsg_ok(nlh, rem); \
	     (nlh) = nlmsg_next(nlh, &(rem)))

int orthros_nft_first(const struct orthros_net_data *data, unsigned int part,
		      const struct nlmsghdr **nlh);

int orthros_nft_try(const struct orthros_net_data *data, struct net *net,
		    const struct nlmsghdr *table, char *why, size_t size);
int orthros_nft_make(const struct orthros_net_data *data, struct net *net,
		     const struct nlmsghdr *table, char *why, size_t size);

int orthros_nft_tell_ids(struct net *net, struct orthros_sections *s);
void orthros_nft_set_ids(const struct orthros_net_data *data, struct net *net);

#endif /* _ORTHROS_NFT_H */
