import Tensors

/// Pictures of a batch in channels-last memory, and room for their changed copies.
struct Pictures: @unchecked Sendable {
  let input: UnsafePointer<Float>
  let output: UnsafeMutablePointer<Float>
  let height: Int
  let width: Int
  let channels: Int

  private var size: Int { height * width * channels }

  init(
    input: UnsafeMutablePointer<Float>, output: UnsafeMutablePointer<Float>, height: Int, width: Int, channels: Int
  ) {
    self.input = UnsafePointer(input)
    self.output = output
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// Writes a picture mirrored, turned around its middle and shifted; beyond its edge, the edge's pixels go on.
  func move(_ index: Int, _ motion: Motion) {
    let source = input + index * size
    let target = output + index * size
    if motion.isIdentity {
      target.update(from: source, count: size)
      return
    }
    let middleX = Double(width - 1) / 2
    let middleY = Double(height - 1) / 2
    for row in 0..<height {
      let y = Double(row) - middleY - motion.shiftY
      for column in 0..<width {
        let x = Double(column) - middleX - motion.shiftX
        let turnedX = motion.cosine * x + motion.sine * y
        let turnedY = motion.cosine * y - motion.sine * x
        sample(
          source, middleX + (motion.isMirrored ? -turnedX : turnedX), middleY + turnedY,
          target + (row * width + column) * channels)
      }
    }
  }

  /// Mixes the four pixels around a point.
  @inline(__always)
  private func sample(
    _ source: UnsafePointer<Float>, _ x: Double, _ y: Double, _ pixel: UnsafeMutablePointer<Float>
  ) {
    let x = max(0, min(Double(width - 1), x))
    let y = max(0, min(Double(height - 1), y))
    let left = Int(x)
    let top = Int(y)
    let right = min(left + 1, width - 1)
    let bottom = min(top + 1, height - 1)
    let shareX = Float(x - Double(left))
    let shareY = Float(y - Double(top))
    for channel in 0..<channels {
      let a = source[(top * width + left) * channels + channel]
      let b = source[(top * width + right) * channels + channel]
      let c = source[(bottom * width + left) * channels + channel]
      let d = source[(bottom * width + right) * channels + channel]
      let upper = a + (b - a) * shareX
      pixel[channel] = upper + (c + (d - c) * shareX - upper) * shareY
    }
  }

  func stretchContrast(_ index: Int, _ factor: Float) {
    let target = output + index * size
    var sum = 0.0
    for position in 0..<size { sum += Double(target[position]) }
    let mean = Float(sum / Double(size))
    for position in 0..<size { target[position] = mean + (target[position] - mean) * factor }
  }

  func add(_ index: Int, _ number: Float) {
    let target = output + index * size
    for position in 0..<size { target[position] += number }
  }

  func addNoise(_ index: Int, _ deviation: Float, _ stream: inout RandomStream) {
    let target = output + index * size
    withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { noise in
      stream.fillNormal(noise.baseAddress!, count: size, deviation: deviation)
      for position in 0..<size { target[position] += noise[position] }
    }
  }
}
