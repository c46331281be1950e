/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Where a source counts what it tells, see sequence_tables.c.
 */
#ifndef _ORTHROS_TABLES_SEQUENCE_H
#define _ORTHROS_TABLES_SEQUENCE_H

#include "../core/table.h"

/**
 * struct orthros_sequence_env - addresses of a source
 * @prb:	pointer to its ring of messages
 * @kmsg_base:	what it adds to their numbers
 * @uevent:	number of its last uevent
 */
struct orthros_sequence_env {
	u64 prb;
	u64 kmsg_base;
	u64 uevent;
};

/**
 * struct orthros_prb_view - a struct printk_ringbuffer
 * @count_bits:	binary logarithm of the number of its descriptors
 * @head:	number of the last one that was taken
 * @infos:	array of what is known of each one's message
 * @info_size:	bytes of an element
 * @seq_off:	where in it the message's number is
 */
struct orthros_prb_view {
	u32 count_bits;
	u64 head;
	u64 infos;
	u32 info_size;
	u32 seq_off;
};

extern struct orthros_table orthros_table_sequence_env;
extern struct orthros_table orthros_table_prb;

#endif /* _ORTHROS_TABLES_SEQUENCE_H */
