/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the kernels' interfaces differ, for net/: code is written for the newest
 * kernel; what an older one lacks or calls otherwise is mapped here.
 */
#ifndef _ORTHROS_NET_COMPAT_H
#define _ORTHROS_NET_COMPAT_H

#include <linux/version.h>

#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>

/*
 * A device that is down gets another number; under RTNL. Linux kernel commit
 * 759ab1edb56c ("net: store netdevs in an xarray") (in v6.6) added an index.
 */
static inline int orthros_dev_set_index(struct net_device *dev, int ifindex)
{
	struct net *net = dev_net(dev);

	ASSERT_RTNL();
	if (dev->ifindex == ifindex)
		return 0;
	if (__dev_get_by_index(net, ifindex))
		return -EEXIST;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	if (xa_err(xa_store(&net->dev_by_index, ifindex, dev, GFP_KERNEL)))
		return -ENOMEM;
	xa_erase(&net->dev_by_index, dev->ifindex);
#endif
	/*
	 * Before the commit there is nobody who could miss the device, or one
	 * behind it, when it changes its chain: no grace period.
	 */
	hlist_del_rcu(&dev->index_hlist);
	dev->ifindex = ifindex;
	hlist_add_head_rcu(&dev->index_hlist,
			   &net->dev_index_head[ifindex & (NETDEV_HASHENTRIES - 1)]);
	return 0;
}

#include <net/ip6_fib.h>
#include <net/ip6_route.h>

/* A default route that a router has announced; under RTNL. */
static inline int orthros_add_router(struct net_device *dev, const struct in6_addr *gateway,
				     unsigned int pref, u32 metric, int seconds)
{
#if IS_ENABLED(CONFIG_IPV6)
	struct fib6_info *route;

	/* The lifetime is an argument since v6.9. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
	route = rt6_add_dflt_router(dev_net(dev), gateway, dev, pref, metric);
	if (route)
		fib6_set_expires(route, jiffies + seconds * HZ);
#else
	route = rt6_add_dflt_router(dev_net(dev), gateway, dev, pref, metric, seconds);
#endif
	if (!route)
		return -EIO;
	fib6_info_release(route);
#endif
	return 0;
}

#include <linux/if_link.h>

/* Numbers of netlink attributes that another kernel may tell. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define IFLA_BRPORT_MCAST_N_GROUPS	(IFLA_BRPORT_LOCKED + 2)
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define IFLA_BR_FDB_N_LEARNED		(IFLA_BR_MCAST_QUERIER_STATE + 1)
#endif

#endif /* _ORTHROS_NET_COMPAT_H */
