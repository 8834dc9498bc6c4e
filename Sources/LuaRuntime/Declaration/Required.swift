/// An option without a default: `@Required var f: Int`, declared by `field.required("f", \.$f, …)`.
///
/// Reading a table that lacks it fails, so whoever holds the options has the value.
@propertyWrapper
public struct Required<Value> {
  private var given: Value?

  public init() {}

  public var wrappedValue: Value {
    get {
      guard let given else { preconditionFailure("a required option is used before it was read") }
      return given
    }
    set { given = newValue }
  }

  public var projectedValue: Required {
    get { self }
    set { self = newValue }
  }
}

extension Required: Sendable where Value: Sendable {}

/// Any required option, to compare what a type declares with what its properties promise.
protocol AnyRequired {}
extension Required: AnyRequired {}
