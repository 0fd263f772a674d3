import Files
import Foundation
import YAML

/// A vocabulary of the characters of a text, each a token of its own: the tokenizer of a model that is trained from nothing.
///
/// Characters are Unicode scalars, by their code points, behind three special tokens: what is unknown, what ends a text, and what is to be
/// guessed. It is written as a `tokenizer.json` of byte pairs without any pair, which transformers reads too.
public struct CharacterVocabulary: Hashable, Sendable {
    /// What an unknown character becomes.
    public static let unknown = "<unk>"
    /// What stands behind a text.
    public static let end = "<|endoftext|>"
    /// What stands where a masked language model has to guess.
    public static let mask = "<mask>"

    /// The characters, by their code points.
    public let characters: [Unicode.Scalar]

    /// The characters of `texts`.
    public init(_ texts: some Sequence<String>) {
        var found: Set<UInt32> = []
        var isKnown = [Bool](repeating: false, count: 128)
        for text in texts {
            for scalar in text.unicodeScalars {
                if scalar.value >= 128 {
                    found.insert(scalar.value)
                } else {
                    isKnown[Int(scalar.value)] = true
                }
            }
        }
        for value: UInt32 in 0..<128 where isKnown[Int(value)] { found.insert(value) }
        characters = found.sorted().compactMap(Unicode.Scalar.init)
    }

    /// The characters of a file's documents.
    public init(_ file: DataFile, for task: String) throws(DataError) {
        self.init(try file.read(Documents.self, for: task).documents.map(\.text))
    }

    /// The tokens, by their indices.
    public var tokens: [String] { [Self.unknown, Self.end, Self.mask] + characters.map { String($0) } }

    /// The tokenizer, as it is read from its files.
    public func tokenizer() throws(DataError) -> any Tokenizer {
        func node(_ text: String) throws(DataError) -> Node {
            do { return try JSONText.parse(text, file: "tokenizer.json") } catch { throw DataError(error) }
        }
        return try PipelineTokenizer(node(tokenizerFile), TokenizerSettings(configuration: node(configurationFile)))
    }

    /// Writes `tokenizer.json` and `tokenizer_config.json` into the folder at `path`, which is there.
    public func write(to path: String) throws(FileError) {
        try AtomicFile.write(tokenizerFile, to: "\(path)/tokenizer.json")
        try AtomicFile.write(configurationFile, to: "\(path)/tokenizer_config.json")
    }
}

extension CharacterVocabulary {
    /// The text of `tokenizer.json`.
    public var tokenizerFile: String {
        let special: [JSON] = tokens.prefix(3).enumerated().map { id, token in
            [
                "id": .integer(id), "content": .string(token), "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true,
            ]
        }
        // Written one by one: as keys of a dictionary, canonically equivalent characters would be the same.
        let entries = tokens.enumerated().map { "\(JSON.string($1).compactText):\($0)" }.joined(separator: ",")
        let vocabulary = "\"vocab\":{\(entries)}"
        return """
            {"version":"1.0","truncation":null,"padding":null,"added_tokens":\(JSON.array(special).compactText),
            "normalizer":null,"pre_tokenizer":null,"post_processor":null,"decoder":{"type":"Fuse"},
            "model":{"type":"BPE","dropout":null,"unk_token":"\(Self.unknown)","continuing_subword_prefix":null,\
            "end_of_word_suffix":null,"fuse_unk":false,"byte_fallback":false,"ignore_merges":false,
            \(vocabulary),
            "merges":[]}}

            """
    }

    /// The text of `tokenizer_config.json`.
    public var configurationFile: String {
        let keys: JSON = [
            "tokenizer_class": "PreTrainedTokenizerFast", "unk_token": .string(Self.unknown),
            "eos_token": .string(Self.end), "mask_token": .string(Self.mask), "clean_up_tokenization_spaces": false,
        ]
        return keys.prettyText
    }
}
