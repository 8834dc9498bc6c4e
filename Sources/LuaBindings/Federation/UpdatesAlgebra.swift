import Federation
import LuaRuntime
import Tensors

/// Arithmetic on updates: each method returns new updates of the same clients.
extension ClassBuilder where Object == UpdateMatrix {
  mutating func addUpdatesAlgebra() {
    method(
      "minus", "Subtracts a vector from each row, or from each row the row of other updates at its place.",
      Parameter("other", "A vector [d], or updates [n, d]."), returns: "The differences.",
      example: Example(
        "print(fed.updates { {1, 2}, {3, 4} }:minus { 1, 1 }.tensor)", prints: "Tensor [2, 2] float32\n  0  1\n  2  3")
    ) { (u: UpdateMatrix, other: Either<UpdateMatrix, TensorArgument>) in
      switch other {
      case .first(let updates): try u.minus(updates)
      case .second(let vector): try u.minus(vector.tensor())
      }
    }
    method(
      "scaled", "Multiplies each row by its factor, of any sign.",
      Parameter("factors", "A table read by client id or a tensor read by row."), returns: "The updates.",
      example: Example(
        "print(fed.updates { {1, 2}, {3, 4} }:scaled { 2, -1 }.tensor)",
        prints: "Tensor [2, 2] float32\n   2   4\n  -3  -4")
    ) { (u: UpdateMatrix, factors: WeightsArgument) in try u.scaled(factors.values(for: u.clientIDs)) }
    method(
      "unit", "Brings each row to norm 1; rows of zeros stay.", returns: "The updates.",
      example: Example(
        "print(fed.updates { {3, 4}, {0, -2} }:unit().tensor)",
        prints: "Tensor [2, 2] float32\n   0.6000   0.8000\n   0.0000  -1.0000")
    ) { (u: UpdateMatrix) in try u.unit() }
    method(
      "clip", "Copies the updates, those longer than a limit shortened to it.",
      Parameter("limit", "Largest norm an update keeps.", check: .above(0)), returns: "The updates.",
      example: Example(
        "print(fed.updates { {3, 4}, {0, 1} }:clip(1).tensor)",
        prints: "Tensor [2, 2] float32\n  0.6000  0.8000\n  0.0000  1.0000")
    ) { (u: UpdateMatrix, limit: Double) in try u.clipped(to: limit) }
  }
}
