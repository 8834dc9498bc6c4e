import KernelTypes

// A convolution with one group is a matrix product whose rows are windows of the image. In an image with a border of
// zeros, channels last, each row of a window is one run of `kernelWidth * inputChannels` floats: a tap. With more
// groups a tap is the `inputChannels / groups` floats of one group at one place of the window.

/// How the windows of one group lie in a bordered image `[b, h, w, c]`.
///
/// The image has `height` rows of `width` pixels with `channels` floats each; the window of output pixel (y, x) starts
/// at pixel `(y * strideY, x * strideX)`. A group's weights are `tapCount * depth` rows.
typealias WindowGeometry = (
  height: Int, width: Int, channels: Int, outputHeight: Int, outputWidth: Int, strideY: Int, strideX: Int,
  kernelHeight: Int, kernelWidth: Int, tapCount: Int, depth: Int
)

/// Output pixels worked on at a time: their windows and results stay in the second-level cache.
@inline(__always) var pixelBlock: Int { 224 }

func windowGeometry(
  height: Int, width: Int, channels: Int, outputHeight: Int, outputWidth: Int, strideY: Int, strideX: Int,
  kernelHeight: Int, kernelWidth: Int, groups: Int
) -> WindowGeometry {
  let tapCount = groups == 1 ? kernelHeight : kernelHeight * kernelWidth
  let depth = groups == 1 ? kernelWidth * channels : channels / groups
  return (
    height, width, channels, outputHeight, outputWidth, strideY, strideX, kernelHeight, kernelWidth, tapCount, depth
  )
}

/// Writes where in the bordered image each tap starts, relative to the window's start.
func writeTaps(_ g: WindowGeometry, _ taps: UnsafeMutablePointer<Int>) {
  let perRow = g.tapCount / g.kernelHeight
  for t in 0..<g.tapCount {
    taps[t] = (t / perRow &* g.width &+ t % perRow) &* g.channels
  }
}

/// Writes where the windows of `count` output pixels from `first` start, relative to the image of `first`.
func writeWindowStarts(_ g: WindowGeometry, _ first: Int, _ count: Int, _ starts: UnsafeMutablePointer<Int>) {
  let pixels = g.outputHeight &* g.outputWidth
  let base = first / pixels
  var image = 0
  var y = (first - base &* pixels) / g.outputWidth
  var x = (first - base &* pixels) % g.outputWidth
  for i in 0..<count {
    starts[i] = ((image &* g.height &+ y &* g.strideY) &* g.width &+ x &* g.strideX) &* g.channels
    x &+= 1
    if x == g.outputWidth {
      x = 0
      y &+= 1
      if y == g.outputHeight {
        y = 0
        image &+= 1
      }
    }
  }
}

/// Returns where the image of output pixel `first` starts.
@inline(__always)
func imageStart(_ g: WindowGeometry, _ first: Int) -> Int {
  first / (g.outputHeight &* g.outputWidth) &* g.height &* g.width &* g.channels
}

/// Copies images `[b, h, w, c]` into `[b, toHeight, toWidth, c]` with the first pixel at (`top`, `left`).
///
/// What is not covered becomes zero; negative `top` and `left`, and sizes that are too small, crop.
func copyWithBorder(
  _ x: Input, _ batch: Int, _ height: Int, _ width: Int, _ channels: Int, _ top: Int, _ left: Int, _ y: Output,
  _ toHeight: Int, _ toWidth: Int
) {
  let firstColumn = max(0, left)
  let columns = max(0, min(toWidth, left + width) - firstColumn)
  let lastColumn = firstColumn + columns
  for b in 0..<batch {
    for row in 0..<toHeight {
      let target = y + (b &* toHeight &+ row) &* toWidth &* channels
      let source = row - top
      guard source >= 0, source < height, columns > 0 else {
        setAll(target, toWidth &* channels, 0)
        continue
      }
      setAll(target, firstColumn &* channels, 0)
      let from = x + ((b &* height &+ source) &* width &+ (firstColumn - left)) &* channels
      copy(from, target + firstColumn &* channels, columns &* channels)
      setAll(target + lastColumn &* channels, (toWidth - lastColumn) &* channels, 0)
    }
  }
}

/// Floats by which a workspace is larger than what is put into it, so that it can be aligned.
@inline(__always) var alignmentSlack: Int { 16 }

/// Returns the first place in a workspace that starts a cache line: lanes loaded from two lines cost twice as much.
@inline(__always)
func aligned(_ workspace: Output) -> Output {
  let address = UInt(bitPattern: workspace)
  return workspace + Int((64 &- address & 63) & 63) / 4
}

/// Returns the number of floats, in whole cache lines, that hold `count` indices.
@inline(__always)
func floatsForIndices(_ count: Int) -> Int { (2 * count + 15) / 16 * 16 }

@inline(__always)
func indices(_ workspace: Output) -> UnsafeMutablePointer<Int> {
  UnsafeMutableRawPointer(workspace).assumingMemoryBound(to: Int.self)
}

/// Rounds up to whole panels.
@inline(__always)
func wholePanels(_ columns: Int) -> Int { (columns + panelWidth - 1) / panelWidth * panelWidth }
