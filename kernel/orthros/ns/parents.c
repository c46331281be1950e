// SPDX-License-Identifier: GPL-2.0-only
/*
 * Namespaces that only others lead to: parents, read when all others are known, those
 * that mounts keep, too.
 */
#include "ns.h"

/* PID namespaces have owners. */
static int gather_parents(struct orthros_image *img)
{
	return orthros_gather_pid_parents(img) ?: orthros_gather_user_parents(img);
}

const struct orthros_kind orthros_ns_parents_kind = {
	.name	= "parents of namespaces",
	.gather	= gather_parents,
};
