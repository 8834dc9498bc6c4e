/// Floats that a kernel reads.
public typealias Input = UnsafePointer<Float>

/// Floats that a kernel writes, and may read.
public typealias Output = UnsafeMutablePointer<Float>
