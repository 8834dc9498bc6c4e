/// "; did you mean 'clients'?" for the nearest of the known names, or nothing when none is near.
public func suggestion(for name: String, among known: [String]) -> String {
  let limit = max(1, min(3, name.utf8.count / 2))
  let near = known.lazy.map { ($0, editDistance($0, name)) }.min { $0.1 < $1.1 }
  guard let near, near.1 <= limit else { return "" }
  return "; did you mean '\(near.0)'?"
}

/// The number of inserted, removed and replaced bytes between two names (Levenshtein); a swap of neighbours counts one.
func editDistance(_ left: String, _ right: String) -> Int {
  let a = Array(left.utf8), b = Array(right.utf8)
  var older: [Int] = [], row = Array(0...b.count)
  for i in a.indices {
    var next = [i + 1]
    for j in b.indices {
      var best = min(next[j] + 1, row[j + 1] + 1, row[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, older[j - 1] + 1) }
      next.append(best)
    }
    (older, row) = (row, next)
  }
  return row[b.count]
}
