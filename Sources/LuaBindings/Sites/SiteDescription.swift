import Federation
import Foundation

/// What a site says in a file of its own: its name, where its data lie, and whose scripts it runs.
public struct SiteDescription: Sendable {
  /// What scripts call the site; nil for a node that has no data of its own.
  public var name: String?
  /// The folder of its data, or whatever the script's `load` makes of the text.
  public var data: String?
  /// SHA-256 of the scripts that may run here; nil for any, which a node with data should never say.
  public var scripts: [String]?
  /// Folder in which clients keep what never leaves them; nil lets it travel.
  public var state: String?

  /// A site without data of its own that runs whatever comes, as nodes of one's own cluster do.
  public init() {}

  /// Reads a file such as `{"name": "north", "data": "/srv/scans", "scripts": ["4f0c…"], "state": "/var/lib/fedlua"}`.
  ///
  /// - Throws: ``FederationError`` for a file that cannot be read, or lacks `scripts`.
  public init(file path: String) throws {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8), let json = JSONValue(text) else {
      throw FederationError.unreadable(path: path, problem: "it is missing, or no JSON")
    }
    name = json["name"]?.string
    data = json["data"]?.string
    state = json["state"]?.string
    switch json["scripts"] {
    case .string("any")?: scripts = nil
    case .array(let hashes)?: scripts = hashes.compactMap(\.string)
    default:
      throw FederationError.unreadable(
        path: path, problem: "it lacks \"scripts\", the list of the SHA-256 of those that may run here, or \"any\"")
    }
  }

  /// Whether a script may run here.
  func allows(_ hash: String) -> Bool { scripts?.contains(hash) ?? true }
}
