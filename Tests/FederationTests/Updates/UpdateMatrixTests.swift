import Federation
import Tensors
import Testing

@Suite struct UpdateMatrixTests {
  @Test func `rows are views of one matrix`() throws {
    let updates = try matrix([[1, 2], [3, 4]])
    #expect(try updates.row(1).floats == [3, 4])
    #expect(try updates.row(1).storage === updates.tensor.storage)
  }

  @Test func `rows without ids count from 1 and as one sample each`() throws {
    let updates = try matrix([[1], [2], [3]])
    #expect(updates.clientIDs == [1, 2, 3] && updates.sampleCounts == [1, 1, 1])
  }

  @Test func `selecting rows keeps ids and samples and copies`() throws {
    let updates = try matrix([[1], [2], [3]], ids: [5, 7, 9], samples: [10, 20, 30])
    let some = try updates.selecting([2, 0])
    #expect(some.clientIDs == [9, 5] && some.sampleCounts == [30, 10])
    #expect(some.tensor.floats == [3, 1])
    #expect(some.tensor.storage !== updates.tensor.storage)
  }

  @Test func `an unknown layer is an error that lists the known ones`() throws {
    let section = UpdateSection(name: "0.weight", shape: [2], columns: 0..<2)
    let updates = try UpdateMatrix(Tensor([1, 2] as [Float], shape: [1, 2]), sections: [section])
    let error = #expect(throws: FederationError.self) { try updates.layer("1.weight") }
    #expect("\(error!)" == "layer: there is no '1.weight' in the model; it has 0.weight")
  }

  @Test func `a vector, a matrix of doubles and wrong counts are refused`() throws {
    #expect(throws: TensorError.self) { try UpdateMatrix(Tensor([1, 2] as [Float])) }
    #expect(throws: TensorError.self) { try UpdateMatrix(Tensor([1, 2] as [Double], shape: [1, 2])) }
    #expect(throws: FederationError.rowCount(what: "ids", got: 1, n: 2)) { try matrix([[1], [2]], ids: [1]) }
    #expect(throws: FederationError.self) {
      try UpdateMatrix(rows: [Tensor([1] as [Float]), Tensor([1, 2] as [Float])])
    }
  }

  @Test func `faults name row, coordinate and value`() throws {
    let faults = try matrix([[1, 2], [3, .infinity], [.nan, 1]]).faults
    #expect(faults.map(\.row) == [1, 2] && faults.map(\.coordinate) == [1, 0])
    #expect(faults[0].value == .infinity)
  }
}
