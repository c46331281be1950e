/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Control groups, for other areas.
 */
#ifndef _ORTHROS_CGROUP_H
#define _ORTHROS_CGROUP_H

#include <linux/types.h>
#include "../core/kind.h"

struct orthros_image;

extern const struct orthros_kind orthros_cgroup_kind;
extern const struct orthros_kind orthros_cgroup_ns_kind;
extern const struct orthros_kind orthros_cgroup_limits_kind;
extern const struct orthros_kind orthros_cgroup_bpf_kind;
extern const struct orthros_kind orthros_cgroup_sock_kind;

bool orthros_cgroup_is_root(u64 cgroup);
bool orthros_cgroup_known(struct orthros_image *img, u64 cgroup);
int orthros_join_cgroup(struct orthros_image *img, u64 cgroup);

#endif /* _ORTHROS_CGROUP_H */
