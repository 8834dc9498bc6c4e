import LuaRuntime

/// What is added to messages about mistakes with tensors, models and data.
let errorHints: [ErrorHint] = [
  numberNeeded,
  ErrorHint(
    "perform arithmetic on a table value", advice: "fed.tensor(list) makes a tensor of a list, with which one can reckon"),
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
  batchMissing,
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

/// `model(image)`
private let batchMissing = ErrorHint { report in
  guard report.message.contains("Model:"), let shape = report.between("shape [", "] does not fit; images") else {
    return nil
  }
  guard shape.split(separator: ",").count == 3 else { return nil }
  return "one image alone has no batch axis b: x:unsqueeze(1) adds it"
}
