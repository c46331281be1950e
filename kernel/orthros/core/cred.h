/* SPDX-License-Identifier: GPL-2.0 */
/* Credentials by record; the table is orthros_table_cred. */
#ifndef _ORTHROS_CRED_H
#define _ORTHROS_CRED_H

#include <linux/orthros/abi/task.h>
#include "table.h"

struct cred;
struct user_namespace;

const struct cred *orthros_cred_get(const struct orthros_cred_rec *rec,
				    const struct cred **raised);
const struct cred *orthros_cred_with_groups(const struct cred *cred, const u32 *gids, u32 nr);
void orthros_release_creds(void);
void orthros_cred_use_user_ns(struct user_namespace *(*find)(u64 user_ns));

extern struct orthros_table orthros_table_cred;

#endif /* _ORTHROS_CRED_H */
