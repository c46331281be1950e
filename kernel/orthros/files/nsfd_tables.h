/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the reader of descriptors of namespaces sees of a source kernel, see
 * nsfd_tables.c.
 */
#ifndef _ORTHROS_TABLES_NSFD_H
#define _ORTHROS_TABLES_NSFD_H

#include "../core/table.h"

/**
 * struct orthros_nsfd_view - the inode of a namespace
 * @ns:		its struct ns_common
 */
struct orthros_nsfd_view {
	u64 ns;
};

extern struct orthros_table orthros_table_nsfd;

#endif /* _ORTHROS_TABLES_NSFD_H */
