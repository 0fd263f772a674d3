import Files
import Foundation
import Testing
import YAML

@testable import Tasks

@Suite("Tokenizer files with broken bytes")
struct TokenizerFaultTests {
    /// Files that are read step by step, and SentencePiece models.
    static let files = PipelineTests.names.map { "\($0).json" } + ["bpe.model", "unigram.model"]

    /// Reads `bytes` as `name` wants, and uses what comes of it; whether something did.
    private func use(_ bytes: [UInt8], _ name: String) -> Bool {
        do throws(DataError) {
            let tokenizer: any Tokenizer
            if name.hasSuffix(".model") {
                let file = try SentencePieceFile(bytes, at: SourceLocation(file: name))
                tokenizer = try PipelineTokenizer(file, TokenizerSettings())
            } else {
                let node: Node
                do { node = try JSONText.parse(Data(bytes), file: name) } catch { throw DataError(error) }
                tokenizer = try PipelineTokenizer(node, TokenizerSettings())
            }
            let text = "The river's 12 <mask> é\n 中😀<s>  x\u{301}"
            let encoding = tokenizer.encode(text)
            #expect(encoding.ids.count == encoding.ranges.count)
            #expect(encoding.ids.allSatisfy { $0 >= 0 && Int($0) < tokenizer.vocabularyCount })
            let end = Int32(text.unicodeScalars.count)
            #expect(encoding.ranges.allSatisfy { $0.lowerBound >= 0 && $0.upperBound <= end })
            var stream = TextStream(tokenizer, skippingSpecial: false)
            _ = encoding.ids.prefix(9).map { stream.append($0) }
            _ = tokenizer.decode(encoding.ids) + stream.finish()
            _ = tokenizer.encodeWords(["a", "", "the river"])
            return true
        } catch {
            #expect(!error.message.isEmpty)
            return false
        }
    }

    @Test("Changed bytes give a tokenizer or an error", arguments: files)
    func changed(name: String) throws {
        let bytes = Array(try FileContents.data(at: "\(PipelineTests.folder)/\(name)"))
        #expect(use(bytes, name))
        var random = SystemIndependentNumbers(state: 11)
        let pool = Array(#"0 9"-,:{}[]x\u▁null"#.utf8)
        var read = 0
        for _ in 0..<120 {
            var changed = bytes
            for _ in 0..<1 + random.next() % 3 {
                let place = Int(random.next() % UInt64(changed.count))
                switch random.next() % 4 {
                case 0: changed[place] = pool[Int(random.next() % UInt64(pool.count))]
                case 1: changed.remove(at: place)
                case 2: changed[place] ^= UInt8(1 << (random.next() % 8))
                default: changed[place] = UInt8(truncatingIfNeeded: random.next())
                }
            }
            if use(changed, name) { read += 1 }
        }
        #expect(read > 0)
    }

    @Test("Files that end too early give an error", arguments: files)
    func cut(name: String) throws {
        let bytes = Array(try FileContents.data(at: "\(PipelineTests.folder)/\(name)"))
        var random = SystemIndependentNumbers(state: 5)
        for _ in 0..<60 {
            let count = Int(random.next() % UInt64(bytes.count - 2))
            let isRead = use(Array(bytes.prefix(count)), name)
            // A message that ends between two of its fields is one.
            #expect(!isRead || name.hasSuffix(".model"))
        }
    }

    @Test("The numbers of a step changed give a tokenizer or an error", arguments: PipelineTests.names)
    func numbers(name: String) throws {
        let text = try FileContents.text(at: "\(PipelineTests.folder)/\(name).json")
        for (old, new) in [
            (":0", ":-1"), (":1", ":2147483646"), ("true", "false"), ("false", "true"), ("null", "7"),
            ("\"▁\"", "\"\""),
            ("\"Sequence\"", "\"Nothing\""), ("[]", "{}"), (",0]", ",1e999]"), ("-", ""), ("<unk>", "<none>"),
        ] {
            _ = use(Array(text.replacingOccurrences(of: old, with: new).utf8), "\(name).json")
        }
    }

    /// Bytes of a SentencePiece model, and a part of the error that they give.
    static let models: [(bytes: [UInt8], message: String)] = [
        ([], "this SentencePiece model has no pieces"),
        ([0x0A], "at byte 1 it ends inside of a number"),
        ([0x0A, 0x05, 0x0A], "field 1 is 5 bytes long, of which 1 are there"),
        (
            [0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01],
            "field 1 is 18446744073709551615 bytes long"
        ),
        ([UInt8](repeating: 0xFF, count: 12), "a number has more than ten bytes"),
        ([0x00, 0x01], "a field has no number"),
        ([0x0B], "field 1 is of the kind 3, which is not known"),
        ([0x0A, 0x03, 0x0A, 0x01, 0xFF], "a piece is not UTF-8"),
        ([0x0A, 0x05, 0x15, 0x00, 0x00, 0xC0, 0x7F], "a piece's score is no number"),
        ([0x0A, 0x02, 0x18, 0x09], "a piece is of a kind that is not known"),
        ([0x0A, 0x03, 0x0A, 0x01, 0x61, 0x12, 0x02, 0x18, 0x09], "the algorithm is not known"),
        ([0x0A, 0x03, 0x0A, 0x01, 0x61, 0x12, 0x03, 0xC0, 0x02, 0x05], "'unk_id' is 5; its pieces end at 0"),
        ([0x0A, 0x03, 0x0A, 0x01, 0x61, 0x12, 0x02, 0x18, 0x04], "that cut texts into characters are not read"),
        (
            [0x0A, 0x03, 0x0A, 0x01, 0x61, 0x12, 0x03, 0xC0, 0x01, 0x01],
            "with 'treat_whitespace_as_suffix' are not read"
        ),
        ([0x0A, 0x03, 0x0A, 0x01, 0x61, 0x1A, 0x02, 0x28, 0x00], "without 'escape_whitespaces' are not read"),
        (
            [0x0A, 0x03, 0x0A, 0x01, 0x61, 0x1A, 0x03, 0x12, 0x01, 0x00],
            "table of characters cannot be read: it has not"
        ),
        (
            [0x0A, 0x03, 0x0A, 0x01, 0x61, 0x1A, 0x06, 0x12, 0x04, 0x08, 0x00, 0x00, 0x00],
            "its array of 8 bytes does not fit into it"
        ),
    ]

    @Test("What is wrong with a model is said", arguments: models.indices)
    func refusedModels(index: Int) {
        let (bytes, message) = Self.models[index]
        let error = #expect(throws: DataError.self) {
            let file = try SentencePieceFile(bytes, at: SourceLocation(file: "tokenizer.model"))
            _ = try PipelineTokenizer(file, TokenizerSettings())
        }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "none")")
        #expect(error?.description.hasPrefix("tokenizer.model: error: ") == true)
    }
}
