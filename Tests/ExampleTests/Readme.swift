import Foundation
import TestSupport
import Testing

/// A fenced block of a Markdown page.
struct CodeBlock: Sendable, CustomTestStringConvertible {
  /// The word after the fence, such as `lua`.
  let language: String
  /// The line of the opening fence, from 1.
  let line: Int
  let text: String

  var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
  var testDescription: String { "\(language) at line \(line)" }
}

/// The README as its tests read it.
enum Readme {
  static let text = (try? String(contentsOfFile: Program.packageRoot + "/README.md", encoding: .utf8)) ?? ""
  static let blocks = codeBlocks(of: text)

  /// Returns the blocks in one language, in the order of the page.
  static func blocks(in language: String) -> [CodeBlock] { blocks.filter { $0.language == language } }

  /// Returns the fenced blocks of a page.
  static func codeBlocks(of text: String) -> [CodeBlock] {
    var blocks: [CodeBlock] = []
    var open: (language: String, line: Int, lines: [Substring])?
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if !line.hasPrefix("```") {
        open?.lines.append(line)
      } else if let block = open {
        let text = block.lines.joined(separator: "\n")
        blocks.append(CodeBlock(language: block.language, line: block.line, text: text))
        open = nil
      } else {
        open = (String(line.dropFirst(3)), index + 1, [])
      }
    }
    return blocks
  }
}
