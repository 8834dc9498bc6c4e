import Kernels

/// Functions of each element that follow each other, in one pass over memory: inputs x, and what links have as operands.
///
/// A run of elements goes through all links while it is in the cache. On the way back the values between the links are
/// computed again, so only links are joined for which that is cheap.
struct ElementChainPlanOperation: PlanOperation, Equatable {
  let links: [ElementLink]
  let names: [String]

  var name: String { names.joined(separator: " + ") }

  /// Elements that go through the chain together.
  private static let run = 2048
  private static let longest = 8

  static func join(_ first: PlanNode, _ chain: [PlanNode]) -> (joined: PlanNode, count: Int)? {
    guard var value = first.inputs.first else { return nil }
    var links: [ElementLink] = [], names: [String] = [], inputs = [value]
    for node in ([first] + chain).prefix(longest) {
      guard let link = ElementLink(node, of: value.value), isJoinable(link, node, value, after: first) else { break }
      links.append(link)
      names.append(node.operation.name)
      if link.hasOperand { inputs += node.inputs.filter { $0.value != value.value } }
      value = node.output
      // Its value cannot be computed again at a low price, but it is the last one, which is there.
      if !link.isCheap { break }
    }
    guard links.count > 1 else { return nil }
    let members = [first] + chain
    return (
      PlanNode(operation: Self(links: links, names: names), inputs: inputs, outputs: [members[links.count - 1].output]),
      links.count - 1
    )
  }

  /// Whether a link may follow: what it reads besides the chain's value was there before the chain began.
  private static func isJoinable(
    _ link: ElementLink, _ node: PlanNode, _ value: PlanOperand, after first: PlanNode
  ) -> Bool {
    guard link.isCheap || link.readsOutput, value.isDense, node.inputs.filter({ $0.value == value.value }).count == 1
    else { return false }
    let others = node.inputs.filter { $0.value != value.value }
    return others.allSatisfy { $0.value < first.output.value && $0.isDense }
  }

  func flops(_ node: PlanNode) -> Int { links.count * node.output.count }

  /// Which of the node's inputs a link reads besides the chain's value.
  private var operands: [Int?] {
    var next = 0
    return links.map { link in
      guard link.hasOperand else { return nil }
      next += 1
      return next
    }
  }

  func forward(_ node: PlanNode, _ builder: PlanBuilder) {
    let slots = node.inputs.map { builder[$0] }, y = builder[node.output], count = node.output.count
    let (links, operands) = (links, operands)
    builder.step(name, reads: slots, writes: [y], inPlace: slots.map { (output: y, input: $0) }, flops: flops(node)) {
      memory in
      let inputs = slots.map { Input(memory[$0]) }, output = memory[y]
      // The result may have taken the place of an operand that a later link reads.
      let isOverwriting = inputs.dropFirst().contains(Input(output))
      return { _ in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: Self.run) { space in
          for start in stride(from: 0, to: count, by: Self.run) {
            let n = Swift.min(Self.run, count - start)
            let place = isOverwriting ? space.baseAddress! : output + start
            for (index, link) in links.enumerated() {
              link.run(
                index == 0 ? inputs[0] + start : Input(place), operands[index].map { inputs[$0] + start }, place, n)
            }
            if isOverwriting { (output + start).update(from: place, count: n) }
          }
        }
      }
    }
  }

  func backward(_ node: PlanNode, _ gy: PlanSlot, _ builder: PlanBuilder) {
    let slots = node.inputs.map { builder[$0] }, y = builder[node.output], count = node.output.count
    let (links, operands) = (links, operands), workspace = builder.buffer(links.count * Self.run)
    let sinks = node.inputs.enumerated().map { $0 == 0 || $1.needsGradient ? builder.sink(for: $1) : nil }
    let written = sinks.compactMap { $0?.slot }
    builder.step(
      name, reads: slots + [y, gy], writes: written + [workspace], inPlace: [(written[0], gy)], flops: 3 * flops(node)
    ) { memory in
      let inputs = slots.map { Input(memory[$0]) }, (output, g, space) = (memory[y], memory[gy], memory[workspace])
      let results = sinks.map { $0.map { memory[$0.slot] } }, gx = memory[written[0]]
      return { _ in
        for start in stride(from: 0, to: count, by: Self.run) {
          let n = Swift.min(Self.run, count - start), part = gx + start
          /// The value before a link; that after the last one is the result, which is there.
          func value(_ index: Int) -> Input {
            if index == links.count { return Input(output + start) }
            return index == 0 ? inputs[0] + start : Input(space + (index - 1) * Self.run)
          }
          for index in links.indices.dropLast() {
            let operand = operands[index].map { inputs[$0] + start }
            links[index].run(value(index), operand, space + index * Self.run, n)
          }
          if part != g + start { part.update(from: g + start, count: n) }
          for index in links.indices.reversed() {
            let operand = operands[index].map { inputs[$0] + start }
            let result = operands[index].flatMap { results[$0] }.map { $0 + start }
            links[index].pull(value(index), value(index + 1), operand, part, operand: result, n)
          }
        }
      }
    }
    for sink in sinks { sink?.finish() }
  }
}
