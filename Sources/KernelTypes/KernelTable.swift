/// All kernels of one instruction set.
public struct KernelTable: Sendable {
  public let elementwise: any ElementwiseKernels.Type
  public let reduction: any ReductionKernels.Type
  public let matrix: any MatrixKernels.Type
  public let convolution: any ConvolutionKernels.Type
  public let pooling: any PoolingKernels.Type
  public let normalization: any NormalizationKernels.Type
  public let softmax: any SoftmaxKernels.Type
  public let optimizer: any OptimizerKernels.Type
  public let aggregation: any AggregationKernels.Type
  public let fused: any FusedKernels.Type

  public init(
    elementwise: any ElementwiseKernels.Type, reduction: any ReductionKernels.Type, matrix: any MatrixKernels.Type,
    convolution: any ConvolutionKernels.Type, pooling: any PoolingKernels.Type,
    normalization: any NormalizationKernels.Type, softmax: any SoftmaxKernels.Type,
    optimizer: any OptimizerKernels.Type, aggregation: any AggregationKernels.Type, fused: any FusedKernels.Type
  ) {
    self.elementwise = elementwise
    self.reduction = reduction
    self.matrix = matrix
    self.convolution = convolution
    self.pooling = pooling
    self.normalization = normalization
    self.softmax = softmax
    self.optimizer = optimizer
    self.aggregation = aggregation
    self.fused = fused
  }
}
