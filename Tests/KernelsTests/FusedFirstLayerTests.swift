import Testing

@testable import Kernels

@Suite("First-layer kernels")
struct FusedFirstLayerTests {
  static let shapes: [ConvolutionShape] = [
    .init(
      batch: 2, height: 7, width: 11, inputChannels: 1, outputChannels: 32, kernelHeight: 3, kernelWidth: 3,
      paddingY: 1, paddingX: 1),
    .init(batch: 1, height: 12, width: 9, inputChannels: 1, outputChannels: 6, kernelHeight: 5, kernelWidth: 5),
    .init(
      batch: 3, height: 6, width: 7, inputChannels: 3, outputChannels: 48, kernelHeight: 3, kernelWidth: 3, paddingY: 1,
      paddingX: 1),
    .init(
      batch: 2, height: 6, width: 8, inputChannels: 3, outputChannels: 17, kernelHeight: 5, kernelWidth: 5, paddingY: 2,
      paddingX: 2),
    .init(
      batch: 1, height: 5, width: 5, inputChannels: 4, outputChannels: 16, kernelHeight: 3, kernelWidth: 3, paddingY: 1,
      paddingX: 1),
    .init(
      batch: 2, height: 4, width: 6, inputChannels: 2, outputChannels: 1, kernelHeight: 1, kernelWidth: 2, paddingX: 1),
    .init(
      batch: 1, height: 2, width: 2, inputChannels: 1, outputChannels: 3, kernelHeight: 3, kernelWidth: 3, paddingY: 1,
      paddingX: 1),
  ]

  @Test("pooled maps, codes and gradients agree with the definition", arguments: instructionSets, shapes)
  func pooled(isa: InstructionSet, shape: ConvolutionShape) {
    let kernels = Kernels.table(isa).fused
    let reference = NaiveConvolution(shape)
    let isTaken = kernels.takesFirstLayer(shape)
    #expect(isTaken)
    let bias = numbers(shape.outputChannels, seed: 9)
    let pool = PoolShape(
      batch: shape.batch, height: shape.outputHeight, width: shape.outputWidth, channels: shape.outputChannels,
      kernelHeight: 2, kernelWidth: 2, strideY: 2, strideX: 2)
    let naive = NaiveRectifiedPool(pool, reference.output(bias: bias))
    let gy = numbers(naive.y.count, seed: 5)
    var codes = [Int32](repeating: -1, count: kernels.poolCodeCount(pool))
    withWorkspace(kernels.firstLayerWorkspace(shape)) { workspace in
      let y = written(naive.y.count) {
        kernels.firstLayerPooled(shape, reference.x, reference.w, bias, $0, &codes, workspace)
      }
      #expect(relativeError(y, naive.y) < Tolerance.accumulated(reference.w.count))
      #expect(NaiveRectifiedPool.decoded(codes, pool) == naive.codes)
      let again = written(y.count) {
        kernels.firstLayerPooled(shape, reference.x, reference.w, bias, $0, nil, workspace)
      }
      #expect(bits(again) == bits(y))
      var gBias: [Float] = []
      let gw = written(reference.w.count) { gw in
        gBias = written(bias.count) {
          kernels.firstLayerPooledGradient(shape, reference.x, gy, codes, gw, $0, workspace)
        }
      }
      let (gz, expectedBias) = naive.gradients(gy)
      let tolerance = Tolerance.accumulated(reference.outputCount)
      #expect(relativeError(gw, reference.weightGradient(gy: gz)) < tolerance)
      #expect(relativeError(gBias, expectedBias) < tolerance)
    }
  }

  @Test("other convolutions are refused", arguments: instructionSets)
  func refusal(isa: InstructionSet) {
    let kernels = Kernels.table(isa).fused
    for (channels, groups, stride) in [(5, 1, 1), (4, 2, 1), (1, 1, 2)] {
      let shape = ConvolutionShape(
        batch: 1, height: 4, width: 4, inputChannels: channels, outputChannels: 8, kernelHeight: 3, kernelWidth: 3,
        strideY: stride, strideX: stride, groups: groups)
      let isTaken = kernels.takesFirstLayer(shape)
      #expect(!isTaken)
    }
  }
}
