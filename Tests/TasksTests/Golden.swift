import Files
import Foundation
import Testing
import YAML

@testable import Tasks

/// The files beside the tests, which the scripts in `Tests/Reference` make.
enum Golden {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden").path

    /// The JSON value of a golden file.
    static func json(_ name: String) throws -> Node {
        try Node.json(at: "\(folder)/\(name)")
    }
}

extension Node {
    /// The whole numbers of a list.
    var integers: [Int] { elements?.compactMap(\.integer) ?? [] }

    /// The entries of an object.
    var pairs: [Pair] {
        guard case .mapping(let pairs) = content else { return [] }
        return pairs
    }
}

/// Runs `body` with a folder that holds `files`, then removes it.
func withFolder<Result>(_ files: [String: String], _ body: (String) throws -> Result) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.appending(path: "peftexp-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
    return try body(folder.path)
}

/// A text with what cannot be seen made visible, for messages.
func visible(_ text: String) -> String {
    text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
}
