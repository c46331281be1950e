/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where the kernels' interfaces differ, for ethtool.c: as compat.h, with headers that
 * are private to net/.
 */
#ifndef _ORTHROS_NET_ETHTOOL_COMPAT_H
#define _ORTHROS_NET_ETHTOOL_COMPAT_H

#include <linux/version.h>

#include <linux/ethtool.h>
#include "net/ethtool/common.h"

/* Are there channels for all that the indirection table names? Under RTNL. */
static inline int orthros_check_max_channel(struct net_device *dev,
					    const struct ethtool_channels *channels)
{
	/* Since v6.11 there is a function for it. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
	u32 max = 0;
	int err = netif_is_rxfh_configured(dev) ? ethtool_get_max_rxfh_channel(dev, &max) : 0;

	if (err)
		return err;
	return channels->combined_count + channels->rx_count <= max ? -EINVAL : 0;
#else
	return ethtool_check_max_channel(dev, *channels, NULL);
#endif
}

static inline void orthros_set_wol_enabled(struct net_device *dev, bool enabled)
{
	/* Of a struct of its own since v6.11. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 11, 0)
	dev->wol_enabled = enabled;
#else
	dev->ethtool->wol_enabled = enabled;
#endif
}

#endif /* _ORTHROS_NET_ETHTOOL_COMPAT_H */
