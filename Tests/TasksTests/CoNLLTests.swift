import Testing

@testable import Tasks

@Suite("Words with tags, and plain text")
struct CoNLLTests {
    @Test(
        "Columns, separators, comments and blank lines",
        arguments: [
            ("conll", "a B-x\nb O\n\nc O", "a/B-x b/O, c/O"),
            ("conll", "\n\na\tO\r\n\t\r\nb  O \n \n", "a/O, b/O"),
            ("conll", "a NN I-NP B\nb VB O O\n", "a/B b/O"),
            ("conll, tag_column: 2", "a NN I-NP B\n", "a/NN"),
            ("conll, word_column: 2, tag_column: 4", "1 a NN B\n", "a/B"),
            ("conll, word_column: -1, tag_column: 1", "B a\n", "a/B"),
            ("conll, tag_column: 0", "a\nb\n\nc d\n", "a/- b/-, c/-"),
            ("conll, separator: tab", "a b\tO\n", "a b/O"),
            ("conll", "# O\n#x B\n", "#/O #x/B"),
            ("conll, comment_prefix: '#'", "# a comment of words\na O\n# b\nb O\n", "a/O b/O"),
            ("conll, comment_prefix: [-DOCSTART-, '#']", "-DOCSTART- -X- O\n\na O\n#\n", "a/O"),
            ("conll", "a\u{A0}b O\n", "a\u{A0}b/O"),
        ])
    func columns(settings: String, text: String, expected: String) throws {
        #expect(try contradictions(settings, for: WordExamples.self) == [])
        let set = try examples(text, settings, as: WordExamples.self)
        let flat = set.examples.map { example in
            example.words.indices.map { "\(example.words[$0])/\(example.tags?[$0] ?? "-")" }.joined(separator: " ")
        }
        #expect(flat.joined(separator: ", ") == expected)
    }

    @Test("A sentence stands where its first word does")
    func places() throws {
        let set = try examples("\na O\nb O\n\n\nc O\n", "conll", as: WordExamples.self)
        #expect(set.examples.map { $0.location.position?.line } == [2, 6])
    }

    static let advice = "; see data.word_column, data.tag_column, data.separator and data.comment_prefix"

    @Test(
        "What is wrong is said, and where",
        arguments: [
            ("conll", "", "'data' holds no example"),
            (
                "conll", "a O\nb\n",
                "data:2:1: error: the line has 1 column, but 2 are needed for a word and its tag" + advice
            ),
            (
                "conll, tag_column: 4", "a b O\n",
                "data:1:1: error: the line has 3 columns, but 4 are needed for a word and its tag" + advice
            ),
            ("conll, separator: tab", "a O\n", "data:1:1: error: the line has 1 column, but 2 are needed"),
            ("conll, separator: tab", "a\tO\n\tO\n", "data:2:1: error: there is no word in column 1" + advice),
            ("conll, separator: tab", "é\t\n", "data:1:3: error: the word has no tag"),
            ("conll", "a O\nb \u{0}\n", "data:2:3: error: a NUL stands here, which is no text; remove it"),
        ])
    func refused(settings: String, text: String, message: String) {
        let found = mistake(text.utf8, settings, as: WordExamples.self)
        #expect(found.hasPrefix(message), "\(found)")
    }

    @Test("Settings that do not go together")
    func settings() throws {
        #expect(
            try contradictions("conll, word_column: 2, tag_column: 2, comment_prefix: ''", for: WordExamples.self) == [
                "tag_column: this is the column of the word", "comment_prefix: every line begins with no text",
            ])
        #expect(
            try contradictions("conll, word_column: 0", for: WordExamples.self) == ["word_column: columns count from 1"]
        )
    }

    @Test(
        "A text is one document or several",
        arguments: [
            ("text", "a\n\nb\n", ["a\n\nb\n"], [1]),
            ("text", "\u{FEFF}a\r\nb\rc", ["a\nb\nc"], [1]),
            ("text, documents: lines", "a\n \n\tb \n", ["a", "\tb "], [1, 3]),
            ("text, documents: paragraphs", "\na\nb\n \t\n\nc", ["a\nb", "c"], [2, 6]),
        ])
    func documents(settings: String, text: String, expected: [String], lines: [Int]) throws {
        let set = try examples(text, settings, as: Documents.self)
        #expect(set.documents.map(\.text) == expected)
        #expect(set.documents.map { $0.location.position?.line } == lines)
    }

    @Test(
        "What is no text is refused",
        arguments: [
            ("", "'data' holds no example"),
            ("a\nbc\u{0}", "data:2:3: error: a NUL stands here"),
        ])
    func noText(text: String, message: String) {
        #expect(mistake(text.utf8, "text", as: Documents.self).hasPrefix(message))
    }
}
