/* SPDX-License-Identifier: GPL-2.0 */
/*
 * System V IPC, for other areas.
 */
#ifndef _ORTHROS_IPC_H
#define _ORTHROS_IPC_H

#include <linux/types.h>

struct file;
struct orthros_image;
struct orthros_type;

extern const struct orthros_type orthros_sem_undo_type;

int orthros_read_ipc(struct orthros_image *img);
int orthros_build_ipc(struct orthros_image *img);
int orthros_build_undos(struct orthros_image *img, u64 list);
int orthros_finish_ipc(struct orthros_image *img);

#endif /* _ORTHROS_IPC_H */
