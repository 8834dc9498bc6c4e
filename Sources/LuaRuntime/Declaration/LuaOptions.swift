/// An options table: `fed.simulation { rounds = 3, clients = clients }`.
///
/// The values of a fresh instance are the defaults. An unknown name is an error that gives the known ones and the
/// nearest; a missing table stands for an empty one.
public protocol LuaOptions: LuaReadable {
  init()
  static var fields: Fields<Self> { get }
}

extension LuaOptions {
  public static var luaType: String { "table" }

  public static var optionDocuments: [OptionDocument] { Self().documents }

  /// What documentation says of each option where the defaults are the values of this instance.
  var documents: [OptionDocument] { Self.fields.documents(of: self) }

  public static func matches(_ frame: borrowing LuaFrame, _ index: Int32) -> Bool { frame.kind(index) == .table }

  public static func read(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Self {
    try Self().reading(frame, index)
  }

  /// These options with what a table says in their place.
  func reading(_ frame: borrowing LuaFrame, _ index: Int32) throws(LuaFailure) -> Self {
    let fields = Self.fields
    var options = self
    if let items = fields.items, frame.kind(index) == .table { try items.read(&options, frame, index) }
    try fields.names.read(frame, index) {
      (frame: borrowing LuaFrame, position: Int, value: Int32) throws(LuaFailure) in
      try fields.all[position].read(&options, frame, value)
    }
    return options
  }
}
