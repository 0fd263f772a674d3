import Testing
import YAML

@testable import Tasks

/// Compares all golden cases of one tokenizer.
///
/// - Parameter comparesPlain: whether the cases tell what is left of texts without special tokens.
func expectTokens(_ golden: Node, _ tokenizer: any Tokenizer, comparesPlain: Bool = true) throws {
    let cases = try golden.list("texts", of: "a golden set")
    let texts = try cases.map { try #require($0["text"]?.string) }
    for ((text, expected), encoding) in zip(zip(texts, cases), tokenizer.encode(texts)) {
        #expect(encoding.ids.map(Int.init) == expected["ids"]?.integers, "ids of '\(visible(text))'")
        let offsets = encoding.ranges.flatMap { [Int($0.lowerBound), Int($0.upperBound)] }
        #expect(offsets == expected["offsets"]?.integers, "offsets in '\(visible(text))'")
        let decoded = tokenizer.decode(encoding.ids)
        #expect(decoded.isSame(as: expected["decoded"]?.string), "'\(visible(decoded))' of '\(visible(text))'")
        if comparesPlain {
            let plain = tokenizer.decode(encoding.ids, skippingSpecial: true)
            let expectedPlain = expected["plain"]?.string ?? expected["decoded"]?.string
            #expect(plain.isSame(as: expectedPlain), "'\(visible(plain))' of '\(visible(text))'")
        }
        #expect(encoding == tokenizer.encode(text), "alone and among others: '\(visible(text))'")
        var stream = TextStream(tokenizer, skippingSpecial: false)
        let parts = encoding.ids.map { stream.append($0) }
        #expect((parts.joined() + stream.finish()).isSame(as: decoded), "streamed: '\(visible(text))'")
    }
    for expected in try golden.list("words", of: "a golden set") {
        let words = (expected["words"]?.elements ?? []).compactMap(\.string)
        let ids = tokenizer.encodeWords(words).map { $0.map(Int.init) }
        #expect(ids == expected["ids"]?.elements?.map(\.integers), "\(words)")
    }
    for expected in try golden.list("single", of: "a golden set") {
        let layout = tokenizer.singleLayout
        let ids = layout.start + tokenizer.encode(try expected.text("text", of: "a case")).ids + layout.end
        #expect(ids.map(Int.init) == expected["ids"]?.integers)
    }
    for expected in try golden.list("pairs", of: "a golden set") {
        let texts = try expected.list("texts", of: "a case").map { tokenizer.encode($0.string ?? "").ids }
        let layout = tokenizer.pairLayout
        let first = layout.start + texts[0] + layout.separator
        let second = layout.opening + texts[1] + layout.end
        let types = first.map { _ in 0 } + second.map { _ in Int(layout.secondType) }
        #expect((first + second).map(Int.init) == expected["ids"]?.integers)
        #expect(types == expected["types"]?.integers)
    }
}
