import Testing

@testable import Kernels

@Suite("Winograd convolution kernels")
struct WinogradTests {
  /// Tiles cut off at both edges, odd numbers of channels, every padding, one image and many.
  static let shapes: [ConvolutionShape] = [
    shape(1, 4, 4, 16, 16), shape(1, 5, 7, 24, 33), shape(2, 7, 5, 33, 48, padding: 0), shape(3, 3, 3, 48, 24),
    shape(1, 9, 6, 16, 40, padding: 2), shape(2, 1, 2, 17, 16), shape(1, 3, 4, 32, 64, padding: 0),
    shape(2, 16, 17, 5, 3), shape(40, 4, 4, 64, 32), shape(9, 11, 11, 64, 96),
    .init(
      batch: 2, height: 6, width: 9, inputChannels: 20, outputChannels: 50, kernelHeight: 3, kernelWidth: 3,
      paddingY: 2, paddingX: 0),
  ]

  static func shape(
    _ batch: Int, _ height: Int, _ width: Int, _ inputs: Int, _ outputs: Int, padding: Int = 1
  ) -> ConvolutionShape {
    .init(
      batch: batch, height: height, width: width, inputChannels: inputs, outputChannels: outputs, kernelHeight: 3,
      kernelWidth: 3, paddingY: padding, paddingX: padding)
  }

  @Test("forward agrees with the definition", arguments: instructionSets, shapes)
  func forward(isa: InstructionSet, shape: ConvolutionShape) {
    let reference = NaiveConvolution(shape)
    for bias in [nil, numbers(shape.outputChannels, seed: 9)] {
      let got = reference.forward(Kernels.table(isa).convolution, .winograd, bias: bias)
      #expect(relativeError(got, reference.output(bias: bias)) < Tolerance.winograd)
    }
  }

  @Test("the input gradient agrees with the definition", arguments: instructionSets, shapes)
  func inputGradient(isa: InstructionSet, shape: ConvolutionShape) {
    let reference = NaiveConvolution(shape)
    let got = reference.inputGradient(Kernels.table(isa).convolution, .winograd)
    #expect(relativeError(got, reference.inputGradient()) < Tolerance.winograd)
  }

  @Test("the weight gradient agrees with the definition", arguments: instructionSets, shapes)
  func weightGradient(isa: InstructionSet, shape: ConvolutionShape) {
    let reference = NaiveConvolution(shape)
    let got = reference.weightGradient(Kernels.table(isa).convolution, .winograd)
    #expect(relativeError(got, reference.weightGradient()) < Tolerance.winograd)
  }

  @Test("images of zeros give zeros, and large numbers lose no more than small ones", arguments: instructionSets)
  func scales(isa: InstructionSet) {
    let kernels = Kernels.table(isa).convolution
    let zeros = NaiveConvolution(Self.shape(1, 6, 7, 24, 16), scale: 0)
    #expect(zeros.forward(kernels, .winograd).allSatisfy { $0 == 0 })
    #expect(zeros.weightGradient(kernels, .winograd).allSatisfy { $0 == 0 })
    let large = NaiveConvolution(Self.shape(1, 6, 7, 24, 16), scale: 1e12)
    #expect(relativeError(large.forward(kernels, .winograd), large.output(bias: nil)) < Tolerance.winograd)
    #expect(relativeError(large.weightGradient(kernels, .winograd), large.weightGradient()) < Tolerance.winograd)
  }

  @Test("an image's result does not depend on the images beside it", arguments: instructionSets)
  func rowsAlone(isa: InstructionSet) {
    let kernels = Kernels.table(isa).convolution
    let many = NaiveConvolution(Self.shape(33, 5, 5, 20, 40)).forward(kernels, .winograd)
    let first = NaiveConvolution(Self.shape(1, 5, 5, 20, 40)).forward(kernels, .winograd)
    #expect(bits(Array(many[..<first.count])) == bits(first))
  }

  @Test("a preference for direct, a stride, groups and other kernels keep the definition")
  func methods() {
    let kernels = Kernels.convolution
    let wide = Self.shape(32, 16, 16, 128, 128)
    for pass in ConvolutionPass.allCases {
      #expect(kernels.method(wide, pass, .auto) == .winograd)
      #expect(kernels.method(wide, pass, .direct) == .direct)
      for other in Self.withoutTiles { #expect(kernels.method(other, pass, .auto) == .direct, "\(other)") }
    }
  }

  private static let withoutTiles: [ConvolutionShape] = [
    shape(32, 16, 16, 3, 64), shape(32, 16, 16, 128, 128, padding: 3), shape(32, 2, 2, 128, 128, padding: 0),
    .init(
      batch: 32, height: 16, width: 16, inputChannels: 128, outputChannels: 128, kernelHeight: 3, kernelWidth: 3,
      strideY: 2, strideX: 2, paddingY: 1, paddingX: 1),
    .init(
      batch: 32, height: 16, width: 16, inputChannels: 128, outputChannels: 128, kernelHeight: 3, kernelWidth: 3,
      paddingY: 1, paddingX: 1, groups: 2),
    .init(
      batch: 32, height: 16, width: 16, inputChannels: 128, outputChannels: 128, kernelHeight: 5, kernelWidth: 5,
      paddingY: 2, paddingX: 2),
  ]
}
