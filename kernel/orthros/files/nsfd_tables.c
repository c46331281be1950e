// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of descriptors of namespaces.
 */
#include "nsfd_tables.h"

static struct orthros_row nsfd_rows[] = {
	ORTHROS_ROW(struct orthros_nsfd_view, ns, VALUE, 0, "inode.i_private"),
};

ORTHROS_TABLE(nsfd, struct orthros_nsfd_view);
