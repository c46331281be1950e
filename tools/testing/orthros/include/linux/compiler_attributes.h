/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _ORTHROS_HOST_COMPILER_ATTRIBUTES_H
#define _ORTHROS_HOST_COMPILER_ATTRIBUTES_H

#define __printf(fmt, args)	__attribute__((__format__(printf, fmt, args)))

#endif
