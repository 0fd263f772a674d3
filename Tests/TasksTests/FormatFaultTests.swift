import Foundation
import Testing

@testable import Tasks

@Suite("Rows that cannot be read")
struct FormatFaultTests {
    /// Files with two good examples and some bad ones; the number of these, and what is said of the first.
    static let damaged: [(String, [UInt8], any DataRecords.Type, Int, String)] = [
        (
            "csv", Array("text,label\na,1\nb\n\"c\"d,1\n".utf8) + [0xFF] + Array(",1\ne,0\n".utf8), TextExamples.self,
            3,
            "data:3:1: error: the row has 1 column"
        ),
        ("tsv", Array("\u{0}\t0\na\t1\nb\te\t1\nc\t0\n".utf8), TextExamples.self, 2, "data:1:1: error: a NUL"),
        (
            "jsonl", Array("{\n{\"text\": \"a\"}\n{}\n{\"text\": 1}\n[]\n".utf8), TextExamples.self, 3,
            "data:1:2: error: expected a key in double quotes"
        ),
        (
            "conll", Array("a O\nb\nc\n\nd O\n\ne O\n\nf".utf8), WordExamples.self, 2,
            "data:2:1: error: the line has 1 column"
        ),
        (
            "text, documents: lines", Array("a\n".utf8) + [0xC0, 0x0A, 0x62], Documents.self, 1,
            "data:2:1: error: these bytes"
        ),
        (
            "squad",
            Array(
                SQuADTests.file(
                    #"""
                    [{"id": "p", "question": "?", "answers": [{"text": "x", "answer_start": 0}, {"text": "y", "answer_start": 0}]},
                     {"id": "q", "question": "?", "answers": [{"text": "two", "answer_start": 7}]},
                     {"id": "r", "question": "?", "answers": []}]
                    """#
                ).utf8), QuestionSet.self, 1, "data:1:142: error: an answer of question 'p' is 'x' at answer_start 0"
        ),
    ]

    @Test("Left out and told where that is asked for, an error otherwise", arguments: damaged.indices)
    func skipped(index: Int) throws {
        let (settings, bytes, kind, count, first) = Self.damaged[index]
        func read<Records: DataRecords>(_ kind: Records.Type) throws {
            let set = try examples(bytes, settings + ", on_error: skip", as: kind)
            #expect(set.count == 2)
            #expect(set.skipped.count == count)
            #expect(set.skipped.first.count == min(count, 3))
            let found = set.skipped.first.first.map { short("\($0)") } ?? ""
            #expect(found.hasPrefix(first), "\(found)")
            #expect(short("\(set.skipped)").hasPrefix("\(count) \(count == 1 ? "row" : "rows") left out; "))
            let limited = try examples(bytes, settings + ", on_error: skip", as: kind, limit: 1)
            #expect(limited.count == 1)
            #expect(limited.skipped.count == count)
        }
        try read(kind)
        #expect(mistake(bytes, settings, as: kind).hasPrefix(first))
    }

    @Test(
        "What leaves nothing, or no row to go on with, is an error always",
        arguments: [
            ("csv", "text\n\"a\nb\n", "data:2:1: error: the quote that opens here is never closed"),
            ("csv", "txt\na\n", "data:1:1: error: there is no column 'text' for data.text_column; did you mean 'txt'?"),
            ("csv", "\"text\"x,a\nb,c\n", "data:1:7: error: the field goes on behind its closing quote"),
            (
                "jsonl", "{\n[",
                "data:1:2: error: no row of 'data' can be read; the first: expected a key in double quotes"
            ),
            ("jsonl", "", "'data' holds no example"),
        ])
    func notSkipped(format: String, text: String, message: String) {
        let found = mistake(text.utf8, format + ", on_error: skip", as: TextExamples.self)
        #expect(found.hasPrefix(message), "\(found)")
    }

    @Test("What is cached for SQuAD stays where it was")
    func layouts() throws {
        #expect(DataFile(path: "x", format: FormatEntry(SQuAD.self)).layout == "squad")
        let layouts = try [
            "squad, on_error: skip", "csv", "csv, max_train_samples: 3", "csv, delimiter: ';'", "csv, on_error: skip",
            "tsv",
        ].map { DataFile(path: "x", format: try format($0)).layout }
        #expect(Set(layouts).count == 5)
        #expect(layouts[1] == layouts[2])
    }

    /// Settings with which every format is read, for every kind of example that it may hold.
    static let sound = [
        ("squad", SQuADTests.file(#"[{"id": "q", "question": "?", "answers": [{"text": "two", "answer_start": 7}]}]"#)),
        ("csv, choice_columns: [1, 2]", "text,label\r\n\"a \"\"é\"\"\n\",1\nb,0\n"),
        ("tsv, choice_columns: [1, 2]", "a\t1\nb\t0\n"),
        (
            "jsonl, choices_field: [text, label]",
            "{\"text\": \"\\u00e9中\", \"context\": \"\", \"tokens\": [\"a\"], \"label\": 1}\n{\"text\": 1}\n"
        ),
        ("conll", "a O\né B\n\nc O\n"),
        ("text, documents: paragraphs", "a\n\né\n"),
    ]

    @Test("Every format has a case here") func complete() {
        #expect(Self.sound.map { String($0.0.prefix { $0.isLetter }) } == formats.map(\.name))
    }

    @Test("Whatever bytes a file holds, reading ends in examples or in a mistake", arguments: sound.indices)
    func mutated(index: Int) throws {
        let (settings, text) = Self.sound[index]
        let bytes = Array(text.utf8)
        let strange: [UInt8] = [0x00, 0x09, 0x0A, 0x0D, 0x20, 0x22, 0x2C, 0x5C, 0x7B, 0x80, 0xC3, 0xE2, 0xEF, 0xFF]
        try withFolder([:]) { folder in
            let path = "\(folder)/data"
            for policy in ["stop", "skip"] {
                let format = try format("\(settings), on_error: \(policy)")
                func read(_ bytes: [UInt8]) throws {
                    try Data(bytes).write(to: URL(filePath: path))
                    for kind in format.entry.records {
                        do throws(DataError) {
                            let count = try format.entry.read(path, format.settings, as: kind).count
                            #expect(count > 0)
                        } catch {
                            #expect(!error.message.isEmpty)
                        }
                    }
                }
                for place in bytes.indices {
                    try read(Array(bytes[..<place]))
                    var changed = bytes
                    let byte = strange[place % strange.count]
                    changed[place] = byte
                    try read(changed)
                    changed = bytes
                    changed.insert(strange[(place * 5 + 3) % strange.count], at: place)
                    try read(changed)
                    changed.remove(at: place)
                    changed.remove(at: place)
                    try read(changed)
                }
            }
        }
    }
}
