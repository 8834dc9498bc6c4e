import Tensors
import Testing

@testable import Datasets

@Suite struct NaturalOrderTests {
  @Test func numbersCountAsNumbersAndLettersWithoutCase() {
    let right = [
      "1 no.jpeg", "2 no.jpeg", "10 no.jpeg", "a1", "A2", "a10", "b", "no.JPG", "No2.jpg", "no11.jpg", "x007y", "x8y",
      "x99999999999999999999998", "x99999999999999999999999",
    ]
    var stream = RandomStream(seed: 3, purpose: "order")
    for _ in 0..<50 {
      var names = right
      stream.shuffle(&names)
      #expect(names.sorted(by: NaturalOrder.precedes) == right)
    }
  }

  @Test func noTwoNamesAreEqual() {
    for (a, b) in [("A", "a"), ("01", "1"), ("x", "x "), ("a01b", "a1b")] {
      #expect(NaturalOrder.precedes(a, b) != NaturalOrder.precedes(b, a))
    }
    #expect(!NaturalOrder.precedes("a1", "a1"))
  }
}
