import Glibc
import Synchronization

/// How much memory the tensors of the process may take together.
///
/// An allocation that can fail is refused when it would pass the limit. Scratch memory in the middle of an operation may
/// pass it; ``overrun`` then tells whoever started the operation, so that its result can be given up.
public enum MemoryBudget {
  /// Blocks below this size are not asked about one by one: their sum is watched through ``overrun``.
  static let smallestAsked = 1 << 20

  /// Bytes that tensors may take; at first ``standard``, or what `FEDLUA_MEMORY` says.
  public static var limit: Int {
    get { StoragePool.shared.limit }
    set { StoragePool.shared.limit = newValue }
  }

  /// Bytes that tensors take now.
  public static var used: Int { StoragePool.shared.used }

  /// Points to a byte that is 1 while tensors take more than the limit, and 0 otherwise.
  public static var overrun: UnsafePointer<UInt8> { UnsafePointer(StoragePool.shared.overrun) }

  /// Counts memory of others within the limit, such as that of a script's values; a negative number gives it back.
  ///
  /// - Returns: False if the bytes do not fit; with `must` they are counted all the same, and ``overrun`` tells.
  public static func reserve(_ byteCount: Int, must: Bool) -> Bool {
    StoragePool.shared.reserve(byteCount, must: must)
  }

  /// What to say while tensors take more than the limit, also without the blocks kept for reuse; nil otherwise.
  public static var complaint: String? {
    StoragePool.shared.trim()
    let (used, limit) = (used, limit)
    return used > limit
      ? "tensors and scripts take \(sizeText(used)); \(sizeText(limit)) are allowed, see FEDLUA_MEMORY" : nil
  }

  /// Nine tenths of what the machine, or the control group of the process, has free, and at least a quarter of all.
  static var standard: Int {
    let whole = Swift.min(Tensor.byteLimit, ControlGroup.limit ?? Int.max)
    let free = Swift.min(FreeMemory.byteCount ?? whole, ControlGroup.limit.map { $0 - ControlGroup.used } ?? whole)
    return Swift.max(whole / 4, free / 10 * 9)
  }

  /// The limit that a text names, such as `4G`, `500M` or a number of bytes; nil if it names none.
  public static func limit(named text: String) -> Int? {
    let shifts: [Character: Int] = ["K": 10, "M": 20, "G": 30, "T": 40]
    let shift = text.last.flatMap { shifts[Character($0.uppercased())] }
    guard let number = Double(shift == nil ? text : String(text.dropLast())), number > 0, number.isFinite else {
      return nil
    }
    return Int(exactly: (number * Double(1 << (shift ?? 0))).rounded())
  }

  /// `381 MiB`, `2.1 GiB`.
  static func sizeText(_ bytes: Int) -> String {
    guard bytes >= 1 << 30 else { return "\(bytes >> 20) MiB" }
    let tenths = (bytes * 10 + 1 << 29) >> 30
    return "\(tenths / 10).\(tenths % 10) GiB"
  }

  // MARK: Making room

  /// Somebody who can give memory back, on one thread.
  private struct Reclaimer: @unchecked Sendable {  // used on its own thread alone
    weak var owner: AnyObject?
    let reclaim: (AnyObject) -> Void
  }

  private static let reclaimers = Mutex<[UInt: [Reclaimer]]>([:])

  private static var thread: UInt { UInt(pthread_self()) }

  /// Calls `reclaim` on this thread before an allocation of it is refused, as long as `owner` lives.
  public static func whenFull(_ owner: AnyObject, _ reclaim: @escaping (AnyObject) -> Void) {
    let new = Reclaimer(owner: owner, reclaim: reclaim)
    reclaimers.withLock { all in
      for (thread, list) in all { all[thread] = list.filter { $0.owner != nil } }
      all[thread, default: []].append(new)
      all = all.filter { !$0.value.isEmpty }
    }
  }

  /// Who must agree to a large block on this thread, beside the limit of the program.
  @TaskLocal private static var guardian: (@Sendable (Int) throws -> Void)?

  /// Runs `body`, in which a block is only taken if `guardian`, which is given its size, throws nothing.
  public static func guarded<R>(by guardian: @escaping @Sendable (Int) throws -> Void, _ body: () throws -> R) rethrows
    -> R
  { try $guardian.withValue(guardian, operation: body) }

  /// Makes sure that `needed` more bytes fit, if need be by collecting garbage and giving blocks back.
  ///
  /// - Throws: ``TensorError/overBudget(op:needed:used:limit:)``.
  static func expect(_ needed: Int, _ op: String) throws {
    guard needed >= smallestAsked else { return }
    try guardian?(needed)
    guard !StoragePool.shared.fits(needed) else { return }
    for reclaimer in reclaimers.withLock({ $0[thread] ?? [] }) {
      if let owner = reclaimer.owner { reclaimer.reclaim(owner) }
    }
    StoragePool.shared.trim()
    guard StoragePool.shared.fits(needed) else {
      throw TensorError.overBudget(op: op, needed: needed, used: used, limit: limit)
    }
  }
}

/// Memory that the control group of the process may take and takes: a container has less than its machine.
enum ControlGroup {
  private static let folders: [String] = {
    let path = lines("/proc/self/cgroup").first { $0.hasPrefix("0::") }?.dropFirst(3) ?? ""
    return ["/sys/fs/cgroup\(path)", "/sys/fs/cgroup", "/sys/fs/cgroup/memory"]
  }()

  /// Bytes at most; nil without a limit.
  static var limit: Int? {
    // Version 1 says "no limit" by a number near the largest.
    number(["memory.max", "memory.limit_in_bytes"]).flatMap { $0 < 1 << 60 ? $0 : nil }
  }

  static var used: Int { number(["memory.current", "memory.usage_in_bytes"]) ?? 0 }

  private static func number(_ names: [String]) -> Int? {
    for folder in folders {
      for name in names { if let number = lines("\(folder)/\(name)").first.flatMap({ Int($0) }) { return number } }
    }
    return nil
  }

  private static func lines(_ path: String) -> [Substring] {
    guard let file = fopen(path, "r") else { return [] }
    defer { fclose(file) }
    var text = [CChar](repeating: 0, count: 4096)
    let count = fread(&text, 1, text.count, file)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: "\n")
  }
}
