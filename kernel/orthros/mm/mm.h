/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Address spaces of processes, for other areas.
 */
#ifndef _ORTHROS_MM_H
#define _ORTHROS_MM_H

#include <linux/types.h>
#include "../core/kind.h"

struct orthros_finder;
struct orthros_image;
struct orthros_obj;
struct orthros_type;

extern const struct orthros_kind orthros_mm_kind;
extern const struct orthros_kind orthros_aio_kind;
extern const struct orthros_kind orthros_keep_kind;
extern const struct orthros_kind orthros_claim_kind;
extern const struct orthros_kind orthros_locked_kind;

extern const struct orthros_type orthros_mm_type;

struct orthros_obj *orthros_read_mm(const struct orthros_finder *who, u64 mm);
int orthros_build_mm(struct orthros_image *img, struct orthros_obj *mm);

/* policy.c: memory policies */
int orthros_read_policy(const struct orthros_finder *who, u64 addr);
int orthros_set_policy(struct orthros_image *img, u64 addr);

/* arch/x86/orthros/process/ */

unsigned long orthros_vdso_fixup_ip(struct orthros_obj *mm, unsigned long ip);
bool orthros_fpu_supported(void);
size_t orthros_fpu_size(void);
void orthros_save_fpu(void);
void orthros_save_live(void);
void orthros_set_segments(u32 ds, u32 es, u32 fs, u32 gs, u64 fsbase, u64 gsbase);
#ifdef CONFIG_X86_IOPL_IOPERM
int orthros_set_ports(const unsigned long *bitmap, u32 iopl);
#else
static inline int orthros_set_ports(const unsigned long *bitmap, u32 iopl)
{
	return 0;
}
#endif
int orthros_read_fpu(struct orthros_image *img, u64 task, void *buf, size_t size);
int orthros_build_fpu(const void *buf, size_t size);

#endif /* _ORTHROS_MM_H */
