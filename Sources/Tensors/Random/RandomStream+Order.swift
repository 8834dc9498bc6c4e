extension RandomStream {
  /// Returns the numbers 0 ..< count in random order.
  public mutating func shuffled(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    shuffle(&order)
    return order
  }

  /// Puts the elements in random order; every order is equally likely.
  ///
  /// - Source: Durstenfeld's form of the Fisher-Yates shuffle, CACM 1964.
  public mutating func shuffle<Element>(_ elements: inout [Element]) {
    guard elements.count > 1 else { return }
    for last in stride(from: elements.count - 1, to: 0, by: -1) {
      elements.swapAt(last, integer(below: last + 1))
    }
  }

  /// Returns different numbers from 0 ..< population, in random order.
  ///
  /// - Parameters:
  ///   - count: How many, at most `population`; the caller has checked.
  ///   - population: How many there are to choose from.
  public mutating func sample(_ count: Int, of population: Int) -> [Int] {
    precondition(count >= 0 && count <= population)
    var order = Array(0..<population)
    for index in 0..<count {
      order.swapAt(index, index + integer(below: population - index))
    }
    return Array(order.prefix(count))
  }
}
