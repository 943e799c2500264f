EXTRA_DIST += \
	configs/endpoint.yaml \
	configs/fashion_mnist_mlp.yaml \
	configs/likelihood.yaml \
	configs/oracle_order.yaml \
	configs/quickstart.yaml \
	configs/reflow_1.yaml \
	configs/reflow_2.yaml \
	configs/reflow_3.yaml \
	configs/rk4_vs_euler.yaml \
	configs/tong2023.yaml \
	configs/work_precision.yaml
