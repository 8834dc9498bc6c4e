import LuaBindings
import LuaRuntime
import Testing

@Suite struct ShowTests {
  private func text(_ expression: String) throws -> String {
    try HostModules.open().evaluate("return " + expression)
  }

  @Test("A tensor has as many columns as the width takes, the first and the last ones")
  func tensorWidth() throws {
    let narrow = try text("fed.pretty(fed.arange(0, 99):reshape(2, 50), { width = 40 })").split(separator: "\n")
    #expect(narrow[1] == "   0   1   2   3   …  46  47  48  49")
    #expect(narrow.allSatisfy { $0.count <= 40 })
    let wide = try text("fed.pretty(fed.arange(0, 99):reshape(2, 50), { width = 210 })").split(separator: "\n")
    #expect(wide[1].split(separator: " ").count == 50)
    #expect(try text("tostring(fed.arange(0, 99))").contains("…"))
  }

  @Test("Updates are a table of one line a client, and a history one of one line a round")
  func tables() throws {
    #expect(
      try text("fed.pretty(fed.updates { { 3, 4 }, { -3, -4 }, { 6, 8 } }, { width = 60 })") == """
        3 updates of 2 parameters
        client    norm  cosine_to_mean
             1  5.0000          1.0000
             2  5.0000         -1.0000
             3  10.000          1.0000
        """)
    let history = try text(
      """
      (function()
        local run = fed.simulation {
          clients = fed.partition.identical(fed.data.blobs { train = 60, classes = 3 }, { clients = 3 }), rounds = 2,
          model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, progress = false,
        }
        local empty = fed.pretty(run.history)
        for _ in run:rounds() do end
        return empty .. "\\n" .. fed.pretty(run.history, { width = 80 }) .. "\\n" .. fed.pretty(run.history[1], { width = 80 })
      end)()
      """)
    let lines = history.split(separator: "\n")
    #expect(lines[0] == "no rounds yet")
    #expect(lines[1].split(separator: " ") == ["round", "training_loss", "update_norm", "seconds"])
    #expect(lines[2].split(separator: " ").first == "1" && lines[3].split(separator: " ").first == "2")
    #expect(lines.contains { $0.split(separator: " ").first == "id" })
    #expect(lines.count < 40)
  }

  /// Two runs print the same, which an address would prevent.
  @Test("A record prints its numbers and texts in one line, and is shown field by field")
  func records() throws {
    let run = """
      (function()
        local run = fed.simulation {
          clients = fed.partition.identical(fed.data.blobs { train = 60, classes = 3 }, { clients = 2 }), rounds = 1,
          model = fed.models.mlp { inputs = 2, hidden = { 4 }, classes = 3 }, progress = false,
        }
        return run:next_round()
      end)()
      """
    #expect(
      try text("tostring(\(run).cost)") == "CostRecord { exchanges = 1, downloads = 2, uploads = 2 }")
    #expect(try text("tostring(\(run))").hasPrefix("RoundRecord { number = 1, training_loss = "))
    let client = try text("tostring(\(run).clients[2])")
    #expect(client.hasPrefix("ClientRecord { id = 2, samples = ") && client.hasSuffix("flagged = false }"))
    #expect(try text("fed.pretty(\(run).cost)") == "{ downloads = 2, exchanges = 1, uploads = 2 }")
  }

  @Test("Options limit depth, entries and width")
  func options() throws {
    #expect(try text("fed.pretty({ { { 1 } } }, { depth = 2 })") == "{ { {…} } }")
    #expect(try text("fed.pretty({ a = {}, b = {}, c = {} }, { items = 1 })") == "{ a = {}, … 2 more }")
    #expect(try text("fed.pretty({ 1 }, { color = true })") == "{ \u{1b}[36m1\u{1b}[0m }")
    let error = #expect(throws: LuaError.self) { try text("fed.pretty(1, { width = 3 })") }
    #expect(error?.message.contains("at least 20") == true)
  }

  @Test("A picture is blocks of two pixels, in colors or in shades")
  func pictures() throws {
    let black = "0;0;0", white = "255;255;255"
    #expect(
      try text("fed.pretty(fed.tensor { { 0, 1 }, { 1, 0 }, { 1, 1 } }, { image = true, color = true })")
        == "\u{1b}[38;2;\(black)m\u{1b}[48;2;\(white)m▀\u{1b}[38;2;\(white)m\u{1b}[48;2;\(black)m▀\u{1b}[0m\n"
        + "\u{1b}[38;2;\(white)m\u{1b}[49m▀\u{1b}[38;2;\(white)m\u{1b}[49m▀\u{1b}[0m")
    #expect(try text("fed.pretty(fed.tensor { { 0, 1 }, { 0, 1 } }, { image = true, color = false })") == " @")
    #expect(
      try text("fed.pretty(fed.zeros(2, 3, 2, 2), { image = true, color = true })").contains("38;2;255;255;255"),
      "a white column stands between pictures")
    let lines = try text("fed.pretty(fed.zeros(100, 100), { image = true, color = false, width = 20 })").split(
      separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 10 && lines.allSatisfy { $0.count == 20 })
    for wrong in ["fed.zeros(3)", "fed.zeros(2, 4, 4)", "fed.zeros(0, 4)", "5"] {
      #expect(throws: LuaError.self) { try text("fed.pretty(\(wrong), { image = true })") }
    }
  }

  @Test("show prints what pretty returns")
  func show() throws {
    let state = try HostModules.open()
    var printed: [String] = []
    state.redirectPrint { printed.append($0) }
    try state.run("fed.show({ b = 1, a = 2 }) fed.show('text')")
    #expect(printed == ["{ a = 2, b = 1 }", "text"])
  }
}
