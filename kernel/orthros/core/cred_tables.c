// SPDX-License-Identifier: GPL-2.0-only
/* Where the source has the credentials of processes, and of those who opened files. */
#include <linux/orthros/abi/task.h>
#include "cred.h"

#define R(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_cred_rec, field, kind, flags, __VA_ARGS__)

static struct orthros_row cred_rows[] = {
	R(uid, VALUE, 0, "cred.uid.val"),
	R(gid, VALUE, 0, "cred.gid.val"),
	R(suid, VALUE, 0, "cred.suid.val"),
	R(sgid, VALUE, 0, "cred.sgid.val"),
	R(euid, VALUE, 0, "cred.euid.val"),
	R(egid, VALUE, 0, "cred.egid.val"),
	R(fsuid, VALUE, 0, "cred.fsuid.val"),
	R(fsgid, VALUE, 0, "cred.fsgid.val"),
	R(securebits, VALUE, 0, "cred.securebits"),
	R(jit_keyring, VALUE, ORTHROS_ROW_OPTIONAL, "cred.jit_keyring"),
	R(cap_inheritable, BYTES, 0, "cred.cap_inheritable.val", "cred.cap_inheritable.cap"),
	R(cap_permitted, BYTES, 0, "cred.cap_permitted.val", "cred.cap_permitted.cap"),
	R(cap_effective, BYTES, 0, "cred.cap_effective.val", "cred.cap_effective.cap"),
	R(cap_bset, BYTES, 0, "cred.cap_bset.val", "cred.cap_bset.cap"),
	R(cap_ambient, BYTES, 0, "cred.cap_ambient.val", "cred.cap_ambient.cap"),
	R(user_ns, VALUE, 0, "cred.user_ns"),
	R(session_keyring, VALUE, ORTHROS_ROW_OPTIONAL, "cred.session_keyring"),
	R(process_keyring, VALUE, ORTHROS_ROW_OPTIONAL, "cred.process_keyring"),
	R(thread_keyring, VALUE, ORTHROS_ROW_OPTIONAL, "cred.thread_keyring"),
	R(request_key_auth, VALUE, ORTHROS_ROW_OPTIONAL, "cred.request_key_auth"),
	R(groups, ADDR, 0, "cred.group_info->gid"),
	R(ngroups, VALUE, 0, "cred.group_info->ngroups"),
};

ORTHROS_TABLE(cred, struct orthros_cred_rec);
#undef R
