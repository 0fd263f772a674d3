import Files
import Foundation
import Testing
import YAML

/// The files that the scripts in `Tests/Reference` make.
enum Golden {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// The JSON value of a golden file of a module's tests.
    static func json(_ name: String, of tests: String = "ResultsTests") throws -> Node {
        let file = Self.tests.appending(path: "\(tests)/Golden/\(name)").path
        return try JSONText.parse(try FileContents.data(at: file), file: file)
    }
}

extension Node {
    /// The element of an object, which must be there.
    func at(_ key: String) throws -> Node { try #require(self[key], "no '\(key)' in \(location)") }

    /// The elements of a list under `key`.
    func all(_ key: String) throws -> [Node] { try #require(try at(key).elements) }

    /// The numbers of a list under `key`.
    func numbers(_ key: String) throws -> [Double] { try all(key).compactMap(\.number) }

    /// The number under `key`.
    func number(_ key: String) throws -> Double { try #require(try at(key).number) }
}

/// Whether `value` is `expected`, but for the last digits.
func isClose(_ value: Double, _ expected: Double, relative: Double = 1e-10, absolute: Double = 0) -> Bool {
    value == expected || abs(value - expected) <= max(relative * abs(expected), absolute)
}
