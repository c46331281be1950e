/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The network's configuration, for other areas.
 */
#ifndef _ORTHROS_NET_H
#define _ORTHROS_NET_H

#include <linux/types.h>

struct mutex;
struct orthros_image;
struct vfsmount;

/* describe.c: the source */
int orthros_netconf_take(void);
struct vfsmount *orthros_proc_mount(void);
extern struct mutex orthros_minors_lock;

/* replay.c: the destination; it is told of the steps of the hop in this order */
int orthros_prepare_net(void);
int orthros_read_net(struct orthros_image *img);
int orthros_begin_net(struct orthros_image *img);
void orthros_net_go_on(void);
int orthros_need_net(void);
void orthros_start_net(void);
void orthros_release_net(void);
void orthros_finish_net(void);
void orthros_settle_net(struct orthros_image *img);

enum orthros_sysctls {
	ORTHROS_SYSCTLS_EARLY,
	ORTHROS_SYSCTLS_NET,
	ORTHROS_SYSCTLS_LATE,
};

int orthros_build_sysctls(struct orthros_image *img, enum orthros_sysctls which);

#endif /* _ORTHROS_NET_H */
