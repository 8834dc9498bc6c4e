import Foundation
import TestSupport
import Testing

/// A page of `docs/` that is written by hand.
struct Page: Sendable, CustomTestStringConvertible {
  let name: String
  let text: String

  static let all: [Page] = ["coming_from.md", "tutorial_rule.md", "tutorial_attack.md"].map { name in
    Page(name: name, text: (try? String(contentsOfFile: "\(Program.packageRoot)/docs/\(name)", encoding: .utf8)) ?? "")
  }

  func blocks(in language: String) -> [CodeBlock] { Readme.codeBlocks(of: text).filter { $0.language == language } }

  var testDescription: String { name }
}

@Suite("The pages of docs/", .serialized)
struct PageTests {
  @Test("Every block is run, and there are some", arguments: Page.all)
  func knownBlocks(_ page: Page) {
    #expect(page.blocks(in: "lua").count >= 3)
    #expect(Readme.codeBlocks(of: page.text).allSatisfy { ["lua", "console"].contains($0.language) })
  }

  @Test("The scripts of a page run one after the other, as one reads them", arguments: Page.all)
  func scriptsRun(_ page: Page) throws {
    let scratch = try Scratch()
    let text = page.blocks(in: "lua").map(\.text).joined(separator: "\n")
    let script = try scratch.write(text, to: "page.lua")
    let outcome = try Program.fedlua(folder: scratch.folder).run(["run", script])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let checked = try Program.fedlua(folder: scratch.folder).run(["check", script])
    #expect(checked.status == 0, "\(checked.output)")
  }

  @Test("A session at the prompt goes as it is shown", arguments: Page.all)
  func sessionsGo(_ page: Page) throws {
    for block in page.blocks(in: "console") {
      let session = Session(block)
      let outcome = try Program.fedlua().run(session.arguments, input: session.input)
      #expect(outcome.output == session.output, "\(outcome.errors)")
    }
  }

  @Test("Names in the tables of the page for those who come from elsewhere exist")
  func namesExist() throws {
    let page = try #require(Page.all.first)
    let names = Set(page.text.matches(of: /fed(\.[a-z0-9_]+)+/).map { String($0.output.0) }).sorted()
    #expect(names.count > 25)
    let scratch = try Scratch()
    let script = try scratch.write(names.map { "assert(\($0), '\($0)')" }.joined(separator: "\n"), to: "names.lua")
    let outcome = try Program.fedlua(folder: scratch.folder).run(["run", script])
    #expect(outcome.status == 0, "\(outcome.errors)")
  }
}
