/* SPDX-License-Identifier: GPL-2.0 */
/* Where a source has the families of generic netlink, see genl_tables.c. */
#ifndef _ORTHROS_TABLES_GENL_H
#define _ORTHROS_TABLES_GENL_H

#include "../core/table.h"

/**
 * struct orthros_genl_env - constants of the source; read with address 0
 * @families:	address of the struct idr that has all families by number
 * @idr_off:	the tree in it
 */
struct orthros_genl_env {
	u64 families;
	u32 idr_off;
};

/**
 * struct orthros_genl_rec - a family
 * @id:		its number, the type of its messages
 * @name:	what programs ask for
 */
struct orthros_genl_rec {
	s32 id;
	char name[16];
};

extern struct orthros_table orthros_table_genl_env;
extern struct orthros_table orthros_table_genl;

#endif /* _ORTHROS_TABLES_GENL_H */
