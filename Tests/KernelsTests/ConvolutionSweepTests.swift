import Testing

@testable import Kernels

/// All small convolutions against their definition: every kernel, stride, padding and side, where phases of one tap,
/// windows in the padding alone and images smaller than the kernel are among them.
@Suite("Convolutions of all small shapes")
struct ConvolutionSweepTests {
  /// One shape for each side; height and width, and their steps, differ in every second.
  private static func shapes(kernel: Int, stride: Int, channels: Int, groups: Int) -> [ConvolutionShape] {
    var shapes: [ConvolutionShape] = []
    for padding in 0...4 {
      for side in 1...12 {
        let isMixed = (side + padding) % 2 == 1
        let shape = ConvolutionShape(
          batch: 1 + side % 2, height: side, width: isMixed ? (side * 5) % 12 + 1 : side, inputChannels: channels,
          outputChannels: channels, kernelHeight: kernel, kernelWidth: isMixed ? kernel % 4 + 1 : kernel,
          strideY: stride, strideX: isMixed ? stride % 5 + 1 : stride, paddingY: padding,
          paddingX: isMixed ? (padding + 2) % 5 : padding, groups: groups)
        if shape.outputHeight > 0 && shape.outputWidth > 0 { shapes.append(shape) }
      }
    }
    return shapes
  }

  /// What a shape's three passes give by the definition, and what the kernels make of it.
  private static func failures(_ shape: ConvolutionShape) -> [String] {
    let kernels = Kernels.table(.best).convolution, reference = NaiveConvolution(shape)
    let (output, gx, gw) = (reference.output(bias: nil), reference.inputGradient(), reference.weightGradient())
    var failures: [String] = []
    for preference in [ConvolutionPreference.direct, .auto] {
      func check(_ pass: ConvolutionPass, _ expected: [Double], _ run: (ConvolutionMethod) -> [Float]) {
        let method = kernels.method(shape, pass, preference)
        let error = relativeError(run(method), expected)
        if error > (method == .winograd ? Tolerance.winograd : 1e-5) {
          failures.append("\(pass) by \(method) of \(shape): \(error)")
        }
      }
      check(.forward, output) { reference.forward(kernels, $0) }
      check(.inputGradient, gx) { reference.inputGradient(kernels, $0) }
      check(.weightGradient, gw) { reference.weightGradient(kernels, $0) }
    }
    return failures
  }

  @Test("agree with the definition in all passes", arguments: 1...7, 1...5)
  func sweep(kernel: Int, stride: Int) {
    var failures: [String] = []
    for (channels, groups) in [(2, 1), (4, 2), (3, 3)] {
      let shapes = Self.shapes(kernel: kernel, stride: stride, channels: channels, groups: groups)
      failures += shapes.flatMap(Self.failures)
    }
    #expect(failures == [])
  }

  /// The input gradient of 5 6 4 / 8 9 7 / 2 3 1 was found for it: the first window's taps were taken for the last's.
  @Test("a step of three over a border reaches no further than its windows", arguments: instructionSets)
  func windowsApart(isa: InstructionSet) {
    let shape = ConvolutionShape(
      batch: 1, height: 3, width: 3, inputChannels: 1, outputChannels: 1, kernelHeight: 3, kernelWidth: 3, strideY: 3,
      strideX: 3, paddingY: 1, paddingX: 1)
    let kernels = Kernels.table(isa).convolution, w = (1...9).map(Float.init)
    let prepared = written(kernels.preparedCount(shape, .inputGradient, .direct)) {
      kernels.prepare(shape, .inputGradient, .direct, w, $0)
    }
    var gx: [Float] = []
    withWorkspace(kernels.workspace(shape, .inputGradient, .direct)) { workspace in
      gx = written(9) { kernels.inputGradient(shape, .direct, [1], prepared, $0, workspace) }
    }
    #expect(gx == [5, 6, 0, 8, 9, 0, 0, 0, 0])
  }
}
