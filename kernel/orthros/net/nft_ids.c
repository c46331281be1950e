// SPDX-License-Identifier: GPL-2.0
/*
 * Handles: numbers by which a program names rules and what else is in a table. A kernel gives
 * them itself, each once, so they are set afterwards, with the counters that they come from.
 */
#include <linux/netfilter.h>
#include <linux/orthros/abi/netconf.h>
#include <net/net_namespace.h>
#include <net/netfilter/nf_tables.h>
#include "net_internal.h"
#include "nft.h"
#include "nft_inside.h"

static int tell(struct orthros_sections *s, u64 of, u64 last)
{
	struct orthros_netconf_nft_last *rec = orthros_sections_room(s, sizeof(*rec));

	if (!rec)
		return -ENOMEM;
	rec->of = of;
	rec->last = last;
	return 0;
}

/**
 * orthros_nft_tell_ids() - tell which handle was given last
 * @net:	namespace
 * @s:		where to
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_nft_tell_ids(struct net *net, struct orthros_sections *s)
{
	struct nftables_pernet *nft = nft_pernet(net);
	const struct nft_table *table;
	int err;

	err = orthros_sections_begin(s, ORTHROS_NETCONF_NFT_LAST);
	if (err)
		return err;
	mutex_lock(&nft->commit_mutex);
	err = tell(s, ORTHROS_NFT_TABLES, nft->table_handle) ?:
	      tell(s, ORTHROS_NFT_BLOCKS, *orthros_nft_chain_id());
	list_for_each_entry(table, &nft->tables, list)
		err = err ?: tell(s, table->handle, table->hgenerator);
	mutex_unlock(&nft->commit_mutex);
	if (!err)
		orthros_sections_end(s);
	return err;
}

static u64 last_of(const struct orthros_net_data *data, u64 of, u64 least)
{
	const struct orthros_netconf_nft_last *rec;
	size_t len, i;

	rec = orthros_sections_find(data->data, data->len, ORTHROS_NETCONF_NFT_LAST, &len);
	for (i = 0; i < len / sizeof(*rec); i++)
		if (rec[i].of == of)
			return max(rec[i].last, least);
	return least;
}

/* Where a handle is, and the highest so far. */
static u64 handle_of(const struct nlmsghdr *nlh, int type, u64 *last)
{
	const struct nlattr *a = orthros_nft_attr(nlh, type);
	u64 handle = a && nla_len(a) == sizeof(__be64) ? be64_to_cpu(nla_get_be64(a)) : 0;

	*last = max(*last, handle);
	return handle;
}

static const struct nlmsghdr *find(const struct orthros_net_data *data, unsigned int part,
				   const struct nlmsghdr *table, const char *name)
{
	const struct nlmsghdr *nlh;
	const struct nlattr *a;
	int rem;

	orthros_for_each_nft(nlh, rem, data, part) {
		a = orthros_nft_attr(nlh, orthros_nft_parts[part].name);
		if (a && !nla_strcmp(a, name) && orthros_nft_of(nlh, table))
			return nlh;
	}
	return NULL;
}

static struct nft_chain *chain_of(struct nft_table *table, const struct nlattr *name)
{
	struct nft_chain *chain;

	list_for_each_entry(chain, &table->chains, list)
		if (!nla_strcmp(name, chain->name))
			return chain;
	return NULL;
}

/* Rules are told in their order, chain by chain. */
static void set_rules(const struct orthros_net_data *data, const struct nlmsghdr *nlh,
		      struct nft_table *table, u64 *last)
{
	const struct nlattr *name, *before = NULL;
	struct nft_chain *chain = NULL;
	const struct nlmsghdr *told;
	struct nft_rule *rule = NULL;
	int rem;

	orthros_for_each_nft(told, rem, data, ORTHROS_NFT_RULE) {
		name = orthros_nft_attr(told, NFTA_RULE_CHAIN);
		if (!name || !orthros_nft_of(told, nlh))
			continue;
		if (!orthros_nft_same(name, before)) {
			chain = chain_of(table, name);
			if (chain)
				rule = list_first_entry(&chain->rules, struct nft_rule, list);
		}
		before = name;
		if (!chain || list_entry_is_head(rule, &chain->rules, list))
			continue;
		rule->handle = handle_of(told, NFTA_RULE_HANDLE, last);
		rule = list_next_entry(rule, list);
	}
}

/* Of one name there may be one of each type. */
static void set_object(const struct orthros_net_data *data, const struct nlmsghdr *nlh,
		       struct nft_object *obj, u64 *last)
{
	const struct nlattr *name, *type;
	const struct nlmsghdr *told;
	int rem;

	orthros_for_each_nft(told, rem, data, ORTHROS_NFT_OBJ) {
		name = orthros_nft_attr(told, NFTA_OBJ_NAME);
		type = orthros_nft_attr(told, NFTA_OBJ_TYPE);
		if (name && !nla_strcmp(name, obj->key.name) && orthros_nft_of(told, nlh) &&
		    type && nla_len(type) == sizeof(__be32) &&
		    ntohl(nla_get_be32(type)) == obj->ops->type->type)
			obj->handle = handle_of(told, NFTA_OBJ_HANDLE, last);
	}
}

static void set_table(const struct orthros_net_data *data, const struct nlmsghdr *nlh,
		      struct nft_table *table)
{
	const struct nlmsghdr *told;
	struct nft_chain *chain;
	struct nft_object *obj;
	struct nft_set *set;
	u64 last = 0;

	list_for_each_entry(chain, &table->chains, list) {
		told = find(data, ORTHROS_NFT_CHAIN, nlh, chain->name);
		if (told)
			chain->handle = handle_of(told, NFTA_CHAIN_HANDLE, &last);
	}
	list_for_each_entry(set, &table->sets, list) {
		told = find(data, ORTHROS_NFT_SET, nlh, set->name);
		if (told)
			set->handle = handle_of(told, NFTA_SET_HANDLE, &last);
	}
	list_for_each_entry(obj, &table->objects, list)
		set_object(data, nlh, obj, &last);
	set_rules(data, nlh, table, &last);
	table->hgenerator = last_of(data, table->handle, last);
}

/**
 * orthros_nft_set_ids() - give all that was made the handles that it had
 * @data:	what was told
 * @net:	namespace
 *
 * Nobody has seen another.
 */
void orthros_nft_set_ids(const struct orthros_net_data *data, struct net *net)
{
	struct nftables_pernet *nft = nft_pernet(net);
	const struct nlmsghdr *nlh;
	struct nft_table *table;
	u64 last = 0, *chain_id;
	int rem;

	mutex_lock(&nft->commit_mutex);
	list_for_each_entry(table, &nft->tables, list) {
		orthros_for_each_nft(nlh, rem, data, ORTHROS_NFT_TABLE) {
			if (orthros_nft_family(nlh) != table->family ||
			    nla_strcmp(orthros_nft_attr(nlh, NFTA_TABLE_NAME), table->name))
				continue;
			table->handle = handle_of(nlh, NFTA_TABLE_HANDLE, &last);
			set_table(data, nlh, table);
			break;
		}
	}
	nft->table_handle = last_of(data, ORTHROS_NFT_TABLES, last);
	chain_id = orthros_nft_chain_id();
	*chain_id = last_of(data, ORTHROS_NFT_BLOCKS, *chain_id);
	mutex_unlock(&nft->commit_mutex);
}
