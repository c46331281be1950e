/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System V IPC, for other areas.
 */
#ifndef _ORTHROS_IPC_H
#define _ORTHROS_IPC_H

#include <linux/types.h>
#include "../core/kind.h"

struct orthros_type;

extern const struct orthros_kind orthros_ipc_ns_kind;
extern const struct orthros_kind orthros_ipc_kind;
extern const struct orthros_kind orthros_shm_kind;
extern const struct orthros_kind orthros_mqueue_kind;
extern const struct orthros_type orthros_sem_undo_type;

int orthros_build_undos(struct orthros_image *img, u64 list);

#endif /* _ORTHROS_IPC_H */
