// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets that are known, named in the refusal, and not carried yet.
 */
#include "sock_internal.h"

static const struct orthros_mark foreign_marks[] = {
	{ ORTHROS_MARK_SOCK, "packet_ops_spkt", "socket of type SOCK_PACKET" },
	{}
};

const struct orthros_kind orthros_foreign_sock_kind = {
	.name	= "foreign socket",
	.marks	= foreign_marks,
};
