import LuaRuntime

/// What is added to messages about mistakes with tensors, models and data.
let errorHints: [ErrorHint] = [
  numberNeeded,
  ErrorHint(
    "perform arithmetic on a table value",
    advice: "fed.tensor(list) makes a tensor of a list, with which one can reckon"),
  ErrorHint { report in
    guard report.message.contains("(integer expected, got string)"),
      let maker = ["zeros", "ones"].first(where: { report.message.contains("to 'fed.\($0)'") })
    else { return nil }
    return "the type stands in a table with the sizes: fed.\(maker) { 2, 3, type = \"float64\" }"
  },
  ErrorHint { report in
    guard let label = report.between("label = ", " is not allowed; 0 to ").flatMap({ Int($0) }),
      let last = report.between(" is not allowed; 0 to ", " is allowed").flatMap({ Int($0) }), label == last + 1
    else { return nil }
    return "labels count from 0"
  },
  batchMissing, updatesAsOptions,
]

/// `math.sqrt(x)`, `("%d"):format(x)`, `for i = 1, x do`
private let numberNeeded = ErrorHint { report in
  guard report.message.contains("(number expected, got Tensor)") else { return nil }
  let name = report.between("to '", "'") ?? "", method = report.message.contains("argument #1") ? name : ""
  let hasMethod = report.registry.type(named: "Tensor")?.methods.contains { $0.name == method } ?? false
  return hasMethod
    ? "x:\(method)() takes it of each element, and x:item() is the number of a tensor of one"
    : "x:item() is the number of a tensor of one"
}

/// `model(image)`, `model(row)`
private let batchMissing = ErrorHint { report in
  guard report.message.contains("Model:") else { return nil }
  if let shape = report.between("shape [", "] does not fit; images"), shape.split(separator: ",").count == 3 {
    return "one image alone has no batch axis b: x:unsqueeze(1) adds it"
  }
  // A single axis is taken for that of the batch, each sample of which then has one number.
  let shape = report.between("an input of shape [", "] does not fit; the last axis must be ")?.split(separator: ",")
  let needed = report.message.split(separator: " ").last.flatMap { Int($0) }
  guard let shape, shape.count == 2, shape[1] == " 1", needed.map(String.init) == String(shape[0]) else { return nil }
  return "one row alone has no batch axis b: x:unsqueeze(1) adds it"
}

/// `krum { { 1, 2 }, { 3, 4 } }`
private let updatesAsOptions = ErrorHint { report in
  guard report.message.contains("an option has a name, got a number as key"),
    let rule = report.message.split(separator: ": ").first(where: { $0.hasPrefix("fed.") }),
    report.registry.bindings(named: String(rule)).first?.documentation.returnType == "Aggregator"
  else { return nil }
  return "the options make the rule, and the rule takes the updates: \(rule) { … } (updates)"
}
