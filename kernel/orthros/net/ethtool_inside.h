/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What is included in net/ethtool/ of the kernel, since it needs the statics there.
 */
#ifndef _ORTHROS_ETHTOOL_INSIDE_H
#define _ORTHROS_ETHTOOL_INSIDE_H

#include <linux/types.h>

struct ethtool_coalesce;
struct net_device;

bool orthros_ethtool_may_coalesce(struct net_device *dev, struct ethtool_coalesce *coalesce);

#endif /* _ORTHROS_ETHTOOL_INSIDE_H */
