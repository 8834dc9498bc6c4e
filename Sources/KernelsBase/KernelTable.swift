public import KernelTypes

/// Kernels of this module's instruction set.
public let kernelTable = KernelTable(
  elementwise: Elementwise.self, reduction: Reduction.self, matrix: Matrix.self, convolution: Convolution.self,
  pooling: Pooling.self, normalization: Normalization.self, softmax: Softmax.self, optimizer: Optimizer.self,
  aggregation: Aggregation.self, fused: Fused.self)
