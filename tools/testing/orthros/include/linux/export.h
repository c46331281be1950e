/* SPDX-License-Identifier: GPL-2.0 */
/* Nothing is exported on the host: see host-kunit. */
