/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Members of this kernel's private structs, by their path in its own BTF: for
 * what must be set and no constructor reaches.
 */
#ifndef _ORTHROS_MEMBER_H
#define _ORTHROS_MEMBER_H

#include <linux/types.h>

/**
 * struct orthros_dst_member - a member that is looked up on first use
 * @path:	"struct.member.sub", without dereferences
 * @size:	bytes; 0 until looked up
 * @off:	offset in the outermost struct
 */
struct orthros_dst_member {
	const char *path;
	u32 size;
	u32 off;
};

long orthros_dst_offset(const char *path);
void *orthros_dst_member(struct orthros_dst_member *m, void *obj);
int orthros_dst_set(struct orthros_dst_member *m, void *obj, u64 value);
int orthros_dst_get(struct orthros_dst_member *m, const void *obj, u64 *value);

/*
 * The path is a string literal: scripts/check-tables looks for these calls.
 *
 *	void *p = orthros_dst_ptr(ctx, "eventfd_ctx.wqh");	ERR_PTR on failure
 *	err = orthros_dst_poke(ctx, "eventfd_ctx.count", count);
 *	err = orthros_dst_peek(ctx, "eventfd_ctx.count", &count);	a u64
 */
#define orthros_dst_ptr(obj, literal) ({					\
	static struct orthros_dst_member __m = { .path = literal };	\
	orthros_dst_member(&__m, obj); })

#define orthros_dst_poke(obj, literal, val) ({				\
	static struct orthros_dst_member __m = { .path = literal };	\
	orthros_dst_set(&__m, obj, val); })

#define orthros_dst_peek(obj, literal, val) ({				\
	static struct orthros_dst_member __m = { .path = literal };	\
	orthros_dst_get(&__m, obj, val); })

#endif /* _ORTHROS_MEMBER_H */
