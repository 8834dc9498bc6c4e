import Testing

@Suite("The rules of this code base")
struct RuleTests {
  static let lint = Tool(name: "lint")
  static let rules: [String] = {
    let listing = try? lint.run(["--list"])
    return (listing?.output ?? "").split(separator: "\n").map(String.init)
  }()

  @Test("The linter runs and knows its rules")
  func linterRuns() throws {
    let listing = try Self.lint.run(["--list"])
    #expect(listing.status == 0, "scripts/test installs lua5.4, which runs scripts/lint: \(listing.output)")
    #expect(Self.rules.count >= 14)
  }

  @Test("The tree keeps every rule", arguments: rules)
  func treeKeeps(rule: String) throws {
    let outcome = try Self.lint.run([rule])
    #expect(outcome.status == 0, "\n\(outcome.output)")
  }

  @Test("Every rule has a case that breaks it", arguments: rules)
  func ruleHasCase(rule: String) {
    #expect(RuleCase.all.contains { $0.rule == rule })
  }

  @Test("A rule finds what breaks it, at its line", arguments: RuleCase.all)
  func ruleFinds(_ example: RuleCase) throws {
    let outcome = try Self.lint.run([example.rule], on: example.wrong)
    #expect(outcome.output.contains("\(example.place): \(example.rule): "), "\(outcome.output)")
    #expect(outcome.status == 1)
  }

  @Test("A rule lets what is right pass", arguments: RuleCase.all)
  func rulePasses(_ example: RuleCase) throws {
    let outcome = try Self.lint.run([example.rule], on: example.right)
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test("A line may break a rule where it says why")
  func permission() throws {
    let source = "// lint:allow print, because this file is the one that prints.\nprint(1)\n"
    let outcome = try Self.lint.run(["print"], on: ["Sources/Metrics/Chart.swift": source])
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test("A permission for one rule is none for another")
  func otherPermission() throws {
    let source = "// lint:allow print-order, because of nothing.\nprint(1)\n"
    let outcome = try Self.lint.run(["print"], on: ["Sources/Metrics/Chart.swift": source])
    #expect(outcome.status == 1)
  }

  @Test("An unknown rule is an error that names the known ones")
  func unknownRule() throws {
    let outcome = try Self.lint.run(["no-such-rule"])
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("no rule 'no-such-rule'; the rules are "))
  }

  @Test("Words in comments and strings break no rule")
  func commentsAndStrings() throws {
    let source = ##"""
      // print(1) /* and */ exit(1)
      /* print(2) /* nested */ print(3) */
      let text = "print(4) \(name["key"] ?? "print(5)") print(6)"
      let raw = #"print(7) " print(8)"#
      """##
    let outcome = try Self.lint.run(["print"], on: ["Sources/Metrics/Text.swift": source])
    #expect(outcome.status == 0, "\(outcome.output)")
  }
}
