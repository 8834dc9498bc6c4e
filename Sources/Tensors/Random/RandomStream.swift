/// A sequence of random numbers keyed by seed, purpose, round and client.
///
/// Equal keys give equal numbers on every machine and thread; different keys give independent sequences. What one
/// stream has drawn never influences another, so the order in which clients run cannot change a result.
///
/// ```swift
/// var stream = RandomStream(seed: 7, purpose: .batches, round: 3, client: 12)
/// let order = stream.shuffled(60_000)
/// ```
///
/// Not for secrets: the generator is not cryptographic.
public struct RandomStream: Sendable {
  /// Hash of seed and purpose, and of the parents of a derived stream.
  let key: UInt64
  private let round: UInt32
  private let client: UInt32
  private var drawn: UInt64 = 0
  private var words = Philox.Block()

  /// Makes the stream of a key, positioned at its start.
  ///
  /// - Parameters:
  ///   - seed: The run's seed.
  ///   - purpose: What the numbers are for.
  ///   - round: Communication round, from 1; 0 where there is none. The lowest 32 bits count.
  ///   - client: Client id, from 1; 0 for the server. The lowest 32 bits count.
  public init(seed: UInt64, purpose: RandomPurpose, round: Int = 0, client: Int = 0) {
    self.init(
      key: Philox.derivedKey(from: seed, purpose.code, 0),
      round: UInt32(truncatingIfNeeded: round), client: UInt32(truncatingIfNeeded: client))
  }

  private init(key: UInt64, round: UInt32, client: UInt32) {
    self.key = key
    self.round = round
    self.client = client
  }

  /// Where the stream is, as numbers from which ``init(place:)`` goes on.
  public var place: [UInt64] { [key, UInt64(round), UInt64(client), drawn] }

  /// Makes the stream that was at a place; nil for numbers that are none.
  public init?(place: [UInt64]) {
    guard place.count == 4, let round = UInt32(exactly: place[1]), let client = UInt32(exactly: place[2]) else {
      return nil
    }
    self.init(key: place[0], round: round, client: client)
    position = place[3]
  }

  /// Returns an independent stream for a part of this one's work.
  ///
  /// It depends on the key, purpose and index alone, not on how much this stream has drawn.
  public func derive(_ purpose: RandomPurpose, _ index: Int = 0) -> RandomStream {
    // An index of 0 and one of -1 differ in every bit of the second word, and 1 + keeps it apart from a root's 0.
    let child = Philox.derivedKey(from: key, purpose.code, UInt64(bitPattern: Int64(index)) &+ 1)
    return RandomStream(key: child, round: round, client: client)
  }

  /// Number of 32-bit words drawn so far. Setting it continues from there, at no cost.
  public var position: UInt64 {
    get { drawn }
    set {
      drawn = newValue
      if newValue & 3 != 0 { words = block(newValue >> 2) }
    }
  }

  /// Draws 32 random bits.
  @inline(__always)
  public mutating func nextUInt32() -> UInt32 {
    let lane = Int(drawn & 3)
    if lane == 0 { words = block(drawn >> 2) }
    drawn &+= 1
    return words[lane]
  }

  /// Draws 64 random bits: two words, the first one low.
  @inline(__always)
  public mutating func nextUInt64() -> UInt64 {
    let low = UInt64(nextUInt32())
    return low | UInt64(nextUInt32()) << 32
  }

  /// Returns the words with the numbers `4 * index ..< 4 * index + 4` of this stream.
  @inline(__always)
  func block(_ index: UInt64) -> Philox.Block {
    Philox.block(
      counter: Philox.Block(
        UInt32(truncatingIfNeeded: index), UInt32(truncatingIfNeeded: index >> 32), round, client),
      key: key)
  }

  /// Returns the words of eight consecutive blocks, one block a lane.
  @inline(__always)
  func eightBlocks(_ index: UInt64) -> (SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>, SIMD8<UInt32>) {
    Philox.eightBlocks(index: index, high: SIMD2(round, client), key: key)
  }

  /// Reserves whole blocks for a bulk draw and returns the number of the first.
  ///
  /// Words left over in the current block are skipped, so that element i of a bulk draw comes from word i.
  @inline(__always)
  mutating func reserve(words count: Int) -> UInt64 {
    let first = (drawn &+ 3) >> 2
    drawn = (first &+ UInt64((count + 3) / 4)) << 2
    return first
  }
}
