import Files
import Foundation
import Testing
import YAML

@testable import Tasks

@Suite("Byte-pair files that cannot be read")
struct BytePairFileTests {
    static let folder = BytePairTests.folder

    /// What is written otherwise in the golden tokenizer.json, and a part of the error that gives.
    static let edits: [(old: String, new: String, message: String)] = [
        (
            #""normalizer": null"#, #""normalizer": {"type": "Nmt"}"#,
            "the normalizer is a Nmt; only BertNormalizer, Lowercase"
        ),
        (
            #""pre_tokenizer": {"type": "ByteLevel""#, #""pre_tokenizer": {"type": "UnicodeScripts""#,
            "the pre-tokenizer is a UnicodeScripts; only BertPreTokenizer, Whitespace"
        ),
        (
            #""decoder": {"type": "ByteLevel""#, #""decoder": {"type": "CTC""#,
            "the decoder is a CTC; only ByteLevel, WordPiece"
        ),
        (
            #""post_processor": {"type": "ByteLevel""#, #""post_processor": {"type": "Sequence""#,
            "the post-processor has no 'processors'"
        ),
        (
            #""post_processor": {"type": "ByteLevel""#, #""post_processor": {"type": "RobertaProcessing""#,
            "the post-processor has no 'cls'"
        ),
        (
            #""dropout": null"#, #""dropout": 0.1"#,
            "byte pairs with 'dropout' are not read, since their tokens are drawn"
        ),
        (#""A": "#, #""AAA": "#, "the vocabulary has no 'A', which is byte 65; only byte-level vocabularies"),
        (#"["a", "b"]"#, #"["a", "zz"]"#, "the merge of 'a' and 'zz' needs 'zz', which the vocabulary lacks"),
        (#"["a", "b"]"#, #"["Q", "Q"]"#, "the merge of 'Q' and 'Q' needs 'QQ', which the vocabulary lacks"),
        (#"["a", "b"]"#, #"["a", "b", "c"]"#, "a merge must be two tokens, not a list"),
        (#"["a", "b"]"#, #""ab""#, "a merge must be two tokens, not a text"),
        (#"["a", "b"]"#, "7", "a merge must be two tokens, not 7"),
        (#""A": "#, #""A": -"#, "the index of 'A' must be a token's index, not -"),
    ]

    @Test("Each is an error that says what and where", arguments: edits.indices)
    func refused(index: Int) throws {
        let (old, new, message) = Self.edits[index]
        let file = try FileContents.text(at: "\(Self.folder)/tokenizer.json")
        #expect(file.contains(old))
        try withFolder(["tokenizer.json": file.replacingOccurrences(of: old, with: new)]) { folder in
            let error = #expect(throws: DataError.self) { try TokenizerFolder(folder).tokenizer() }
            #expect(error?.description.contains(message) == true, "\(error?.description ?? "none")")
            #expect(error?.description.contains("tokenizer.json:1:") == true)
        }
    }

    /// Files beside or instead of the golden vocab.json and merges.txt, and a part of the error they give.
    static let broken: [([String: String], String)] = [
        (["merges.txt": "#version: 0.2\na b\na\n"], "merges.txt:3:1: error: a merge must be two tokens with one space"),
        (["merges.txt": "a  b\n"], "merges.txt:1:1: error: a merge must be two tokens"),
        (["merges.txt": "a b\nQ Q\n"], "merges.txt:2:1: error: the merge of 'Q' and 'Q' needs 'QQ'"),
        (["vocab.json": #"{"a": 1}"#], "vocab.json:1:1: error: the vocabulary has no 'Ā', which is byte 0"),
        (["vocab.json": "[]"], "vocab.json:1:1: error: 'vocab' of the tokenizer's model must be an object, not a list"),
        (
            ["tokenizer_config.json": #"{"tokenizer_class": "LlamaTokenizer"}"#],
            "json:1:21: error: the kind of tokenizer 'LlamaTokenizer' is not read from vocab.json and merges.txt"
        ),
        (["config.json": #"{"model_type": "clip"}"#], "the kind of tokenizer 'clip' is not read"),
        (["tokenizer_config.json": #"{"cls_token": "<cls>"}"#], "the vocabulary has no '<cls>'; give one that has"),
        (
            [
                "tokenizer_config.json":
                    #"{"tokenizer_class": "GPT2Tokenizer", "add_bos_token": true, "bos_token": "x<"}"#
            ],
            "the vocabulary has no 'x<'"
        ),
        (
            ["tokenizer_config.json": #"{"added_tokens_decoder": {"x": {}}}"#],
            "json:1:27: error: 'x' must be a token's index"
        ),
        (["added_tokens.json": #"{"<new>": "7"}"#], "json:1:11: error: the index of '<new>' must be a token's index"),
    ]

    @Test("Each beside the others is an error that says what and where", arguments: broken.indices)
    func refusedBeside(index: Int) throws {
        let (files, message) = Self.broken[index]
        try withFolder(BytePairTests.files(nil).merging(files) { $1 }) { folder in
            let error = #expect(throws: DataError.self) { try TokenizerFolder(folder).tokenizer() }
            #expect(error?.description.contains(message) == true, "\(error?.description ?? "none")")
        }
    }

    @Test func theVocabularyAloneIsNotEnough() throws {
        try withFolder(["vocab.json": "{}"]) { folder in
            let error = #expect(throws: DataError.self) { try TokenizerFolder(folder).tokenizer() }
            #expect(
                error?.description.contains(
                    "merges.txt (there is only vocab.json) nor vocab.txt nor tokenizer.model or") == true)
        }
    }

    @Test("The checkpoint's model_type decides where no class is named, added tokens join in")
    func otherFiles() throws {
        var files = try BytePairTests.files(#"{"added_tokens_decoder": {"600": {"content": "<new>", "lstrip": true}}}"#)
        files["config.json"] = #"{"model_type": "gpt2"}"#
        files["added_tokens.json"] = #"{"<other>": 700}"#
        files["special_tokens_map.json"] = #"{"mask_token": {"content": "<new>"}}"#
        let tokenizer = try withFolder(files) { try TokenizerFolder($0).tokenizer() }
        #expect(tokenizer.singleLayout == SingleLayout())
        #expect(tokenizer.encode(" <new><other>") == Encoding(ids: [600, 700], ranges: [0..<6, 6..<13]))
        #expect(tokenizer.decode([600, 700]) == "<new><other>")
        #expect(tokenizer.vocabularyCount == 701 && tokenizer.maskID == 600)
    }

    @Test func roBERTaAndTemplatesInTokenizerFiles() throws {
        let file = try FileContents.text(at: "\(Self.folder)/tokenizer.json")
        let old = #"{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true}"#
        func tokenizer(_ post: String) throws -> any Tokenizer {
            #expect(file.contains(old))
            let edited = file.replacingOccurrences(of: old, with: post)
            return try withFolder(["tokenizer.json": edited]) { try TokenizerFolder($0).tokenizer() }
        }
        let roberta = try tokenizer(#"{"type": "RobertaProcessing", "sep": ["</s>", 2], "cls": ["<s>", 0]}"#)
        #expect(roberta.singleLayout == SingleLayout(start: [0], end: [2]))
        #expect(roberta.pairLayout == PairLayout(start: [0], separator: [2, 2], end: [2], secondType: 0))
        #expect(roberta.encode("a a").ranges == [0..<1, 2..<3] && roberta.endID == 2)
        let template = try tokenizer(
            """
            {"type": "TemplateProcessing", "special_tokens": {"e": {"ids": [5]}},
             "single": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "e", "type_id": 0}}],
             "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "e", "type_id": 0}},
                      {"Sequence": {"id": "B", "type_id": 1}}]}
            """)
        #expect(template.singleLayout == SingleLayout(end: [5]))
        #expect(template.pairLayout == PairLayout(start: [], separator: [5], end: [], secondType: 1))
        #expect(template.encode("a a").ranges == [0..<1, 1..<3])
    }

    @Test(
        "Files with bytes changed at random give a tokenizer or an error",
        arguments: ["tokenizer.json", "vocab.json", "merges.txt"])
    func mutations(name: String) throws {
        let bytes = Array(try FileContents.data(at: "\(Self.folder)/\(name)"))
        var others = name == "tokenizer.json" ? [:] : try BytePairTests.files(nil)
        others[name] = nil
        var random = SystemIndependentNumbers(state: 7)
        var read = 0
        try withFolder(others) { folder in
            for _ in 0..<120 {
                var changed = bytes
                for _ in 0..<1 + random.next() % 3 {
                    let place = Int(random.next() % UInt64(changed.count))
                    let pool = Array(#"0 9"-,:{}[]x\n"#.utf8)
                    switch random.next() % 3 {
                    case 0: changed[place] = pool[Int(random.next() % UInt64(pool.count))]
                    case 1: changed.remove(at: place)
                    default: changed[place] = UInt8(truncatingIfNeeded: random.next())
                    }
                }
                try Data(changed).write(to: URL(filePath: "\(folder)/\(name)"))
                do throws(DataError) {
                    let tokenizer = try TokenizerFolder(folder).tokenizer()
                    let encoding = tokenizer.encode("The river's 12 <mask> é\n 中<|endoftext|>  x")
                    #expect(encoding.ids.count == encoding.ranges.count)
                    _ = tokenizer.decode(encoding.ids)
                    read += 1
                } catch {
                    #expect(!error.message.isEmpty)
                }
            }
        }
        #expect(read > 0)
    }
}

/// Numbers that are the same everywhere (SplitMix64).
struct SystemIndependentNumbers: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
