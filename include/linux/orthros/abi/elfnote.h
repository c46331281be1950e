/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The ELF note by which an image says that it can be a second kernel.
 */
#ifndef _LINUX_ORTHROS_ABI_ELFNOTE_H
#define _LINUX_ORTHROS_ABI_ELFNOTE_H

#define ORTHROS_NOTE_NAME	"Orthros"
#define ORTHROS_NOTE_HANDOFF	1	/* u32: ORTHROS_HANDOFF_VERSION */

/* Bumped with each change of layout of struct orthros_handoff, or of what lies beside it. */
#define ORTHROS_HANDOFF_VERSION	7

#endif /* _LINUX_ORTHROS_ABI_ELFNOTE_H */
