/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_EXPORT_H
#define _ORTHROS_EXPORT_H

struct orthros_kernel_desc;

int orthros_export_self(struct orthros_kernel_desc *desc);

#endif /* _ORTHROS_EXPORT_H */
