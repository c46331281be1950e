/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the files of this directory share.
 */
#ifndef _ORTHROS_BPF_INTERNAL_H
#define _ORTHROS_BPF_INTERNAL_H

#include <linux/bpf.h>
#include <linux/orthros/abi/bpf.h>
#include "../core/walk.h"
#include "bpf.h"
#include "tables.h"

extern const struct orthros_type orthros_bpf_prog_type;
extern const struct orthros_type orthros_bpf_map_type;

/* read.c */
int orthros_bpf_env(struct orthros_image *img, struct orthros_bpf_env *env);
int orthros_read_bpf(struct orthros_image *img);
void orthros_gather_bpf(struct orthros_image *img);
int orthros_bpf_use_map(const struct orthros_finder *who, u64 map, u64 by);
int orthros_refuse_prog(const struct orthros_finder *who, struct orthros_obj *obj,
			const char *why);
int orthros_refuse_map(const struct orthros_finder *who, struct orthros_obj *obj,
		       const char *why);
struct orthros_obj *orthros_bpf_map_of(struct orthros_image *img, u32 id);

/* build.c */
int orthros_build_bpf(struct orthros_image *img);
int orthros_try_bpf(struct orthros_image *img);
void orthros_release_bpf(struct orthros_image *img);

/* contents.c */
int orthros_fill_map(struct orthros_image *img, const struct orthros_obj *obj, int fd);

/* From kernel/bpf/syscall.c, for whose callers there is no header. */
int kern_sys_bpf(int cmd, union bpf_attr *attr, unsigned int size);

static inline struct orthros_bpf_prog_rec *orthros_prog_rec(const struct orthros_obj *obj)
{
	return obj->rec;
}

static inline struct orthros_bpf_map_rec *orthros_map_rec(const struct orthros_obj *obj)
{
	return obj->rec;
}

#endif /* _ORTHROS_BPF_INTERNAL_H */
