EXTRA_DIST += \
	configs/endpoint.yaml \
	configs/fashion_mnist_mlp.yaml \
	configs/likelihood.yaml \
	configs/oracle_order.yaml \
	configs/quickstart.yaml \
	configs/rk4_vs_euler.yaml \
	configs/work_precision.yaml
