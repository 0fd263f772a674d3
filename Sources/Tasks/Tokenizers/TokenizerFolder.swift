import Files
import Foundation
import YAML

/// The folder that holds a tokenizer's files, as a Hugging Face checkpoint does.
///
/// `tokenizer.json` is read where there is one, else `vocab.txt` (WordPiece); `tokenizer_config.json` beside
/// them says about casing what the others do not.
public struct TokenizerFolder: Sendable {
    /// The folder.
    public let path: String

    /// The tokenizer in the folder at `path`.
    public init(_ path: String) {
        self.path = path
    }

    /// A hash of every file that decides what the tokens are.
    public func digest(_ digests: FileDigests) throws(DataError) -> Digest {
        var hash = SHA256()
        for name in [try mainFile()] + Self.settingsFiles where exists(name) {
            do {
                hash.update("\(name) \(try digests.digest(of: file(name)).hex)\n")
            } catch {
                throw DataError(error)
            }
        }
        return hash.digest()
    }

    /// Reads the tokenizer.
    public func tokenizer() throws(DataError) -> any Tokenizer {
        let name = try mainFile()
        let settings = TokenizerSettings(
            configuration: try optionalFile("tokenizer_config.json"),
            specialTokens: try optionalFile("special_tokens_map.json"))
        if name == Self.vocabularyFile { return try WordPieceTokenizer(vocabulary: file(name), settings) }
        let whole = try Node.json(at: file(name))
        let model = try whole.member("model", of: "a tokenizer")
        let kind = try model.text("type", of: "the tokenizer's model")
        guard let entry = tokenizerKinds.first(where: { $0.name == kind }) else {
            let known = tokenizerKinds.map(\.name).joined(separator: ", ")
            throw DataError(
                "tokenizers of the kind '\(kind)' are not read, only \(known); choose another checkpoint",
                at: model.location)
        }
        return try entry.read(whole, settings)
    }

    private static let settingsFiles = ["tokenizer_config.json", "special_tokens_map.json"]
    private static let vocabularyFile = "vocab.txt"

    private func mainFile() throws(DataError) -> String {
        for name in ["tokenizer.json", Self.vocabularyFile] where exists(name) { return name }
        throw DataError(
            "there is no tokenizer in '\(path)': neither tokenizer.json nor vocab.txt; give the folder that holds one")
    }

    private func optionalFile(_ name: String) throws(DataError) -> Node? {
        exists(name) ? try Node.json(at: file(name)) : nil
    }

    private func file(_ name: String) -> String { "\(path)/\(name)" }

    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }
}

/// A kind of tokenizer that a `tokenizer.json` can hold.
struct TokenizerKind: Sendable {
    /// The `type` of its `model`.
    let name: String
    /// Reads it from the file and from what the files beside it say.
    let read: @Sendable (_ file: Node, _ settings: TokenizerSettings) throws(DataError) -> any Tokenizer
}

/// Every kind of `tokenizer.json` that is read. To add one, write its type and add its line.
let tokenizerKinds: [TokenizerKind] = [
    TokenizerKind(name: "WordPiece") { (file, settings) throws(DataError) in try WordPieceTokenizer(file, settings) }
]
