/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The network's configuration, for other areas.
 */
#ifndef _ORTHROS_NET_H
#define _ORTHROS_NET_H

#include "../core/kind.h"

extern const struct orthros_kind orthros_conntrack_kind;
extern const struct orthros_kind orthros_net_kind;
extern const struct orthros_kind orthros_links_kind;
extern const struct orthros_kind orthros_ethtool_kind;

#endif /* _ORTHROS_NET_H */
