import Files
import Foundation
import NN

/// What is kept of a question set between runs: its windows, without the texts.
struct QuestionCache {
    /// What the bytes mean; a new layout is a new kind.
    private static let kind = "question-windows-v1"

    let cache: CacheDirectory?
    /// A hash of everything that decides what the windows are.
    let key: Digest

    /// Windows of a question set.
    struct Entry: Equatable {
        var windows: [QuestionWindows.Window]
        var questionCount: Int
        var vocabularyCount: Int
        /// What of the file is not among them; an entry that is kept has nothing here.
        var skipped = SkippedRows()
    }

    /// The windows kept, when there are any.
    func entry() -> Entry? {
        guard let bytes = cache?.entry(Self.kind, key) else { return nil }
        return Self.decode(bytes.data)
    }

    /// Keeps windows; a failure costs only the time of making them again.
    func store(_ entry: Entry) {
        cache?.store(Self.encode(entry), Self.kind, key)
    }

    static func encode(_ entry: Entry) -> Data {
        var writer = WordWriter()
        writer.write(entry.windows.count)
        writer.write(entry.questionCount)
        writer.write(entry.vocabularyCount)
        for window in entry.windows {
            writer.write(window.question)
            writer.write(window.contextStart)
            writer.write(window.feature.inputIDs)
            writer.write(window.feature.tokenTypeIDs.last ?? 0)
            if case .span(let start, let end) = window.feature.label {
                writer.write([Int32(truncatingIfNeeded: start), Int32(truncatingIfNeeded: end)])
            } else {
                writer.write([])
            }
            writer.write(window.ranges.flatMap { [$0.lowerBound, $0.upperBound] })
        }
        return writer.data
    }

    /// The windows in `data`; `nil` when it does not hold any.
    static func decode(_ data: Data) -> Entry? {
        var reader = WordReader(data)
        guard let count = reader.count(), let questions = reader.word(), let vocabulary = reader.word() else {
            return nil
        }
        var windows: [QuestionWindows.Window] = []
        windows.reserveCapacity(count)
        for _ in 0..<count {
            guard let window = window(&reader), window.question < questions else { return nil }
            windows.append(window)
        }
        return Entry(windows: windows, questionCount: Int(questions), vocabularyCount: Int(vocabulary))
    }

    private static func window(_ reader: inout WordReader) -> QuestionWindows.Window? {
        guard let question = reader.word(), let contextStart = reader.word().map(Int.init), let ids = reader.words(),
            let secondType = reader.word(), let label = reader.words(), let bounds = reader.words(),
            question >= 0, 0...ids.count ~= contextStart, label.count % 2 == 0, bounds.count % 2 == 0,
            bounds.count / 2 <= ids.count - contextStart
        else { return nil }
        var ranges: [Range<Int32>] = []
        ranges.reserveCapacity(bounds.count / 2)
        for place in stride(from: 0, to: bounds.count, by: 2) {
            guard 0 <= bounds[place], bounds[place] <= bounds[place + 1] else { return nil }
            ranges.append(bounds[place]..<bounds[place + 1])
        }
        let types =
            [Int32](repeating: 0, count: contextStart) + [Int32](repeating: secondType, count: ids.count - contextStart)
        let span = label.count == 2 ? Label.span(start: Int(label[0]), end: Int(label[1])) : nil
        return QuestionWindows.Window(
            question: Int(question), feature: Feature(inputIDs: ids, tokenTypeIDs: types, label: span),
            contextStart: contextStart, ranges: ranges)
    }
}
