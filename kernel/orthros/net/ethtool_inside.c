// SPDX-License-Identifier: GPL-2.0
/* Included at the end of net/ethtool/ioctl.c, for its checks. */
#include "../../kernel/orthros/net/ethtool_inside.h"

/**
 * orthros_ethtool_may_coalesce() - does a driver know all that shall be set?
 * @dev:	device
 * @coalesce:	settings
 *
 * Return: true if so.
 */
bool orthros_ethtool_may_coalesce(struct net_device *dev, struct ethtool_coalesce *coalesce)
{
	return ethtool_set_coalesce_supported(dev, coalesce);
}
