import Tensors

/// What a scanner does to one slice: contrast curve, uneven sensitivity, point spread, motion, noise.
///
/// - Source for the noise: Gudbjartsson and Patz, *The Rician distribution of noisy MRI data*, MRM 1995,
///   <https://doi.org/10.1002/mrm.1910340618>.
struct ScanSimulation {
  private let side: Int
  private let scanner: MRIScanner
  /// One half of the symmetric point spread, from its middle on.
  private let spread: [Float]

  init(_ scanner: MRIScanner, side: Int) {
    self.side = side
    self.scanner = scanner
    spread = Self.pointSpread(scanner, side: side)
  }

  /// A bell, mixed with a windowed sinc for the lobes of a cut-off spectrum; sums to 1.
  private static func pointSpread(_ scanner: MRIScanner, side: Int) -> [Float] {
    let deviation = max(0.02, scanner.blur * Double(side) / 64)
    // Four lobes of a spectrum that ends at the fineness of the bell.
    let lobe = max(1, 2.2 * deviation)
    let reach = scanner.ringing > 0 ? Int((4 * lobe).rounded(.up)) : Int((3 * deviation).rounded(.up))
    var weights = (0...reach).map { step in
      let x = Double(step)
      let bell = PortableMath.exp(-0.5 * x * x / (deviation * deviation))
      guard scanner.ringing > 0 else { return bell }
      return (1 - scanner.ringing) * bell + scanner.ringing * sinc(x / lobe) * max(0, 1 - x / (4 * lobe + 1))
    }
    let sum = weights[0] + 2 * weights.dropFirst().reduce(0, +)
    for index in weights.indices { weights[index] /= sum }
    return weights.map { Float($0) }
  }

  private static func sinc(_ x: Double) -> Double {
    guard x > 0 else { return 1 }
    let turns = x / 2
    let sine = PortableMath.sineAndCosine(turns: turns - turns.rounded(.down)).sine
    return sine / (.pi * x)
  }

  /// Scans a slice in place.
  ///
  /// - Parameters:
  ///   - pixels: `side * side` signals; they become pixels from 0 to 1.
  ///   - room: As much memory again.
  ///   - visit: The patient's stay in the scanner: the same for all slices of it.
  ///   - stream: The slice's own: noise.
  func scan(
    _ pixels: UnsafeMutablePointer<Float>, _ room: UnsafeMutablePointer<Float>, visit: RandomStream,
    stream: inout RandomStream
  ) {
    var visit = visit
    weigh(pixels, &visit)
    blur(pixels, room)
    let strength = scanner.ghosting * (0.3 + 1.4 * visit.uniform())
    let shift = side / 4 + visit.integer(below: max(1, side / 3))
    if strength > 0 { ghost(pixels, room, Float(strength), shift) }
    // A small picture is the mean of a larger one, noise included.
    let noise = scanner.noise * min(1, Double(side) / 64)
    addNoise(pixels, room, Float(noise * (0.85 + 0.3 * visit.uniform())), &stream)
  }

  /// Applies the contrast curve, the scale and the sensitivity of the coil, a paraboloid over the picture.
  private func weigh(_ pixels: UnsafeMutablePointer<Float>, _ visit: inout RandomStream) {
    let scale = Float(scanner.scale * (0.92 + 0.16 * visit.uniform()))
    let direction = PortableMath.sineAndCosine(turns: visit.uniform())
    let slopeX = Float(0.5 * scanner.bias * direction.cosine)
    let slopeY = Float(0.5 * scanner.bias * direction.sine)
    let bulge = Float(0.25 * scanner.bias * (2 * visit.uniform() - 1))
    let gamma = scanner.gamma
    let curve = (0...256).map { Float($0 == 0 ? 0 : PortableMath.exp(gamma * PortableMath.log(Double($0) / 200))) }
    let step = 2 / Float(side)
    for row in 0..<side {
      let y = (Float(row) + 0.5) * step - 1
      for column in 0..<side {
        let x = (Float(column) + 0.5) * step - 1
        let position = max(0, min(255.9, pixels[row * side + column] * 200))
        let entry = Int(position)
        let signal = gamma == 1 ? position / 200 : mixed(curve[entry], curve[entry + 1], position - Float(entry))
        let sensitivity = 1 + slopeX * x + slopeY * y + bulge * (1 - 1.5 * (x * x + y * y))
        pixels[row * side + column] = signal * scale * sensitivity
      }
    }
  }

  /// Spreads each point along rows, then along columns; the border goes on outside.
  private func blur(_ pixels: UnsafeMutablePointer<Float>, _ room: UnsafeMutablePointer<Float>) {
    guard spread.count > 1 else { return }
    for row in 0..<side { spreadLine(pixels + row * side, 1, room + row * side) }
    for column in 0..<side { spreadLine(room + column, side, pixels + column) }
  }

  @inline(__always)
  private func spreadLine(_ input: UnsafePointer<Float>, _ stride: Int, _ output: UnsafeMutablePointer<Float>) {
    for place in 0..<side {
      var sum = input[place * stride] * spread[0]
      for step in 1..<spread.count {
        let before = input[max(0, place - step) * stride]
        let after = input[min(side - 1, place + step) * stride]
        sum += (before + after) * spread[step]
      }
      output[place * stride] = sum
    }
  }

  /// Adds a copy shifted along the columns in each direction, which wraps around as a folded spectrum does.
  private func ghost(
    _ pixels: UnsafeMutablePointer<Float>, _ room: UnsafeMutablePointer<Float>, _ strength: Float, _ shift: Int
  ) {
    room.update(from: pixels, count: side * side)
    for row in 0..<side {
      let above = room + (row + side - shift) % side * side
      let below = room + (row + shift) % side * side
      for column in 0..<side {
        let ghosts = above[column] + below[column]
        pixels[row * side + column] = pixels[row * side + column] * (1 - strength) + strength * ghosts
      }
    }
  }

  /// Replaces each pixel by the length of (pixel + noise, noise), and cuts it to 0 to 1.
  private func addNoise(
    _ pixels: UnsafeMutablePointer<Float>, _ room: UnsafeMutablePointer<Float>, _ deviation: Float,
    _ stream: inout RandomStream
  ) {
    let count = side * side
    for channel in 0..<2 where deviation > 0 {
      stream.fillNormal(room, count: count, deviation: deviation)
      for index in 0..<count {
        if channel == 0 {
          pixels[index] += room[index]
        } else {
          pixels[index] = (pixels[index] * pixels[index] + room[index] * room[index]).squareRoot()
        }
      }
    }
    for index in 0..<count { pixels[index] = max(0, min(1, pixels[index])) }
  }
}
