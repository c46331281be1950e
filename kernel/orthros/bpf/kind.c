// SPDX-License-Identifier: GPL-2.0-only
/*
 * BPF programs and maps. A program is loaded again as it was given, and the verifier of
 * this kernel looks at it: in a check already, so that one which it rejects is told
 * before anything is frozen. Whoever holds them comes later: files, control groups.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include "bpf_internal.h"

/* Nobody has been forgotten who has one. */
static int gather(struct orthros_image *img)
{
	orthros_gather_bpf(img);
	return img->frozen || img->crashed ? 0 : orthros_try_bpf(img);
}

const struct orthros_kind orthros_bpf_kind = {
	.name	= "BPF",
	.tables	= ORTHROS_TABLES(&orthros_table_bpf_env, &orthros_table_bpf_program,
				 &orthros_table_bpf_map, &orthros_table_bpf_array,
				 &orthros_table_bpf_hash, &orthros_table_bpf_trie,
				 &orthros_table_bpf_node),
	.read	= orthros_read_bpf,
	.gather	= gather,
	.build	= orthros_build_bpf,
	.release = orthros_release_bpf,
};
