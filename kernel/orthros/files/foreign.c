// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kinds of files that are known, named in the refusal, and not carried yet. A kind
 * that carries one takes its line out.
 */
#include "files_internal.h"

static const struct orthros_mark foreign_marks[] = {
	{ ORTHROS_MARK_FILE, "fanotify_fops", "fanotify" },
	{ ORTHROS_MARK_FILE, "userfaultfd_fops", "userfaultfd" },
	{ ORTHROS_MARK_FILE, "perf_fops", "perf event" },
	{ ORTHROS_MARK_FILE, "bpf_link_fops", "BPF link" },
	{ ORTHROS_MARK_FILE, "fscontext_fops", "file system context" },
	{ ORTHROS_MARK_FILE, "tun_fops", "TUN/TAP" },
	{ ORTHROS_MARK_FILE, "ruleset_fops", "Landlock ruleset" },
	{ ORTHROS_MARK_FILE, "btf_fops", "BPF type information" },
	{ ORTHROS_MARK_FILE, "bpf_iter_fops", "BPF iterator" },
	{}
};

const struct orthros_kind orthros_foreign_kind = {
	.name	= "foreign file",
	.marks	= foreign_marks,
};
