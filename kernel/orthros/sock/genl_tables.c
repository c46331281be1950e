// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of generic netlink.
 */
#include "genl_tables.h"

static struct orthros_row genl_env_rows[] = {
	ORTHROS_ROW(struct orthros_genl_env, families, SYM, 0, "genl_fam_idr"),
	ORTHROS_ROW(struct orthros_genl_env, idr_off, OFFSET, 0, "idr.idr_rt"),
};

ORTHROS_TABLE(genl_env, struct orthros_genl_env);

static struct orthros_row genl_rows[] = {
	ORTHROS_ROW(struct orthros_genl_rec, id, VALUE, 0, "genl_family.id"),
	ORTHROS_ROW(struct orthros_genl_rec, name, STRING, 0, "genl_family.name"),
};

ORTHROS_TABLE(genl, struct orthros_genl_rec);
