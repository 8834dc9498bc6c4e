import Testing

/// What a script asks of its round.
struct RoundToolTests {
  private func told(_ body: String, threads: Int = 2, options: String = "") throws -> String {
    try RunScript.evaluate(
      """
      local root, validation = test:split { 40, 50, seed = 1 }
      local told = {}
      local run = make {
        rounds = 1, root = root, validation = validation, test = nil, \(options)
        defense = function(round, updates)
          local function tell(...)
            for _, value in ipairs { ... } do told[#told + 1] = tostring(value) end
          end
          \(body)
          return updates:mean()
        end,
      }
      run:next_round()
      return table.concat(told, " ")
      """.replacing("test = nil,", with: "allow_overlap = true,"), threads: threads)
  }

  @Test func `questions have one form each, and say what is wrong`() throws {
    #expect(
      try told(
        """
        tell(refused(round.train, round, { labels = fed.tensor({ 1 }, "int64"), mix = { 1, 1, 1 } }))
        """
      ).contains("options 'labels' and 'mix' do not go together"))
    #expect(
      try told("tell(refused(round.train, round, { replace = false }))").contains("option 'replace' is for samples"))
    #expect(
      try told("tell(refused(round.train, round, { mix = { 1, 2 } }))").contains("for each of the 3 classes"))
    #expect(
      try told("tell(refused(round.virtual_round, round, { holdout = 1 }))").contains("between 0 and 1"))
    #expect(
      try told("tell(refused(round.evaluate, round, updates, { by_clas = true }))").contains("by_class"))
    #expect(
      try told("tell(refused(round.gradients, round, { at = fed.zeros { 3 } }))").contains("gradients: shape [3]"))
  }

  @Test func `a class that the data lack is told by NaN and by zeros`() throws {
    let told = try told(
      """
      local some = root:sample { mix = { 1, 0, 1 }, count = 20, replace = true }
      local accuracy, loss = round:evaluate(updates, { data = some, by_class = true })
      tell(accuracy[1][2] ~= accuracy[1][2], loss[1][2] ~= loss[1][2], loss[1][1] > 0)
      local cone = round:gradients { data = some }
      tell(cone.samples[2], cone:norms()[2], cone:norms()[1] > 0)
      """)
    #expect(told == "true true true 0 0.0 true")
  }

  @Test func `a module and a loss of the script's answer for sets that no client has, on all threads`() throws {
    let result: String = try RunScript.evaluate(
      """
      local first = fed.nn.linear { inputs = 2, outputs = 4 }
      local last = fed.nn.linear { inputs = 4, outputs = 3 }
      local written = fed.nn.module { [1] = first, [2] = last, forward = function(self, x)
        return self[2](self[1](x):relu())
      end }
      local native = fed.nn.sequential { first, fed.nn.relu(), last }
      local function answers(layer, loss)
        local found = {}
        local run = make {
          model = fed.nn.model(layer, { seed = 9 }), local_training = { batch = 16, loss = loss }, rounds = 1,
          defense = function(round, updates)
            local odd = test:subset { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 }
            local _, losses = round:evaluate(updates, { data = odd, by_class = true })
            local trained = round:train_all { { data = odd }, { data = test:take(7), steps = 2 } }
            found = { losses, round:predictions(updates, odd), round:gradients { data = odd }.tensor, trained.tensor }
            return updates:mean()
          end,
        }
        run:next_round()
        return found
      end
      local function own(model, batch) return model(batch.inputs):cross_entropy(batch.labels) end
      local expected, told = answers(native, "cross_entropy"), {}
      for name, found in pairs { module = answers(written, "cross_entropy"), loss = answers(native, own) } do
        for index, values in ipairs(found) do
          local distance = (values - expected[index]):abs():max():item()
          if not (distance < 1e-5) then told[#told + 1] = name .. index .. ": " .. distance end
        end
      end
      return table.concat(told, ", ")
      """, threads: 2)
    #expect(result.isEmpty)
  }
}
