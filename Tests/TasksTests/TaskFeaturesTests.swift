import NN
import Testing
import YAML

@testable import Tasks

@Suite("Features are those of transformers")
struct TaskFeaturesTests {
    private func cases(_ key: String) throws -> [(layout: SequenceLayout, node: Node, tokenizer: any Tokenizer)] {
        let tokenizer = try goldenTokenizer()
        return try #require(try Golden.json("task_features.json").elements).flatMap { golden in
            let length = try golden.integer("max_seq_length", of: "golden")
            let layout = SequenceLayout(tokenizer, maxLength: length, marksSegments: true)
            return try golden.list(key, of: "golden").map { (layout, $0, tokenizer) }
        }
    }

    @Test func textsAndPairs() throws {
        for (layout, node, tokenizer) in try cases("texts") {
            let first = tokenizer.encode(try node.text("text", of: "golden")).ids
            let second = try node.optionalText("pair", of: "golden").map { tokenizer.encode($0).ids }
            let sequence = layout.sequence(first, second)
            #expect(sequence.ids.map(Int.init) == node["ids"]?.integers, "\(layout.maxLength)")
            #expect(sequence.types.map(Int.init) == node["types"]?.integers, "\(layout.maxLength)")
            let whole = first.count + (second?.count ?? 0) + (second == nil ? 2 : 3)
            #expect(sequence.isTruncated == (whole > layout.maxLength))
        }
    }

    @Test func wordsAndTheirFirstPieces() throws {
        for (layout, node, tokenizer) in try cases("sentences") {
            let words = try node.list("words", of: "golden").compactMap(\.string)
            let sentence = WordPieces(tokenizer.encodeWords(words), layout)
            #expect(sentence.sequence.ids.map(Int.init) == node["ids"]?.integers, "\(words)")
            #expect(sentence.firstPieces == node["first"]?.elements?.map(\.integer), "\(words)")
        }
    }

    @Test func choices() throws {
        for (layout, node, tokenizer) in try cases("choices") {
            let context = tokenizer.encode(try node.text("context", of: "golden")).ids
            let choices = try node.list("choices", of: "golden").compactMap(\.string)
            for (place, choice) in choices.enumerated() {
                let sequence = layout.sequence(context, tokenizer.encode(choice).ids)
                #expect(sequence.ids.map(Int.init) == node["ids"]?.elements?[place].integers, "\(choice)")
                #expect(sequence.types.map(Int.init) == node["types"]?.elements?[place].integers, "\(choice)")
            }
        }
    }

    @Test func windowsPredictEveryTokenOnce() {
        for (count, length, stride) in [(10, 4, 0), (10, 4, 1), (11, 5, 3), (5, 8, 2), (9, 4, 3), (4, 4, 2), (2, 8, 0)]
        {
            let stream = (0..<Int32(count)).map { 100 + $0 }
            let windows = TextWindows(length: length, stride: stride).windows(of: stream)
            var seen: [Int32] = []
            for window in windows {
                #expect(window.inputIDs.count <= length)
                for label in window.label.tokens {
                    #expect(label.target == window.inputIDs[Int(label.position) + 1])
                    seen.append(label.target)
                }
            }
            let unpredicted = stride == 0 ? Swift.stride(from: 0, to: count, by: length).map { 100 + Int32($0) } : [100]
            #expect(seen == stream.filter { !unpredicted.contains($0) }, "\(count), \(length), \(stride)")
        }
        for count in 0...1 {
            #expect(TextWindows(length: 8, stride: 0).windows(of: [Int32](repeating: 1, count: count)).isEmpty)
        }
    }
}
