/// What scripts of a sandbox may use. Instructions and seconds are those of one call into it.
public struct SandboxLimits: Sendable, Equatable {
  /// Instructions of Lua; what runs in C or natively is charged by its size.
  public var instructions = 10_000_000
  /// Bytes of Lua values.
  public var memory = 64 << 20
  /// Bytes of native memory behind objects, beside that of what a call was given.
  public var nativeMemory = 1 << 30
  /// Seconds by the clock: a second net, since they are not the same in two runs.
  public var seconds = 10.0

  /// The limits of a policy that asks for none.
  public init() {}
}
