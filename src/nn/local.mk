NN_SOURCES = \
	src/nn/builder.c src/nn/builder.h \
	src/nn/compile.c src/nn/compile.h \
	src/nn/graph_image.c src/nn/graph_image.h \
	src/nn/graph_input.c src/nn/graph_input.h \
	src/nn/graph_layer.c src/nn/graph_layer.h \
	src/nn/graph_ops.c src/nn/graph_ops.h \
	src/nn/graph_token.c src/nn/graph_token.h \
	src/nn/kernel.c src/nn/kernel.h \
	src/nn/net.c src/nn/net.h \
	src/nn/node.h \
	src/nn/op_attention.c \
	src/nn/op_conv.c src/nn/op_conv.h \
	src/nn/op_conv_narrow.c src/nn/op_conv_narrow.h \
	src/nn/op_dropout.c \
	src/nn/op_embedding.c \
	src/nn/op_input.c \
	src/nn/op_linear.c src/nn/op_linear.h \
	src/nn/op_norm.c \
	src/nn/op_pointwise.c \
	src/nn/op_pool.c \
	src/nn/op_resample.c \
	src/nn/optimizer.c src/nn/optimizer.h \
	src/nn/real.h
libfmrun_a_SOURCES += $(NN_SOURCES)

# The arithmetic: one library per instruction set and kind, with that set's flags.  The kernels
# fuse multiplication and addition; the random numbers do not, and are the same on every set.
KERNEL_SOURCES = \
	src/nn/kernel_attention.c src/nn/kernel_attention.h \
	src/nn/kernel_norm.c src/nn/kernel_norm.h \
	src/nn/kernel_optimizer.c src/nn/kernel_optimizer.h \
	src/nn/kernel_pointwise.c src/nn/kernel_pointwise.h \
	src/nn/kernel_product.c src/nn/kernel_product.h \
	src/nn/kernel_table.c src/nn/kernel_vector.h
RANDOM_SOURCES = src/base/random_vector.c
KERNEL_CFLAGS = $(AM_CFLAGS) -O3 -ffp-contract=fast -fno-trapping-math
RANDOM_CFLAGS = $(AM_CFLAGS) -O3 -fno-trapping-math
AVX2_CFLAGS = -DFM_ISA=avx2 -mavx2 -mfma
AVX512_CFLAGS = -DFM_ISA=avx512 -mavx512f -mavx512vl -mavx512dq -mfma \
	-mprefer-vector-width=512
noinst_LIBRARIES += libkernel_portable.a librandom_portable.a
libkernel_portable_a_SOURCES = $(KERNEL_SOURCES)
libkernel_portable_a_CFLAGS = $(KERNEL_CFLAGS) -DFM_ISA=portable
librandom_portable_a_SOURCES = $(RANDOM_SOURCES)
librandom_portable_a_CFLAGS = $(RANDOM_CFLAGS) -DFM_ISA=portable
KERNELS = libkernel_portable.a librandom_portable.a
if ISA_KERNELS
noinst_LIBRARIES += libkernel_avx2.a libkernel_avx512.a librandom_avx2.a librandom_avx512.a
libkernel_avx2_a_SOURCES = $(KERNEL_SOURCES)
libkernel_avx2_a_CFLAGS = $(KERNEL_CFLAGS) $(AVX2_CFLAGS)
libkernel_avx512_a_SOURCES = $(KERNEL_SOURCES)
libkernel_avx512_a_CFLAGS = $(KERNEL_CFLAGS) $(AVX512_CFLAGS)
librandom_avx2_a_SOURCES = $(RANDOM_SOURCES)
librandom_avx2_a_CFLAGS = $(RANDOM_CFLAGS) $(AVX2_CFLAGS)
librandom_avx512_a_SOURCES = $(RANDOM_SOURCES)
librandom_avx512_a_CFLAGS = $(RANDOM_CFLAGS) $(AVX512_CFLAGS)
KERNELS += libkernel_avx2.a libkernel_avx512.a librandom_avx2.a librandom_avx512.a
endif
