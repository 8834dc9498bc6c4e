import KernelTypes

/// One phase of an input gradient along one axis.
///
/// The input positions whose window offset is `remainder` modulo the stride, `count` of them from position `first`,
/// meet every `stride`-th weight: `taps` of them. They are a convolution of stride 1 over the output's gradient, with
/// `border` zeros before it, or without its first `-border` elements.
private typealias Phase = (remainder: Int, taps: Int, first: Int, count: Int, border: Int)

private func phase(_ remainder: Int, _ length: Int, _ kernel: Int, _ stride: Int, _ padding: Int) -> Phase {
  let taps = remainder < kernel ? (kernel - remainder + stride - 1) / stride : 0
  // Position stride * t + remainder - padding lies in the input for t from `start` on.
  let start = remainder >= padding ? 0 : (padding - remainder + stride - 1) / stride
  let first = stride * start + remainder - padding
  let count = first < length ? (length - 1 - first) / stride + 1 : 0
  return (remainder, taps, first, count, taps - 1 - start)
}

extension Convolution {
  private static func phaseGeometry(_ s: ConvolutionShape, _ y: Phase, _ x: Phase) -> WindowGeometry {
    windowGeometry(
      height: y.count + y.taps - 1, width: x.count + x.taps - 1, channels: s.outputChannels, outputHeight: y.count,
      outputWidth: x.count, strideY: 1, strideX: 1, kernelHeight: y.taps, kernelWidth: x.taps, groups: s.groups)
  }

  static func inputGradientPreparedCount(_ s: ConvolutionShape) -> Int {
    var total = 0
    forEachPhase(s) { y, x in total += phasePreparedCount(s, y, x) }
    return total
  }

  private static func phasePreparedCount(_ s: ConvolutionShape, _ y: Phase, _ x: Phase) -> Int {
    s.groups * windowPanels(phaseGeometry(s, y, x), s.inputChannels / s.groups)
  }

  /// Packs the flipped weights of each phase, group after group.
  static func prepareInputGradient(_ s: ConvolutionShape, _ w: Input, _ prepared: Output) {
    var panels = prepared
    forEachPhase(s) { y, x in
      for group in 0..<s.groups {
        packFlipped(s, y, x, w, group, panels)
        panels += windowPanels(phaseGeometry(s, y, x), s.inputChannels / s.groups)
      }
    }
  }

  static func inputGradientWorkspace(_ s: ConvolutionShape) -> Int {
    var largest = 0
    forEachPhase(s) { y, x in
      let g = phaseGeometry(s, y, x)
      let block = pixelBlock * s.inputChannels / s.groups
      let images = isBordered(s, y, x, g) ? s.batch * g.height * g.width * g.channels : 0
      let total = windowWorkspace(g) + block + images
      largest = max(largest, total)
    }
    return largest
  }

  /// Tells whether a phase reads the output's gradient through a copy: with a border, or cropped.
  ///
  /// A border may be negative: a phase whose first position in the input comes late leaves the first windows out. So
  /// images of the same size are not always the same.
  private static func isBordered(_ s: ConvolutionShape, _ y: Phase, _ x: Phase, _ g: WindowGeometry) -> Bool {
    y.border != 0 || x.border != 0 || g.height != s.outputHeight || g.width != s.outputWidth
  }

  static func windowInputGradient(
    _ s: ConvolutionShape, _ gy: Input, _ prepared: Input, _ gx: Output, _ workspace: Output
  ) {
    let isEmpty = s.outputHeight == 0 || s.outputWidth == 0
    if isEmpty || s.kernelHeight < s.strideY || s.kernelWidth < s.strideX {
      setAll(gx, s.batch &* s.height &* s.width &* s.inputChannels, 0)
    }
    guard !isEmpty else { return }
    var panels = prepared
    forEachPhase(s) { y, x in
      writePhase(s, y, x, gy, panels, gx, workspace)
      panels += phasePreparedCount(s, y, x)
    }
  }

  /// Calls `f` with each pair of phases that have positions and weights.
  @inline(__always)
  private static func forEachPhase(_ s: ConvolutionShape, _ f: (Phase, Phase) -> Void) {
    for remainderY in 0..<s.strideY {
      let y = phase(remainderY, s.height, s.kernelHeight, s.strideY, s.paddingY)
      for remainderX in 0..<s.strideX {
        let x = phase(remainderX, s.width, s.kernelWidth, s.strideX, s.paddingX)
        if y.taps > 0 && x.taps > 0 && y.count > 0 && x.count > 0 { f(y, x) }
      }
    }
  }

  private static func writePhase(
    _ s: ConvolutionShape, _ y: Phase, _ x: Phase, _ gy: Input, _ prepared: Input, _ gx: Output,
    _ workspace: Output
  ) {
    let g = phaseGeometry(s, y, x)
    let inputs = s.inputChannels / s.groups
    let pixels = s.batch * y.count * x.count
    let block = workspace + windowWorkspace(g)
    var images = gy
    if isBordered(s, y, x, g) {
      let copied = block + pixelBlock * inputs
      copyWithBorder(
        gy, s.batch, s.outputHeight, s.outputWidth, s.outputChannels, y.border, x.border, copied, g.height, g.width)
      images = Input(copied)
    }
    for group in 0..<s.groups {
      let panels = prepared + group &* windowPanels(g, inputs)
      let source = images + group &* (s.outputChannels / s.groups)
      let target = gx + group &* inputs
      if s.strideY == 1 && s.strideX == 1 {
        multiplyWindows(g, source, 0, pixels, panels, inputs, nil, target, s.inputChannels, workspace)
        continue
      }
      var first = 0
      while first < pixels {
        let count = min(pixelBlock, pixels - first)
        multiplyWindows(g, source, first, count, panels, inputs, nil, block, inputs, workspace)
        scatter(s, y, x, first, count, block, target)
        first &+= count
      }
    }
  }

  /// Packs a group's weights of a phase, flipped in both directions and with inputs and outputs swapped.
  private static func packFlipped(
    _ s: ConvolutionShape, _ y: Phase, _ x: Phase, _ w: Input, _ group: Int, _ panels: Output
  ) {
    let inputs = s.inputChannels / s.groups
    let outputs = s.outputChannels / s.groups
    let length = y.taps &* x.taps &* outputs
    for row in 0..<y.taps {
      let ky = y.remainder &+ s.strideY &* (y.taps - 1 - row)
      for column in 0..<x.taps {
        let kx = x.remainder &+ s.strideX &* (x.taps - 1 - column)
        let tap = w + ((ky &* s.kernelWidth &+ kx) &* inputs &* s.outputChannels &+ group &* outputs)
        var input = 0
        while input < inputs {
          packPanel(
            tap + input &* s.outputChannels, 1, s.outputChannels, outputs, min(panelWidth, inputs - input),
            panels + (input &* length &+ (row &* x.taps &+ column) &* outputs &* panelWidth))
          input &+= panelWidth
        }
      }
    }
  }

  /// Copies a block of a phase's pixels to their places in the input's gradient.
  private static func scatter(
    _ s: ConvolutionShape, _ y: Phase, _ x: Phase, _ first: Int, _ count: Int, _ block: Input, _ gx: Output
  ) {
    let inputs = s.inputChannels / s.groups
    for i in 0..<count {
      let pixel = first &+ i
      let column = x.first &+ pixel % x.count &* s.strideX
      let row = y.first &+ pixel / x.count % y.count &* s.strideY
      let image = pixel / (x.count &* y.count)
      let place = ((image &* s.height &+ row) &* s.width &+ column) &* s.inputChannels
      copy(block + i &* inputs, gx + place, inputs)
    }
  }
}
