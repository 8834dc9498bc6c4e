import Testing

@testable import Tensors

@Suite struct ShapeTests {
  @Test func `row-major strides count elements to the next position`() {
    #expect([2, 3, 4].rowMajorStrides == [12, 4, 1])
    #expect(Shape().rowMajorStrides == [])
  }

  @Test func `strides in memory order lay the named axes outermost first`() {
    // [o, i, h, w] laid as [h, w, i, o].
    #expect([5, 4, 3, 2].strides(inMemoryOrder: [2, 3, 1, 0]) == [1, 5, 40, 20])
  }

  @Test(arguments: [
    ([2, 3], [2, 3], [2, 3]), ([2, 3], [3], [2, 3]), ([], [4], [4]), ([5, 1, 4], [3, 1], [5, 3, 4]), ([0], [1], [0]),
  ])
  func `shapes stretch where sizes are equal or 1`(a: Shape, b: Shape, expected: Shape) {
    #expect(Shape.broadcast(a, b) == expected)
    #expect(Shape.broadcast(b, a) == expected)
  }

  @Test func `shapes that do not stretch to each other have no common shape`() {
    #expect(Shape.broadcast([2, 3], [2]) == nil)
    #expect(Shape.broadcast([0], [3]) == nil)
  }
}
