// SPDX-License-Identifier: GPL-2.0-only
/*
 * Members of this kernel's own private structs.
 *
 * A builder uses constructors. Where none reaches a member, and its struct is
 * private to a .c file, the member is found by path in our own BTF rather than
 * by a copy of the struct.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/err.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/string.h>
#include "btf.h"
#include "member.h"

static DEFINE_MUTEX(own_lock);
static struct orthros_btf own;	/* parsed on first use, kept */

static int find(const char *path, struct orthros_btf_member *m)
{
	int err = 0;

	mutex_lock(&own_lock);
	if (!own.off)
		err = orthros_btf_parse(&own, __start_BTF, __stop_BTF - __start_BTF);
	if (!err)
		err = orthros_btf_path(&own, path, m);
	mutex_unlock(&own_lock);

	if (!err && (m->nr_deref || m->is_bitfield))
		err = -EINVAL;
	return err;
}

/**
 * orthros_dst_offset() - offset of a member in this kernel
 * @path:	"struct.member.sub", without dereferences; no bit field
 *
 * May sleep; what is used often is better looked up by orthros_dst_ptr(),
 * which remembers.
 *
 * Return: offset in bytes, or a negative errno of orthros_btf_path().
 */
long orthros_dst_offset(const char *path)
{
	struct orthros_btf_member m;

	return find(path, &m) ?: (long)(m.bit_off / 8);
}

/* Looks a member up once; several tasks may do so at a time, alike. */
static int look_up(struct orthros_dst_member *m)
{
	struct orthros_btf_member found;
	int err;

	if (smp_load_acquire(&m->size))		/* pairs with the release below */
		return 0;
	err = find(m->path, &found);
	if (!err && !found.bit_size)
		err = -EINVAL;
	if (err) {
		pr_err("%s of this kernel: %pe\n", m->path, ERR_PTR(err));
		return err;
	}
	m->off = found.bit_off / 8;
	smp_store_release(&m->size, found.bit_size / 8);	/* after m->off */
	return 0;
}

/**
 * orthros_dst_member() - address of a member of an object
 * @m:		member, remembered once found
 * @obj:	object of the type that the path begins with
 *
 * Sleeps at the first use of @m.
 *
 * Return: address, or an ERR_PTR if this kernel has no such member.
 */
void *orthros_dst_member(struct orthros_dst_member *m, void *obj)
{
	int err = look_up(m);

	return err ? ERR_PTR(err) : obj + m->off;
}

/**
 * orthros_dst_set() - set a member of an object
 * @m:		member of 1, 2, 4 or 8 bytes, remembered once found
 * @obj:	object of the type that the path begins with
 * @value:	value; must fit
 *
 * Sleeps at the first use of @m. The caller holds the locks that the member
 * needs.
 *
 * Return: 0, -EOVERFLOW if the value does not fit, -EINVAL for a member of
 * another size, or an errno of orthros_btf_path().
 */
int orthros_dst_set(struct orthros_dst_member *m, void *obj, u64 value)
{
	int err = look_up(m);

	if (err)
		return err;
	obj += m->off;
	switch (m->size) {
	case 1:
		if (value != (u8)value && value != (u64)(s8)value)
			return -EOVERFLOW;
		WRITE_ONCE(*(u8 *)obj, value);
		return 0;
	case 2:
		if (value != (u16)value && value != (u64)(s16)value)
			return -EOVERFLOW;
		WRITE_ONCE(*(u16 *)obj, value);
		return 0;
	case 4:
		if (value != (u32)value && value != (u64)(s32)value)
			return -EOVERFLOW;
		WRITE_ONCE(*(u32 *)obj, value);
		return 0;
	case 8:
		WRITE_ONCE(*(u64 *)obj, value);
		return 0;
	}
	return -EINVAL;
}

/**
 * orthros_dst_get() - get a member of an object
 * @m:		member of 1, 2, 4 or 8 bytes, remembered once found
 * @obj:	object of the type that the path begins with
 * @value:	set, zero-extended
 *
 * Sleeps at the first use of @m.
 *
 * Return: 0, -EINVAL for a member of another size, or an errno of
 * orthros_btf_path().
 */
int orthros_dst_get(struct orthros_dst_member *m, const void *obj, u64 *value)
{
	int err = look_up(m);

	if (err)
		return err;
	obj += m->off;
	switch (m->size) {
	case 1:
		*value = READ_ONCE(*(const u8 *)obj);
		return 0;
	case 2:
		*value = READ_ONCE(*(const u16 *)obj);
		return 0;
	case 4:
		*value = READ_ONCE(*(const u32 *)obj);
		return 0;
	case 8:
		*value = READ_ONCE(*(const u64 *)obj);
		return 0;
	}
	return -EINVAL;
}
