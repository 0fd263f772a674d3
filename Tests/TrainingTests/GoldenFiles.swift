import Foundation

/// What `Tests/Reference/training_golden.py` writes.
private struct GoldenFile<Case: Decodable>: Decodable {
    let cases: [Case]
}

/// The cases of `Golden/<name>`.
func goldenCases<Case: Decodable>(_ name: String, _ here: String = #filePath) throws -> [Case] {
    let file = URL(filePath: here).deletingLastPathComponent().appending(path: "Golden/\(name)")
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(GoldenFile<Case>.self, from: Data(contentsOf: file)).cases
}

/// Whether two numbers agree up to an absolute and a relative part.
func isClose(_ actual: Double, _ expected: Double, absolute: Double, relative: Double) -> Bool {
    abs(actual - expected) <= absolute + relative * abs(expected)
}
