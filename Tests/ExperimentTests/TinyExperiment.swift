import Configuration
import Experiment
import Files
import Foundation

/// The smallest experiment there is, which lies beside the tests.
enum TinyExperiment {
    /// Its manifest.
    static let manifest = folder("Golden/tiny") + "/experiment.yaml"

    /// The repository's root.
    static var root: String { folder("../..") }

    private static func folder(_ path: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: path).standardizedFileURL.path
    }

    /// The manifest, read with these overrides.
    static func resolved(_ overrides: String...) throws -> ResolvedManifest {
        try ResolvedManifest(manifest, overrides: overrides)
    }

    /// What is wrong with the manifest under these overrides, without the places.
    static func mistakes(_ overrides: [String]) throws -> [String] {
        do {
            _ = try ResolvedManifest(manifest, overrides: overrides)
            return []
        } catch let mistakes as Diagnostics {
            return mistakes.sorted.map(\.message)
        }
    }
}

/// A workspace in a folder of its own, which exists while `body` runs.
func withWorkspace(_ body: (Workspace) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "peftexp-\(UUID().uuidString)").path
    try Folder.make(folder)
    defer { try? Folder.remove(folder) }
    try body(Workspace(results: "\(folder)/results", cache: CacheDirectory(path: "\(folder)/cache")))
}
