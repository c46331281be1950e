// SPDX-License-Identifier: GPL-2.0
/*
 * QEMU runs with this before its C library in the guest that "nested" starts. TCG's SVM
 * does not intercept XSETBV, so that KVM never learns what the inner guest turns on, and
 * takes it away at each of its switches. KVM hears of all of it from the beginning: the
 * guest between has turned on the same.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <immintrin.h>
#include <linux/kvm.h>
#include <stdarg.h>

int ioctl(int fd, unsigned long request, ...)
{
	static int (*next)(int fd, unsigned long request, ...);
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	if (!next)
		next = (int (*)(int, unsigned long, ...))dlsym(RTLD_NEXT, "ioctl");
	if (request == KVM_SET_XCRS)
		((struct kvm_xcrs *)arg)->xcrs[0].value = _xgetbv(0);
	return next(fd, request, arg);
}
