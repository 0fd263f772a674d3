import Configuration
import YAML

/// One word per line with its tag beside it; a blank line ends a sentence.
///
/// What the tags mean, and by which scheme they mark spans, is the task's matter.
public struct CoNLL: DataFormat {
    /// `conll`
    public static let name = "conll"
    /// What the format is.
    public static let help = "One word per line with its tag beside it; a blank line ends a sentence."
    /// Sentences.
    public static let records: [any DataRecords.Type] = [WordExamples.self]

    /// What stands between columns.
    public enum Separator: String, CaseIterable, Sendable {
        /// Spaces and tabs, any number of them.
        case space
        /// One tab.
        case tab
    }

    /// The keys of the format.
    public struct Settings: Config {
        /// The columns of words and tags, from 1; -1 is the last one.
        public var word = 1, tag = -1
        /// What stands between columns.
        public var separator = Separator.space
        /// How lines begin that are passed over.
        public var comments: TextOrTexts?
        /// The defaults.
        public init() {}
        /// The keys.
        public static let fields: [Field<Self>] = [
            .integer("word_column", \.word, in: (-1)..., "Column of the word, from 1; -1 is the last one."),
            .integer(
                "tag_column", \.tag, in: (-1)...,
                "Column of the tag, from 1; -1 is the last one, 0 where there is none."),
            .choice("separator", \.separator, "What stands between columns: spaces and tabs, or one tab."),
            .textOrTexts(
                "comment_prefix", \.comments,
                "How lines begin that are passed over, such as '-DOCSTART-'; one or several."),
        ]
    }

    private let settings: Settings
    private let comments: [[UInt8]]

    /// Files laid out with `settings`.
    public init(_ settings: Settings) {
        self.settings = settings
        comments =
            switch settings.comments {
            case .pattern(let prefix): [Array(prefix.utf8)]
            case .names(let prefixes): prefixes.map { Array($0.utf8) }
            case nil: []
            }
    }

    /// What does not go together.
    public func contradictions(for kind: any DataRecords.Type) -> [Contradiction] {
        var found: [Contradiction] = []
        if settings.word == 0 {
            found.append(Contradiction(key: "word_column", with: "word_column", message: "columns count from 1"))
        } else if settings.word == settings.tag {
            found.append(
                Contradiction(key: "tag_column", with: "word_column", message: "this is the column of the word"))
        }
        if comments.contains(where: \.isEmpty) {
            found.append(
                Contradiction(key: "comment_prefix", with: "comment_prefix", message: "every line begins with no text"))
        }
        return found
    }

    /// Reads the sentences at `path`.
    public func read(
        _ path: String, as kind: any DataRecords.Type, _ faults: inout RowFaults
    ) throws(DataError) -> any DataRecords {
        let file = try TextFile(path)
        var examples: [WordExample] = []
        var sentence = Sentence()
        var columns: [Range<Int>] = []
        for line in file.lines {
            if file.isBlank(line.range) {
                if let example = try sentence.close(&faults) { examples.append(example) }
                continue
            }
            if !comments.isEmpty, comments.contains(where: { file.bytes[line.range].starts(with: $0) }) { continue }
            do throws(DataError) {
                try file.check(line)
                cut(line.range, of: file.bytes, into: &columns)
                try read(columns, on: line, of: file, into: &sentence)
            } catch {
                sentence.fault = sentence.fault ?? error
            }
        }
        if let example = try sentence.close(&faults) { examples.append(example) }
        return WordExamples(examples)
    }

    private func read(
        _ columns: [Range<Int>], on line: TextFile.Line, of file: TextFile, into sentence: inout Sentence
    ) throws(DataError) {
        let word = settings.word < 0 ? columns.count - 1 : settings.word - 1
        let tag = settings.tag < 0 ? columns.count - 1 : settings.tag - 1
        let needed = max(settings.word, settings.tag, settings.tag == 0 ? 1 : 2)
        guard columns.count >= needed, columns.indices.contains(word), word != tag, !columns[word].isEmpty else {
            let found = columns.count == 1 ? "1 column" : "\(columns.count) columns"
            let problem =
                columns.indices.contains(word) && columns[word].isEmpty
                ? "there is no word in column \(word + 1)"
                : "the line has \(found), but \(needed) are needed for a word and its tag"
            throw DataError(
                "\(problem); see data.word_column, data.tag_column, data.separator and data.comment_prefix",
                at: file.location(of: line))
        }
        if sentence.words.isEmpty { sentence.start = file.location(of: line) }
        sentence.words.append(file.text(columns[word]))
        if settings.tag != 0, columns.indices.contains(tag) {
            guard !columns[tag].isEmpty else {
                throw DataError("the word has no tag", at: file.location(of: columns[tag].lowerBound, after: line))
            }
            sentence.tags.append(file.text(columns[tag]))
        }
    }

    /// Puts the places of a line's columns into `columns`.
    private func cut(_ range: Range<Int>, of bytes: [UInt8], into columns: inout [Range<Int>]) {
        let span = bytes.span
        columns.removeAll(keepingCapacity: true)
        var start = range.lowerBound
        for index in range {
            let isTab = span[index] == UInt8(ascii: "\t")
            guard isTab || settings.separator == .space && span[index] == UInt8(ascii: " ") else { continue }
            if settings.separator == .tab || index > start { columns.append(start..<index) }
            start = index + 1
        }
        if settings.separator == .tab || start < range.upperBound { columns.append(start..<range.upperBound) }
    }
}

/// A sentence of which some words were read.
private struct Sentence {
    var words: [String] = []
    var tags: [String] = []
    var start: SourceLocation?
    /// The first thing that is wrong with it.
    var fault: DataError?

    /// The sentence, if there is one and it can be read; then nothing is left of it.
    mutating func close(_ faults: inout RowFaults) throws(DataError) -> WordExample? {
        defer { self = Sentence() }
        if let fault { try faults.note(fault) }
        guard fault == nil, let start, !words.isEmpty else { return nil }
        return WordExample(words: words, tags: tags.count == words.count ? tags : nil, at: start)
    }
}
