import Testing

@testable import Kernels

@Suite("Convolution kernels")
struct ConvolutionTests {
  static let shapes: [ConvolutionShape] = [
    .init(batch: 1, height: 1, width: 1, inputChannels: 1, outputChannels: 1, kernelHeight: 1, kernelWidth: 1),
    .init(
      batch: 2, height: 5, width: 7, inputChannels: 1, outputChannels: 32, kernelHeight: 3, kernelWidth: 3, paddingY: 1,
      paddingX: 1),
    .init(
      batch: 3, height: 6, width: 5, inputChannels: 3, outputChannels: 10, kernelHeight: 5, kernelWidth: 5, paddingY: 2,
      paddingX: 2),
    .init(
      batch: 2, height: 7, width: 7, inputChannels: 32, outputChannels: 64, kernelHeight: 3, kernelWidth: 3,
      paddingY: 1, paddingX: 1),
    .init(
      batch: 2, height: 9, width: 8, inputChannels: 17, outputChannels: 33, kernelHeight: 3, kernelWidth: 3, strideY: 2,
      strideX: 2, paddingY: 1, paddingX: 1),
    .init(batch: 2, height: 8, width: 8, inputChannels: 20, outputChannels: 35, kernelHeight: 1, kernelWidth: 1),
    .init(batch: 2, height: 8, width: 8, inputChannels: 24, outputChannels: 24, kernelHeight: 1, kernelWidth: 1),
    .init(
      batch: 2, height: 8, width: 9, inputChannels: 16, outputChannels: 32, kernelHeight: 1, kernelWidth: 1, strideY: 2,
      strideX: 2),
    .init(
      batch: 1, height: 9, width: 9, inputChannels: 3, outputChannels: 40, kernelHeight: 7, kernelWidth: 7, strideY: 2,
      strideX: 2, paddingY: 3, paddingX: 3),
    .init(
      batch: 2, height: 7, width: 6, inputChannels: 48, outputChannels: 48, kernelHeight: 3, kernelWidth: 3,
      paddingY: 1, paddingX: 1, groups: 48),
    .init(
      batch: 2, height: 8, width: 8, inputChannels: 19, outputChannels: 19, kernelHeight: 3, kernelWidth: 3, strideY: 2,
      strideX: 2, paddingY: 1, paddingX: 1, groups: 19),
    .init(
      batch: 2, height: 6, width: 6, inputChannels: 5, outputChannels: 10, kernelHeight: 3, kernelWidth: 3, paddingY: 1,
      paddingX: 1, groups: 5),
    .init(
      batch: 1, height: 6, width: 7, inputChannels: 12, outputChannels: 18, kernelHeight: 3, kernelWidth: 2, strideY: 1,
      strideX: 3, paddingY: 0, paddingX: 1, groups: 3),
    .init(
      batch: 2, height: 4, width: 10, inputChannels: 8, outputChannels: 16, kernelHeight: 2, kernelWidth: 4, strideY: 3,
      strideX: 2, paddingY: 1, paddingX: 3),
    .init(batch: 1, height: 16, width: 16, inputChannels: 33, outputChannels: 31, kernelHeight: 3, kernelWidth: 3),
    .init(batch: 1, height: 2, width: 2, inputChannels: 4, outputChannels: 4, kernelHeight: 3, kernelWidth: 3),
    .init(
      batch: 2, height: 14, width: 15, inputChannels: 2, outputChannels: 70, kernelHeight: 3, kernelWidth: 3,
      paddingY: 1, paddingX: 1),
    .init(
      batch: 1, height: 11, width: 11, inputChannels: 6, outputChannels: 8, kernelHeight: 2, kernelWidth: 2, strideY: 4,
      strideX: 4),
    .init(
      batch: 2, height: 5, width: 6, inputChannels: 18, outputChannels: 18, kernelHeight: 2, kernelWidth: 4,
      paddingY: 1, paddingX: 4, groups: 18),
    .init(
      batch: 1, height: 9, width: 12, inputChannels: 33, outputChannels: 33, kernelHeight: 5, kernelWidth: 3,
      strideY: 2, strideX: 3, paddingY: 2, paddingX: 1, groups: 33),
    .init(
      batch: 1, height: 2, width: 12, inputChannels: 16, outputChannels: 16, kernelHeight: 3, kernelWidth: 3,
      paddingY: 1, paddingX: 1, groups: 16),
    .init(
      batch: 2, height: 3, width: 5, inputChannels: 33, outputChannels: 33, kernelHeight: 3, kernelWidth: 3,
      paddingY: 2, paddingX: 2, groups: 33),
    .init(
      batch: 1, height: 6, width: 5, inputChannels: 20, outputChannels: 20, kernelHeight: 3, kernelWidth: 3, strideY: 2,
      strideX: 2, groups: 20),
    .init(
      batch: 1, height: 1, width: 4, inputChannels: 16, outputChannels: 16, kernelHeight: 3, kernelWidth: 3, strideY: 2,
      strideX: 2, paddingY: 2, paddingX: 3, groups: 16),
  ]

  @Test("forward agrees with the definition", arguments: instructionSets, shapes)
  func forward(isa: InstructionSet, shape: ConvolutionShape) {
    let reference = NaiveConvolution(shape)
    for bias in [nil, numbers(shape.outputChannels, seed: 9)] {
      let got = reference.forward(Kernels.table(isa).convolution, .direct, bias: bias)
      #expect(relativeError(got, reference.output(bias: bias)) < Tolerance.accumulated(reference.w.count))
    }
  }

  @Test("the input gradient agrees with the definition", arguments: instructionSets, shapes)
  func inputGradient(isa: InstructionSet, shape: ConvolutionShape) {
    let reference = NaiveConvolution(shape)
    let got = reference.inputGradient(Kernels.table(isa).convolution, .direct)
    #expect(relativeError(got, reference.inputGradient()) < Tolerance.accumulated(reference.w.count))
  }

  @Test("the weight gradient agrees with the definition", arguments: instructionSets, shapes)
  func weightGradient(isa: InstructionSet, shape: ConvolutionShape) {
    let reference = NaiveConvolution(shape)
    let got = reference.weightGradient(Kernels.table(isa).convolution, .direct)
    #expect(relativeError(got, reference.weightGradient()) < Tolerance.accumulated(reference.outputCount))
  }
}
