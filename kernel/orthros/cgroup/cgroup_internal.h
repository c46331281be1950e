/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of this directory share.
 */
#ifndef _ORTHROS_CGROUP_INTERNAL_H
#define _ORTHROS_CGROUP_INTERNAL_H

#include <linux/orthros/abi/cgroup.h>
#include "../core/image.h"
#include "../core/report.h"
#include "../core/walk.h"
#include "cgroup.h"
#include "tables.h"

struct cgroup;
struct vfsmount;

extern const struct orthros_type orthros_cgroup_type;
extern const struct orthros_type orthros_cgroup_file_type;
extern const struct orthros_type orthros_cgroup_xattr_type;

/* Controllers that the source may have; where it has them, resolve tells. */
enum orthros_controller {
	ORTHROS_CTL_CPU,
	ORTHROS_CTL_CPUSET,
	ORTHROS_CTL_HUGETLB,
	ORTHROS_CTL_IO,
	ORTHROS_CTL_MEMORY,
	ORTHROS_CTL_MISC,
	ORTHROS_CTL_PIDS,
	ORTHROS_CTL_RDMA,
	ORTHROS_CTL_NR
};

/* Bits in a mask of controllers. */
#define ORTHROS_MAX_CONTROLLERS	16

/* env.c */
extern struct orthros_group_env orthros_group_env;
/* Controllers of the source, by its own numbers. */
extern char orthros_controllers[ORTHROS_MAX_CONTROLLERS][16];
int orthros_resolve_groups(struct orthros_src *src);
int orthros_group_state(struct orthros_image *img, const struct orthros_group_view *v,
			enum orthros_controller ctl, u64 *css);

/* read.c */
int orthros_read_groups(struct orthros_image *img);
int orthros_gather_groups(struct orthros_image *img);

/* settings.c */
int orthros_read_settings(struct orthros_image *img, struct orthros_obj *obj,
			  const struct orthros_group_view *v);

/* build.c */
int orthros_build_groups(struct orthros_image *img);
void orthros_let_go_of_memory(struct orthros_image *img);
void orthros_attach_begin(void);
void orthros_attach_end(void);

/* apply.c */
int orthros_tie_groups(struct orthros_image *img);
void orthros_start_groups(struct orthros_image *img);
void orthros_tell_groups(struct orthros_image *img);
void orthros_release_groups(struct orthros_image *img);
void orthros_settle_groups(struct orthros_image *img);

/* write.c */
struct vfsmount *orthros_group_mount(struct orthros_image *img);
void orthros_group_unmount(struct vfsmount *mnt);
int orthros_group_write(struct orthros_image *img, struct vfsmount *mnt,
			const struct orthros_obj *group, const char *file, const char *value);
char *orthros_group_path(struct orthros_image *img, const struct orthros_obj *group,
			 const char *file, char *buf, size_t size);

static inline const struct orthros_cgroup_rec *orthros_group_rec(const struct orthros_obj *obj)
{
	return obj->rec;
}

#endif /* _ORTHROS_CGROUP_INTERNAL_H */
