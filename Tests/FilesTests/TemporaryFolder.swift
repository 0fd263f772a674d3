import Files
import Foundation

/// A folder that exists while `body` runs.
func withTemporaryFolder<R>(_ body: (String) throws -> R) throws -> R {
    let folder = FileManager.default.temporaryDirectory.appending(path: "peftexp-\(UUID().uuidString)").path
    try Folder.make(folder)
    defer { try? Folder.remove(folder) }
    return try body(folder)
}
