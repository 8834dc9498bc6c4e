import Foundation
import LuaRuntime
import Tensors

/// A picture in characters: the upper half of a block in one color, the lower in another, so each shows two pixels.
struct HalfBlocks {
  /// h, w and 1 or 3 channels, row by row.
  private let height: Int
  private let width: Int
  private let channels: Int
  private let values: [Double]

  /// - Parameter tensor: `[h, w]`, `[c, h, w]`, or `[b, c, h, w]`, whose pictures stand side by side.
  init(_ tensor: Tensor) throws {
    let shape = tensor.shape
    guard (2...4).contains(shape.count), let wide = shape.last, wide > 0, shape[shape.count - 2] > 0,
      shape.count == 2 || [1, 3].contains(shape[shape.count - 3]), tensor.count > 0
    else {
      throw LuaFailure("image: shape \(shape); [h, w], [c, h, w] or [b, c, h, w] with 1 or 3 channels is allowed")
    }
    let count = shape.count == 4 ? min(shape[0], 16) : 1
    channels = shape.count == 2 ? 1 : shape[shape.count - 3]
    height = shape[shape.count - 2]
    width = count * wide + count - 1
    let numbers = tensor.values
    var values = [Double](repeating: 1, count: channels * height * width)
    for picture in 0..<count {
      for channel in 0..<channels {
        for row in 0..<height {
          let from = ((picture * channels + channel) * height + row) * wide
          let to = (channel * height + row) * width + picture * (wide + 1)
          for column in 0..<wide { values[to + column] = numbers[from + column] }
        }
      }
    }
    self.values = values
  }

  /// The picture, no wider than so many columns: every pixel shown is the mean of those it stands for.
  func text(width columns: Int, colors: Bool) -> String {
    let step = max(1, Int((Double(width) / Double(columns)).rounded(.up)))
    let shownWidth = (width + step - 1) / step, shownHeight = (height + step - 1) / step
    return stride(from: 0, to: shownHeight, by: 2).map { row in
      let line = (0..<shownWidth).map { column -> String in
        let upper = pixel(row, column, step), lower = row + 1 < shownHeight ? pixel(row + 1, column, step) : nil
        return colors ? block(upper, lower) : shade(upper, lower)
      }.joined()
      return colors ? line + "\u{1b}[0m" : line
    }.joined(separator: "\n")
  }

  private func pixel(_ row: Int, _ column: Int, _ step: Int) -> [Double] {
    let rows = (row * step)..<min(height, (row + 1) * step), columns = (column * step)..<min(width, (column + 1) * step)
    return (0..<channels).map { channel in
      var sum = 0.0
      for row in rows { for column in columns { sum += values[(channel * height + row) * width + column] } }
      return sum / Double(rows.count * columns.count)
    }
  }

  private func block(_ upper: [Double], _ lower: [Double]?) -> String {
    "\u{1b}[38;2;\(color(upper))m" + (lower.map { "\u{1b}[48;2;\(color($0))m" } ?? "\u{1b}[49m") + "▀"
  }

  private func color(_ pixel: [Double]) -> String {
    let levels = pixel.map { Int((min(1, max(0, $0.isFinite ? $0 : 0)) * 255).rounded()) }
    return (channels == 1 ? [levels[0], levels[0], levels[0]] : levels).map(String.init).joined(separator: ";")
  }

  /// Without colors a character of the right darkness stands for both pixels.
  private func shade(_ upper: [Double], _ lower: [Double]?) -> String {
    let shades = Array(" .:-=+*#%@"), all = upper + (lower ?? upper)
    let level = all.map { min(1, max(0, $0.isFinite ? $0 : 0)) }.reduce(0, +) / Double(all.count)
    return String(shades[Int((level * Double(shades.count - 1)).rounded())])
  }
}
