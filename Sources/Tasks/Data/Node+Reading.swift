import Files
import Foundation
import YAML

/// Reading JSON files whose layout is known.
extension Node {
    /// The value that the JSON file at `path` holds.
    static func json(at path: String) throws(DataError) -> Node {
        let data: Data
        do { data = try FileContents.data(at: path) } catch { throw DataError(error) }
        do { return try JSONText.parse(data, file: path) } catch { throw DataError(error) }
    }

    /// The value under `key`, which must be there; `owner` says what this node is.
    func member(_ key: String, of owner: String) throws(DataError) -> Node {
        guard case .mapping = content else { throw mistake(expected: "\(owner) must be an object with '\(key)'") }
        guard let value = self[key] else { throw DataError("\(owner) has no '\(key)'", at: location) }
        return value
    }

    /// The text under `key`, which must be there.
    func text(_ key: String, of owner: String) throws(DataError) -> String {
        let value = try member(key, of: owner)
        guard let text = value.quotedText else { throw value.mistake(expected: "'\(key)' of \(owner) must be a text") }
        return text
    }

    /// The whole number under `key`, which must be there.
    func integer(_ key: String, of owner: String) throws(DataError) -> Int {
        let value = try member(key, of: owner)
        guard let integer = value.integer else {
            throw value.mistake(expected: "'\(key)' of \(owner) must be a whole number")
        }
        return integer
    }

    /// The truth value under `key`, or `nil` where there is none or it is null.
    func optionalBoolean(_ key: String, of owner: String) throws(DataError) -> Bool? {
        guard let value = self[key], !value.isNull else { return nil }
        guard let boolean = value.boolean else {
            throw value.mistake(expected: "'\(key)' of \(owner) must be true or false")
        }
        return boolean
    }

    /// The text under `key`, or `nil` where there is none or it is null.
    func optionalText(_ key: String, of owner: String) throws(DataError) -> String? {
        guard let value = self[key], !value.isNull else { return nil }
        return try text(key, of: owner)
    }

    /// The list under `key`, which must be there.
    func list(_ key: String, of owner: String) throws(DataError) -> [Node] {
        let value = try member(key, of: owner)
        guard let elements = value.elements else {
            throw value.mistake(expected: "'\(key)' of \(owner) must be a list")
        }
        return elements
    }

    /// The vocabulary index under `key`, which must be there.
    func tokenID(_ key: String, of owner: String) throws(DataError) -> Int32 {
        let value = try member(key, of: owner)
        return try value.tokenID("'\(key)' of \(owner)")
    }

    /// This vocabulary index; `name` says whose it is.
    func tokenID(_ name: String) throws(DataError) -> Int32 {
        guard let integer, let id = Int32(exactly: integer), id >= 0, id < .max else {
            throw mistake(expected: "\(name) must be a token's index")
        }
        return id
    }

    /// The text of a JSON string.
    var quotedText: String? {
        scalar.flatMap { $0.isPlain ? nil : $0.text }
    }

    /// The error that this node is something else than what was `expected`.
    func mistake(expected: String) -> DataError {
        let found =
            switch content {
            case .mapping: "an object"
            case .sequence: "a list"
            case .scalar(let scalar): scalar.isPlain ? scalar.text : "a text"
            }
        return DataError("\(expected), not \(found)", at: location)
    }
}
