// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of sequence numbers.
 */
#include "sequence_tables.h"

#define ENV(field, name) \
	ORTHROS_ROW(struct orthros_sequence_env, field, SYM, 0, name)

static struct orthros_row sequence_env_rows[] = {
	ENV(prb, "prb"),
	ENV(kmsg_base, "orthros_kmsg_base"),
	ENV(uevent, "uevent_seqnum"),
};

ORTHROS_TABLE(sequence_env, struct orthros_sequence_env);

#define PRB(field, kind, path) \
	ORTHROS_ROW(struct orthros_prb_view, field, kind, 0, path)

static struct orthros_row prb_rows[] = {
	PRB(count_bits, VALUE, "printk_ringbuffer.desc_ring.count_bits"),
	PRB(head, VALUE, "printk_ringbuffer.desc_ring.head_id.counter"),
	PRB(infos, VALUE, "printk_ringbuffer.desc_ring.infos"),
	PRB(info_size, SIZEOF, "printk_info"),
	PRB(seq_off, OFFSET, "printk_info.seq"),
};

ORTHROS_TABLE(prb, struct orthros_prb_view);
