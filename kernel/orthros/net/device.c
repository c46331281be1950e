// SPDX-License-Identifier: GPL-2.0
/*
 * What rtnetlink does not tell of network devices, at both ends: features that
 * ethtool has switched, and link-layer addresses that were added by hand.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/ethtool.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include "net/ethtool/common.h"
#include "net_internal.h"
#include "nl.h"

/* ---- source ------------------------------------------------------------- */

static int dump_dev_features(struct orthros_sections *s, struct net_device *dev)
{
	struct orthros_netconf_feature *rec;
	int bit;

	BUILD_BUG_ON(sizeof(rec->name) != ETH_GSTRING_LEN);
	for (bit = 0; bit < NETDEV_FEATURE_COUNT; bit++) {
		if (!(dev->hw_features & __NETIF_F_BIT(bit)))
			continue;
		rec = orthros_sections_room(s, sizeof(*rec));
		if (!rec)
			return -ENOMEM;
		rec->ifindex = dev->ifindex;
		rec->wanted = !!(dev->wanted_features & __NETIF_F_BIT(bit));
		memcpy(rec->name, netdev_features_strings[bit], sizeof(rec->name));
	}
	return 0;
}

/* Not what a protocol or a device above this one has added. */
static unsigned int nr_global(const struct netdev_hw_addr_list *list)
{
	struct netdev_hw_addr *ha;
	unsigned int nr = 0;

	netdev_hw_addr_list_for_each(ha, list)
		nr += ha->global_use;
	return nr;
}

/* There may be fewer by now: the rest is of no device. */
static void fill_list(struct orthros_netconf_hwaddr *rec, unsigned int nr,
		      const struct net_device *dev, const struct netdev_hw_addr_list *list,
		      bool multicast)
{
	struct netdev_hw_addr *ha;

	BUILD_BUG_ON(sizeof(rec->addr) != MAX_ADDR_LEN);
	netdev_hw_addr_list_for_each(ha, list) {
		if (!ha->global_use || !nr)
			continue;
		rec->ifindex = dev->ifindex;
		rec->multicast = multicast;
		rec->len = dev->addr_len;
		memcpy(rec->addr, ha->addr, dev->addr_len);
		rec++;
		nr--;
	}
}

/* No memory can be had under the lock. */
static int dump_list(struct orthros_sections *s, struct net_device *dev,
		     const struct netdev_hw_addr_list *list, bool multicast)
{
	struct orthros_netconf_hwaddr *rec;
	unsigned int nr;

	netif_addr_lock_bh(dev);
	nr = nr_global(list);
	netif_addr_unlock_bh(dev);
	if (!nr)
		return 0;
	rec = orthros_sections_room(s, nr * sizeof(*rec));
	if (!rec)
		return -ENOMEM;
	netif_addr_lock_bh(dev);
	fill_list(rec, nr, dev, list, multicast);
	netif_addr_unlock_bh(dev);
	return 0;
}

static int dump_dev_hwaddrs(struct orthros_sections *s, struct net_device *dev)
{
	return dump_list(s, dev, &dev->uc, false) ?: dump_list(s, dev, &dev->mc, true);
}

static int dump_devices(struct orthros_sections *s, u32 kind,
			int (*dump)(struct orthros_sections *s, struct net_device *dev))
{
	struct net_device *dev;
	int err;

	err = orthros_sections_begin(s, kind);
	if (err)
		return err;
	rtnl_lock();
	for_each_netdev(orthros_this_net(), dev) {
		err = dump(s, dev);
		if (err)
			break;
	}
	rtnl_unlock();
	orthros_sections_end(s);
	return err;
}

/**
 * orthros_dump_devices() - tell what rtnetlink does not of all devices
 * @s:	where to
 *
 * Return: 0 or -ENOMEM.
 */
int orthros_dump_devices(struct orthros_sections *s)
{
	return dump_devices(s, ORTHROS_NETCONF_FEATURE, dump_dev_features) ?:
	       dump_devices(s, ORTHROS_NETCONF_HWADDR, dump_dev_hwaddrs) ?:
	       orthros_dump_ethtool(s);
}

/* ---- destination -------------------------------------------------------- */

/* The number of a feature is each kernel's own. */
static int feature_bit(const struct orthros_netconf_feature *rec)
{
	int bit;

	for (bit = 0; bit < NETDEV_FEATURE_COUNT; bit++)
		if (!strncmp(netdev_features_strings[bit], rec->name, sizeof(rec->name)))
			return bit;
	return -1;
}

static void switch_feature(struct net_device *dev, const struct orthros_netconf_feature *rec)
{
	int bit = feature_bit(rec);

	/* What this driver has not got, it does without. */
	if (bit < 0 || !(dev->hw_features & __NETIF_F_BIT(bit)) ||
	    rec->wanted == !!(dev->wanted_features & __NETIF_F_BIT(bit)))
		return;
	dev->wanted_features ^= __NETIF_F_BIT(bit);
	netdev_update_features(dev);
}

static int add_hwaddr(struct net_device *dev, const struct orthros_netconf_hwaddr *rec)
{
	int err;

	if (rec->len != dev->addr_len)
		return orthros_bad(-EINVAL, "netconf: an address of %s", dev->name);
	err = rec->multicast ? dev_mc_add_global(dev, rec->addr) :
			       dev_uc_add_excl(dev, rec->addr);
	return err == -EEXIST ? 0 : err;
}

/**
 * orthros_build_devices() - give all devices what rtnetlink does not tell
 * @net:	what the source told
 *
 * When the devices exist.
 *
 * Return: 0 or -errno.
 */
int orthros_build_devices(const struct orthros_net_data *net)
{
	const struct orthros_netconf_feature *feature;
	const struct orthros_netconf_hwaddr *hwaddr;
	struct net_device *dev;
	size_t len, i;
	int err = 0;

	rtnl_lock();
	feature = orthros_sections_find(net->data, net->len, ORTHROS_NETCONF_FEATURE, &len);
	for (i = 0; i < len / sizeof(*feature); i++) {
		dev = __dev_get_by_index(orthros_this_net(), feature[i].ifindex);
		if (dev)
			switch_feature(dev, &feature[i]);
	}
	hwaddr = orthros_sections_find(net->data, net->len, ORTHROS_NETCONF_HWADDR, &len);
	for (i = 0; i < len / sizeof(*hwaddr) && !err; i++) {
		dev = __dev_get_by_index(orthros_this_net(), hwaddr[i].ifindex);
		if (dev)
			err = add_hwaddr(dev, &hwaddr[i]);
	}
	rtnl_unlock();
	orthros_build_ethtool(net, false);
	return err;
}
