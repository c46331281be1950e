/* SPDX-License-Identifier: GPL-2.0 */
/* What is included in kernel/cgroup/cgroup.c, since it needs the statics there. */
#ifndef _ORTHROS_GROUP_INSIDE_H
#define _ORTHROS_GROUP_INSIDE_H

#include <linux/types.h>

struct cgroup;
struct cgroup_namespace;

bool orthros_cgroup_has_file(const char *name);
bool orthros_cgroup_has_controller(const char *name);

int orthros_cgroup_ns_set_root(struct cgroup_namespace *ns, struct cgroup *cgrp);

#endif /* _ORTHROS_GROUP_INSIDE_H */
