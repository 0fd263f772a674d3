import Files
import Foundation
import YAML

/// The folder that holds a tokenizer's files, as a Hugging Face checkpoint does.
///
/// `tokenizer.json` is read where there is one, else `vocab.json` with `merges.txt` (byte pairs), else `vocab.txt`
/// (WordPiece), else a SentencePiece model; the settings beside them say what these do not.
public struct TokenizerFolder: Sendable {
    /// The folder.
    public let path: String

    /// The characters that are the tokens, where no folder holds the tokenizer.
    private let characters: CharacterVocabulary?

    /// The tokenizer in the folder at `path`.
    public init(_ path: String) {
        self.path = path
        characters = nil
    }

    /// The tokenizer whose tokens are `characters`; it stands in no folder.
    public init(_ characters: CharacterVocabulary) {
        path = "the characters of the training text"
        self.characters = characters
    }

    /// A hash of every file that decides what the tokens are.
    public func digest(_ digests: FileDigests) throws(DataError) -> Digest {
        var hash = SHA256()
        if let characters {
            hash.update(characters.tokenizerFile)
            return hash.digest()
        }
        hash.update(try settings().checkpointFacts())
        for name in try form().files + ["tokenizer_config.json", "special_tokens_map.json", "chat_template.jinja"]
        where exists(name) {
            do {
                hash.update("\(name) \(try digests.digest(of: file(name)).hex)\n")
            } catch {
                throw DataError(error)
            }
        }
        return hash.digest()
    }

    /// The kind of a model; in files from before models named it, what only one kind has tells.
    static func kind(of model: Node) throws(DataError) -> String {
        if model["type"] == nil && model["merges"] != nil { return "BPE" }
        if model["type"] == nil && model["max_input_chars_per_word"] != nil { return "WordPiece" }
        return try model.text("type", of: "the tokenizer's model")
    }

    /// Reads the tokenizer.
    public func tokenizer() throws(DataError) -> any Tokenizer {
        if let characters { return try characters.tokenizer() }
        let settings = try settings()
        switch try form() {
        case .whole: return try whole(settings)
        case .wordPieces: return try WordPieceTokenizer(vocabulary: file("vocab.txt"), settings)
        case .bytePairs:
            return try BytePairTokenizer(
                vocabulary: Node.json(at: file("vocab.json")), merges: file("merges.txt"),
                added: optionalFile("added_tokens.json"), settings)
        case .sentencePieces(let name):
            return try PipelineTokenizer(SentencePieceFile(file(name)), settings)
        }
    }

    private func settings() throws(DataError) -> TokenizerSettings {
        TokenizerSettings(
            configuration: try optionalFile("tokenizer_config.json"),
            specialTokens: try optionalFile("special_tokens_map.json"), checkpoint: try optionalFile("config.json"),
            generation: try optionalFile("generation_config.json"))
    }

    /// Reads a `tokenizer.json`.
    private func whole(_ settings: TokenizerSettings) throws(DataError) -> any Tokenizer {
        let whole = try Node.json(at: file("tokenizer.json"))
        let kind = try Self.kind(of: whole.member("model", of: "a tokenizer"))
        if let entry = tokenizerShapes.first(where: { $0.kind == kind && $0.reads(whole) }) {
            return try entry.read(whole, settings)
        }
        return try PipelineTokenizer(whole, settings)
    }

    /// Copies every file of the tokenizer into the folder at `path`, which is there, with the `config.json` of the model that it is for.
    ///
    /// Where the files leave it to that whose tokenizer it is, and another would be taken, the copy says so itself.
    public func copy(to path: String) throws {
        if let characters { return try characters.write(to: path) }
        for name in try Folder.names(in: self.path) where Self.isTokenizerFile(name) {
            try AtomicFile.write(try FileContents.data(at: file(name)), to: "\(path)/\(name)")
        }
        let config = "\(path)/config.json"
        let model = FileContents.exists(config) ? try Node.json(at: config)["model_type"]?.string : nil
        let settings = try settings()
        guard try settings.tokenizerClass() == nil, try settings.modelType() != model else { return }
        let keys = settings.configuration.map { JSON($0) } ?? [:]
        try AtomicFile.write(keys.adding(try ownClass(settings)).prettyText, to: "\(path)/tokenizer_config.json")
    }

    /// The keys of a `tokenizer_config.json` that say whose tokenizer it is taken for here.
    private func ownClass(_ settings: TokenizerSettings) throws(DataError) -> [String: JSON] {
        let isT5 = try settings.isT5()
        switch try form() {
        case .wordPieces: return ["tokenizer_class": "BertTokenizer"]
        case .bytePairs:
            let kind = try BytePairTokenizer.kind(settings, in: Node.json(at: file("vocab.json")))
            return ["tokenizer_class": .string(kind == "roberta" ? "RobertaTokenizer" : "GPT2Tokenizer")]
        case .whole:
            let name = try settings.isLlama() ? "Llama" : isT5 ? "T5" : "PreTrained"
            return ["tokenizer_class": .string("\(name)TokenizerFast")]
        case .sentencePieces(let name):
            let convention = try SentencePieceConvention(
                settings.kind(), SentencePieceFile(file(name)), settings)
            if convention == .llama { return ["tokenizer_class": "LlamaTokenizer"] }
            return isT5 ? ["tokenizer_class": "T5Tokenizer"] : ["tokenizer_class": "T5Tokenizer", "extra_ids": 0]
        }
    }

    private static func isTokenizerFile(_ name: String) -> Bool {
        let names = [
            "vocab.txt", "vocab.json", "merges.txt", "added_tokens.json", "special_tokens_map.json", "spiece.model",
        ]
        return names.contains(name) || name.hasPrefix("tokenizer")
    }

    /// The files that a tokenizer can be kept in.
    private enum Form: Hashable, CaseIterable {
        case whole, bytePairs, wordPieces
        /// A SentencePiece model in the file of this name.
        case sentencePieces(String)

        static let allCases: [Form] =
            [.whole, .bytePairs, .wordPieces] + ["tokenizer.model", "spiece.model"].map(Form.sentencePieces)

        /// The files without which it is not there.
        var required: [String] {
            switch self {
            case .whole: ["tokenizer.json"]
            case .bytePairs: ["vocab.json", "merges.txt"]
            case .wordPieces: ["vocab.txt"]
            case .sentencePieces(let name): [name]
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
                + " vocab.txt nor tokenizer.model or spiece.model; give the folder that holds one")
    }

    private func optionalFile(_ name: String) throws(DataError) -> Node? {
        exists(name) ? try Node.json(at: file(name)) : nil
    }

    private func file(_ name: String) -> String { "\(path)/\(name)" }

    private func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }
}

/// A shape of `tokenizer.json` that has a tokenizer of its own, which is faster than going step by step.
struct TokenizerShape: Sendable {
    /// The `type` of its `model`.
    let kind: String
    /// Whether a file is of this shape.
    let reads: @Sendable (_ file: Node) -> Bool
    /// Reads it from the file and from what the files beside it say.
    let read: @Sendable (_ file: Node, _ settings: TokenizerSettings) throws(DataError) -> any Tokenizer
}

/// Every such shape; all others are read as a `PipelineTokenizer`.
let tokenizerShapes: [TokenizerShape] = [
    TokenizerShape(kind: "WordPiece", reads: { WordPieceTokenizer.reads($0) }) { (file, settings) throws(DataError) in
        try WordPieceTokenizer(file, settings)
    },
    TokenizerShape(kind: "BPE", reads: { BytePairTokenizer.reads($0) }) { (file, settings) throws(DataError) in
        try BytePairTokenizer(file, settings)
    },
]
