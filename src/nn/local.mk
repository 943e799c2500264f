NN_SOURCES = \
	src/nn/kernel.c src/nn/kernel.h \
	src/nn/graph.c src/nn/net.h src/nn/internal.h \
	src/nn/ops.c src/nn/net.c \
	src/nn/optimizer.c src/nn/optimizer.h src/nn/real.h
libfmrun_a_SOURCES += $(NN_SOURCES)

# Kernels: one library per instruction set, with that set's flags.
KERNEL_CFLAGS = $(AM_CFLAGS) -O3 -ffp-contract=fast -fno-trapping-math
noinst_LIBRARIES += libkernel_portable.a
libkernel_portable_a_SOURCES = src/nn/kernel_portable.c src/nn/kernel_body.h
libkernel_portable_a_CFLAGS = $(KERNEL_CFLAGS)
KERNELS = libkernel_portable.a
if ISA_KERNELS
noinst_LIBRARIES += libkernel_avx2.a libkernel_avx512.a
libkernel_avx2_a_SOURCES = src/nn/kernel_avx2.c
libkernel_avx2_a_CFLAGS = $(KERNEL_CFLAGS) -mavx2 -mfma
libkernel_avx512_a_SOURCES = src/nn/kernel_avx512.c
libkernel_avx512_a_CFLAGS = $(KERNEL_CFLAGS) -mavx512f -mavx512vl -mavx512dq -mfma \
	-mprefer-vector-width=512
KERNELS += libkernel_avx2.a libkernel_avx512.a
endif
