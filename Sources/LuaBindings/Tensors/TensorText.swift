import Foundation
import Tensors

/// How a tensor looks in print: shape, type, and as many values as a person reads.
///
/// ```
/// Tensor [2, 3] float32
///   1.0000  2.0000  3.0000
///   4.0000  5.5000  6.0000
/// ```
struct TensorText {
  private let tensor: Tensor
  /// Columns that the lines may take; nil for a text that is the same everywhere.
  private let width: Int?

  /// Positions shown at each end of a long axis.
  private static let edge = 4
  /// Matrices shown of a tensor with more than two axes.
  private static let shownMatrices = 6

  init(_ tensor: Tensor, width: Int? = nil) { (self.tensor, self.width) = (tensor, width) }

  var text: String {
    if tensor.rank == 0 { return "Tensor(\(NumberText(tensor, at: [tensor.offset]).texts[0]))" }
    let header = "Tensor \(tensor.shape) \(tensor.elementType)" + (tensor.isLeaf ? " requires_grad" : "")
    if tensor.count == 0 { return header + " (empty)" }
    return ([header] + blocks()).joined(separator: "\n")
  }

  /// One block a matrix, each under its position.
  private func blocks() -> [String] {
    let outer = Array(tensor.shape.dropLast(2))
    let count = outer.reduce(1, *), shown = min(count, Self.shownMatrices)
    let rows = tensor.rank == 1 ? [nil] : shownPositions(tensor.shape[tensor.rank - 2]).map { $0 as Int?? }
    let columns = shownColumns()
    let leads = (0..<shown).map { position($0, outer) }
    let cells = leads.map { lead in rows.map { row in columns.map { cell(lead, row, $0) } } }
    let numbers = NumberText(tensor, at: cells.joined().joined().compactMap { $0 })
    var texts = numbers.texts.makeIterator()
    var lines: [String] = []
    for (lead, matrix) in zip(leads, cells) {
      if !outer.isEmpty { lines.append("[" + lead.map { "\($0 + 1), " }.joined() + "_, _]") }
      for row in matrix {
        let words = row.map { $0 == nil ? "…" : texts.next() ?? "" }
        lines.append(row.allSatisfy { $0 == nil } ? "  …" : words.map { "  " + numbers.padded($0) }.joined())
      }
    }
    return lines + (count > shown ? ["… \(count - shown) more"] : [])
  }

  /// Where the element of a row and column lies; nil stands for what is left out. A vector has no rows.
  private func cell(_ lead: [Int], _ row: Int??, _ column: Int?) -> Int? {
    guard let column else { return nil }
    switch row {
    case nil: return place(lead + [column])
    case .some(nil): return nil
    case .some(let row?): return place(lead + [row, column])
    }
  }

  private func place(_ position: [Int]) -> Int {
    zip(position, tensor.strides).reduce(tensor.offset) { $0 + $1.0 * $1.1 }
  }

  private func position(_ index: Int, _ sizes: [Int]) -> [Int] {
    var rest = index, position = [Int](repeating: 0, count: sizes.count)
    for axis in sizes.indices.reversed() {
      position[axis] = rest % sizes[axis]
      rest /= sizes[axis]
    }
    return position
  }

  /// As many columns as the width takes, the first and the last ones.
  private func shownColumns() -> [Int?] {
    let count = tensor.shape[tensor.rank - 1]
    guard let width else { return shownPositions(count) }
    // The widest of a few numbers stands for all of them.
    let sample = stride(from: 0, to: tensor.count, by: max(1, tensor.count / 64)).map { index in
      place(position(index, tensor.shape))
    }
    let room = max(3, (width - 2) / (NumberText(tensor, at: sample).width + 2))
    return count <= room ? Array(0..<count) : shownPositions(count, edge: max(1, (room - 1) / 2))
  }

  /// All positions of a short axis; of a long one both ends, with nil between them.
  private func shownPositions(_ count: Int, edge: Int = edge) -> [Int?] {
    if count <= 2 * edge + 1 { return Array(0..<count) }
    return (0..<edge).map { $0 } + [nil] + (count - edge..<count).map { $0 }
  }
}

/// Numbers in one notation, so that columns can be compared at a glance.
struct NumberText {
  let texts: [String]
  let width: Int

  /// - Parameter places: In elements from the start of the storage.
  init(_ tensor: Tensor, at places: [Int]) {
    texts =
      tensor.elementType.isFloat
      ? Self.texts(places.map { tensor.number(at: $0) }) : places.map { "\(tensor.integer(at: $0))" }
    width = texts.map(\.count).max() ?? 0
  }

  private static func texts(_ numbers: [Double]) -> [String] {
    let finite = numbers.filter(\.isFinite).map(abs)
    let largest = finite.max() ?? 0, smallest = finite.filter { $0 > 0 }.min() ?? 1
    let isWhole = finite.allSatisfy { $0 == $0.rounded() } && largest < 1e7
    let format = isWhole ? "%.0f" : largest >= 1e5 || smallest < 1e-4 ? "%.4e" : "%.4f"
    return numbers.map { number in
      number.isFinite
        ? String(format: format, number == 0 ? 0 : number) : number.isNaN ? "nan" : number < 0 ? "-inf" : "inf"
    }
  }

  func padded(_ text: String) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }
}
