import Foundation
import Testing

@testable import Federation

@Suite struct BlockPipeTests {
  private func read(_ bytes: [UInt8], longest: Int = 1000) throws -> [[UInt8]]? {
    let pipe = Pipe()
    pipe.fileHandleForWriting.write(Data(bytes))
    try pipe.fileHandleForWriting.close()
    return try BlockPipe(input: pipe.fileHandleForReading.fileDescriptor, output: -1, longest: longest).read()
  }

  private func written(_ blocks: [[UInt8]]) throws -> [UInt8] {
    let pipe = Pipe()
    try BlockPipe(input: -1, output: pipe.fileHandleForWriting.fileDescriptor).write(blocks)
    try pipe.fileHandleForWriting.close()
    return Array(pipe.fileHandleForReading.readDataToEndOfFile())
  }

  @Test func `blocks are read as they were written`() throws {
    let blocks: [[UInt8]] = [[1, 2, 3], [], Array(repeating: 7, count: 300)]
    #expect(try read(written(blocks)) == blocks)
    #expect(try read(written([])) == [] && read([]) == nil)
  }

  @Test func `a cut list, and lengths that no list has, are errors before memory is taken`() throws {
    let bytes = try written([[1, 2, 3], [4]])
    for count in 1..<bytes.count { #expect(throws: WireError.self) { try read(Array(bytes[..<count])) } }
    var huge = bytes
    huge[14] = 127
    #expect(throws: WireError.self) { try read(huge, longest: .max) }
    huge = bytes
    huge[7] = 255
    #expect(throws: WireError.self) { try read(huge) }
    #expect(throws: WireError.self) { try read(written([Array(repeating: 0, count: 1001)])) }
  }
}
