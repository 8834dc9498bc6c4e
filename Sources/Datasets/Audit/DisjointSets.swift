/// Positions joined into sets; which of them are joined does not depend on the order of joining.
struct DisjointSets: Sendable {
  /// The smallest position of each set is its root, and a parent is never larger than its child.
  private(set) var parents: [Int]

  init(count: Int) { parents = Array(0..<count) }

  /// Returns the smallest position of a set.
  mutating func root(of position: Int) -> Int {
    var position = position
    while parents[position] != position {
      parents[position] = parents[parents[position]]
      position = parents[position]
    }
    return position
  }

  mutating func join(_ first: Int, _ second: Int) {
    let (a, b) = (root(of: first), root(of: second))
    if a != b { parents[max(a, b)] = min(a, b) }
  }

  /// Joins whatever is joined in other sets of the same positions.
  mutating func join(_ other: DisjointSets) {
    for (position, parent) in other.parents.enumerated() where parent != position { join(position, parent) }
  }

  /// Returns a number for each position, equal inside a set; numbers count from 0 in the order of first appearance.
  mutating func numbers() -> (ofPosition: [Int], count: Int) {
    var numbers = [Int](repeating: -1, count: parents.count)
    var count = 0
    for position in parents.indices {
      let root = root(of: position)
      if root == position {
        numbers[position] = count
        count += 1
      } else {
        numbers[position] = numbers[root]
      }
    }
    return (numbers, count)
  }
}
