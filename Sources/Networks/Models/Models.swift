/// Models known by name: each function returns the layers, of which ``Model`` makes a model.
///
/// All return logits `[b, classes]` for images `[b, c, h, w]`; a loss over logits includes the softmax.
public enum Models {
  /// First layers of a deep image network.
  public enum Stem: String, Sendable, CaseIterable {
    /// Keeps the resolution: for images around 32x32.
    case small
    /// Divides the resolution by four (ResNet) or two (MobileNet): for images of 64x64 and more.
    case image

    /// The stem that fits an image of this height.
    static func fitting(_ height: Int) -> Stem { height < 64 ? .small : .image }
  }

  /// Throws unless `input` is `[c, h, w]` and there is a class.
  static func check(_ owner: String, input: [Int], classes: Int) throws {
    guard input.count == 3, input.allSatisfy({ $0 > 0 }) else {
      throw NetworkError.option(of: owner, name: "input", got: "\(input)", allowed: "it must be [c, h, w]")
    }
    guard input.allSatisfy({ $0 <= 1 << 24 }) else {
      throw NetworkError.option(of: owner, name: "input", got: "\(input)", allowed: "sizes to \(1 << 24) are allowed")
    }
    try requirePositive(owner, ["classes": classes])
  }

  /// Inputs of the first linear layer: `channels` maps of `height` x `width`.
  static func features(_ owner: String, input: [Int], channels: Int, _ height: Int, _ width: Int) throws -> Int {
    let count = channels * height * width  // each of them far below the root of the largest integer
    guard count <= 1 << 24 else {
      throw NetworkError.option(
        of: owner, name: "input", got: "\(input)",
        allowed: "the \(count) features of such an image are more than a linear layer takes, \(1 << 24)")
    }
    return count
  }

  /// Throws unless an image is at least `least` pixels high and wide.
  static func check(_ owner: String, input: [Int], least: Int) throws {
    guard min(input[1], input[2]) >= least else {
      throw NetworkError.option(
        of: owner, name: "input", got: "\(input)", allowed: "at least \(least) x \(least) pixels are needed")
    }
  }
}
