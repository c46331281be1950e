# SPDX-License-Identifier: GPL-2.0-only
#
# Orthros: see README.rst; "make" alone lists what there is.

include versions.mk

# The two kernels of a hop, and the kernels' configuration.
SRC ?= $(firstword $(KERNELS))
DST ?= $(lastword $(KERNELS))
FLAVOUR ?= test
OUT ?= build/out
# Of a soak.
HOPS ?= 20
# Of make fuzz.
SECONDS ?= 60

export FLAVOUR

vm = scripts/orthros-vm --src $(SRC) --dst $(DST)

.DEFAULT_GOAL := help

.PHONY: help
help:
	@echo 'make demo       a Debian server goes from $(SRC) to $(DST) and back under load'
	@echo '                (SRC=, DST=, HOPS=3; CRASH=1: its kernels crash instead;'
	@echo '                SYSTEMD=0: a few servers without systemd)'
	@echo 'make run        the same machine with a shell on the console'
	@echo 'make check      all tests and lint; ALL=1 adds what takes long: a soak of'
	@echo '                $(HOPS) hops, one under the kernel'\''s checkers, all ways to'
	@echo '                die for the second kernel at each step, check-kvm'
	@echo 'make bench      the time of each phase of a hop; CRIU and kexec beside it'
	@echo 'make bench-monitor'
	@echo '                what the monitor costs, and how soon it finds something'
	@echo 'make inject     N faults in the kernel (N=12, SEED=1; CLASS=lockup: of this class),'
	@echo '                and who goes on'
	@echo 'make soak       HOPS hops in a row under load'
	@echo 'make check-kvm  a hop, and one that fails, under KVM in a guest under TCG'
	@echo
	@echo 'make test T=pipe'
	@echo '                one test program over one hop (SRC=, DST=; DISK=1: its files'
	@echo '                are on a disk); without T the names of all'
	@echo 'make hosttest   what needs no guest: tables, unit tests, tests of scripts'
	@echo 'make fuzz       fuzz what reads the source on the host (SECONDS=$(SECONDS))'
	@echo 'make obj F=kernel/orthros/FILE.c'
	@echo '                compile it against all kernels (VER= one), C=1 with sparse,'
	@echo '                W=1 with more warnings; F may be a directory'
	@echo 'make lint       checkpatch, shellcheck, sparse, warnings of W=1, layers'
	@echo
	@echo 'make kernels    build all kernels: $(KERNELS); V=1 shows each step'
	@echo 'make kernel-VER build one; FLAVOUR=debug has the kernel'\''s checkers on'
	@echo 'make tools      build the orthros program'
	@echo 'make menuconfig-VER, make saveconfig-VER'
	@echo '                try options by hand; what differs from configs/'
	@echo 'make clean      remove build products, keep the trees and ccache'
	@echo 'make distclean  remove build/'
	@echo
	@echo 'KVM=1 uses KVM instead of TCG in guests; KVM=nested a KVM in a guest under TCG,'
	@echo 'which is slow, but needs no /dev/kvm.'

.PHONY: deps
deps:
	@scripts/install-deps $(KERNELS:%=linux-source-%)

.PHONY: lint-deps
lint-deps: deps
	@scripts/install-deps git perl shellcheck sparse

.PHONY: kernels
kernels: $(KERNELS:%=kernel-%)

# One at a time: each build uses all processors.
.NOTPARALLEL:

.PHONY: $(KERNELS:%=kernel-%)
$(KERNELS:%=kernel-%): kernel-%: deps
	@scripts/build-kernel $* $(FLAVOUR)

.PHONY: $(KERNELS:%=menuconfig-%) $(KERNELS:%=saveconfig-%)
$(KERNELS:%=menuconfig-%): menuconfig-%: deps
	@scripts/build-kernel $* $(FLAVOUR) menuconfig

$(KERNELS:%=saveconfig-%): saveconfig-%: deps
	@scripts/build-kernel $* $(FLAVOUR) savedefconfig
	@cat build/linux-$*/out-$(FLAVOUR)/defconfig

.PHONY: tools
tools: deps
	@$(MAKE) -s --no-print-directory -C tools/orthros

.PHONY: demo
demo: HOPS = 3
demo: kernel-$(SRC) kernel-$(DST) tools
	@tools/testing/orthros/demo $(if $(filter 1,$(CRASH)),--crash) \
		$(if $(filter 0,$(SYSTEMD)),,--systemd) $(SRC) $(DST) $(HOPS) $(OUT)/demo

.PHONY: run
run: kernel-$(SRC) kernel-$(DST) tools
	@disk=$$(tools/testing/orthros/mkdebian) && \
	$(vm) --root --disk $$disk,snapshot=on --net --interactive --out $(OUT)/run

.PHONY: debug-kernels
debug-kernels:
	@$(MAKE) --no-print-directory kernels FLAVOUR=debug

.PHONY: check
check: lint-deps kernels tools $(if $(filter 1,$(ALL)),debug-kernels)
	@scripts/check $(KERNELS)

.PHONY: hosttest
hosttest: tools
	@scripts/check --host

.PHONY: fuzz
fuzz:
	@scripts/install-deps clang libclang-rt-dev
	@tools/testing/orthros/fuzz $(SECONDS)

# The names first: a wrong one should not wait for the kernels.
.PHONY: test-names
test-names:
	@tools/testing/selftests/orthros/run --names $(T) >/dev/null

.PHONY: test
test: test-names kernel-$(SRC) kernel-$(DST) tools
	@tools/testing/orthros/test-one $(SRC) $(DST) $(OUT)/test $(T)

.PHONY: obj
obj: $(if $(C),lint-deps,deps)
	@scripts/build-object "$(F)" $(or $(VER),$(KERNELS))

.PHONY: bench
bench: kernel-$(SRC) kernel-$(DST) tools
	@tools/testing/orthros/bench $(SRC) $(DST) $(OUT)/bench
	@tools/testing/orthros/yardstick $(SRC) $(DST) $(OUT)/bench

.PHONY: bench-monitor
bench-monitor: kernel-$(SRC) kernel-$(DST) tools
	@tools/testing/orthros/bench-monitor $(SRC) $(DST) $(OUT)/bench-monitor

.PHONY: inject
inject: kernel-$(SRC) kernel-$(DST) tools
	@tools/testing/orthros/inject $(SRC) $(DST) $(or $(N),12) $(or $(SEED),1) $(OUT)/inject $(CLASS)

.PHONY: soak
soak: kernel-$(SRC) kernel-$(DST) tools
	@tools/testing/orthros/soak $(SRC) $(DST) $(HOPS) $(OUT)/soak

.PHONY: check-kvm
check-kvm: kernel-$(SRC) kernel-$(DST) tools
	@tools/testing/orthros/kvm $(SRC) $(DST) $(OUT)/kvm

.PHONY: lint
lint: lint-deps
	@scripts/lint

.PHONY: clean
clean:
	rm -rf build/vm build/demo build/net build/kvm build/yardstick build/check build/check-host build/lint build/log $(OUT)
	rm -rf $(KERNELS:%=build/linux-%/out-*)
	@[ ! -e tools/orthros/Makefile ] || $(MAKE) -C tools/orthros clean

.PHONY: distclean
distclean:
	rm -rf build
