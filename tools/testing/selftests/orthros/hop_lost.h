/* SPDX-License-Identifier: GPL-2.0 */
/* What a takeover cannot save, see hop_lost.c. */
#ifndef HOP_LOST_H
#define HOP_LOST_H

void lost_make(void);
void lost_check(void);

#endif /* HOP_LOST_H */
