import Files
import Foundation
import YAML

/// The folder that holds a tokenizer's files, as a Hugging Face checkpoint does.
///
/// `tokenizer.json` is read where there is one, else `vocab.json` with `merges.txt` (byte pairs), else `vocab.txt`
/// (WordPiece); the settings beside them say what these do not.
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
        for name in try form().files + ["tokenizer_config.json", "special_tokens_map.json"] where exists(name) {
            do {
                hash.update("\(name) \(try digests.digest(of: file(name)).hex)\n")
            } catch {
                throw DataError(error)
            }
        }
        return hash.digest()
    }

    /// The kind of a model; in files from before models named it, what only one kind has tells.
    private static func kind(of model: Node) throws(DataError) -> String {
        if model["type"] == nil && model["merges"] != nil { return "BPE" }
        if model["type"] == nil && model["max_input_chars_per_word"] != nil { return "WordPiece" }
        return try model.text("type", of: "the tokenizer's model")
    }

    /// Reads the tokenizer.
    public func tokenizer() throws(DataError) -> any Tokenizer {
        let settings = TokenizerSettings(
            configuration: try optionalFile("tokenizer_config.json"),
            specialTokens: try optionalFile("special_tokens_map.json"))
        switch try form() {
        case .whole: return try whole(settings)
        case .wordPieces: return try WordPieceTokenizer(vocabulary: file("vocab.txt"), settings)
        case .bytePairs:
            return try BytePairTokenizer(
                vocabulary: Node.json(at: file("vocab.json")), merges: file("merges.txt"),
                added: optionalFile("added_tokens.json"),
                modelType: optionalFile("config.json")?.optionalText("model_type", of: "the configuration"), settings)
        }
    }

    /// Reads a `tokenizer.json`.
    private func whole(_ settings: TokenizerSettings) throws(DataError) -> any Tokenizer {
        let whole = try Node.json(at: file("tokenizer.json"))
        let model = try whole.member("model", of: "a tokenizer")
        let kind = try Self.kind(of: model)
        guard let entry = tokenizerKinds.first(where: { $0.name == kind }) else {
            let known = tokenizerKinds.map(\.name).joined(separator: ", ")
            throw DataError(
                "tokenizers of the kind '\(kind)' are not read, only \(known); choose another checkpoint",
                at: model.location)
        }
        return try entry.read(whole, settings)
    }

    /// The files that a tokenizer can be kept in.
    private enum Form: CaseIterable {
        case whole, bytePairs, wordPieces

        /// The files without which it is not there.
        var required: [String] {
            switch self {
            case .whole: ["tokenizer.json"]
            case .bytePairs: ["vocab.json", "merges.txt"]
            case .wordPieces: ["vocab.txt"]
            }
        }

        /// The files that decide what the tokens are.
        var files: [String] { required + (self == .bytePairs ? ["added_tokens.json", "config.json"] : []) }
    }

    private func form() throws(DataError) -> Form {
        if let form = Form.allCases.first(where: { $0.required.allSatisfy(exists) }) { return form }
        let half = Form.bytePairs.required.first(where: exists).map { " (there is only \($0))" } ?? ""
        throw DataError(
            "there is no tokenizer in '\(path)': neither tokenizer.json nor vocab.json with merges.txt\(half) nor"
                + " vocab.txt; give the folder that holds one")
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
    TokenizerKind(name: "WordPiece") { (file, settings) throws(DataError) in try WordPieceTokenizer(file, settings) },
    TokenizerKind(name: "BPE") { (file, settings) throws(DataError) in try BytePairTokenizer(file, settings) },
]
