// SPDX-License-Identifier: GPL-2.0
/*
 * What this kernel tells the next one of its network's configuration: the
 * answers to its own netlink requests.
 *
 * It is taken by the ActiveOS itself, for a check and again when every process
 * is frozen. A kernel that has crashed cannot do that; a takeover then would
 * have to read the tables of devices, addresses and routes.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/device.h>
#include <linux/fs.h>
#include <linux/if_addrlabel.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/init_task.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/neighbour.h>
#include <linux/netdevice.h>
#include <linux/nexthop.h>
#include <linux/orthros.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>
#include <linux/slab.h>
#include <net/fib_rules.h>
#include <net/net_namespace.h>
#include "../core/sections.h"
#include "net_internal.h"
#include "nl.h"

/* Somebody may change things during a check. */
#define DUMP_TRIES	5

static int dump_section(struct orthros_nl *nl, struct orthros_sections *s, u32 kind, u16 type,
			const void *head, size_t len)
{
	int err;

	err = orthros_sections_begin(s, kind);
	if (err)
		return err;
	err = orthros_nl_dump(nl, type, head, len, orthros_sections_msg, s);
	/* A kernel without such things. */
	if (err == -EOPNOTSUPP)
		err = 0;
	if (!err)
		orthros_sections_end(s);
	return err;
}

/* Where a device that a driver has made is plugged in. */
static int dump_bus(struct orthros_sections *s)
{
	struct orthros_netconf_bus *bus;
	struct net_device *dev;
	struct device *parent;
	int err;

	err = orthros_sections_begin(s, ORTHROS_NETCONF_BUS);
	if (err)
		return err;
	rtnl_lock();
	for_each_netdev(orthros_this_net(), dev) {
		if (!dev->dev.parent)
			continue;
		/* Its own bus numbers in the order of discovery: virtio0. */
		for (parent = dev->dev.parent; parent->parent; parent = parent->parent)
			if (dev_is_pci(parent))
				break;
		if (!dev_is_pci(parent))
			parent = dev->dev.parent;
		bus = orthros_sections_room(s, sizeof(*bus));
		err = bus ? 0 : -ENOMEM;
		if (err)
			break;
		bus->ifindex = dev->ifindex;
		strscpy(bus->name, dev_name(parent), sizeof(bus->name));
	}
	rtnl_unlock();
	orthros_sections_end(s);
	return err;
}

static int dump_network(struct orthros_nl *nl, struct orthros_sections *s)
{
	struct {
		struct ifinfomsg ifi;
		struct nlattr nla;
		u32 mask;
	} link = {
		.nla = { .nla_len = NLA_HDRLEN + 4, .nla_type = IFLA_EXT_MASK },
		.mask = RTEXT_FILTER_SKIP_STATS | RTEXT_FILTER_BRVLAN,
	};
	const struct ifaddrmsg addr = {};
	const struct ifaddrlblmsg label = { .ifal_family = AF_INET6 };
	const struct fib_rule_hdr rule = {};
	const struct rtmsg route4 = { .rtm_family = AF_INET };
	const struct rtmsg route6 = { .rtm_family = AF_INET6 };
	const struct ndmsg neigh = {};
	const struct ndmsg proxy = { .ndm_flags = NTF_PROXY };
	const struct ndmsg fdb = { .ndm_family = PF_BRIDGE };
	const struct br_port_msg mdb = { .family = PF_BRIDGE };
	const struct nhmsg nexthop = {};
	const struct tcmsg qdisc = {};

	return dump_section(nl, s, ORTHROS_NETCONF_LINK, RTM_GETLINK, &link, sizeof(link)) ?:
	       dump_bus(s) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_ADDR, RTM_GETADDR, &addr, sizeof(addr)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_ADDRLABEL, RTM_GETADDRLABEL, &label,
			    sizeof(label)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_RULE, RTM_GETRULE, &rule, sizeof(rule)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_ROUTE4, RTM_GETROUTE, &route4, sizeof(route4)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_ROUTE6, RTM_GETROUTE, &route6, sizeof(route6)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_NEIGH, RTM_GETNEIGH, &neigh, sizeof(neigh)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_PROXY, RTM_GETNEIGH, &proxy, sizeof(proxy)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_NEXTHOP, RTM_GETNEXTHOP, &nexthop,
			    sizeof(nexthop)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_FDB, RTM_GETNEIGH, &fdb, sizeof(fdb)) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_MDB, RTM_GETMDB, &mdb, sizeof(mdb)) ?:
	       orthros_dump_devices(s) ?:
	       dump_section(nl, s, ORTHROS_NETCONF_QDISC, RTM_GETQDISC, &qdisc, sizeof(qdisc));
}

static int describe_this(struct orthros_sections *s)
{
	struct orthros_nl nl;
	int err;

	err = orthros_nl_open(&nl, NETLINK_ROUTE);
	if (err)
		return err;
	err = dump_network(&nl, s) ?: orthros_dump_nft(orthros_this_net(), s);
	orthros_nl_close(&nl);
	return err;
}

/**
 * orthros_describe_net() - describe the network as it is now
 * @s:		where to
 * @frozen:	does not matter: what changes meanwhile is asked again
 *
 * Context: process context of the initiator.
 * Return: 0 or -errno.
 */
int orthros_describe_net(struct orthros_sections *s, bool frozen)
{
	const size_t begin = s->len;
	int err, try;

	/* Those that nobody has any more are gone then, and the ends of their devices. */
	net_ns_barrier();
	for (try = 0; try < DUMP_TRIES; try++) {
		s->len = begin;
		err = orthros_tell_nets(s, describe_this);
		if (err != -EAGAIN)
			break;
	}
	return err;
}
