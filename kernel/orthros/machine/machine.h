/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What belongs to no process, for other areas.
 */
#ifndef _ORTHROS_MACHINE_H
#define _ORTHROS_MACHINE_H

struct orthros_image;

int orthros_read_unowned(struct orthros_image *img);
int orthros_read_limits(struct orthros_image *img);
void orthros_set_limits(struct orthros_image *img);

#endif /* _ORTHROS_MACHINE_H */
