import Foundation
import LuaBindings
import LuaRuntime
import Synchronization

/// The prompt for programs: `fedlua repl --json` reads one request a line and writes one answer a line.
///
/// Requests are `{"type": "execute", "code": …}`, `complete` and `inspect` with `code` and `cursor` (in characters), and
/// `is_complete`. While code runs, what it prints comes as `{"type": "stream", "name": "stdout", "text": …}`, and pictures
/// as `{"type": "display", "data": {mime type: data}}`. SIGINT stops the code that runs.
final class JSONRepl {
  private let state: LuaState
  private let evaluator: Evaluator
  private let answers: AnswerStream
  private let clearInterrupt: () -> Void

  init(_ state: LuaState, clearInterrupt: @escaping () -> Void) throws {
    self.state = state
    self.clearInterrupt = clearInterrupt
    evaluator = Evaluator(state)
    answers = try AnswerStream()
    let display = BindingModule("", "What a notebook has beside.") { [answers] module in
      module.function(
        "display", "Shows pixels as a picture, and anything else as text.", .caller,
        Parameter("value", "Pixels [h, w], [c, h, w] or [n, c, h, w] from 0 to 1, or any value."),
        Parameter("options", "Columns and gap of a grid.")
      ) { (caller: LuaCaller, value: LuaValue, options: LuaValue) in
        var data: [String: String] = ["text/plain": try Self.text(of: value, in: caller.state)]
        data["image/png"] = try Self.picture(value, options, in: caller.state)
        answers.send(["type": "display", "data": data])
        return Nothing()
      }
    }
    state.open(display)
  }

  /// Answers requests until there are no more.
  func run() {
    while let line = answers.nextRequest() {
      guard let request = (try? JSONSerialization.jsonObject(with: Data(line.utf8))) as? [String: Any] else {
        answers.send(["type": "failed", "message": "the request is no JSON object"])
        continue
      }
      clearInterrupt()
      answers.send(answer(to: request))
    }
  }

  private func answer(to request: [String: Any]) -> [String: Any] {
    let code = request["code"] as? String ?? "", cursor = request["cursor"] as? Int ?? code.count
    switch request["type"] as? String {
    case "execute": return execute(code)
    case "complete": return complete(String(code.prefix(cursor)))
    case "inspect": return inspect(code, cursor)
    case "is_complete": return ["type": "is_complete", "status": status(of: code)]
    default: return ["type": "failed", "message": "there is no such request"]
    }
  }

  // MARK: Requests

  private func execute(_ code: String) -> [String: Any] {
    let outcome = evaluator.evaluate(code)
    answers.flush()
    switch outcome {
    case .values(let texts):
      var answer: [String: Any] = ["type": "done"]
      if !texts.isEmpty { answer["data"] = data(texts) }
      return answer
    case .incomplete(let error), .failure(let error):
      return [
        "type": "error", "kind": error.kind == .interrupted ? "interrupted" : "\(error.kind)",
        "message": error.message, "traceback": error.traceback ?? "",
      ]
    }
  }

  /// The forms in which results can be shown.
  private func data(_ texts: [String]) -> [String: String] {
    var data = ["text/plain": texts.joined(separator: "\n")]
    guard let last: LuaValue = try? state.evaluate("return _", name: "=notebook") else { return data }
    if (try? Self.ask("is_picture", last, .nil, in: state))?.as(Bool.self) == true {
      data["image/png"] = try? Self.picture(last, .nil, in: state)
    }
    data["text/html"] = (try? Self.ask("html", last, .nil, in: state))?.as(String.self)
    return data
  }

  private func complete(_ text: String) -> [String: Any] {
    // What is completed ends at the cursor; words do not go over lines.
    let line = text.split(separator: "\n", omittingEmptySubsequences: false).last.map(String.init) ?? ""
    let (insertion, candidates) = evaluator.complete(line)
    let typed = candidates.isEmpty ? 0 : Self.overlap(line, candidates, insertion)
    return ["type": "complete", "matches": candidates, "start": text.count - typed, "end": text.count]
  }

  /// How many characters at the end of the line the candidates begin with.
  private static func overlap(_ line: String, _ candidates: [String], _ insertion: String) -> Int {
    (0...line.count).reversed().first { count in
      let typed = line.suffix(count)
      return candidates.allSatisfy { $0.hasPrefix(typed) && $0.dropFirst(count).hasPrefix(insertion) }
    } ?? 0
  }

  private func inspect(_ code: String, _ cursor: Int) -> [String: Any] {
    func isPart(_ c: Character) -> Bool { c.isLetter || c.isNumber || c == "_" || c == "." || c == ":" }
    let (before, after) = (code.prefix(cursor), code.dropFirst(cursor))
    let start = before.reversed().prefix(while: isPart).reversed(), end = after.prefix { isPart($0) && $0 != "." }
    let name = (String(start) + String(end)).trimmingCharacters(in: CharacterSet(charactersIn: ".:"))
    guard !name.isEmpty, let text = state.help(for: name) else { return ["type": "inspect", "found": false] }
    return ["type": "inspect", "found": true, "text": text]
  }

  private func status(of code: String) -> String {
    do {
      _ = try state.compile(code, name: "=entry")
      return "complete"
    } catch let error {
      if (try? state.compile("return " + code, name: "=entry")) != nil { return "complete" }
      return error.isIncomplete ? "incomplete" : "invalid"
    }
  }

  // MARK: Pictures

  private static func ask(
    _ function: String, _ value: LuaValue, _ options: LuaValue, in state: LuaState
  ) throws(LuaError) -> LuaValue {
    let ask = try state.compile("return require('fed.parts.notebook')[...](select(2, ...))", name: "=notebook")
    return try ask(function, value, options, returning: LuaValue.self)
  }

  private static func text(of value: LuaValue, in state: LuaState) throws(LuaError) -> String {
    try state.evaluate("return tostring", as: LuaFunction.self, name: "=notebook")(value)
  }

  /// The picture of a tensor in the form of a notebook; nil for any other value.
  private static func picture(_ value: LuaValue, _ options: LuaValue, in state: LuaState) throws -> String? {
    guard value.typeName == "Tensor" || value.typeName == "userdata" else { return nil }
    guard let path = try ask("save", value, options, in: state).as(String.self) else { return nil }
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try Data(contentsOf: URL(fileURLWithPath: path)).base64EncodedString()
  }
}
