// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers by which user space tells what it has seen: of messages of the kernel, of
 * uevents. They go on: journald takes a message of a lower number than the last for
 * one that it has, udevadm waits for a number to be reached.
 *
 * The messages of this kernel have numbers of their own, and those before the hop are
 * not told twice; what is added to them at the commit is the difference.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/build_bug.h>
#include <linux/kmsg_dump.h>
#include <linux/kobject.h>
#include <linux/minmax.h>
#include <linux/orthros.h>
#include "../core/image.h"
#include "../core/report.h"
#include "machine.h"
#include "sequence_tables.h"

#define MAX_COUNT_BITS	30

static const struct orthros_type sequence_type = { .name = "sequence numbers" };

/**
 * struct sequence_rec - sequence numbers
 * @kmsg:	of the next message
 * @uevent:	of the last uevent
 */
struct sequence_rec {
	u64 kmsg;
	u64 uevent;
};

u64 orthros_kmsg_base;

static int read_kmsg(const struct orthros_src *src, const struct orthros_sequence_env *env,
		     u64 *next)
{
	struct orthros_prb_view v;
	u64 prb, seq, base;
	int err;

	if (orthros_src_u64(src, env->prb, &prb) || orthros_src_u64(src, env->kmsg_base, &base))
		return orthros_bad(-EFAULT, "ring of messages");
	err = orthros_read_rec(&src->mem, &orthros_table_prb, prb, &v);
	if (err)
		return err;
	if (v.count_bits > MAX_COUNT_BITS)
		return orthros_bad(-EUCLEAN, "ring of 2^%u messages", v.count_bits);
	/* Taken but perhaps not yet written: its number is there all the same. */
	if (orthros_src_u64(src, v.infos + (v.head & (BIT_ULL(v.count_bits) - 1)) * v.info_size +
			    v.seq_off, &seq))
		return orthros_bad(-EFAULT, "message %#llx", v.head);
	*next = seq + base + 1;
	return 0;
}

static int read_sequences(struct orthros_image *img)
{
	struct orthros_sequence_env env;
	struct sequence_rec *rec;
	struct orthros_obj *obj;
	int err;

	err = orthros_read_rec(&img->src->mem, &orthros_table_sequence_env, 0, &env);
	if (err)
		return err;
	obj = orthros_obj_add(img, &sequence_type, env.kmsg_base, 0, sizeof(*rec));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	rec = obj->rec;
	if (orthros_src_u64(img->src, env.uevent, &rec->uevent))
		return orthros_bad(-EFAULT, "uevent_seqnum");
	return read_kmsg(img->src, &env, &rec->kmsg);
}

static void commit_sequences(struct orthros_image *img)
{
	struct kmsg_dump_iter iter = {};
	const struct sequence_rec *rec;
	struct orthros_obj *obj;
	u64 *uevent = (u64 *)&uevent_seqnum;

	obj = list_first_entry_or_null(orthros_objs(img, &sequence_type), struct orthros_obj,
				       list);
	if (!obj)
		return;
	rec = obj->rec;
	kmsg_dump_rewind(&iter);
	if (rec->kmsg > iter.next_seq)
		WRITE_ONCE(orthros_kmsg_base, rec->kmsg - iter.next_seq);
	/* A number, or one in an atomic64_t. Devices that come meanwhile have higher ones. */
	static_assert(sizeof(uevent_seqnum) == sizeof(u64));
	WRITE_ONCE(*uevent, max(READ_ONCE(*uevent), rec->uevent));
}

const struct orthros_kind orthros_sequence_kind = {
	.name	= "sequence numbers",
	.tables	= ORTHROS_TABLES(&orthros_table_sequence_env, &orthros_table_prb),
	.read	= read_sequences,
	.commit	= commit_sequences,
};
