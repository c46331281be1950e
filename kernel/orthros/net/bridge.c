// SPDX-License-Identifier: GPL-2.0
/*
 * Bridges and their ports: of their descriptions, what can be set. An
 * attribute that the other kernel has and this one has not is fine as long as
 * nobody has set it.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/etherdevice.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/string.h>
#include <net/netlink.h>
#include "compat.h"
#include "net_internal.h"

/* Not a setting, or none that anybody has set. */
static bool is_bridge_state(const struct nlattr *a)
{
	switch (nla_type(a)) {
	case IFLA_BR_ROOT_ID:
	case IFLA_BR_BRIDGE_ID:
	case IFLA_BR_ROOT_PORT:
	case IFLA_BR_ROOT_PATH_COST:
	case IFLA_BR_TOPOLOGY_CHANGE:
	case IFLA_BR_TOPOLOGY_CHANGE_DETECTED:
	case IFLA_BR_HELLO_TIMER:
	case IFLA_BR_TCN_TIMER:
	case IFLA_BR_TOPOLOGY_CHANGE_TIMER:
	case IFLA_BR_GC_TIMER:
	case IFLA_BR_PAD:
	case IFLA_BR_MCAST_HASH_ELASTICITY:
	case IFLA_BR_MCAST_QUERIER_STATE:
	case IFLA_BR_FDB_N_LEARNED:
	case IFLA_BR_VLAN_FILTERING:	/* refused if it is on */
	case IFLA_BR_MULTI_BOOLOPT:	/* see put_options() */
		return true;
	case IFLA_BR_GROUP_ADDR:
		return nla_len(a) == ETH_ALEN && !memcmp(nla_data(a), eth_stp_addr, ETH_ALEN);
	}
	return false;
}

static bool is_port_state(const struct nlattr *a)
{
	switch (nla_type(a)) {
	case IFLA_BRPORT_STATE:
	case IFLA_BRPORT_ROOT_ID:
	case IFLA_BRPORT_BRIDGE_ID:
	case IFLA_BRPORT_DESIGNATED_PORT:
	case IFLA_BRPORT_DESIGNATED_COST:
	case IFLA_BRPORT_ID:
	case IFLA_BRPORT_NO:
	case IFLA_BRPORT_TOPOLOGY_CHANGE_ACK:
	case IFLA_BRPORT_CONFIG_PENDING:
	case IFLA_BRPORT_MESSAGE_AGE_TIMER:
	case IFLA_BRPORT_FORWARD_DELAY_TIMER:
	case IFLA_BRPORT_HOLD_TIMER:
	case IFLA_BRPORT_PAD:
	case IFLA_BRPORT_MRP_RING_OPEN:
	case IFLA_BRPORT_MRP_IN_OPEN:
	case IFLA_BRPORT_MCAST_EHT_HOSTS_CNT:
	case IFLA_BRPORT_MCAST_N_GROUPS:
		return true;
	}
	return false;
}

static int check_settings(struct orthros_image *img, const char *name, const char *what,
			  const struct nlattr *data, int max,
			  bool (*is_state)(const struct nlattr *a))
{
	const struct orthros_finder who = orthros_of_machine(img);
	const struct nlattr *a;
	int rem, err = 0;

	nla_for_each_nested(a, data, rem)
		if (!err && nla_type(a) > max && !is_state(a) &&
		    memchr_inv(nla_data(a), 0, nla_len(a)))
			err = orthros_refuse(&who,
					     "netdev %s: %s: setting %d is unknown there",
					     name, what, nla_type(a));
	return err;
}

static int put_settings(struct sk_buff *skb, const struct nlattr *data, int max,
			bool (*is_state)(const struct nlattr *a))
{
	const struct nlattr *a;
	int rem, err = 0;

	nla_for_each_nested(a, data, rem)
		if (!err && nla_type(a) <= max && !is_state(a))
			err = nla_put(skb, a->nla_type, nla_len(a), nla_data(a));
	return err;
}

static bool filters_vlans(const struct nlattr *data)
{
	const struct nlattr *a = nla_find_nested(data, IFLA_BR_VLAN_FILTERING);

	return a && nla_len(a) == 1 && nla_get_u8(a);
}

/**
 * orthros_check_bridge() - name what cannot be carried of a bridge
 * @img:	image, for the report
 * @name:	of the bridge
 * @data:	its IFLA_INFO_DATA, or NULL
 *
 * Return: 0 or -errno.
 */
int orthros_check_bridge(struct orthros_image *img, const char *name, const struct nlattr *data)
{
	const struct orthros_finder who = orthros_of_machine(img);

	if (!data)
		return 0;
	if (filters_vlans(data))
		return orthros_refuse(&who, "netdev %s: bridge that filters VLANs", name);
	return check_settings(img, name, "bridge", data, IFLA_BR_MAX, is_bridge_state);
}

/**
 * orthros_check_bridge_port() - name what cannot be carried of a bridge's port
 * @img:	image, for the report
 * @name:	of the port
 * @data:	its IFLA_INFO_SLAVE_DATA, or NULL
 *
 * Return: 0 or -errno.
 */
int orthros_check_bridge_port(struct orthros_image *img, const char *name,
			      const struct nlattr *data)
{
	return data ? check_settings(img, name, "port of a bridge", data, IFLA_BRPORT_MAX,
				     is_port_state) : 0;
}

/*
 * Of these, a new bridge has none. A kernel may refuse to say no to what it has
 * not got.
 */
static int put_options(struct sk_buff *skb, const struct nlattr *data)
{
	const struct nlattr *a = nla_find_nested(data, IFLA_BR_MULTI_BOOLOPT);
	struct br_boolopt_multi options;

	if (!a || nla_len(a) != sizeof(options))
		return 0;
	memcpy(&options, nla_data(a), sizeof(options));
	options.optmask = options.optval;
	return nla_put(skb, IFLA_BR_MULTI_BOOLOPT, sizeof(options), &options);
}

/**
 * orthros_put_bridge() - the settings of a bridge for a request that makes it
 * @skb:	request
 * @data:	IFLA_INFO_DATA as the source told it
 *
 * Return: 0 or -EMSGSIZE.
 */
int orthros_put_bridge(struct sk_buff *skb, const struct nlattr *data)
{
	return put_settings(skb, data, IFLA_BR_MAX, is_bridge_state) ?: put_options(skb, data);
}

/**
 * orthros_put_bridge_port() - the settings of a bridge's port for a request
 * @skb:	request
 * @data:	IFLA_INFO_SLAVE_DATA as the source told it
 *
 * Return: 0 or -EMSGSIZE.
 */
int orthros_put_bridge_port(struct sk_buff *skb, const struct nlattr *data)
{
	return put_settings(skb, data, IFLA_BRPORT_MAX, is_port_state);
}
