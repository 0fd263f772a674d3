import Files
import Foundation

/// A folder that exists while `body` runs.
func withTemporaryFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "peftexp-\(UUID().uuidString)").path
    try Folder.make(folder)
    defer { try? Folder.remove(folder) }
    try body(folder)
}
