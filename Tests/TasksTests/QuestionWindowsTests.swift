import Files
import NN
import Testing
import YAML

@testable import Tasks

/// The tokenizer of the golden windows.
func goldenTokenizer() throws -> any Tokenizer {
    let vocabulary = try FileContents.text(at: "\(Golden.folder)/vocab.txt")
    return try withFolder(["vocab.txt": vocabulary]) { try TokenizerFolder($0).tokenizer() }
}

@Suite("Windows of questions and contexts")
struct QuestionWindowsTests {
    @Test("Tokens, segments, spans and places are the reference's", arguments: 0..<4)
    func golden(index: Int) throws {
        let golden = try #require(try Golden.json("squad_windows.json").elements?[index])
        let cutter = QuestionWindows(
            maxSequenceLength: try golden.integer("max_seq_length", of: "golden"),
            stride: try golden.integer("doc_stride", of: "golden"))
        let windows = try cutter.windows(of: SQuAD.read("\(Golden.folder)/squad.json"), goldenTokenizer())
        let expected = try golden.list("windows", of: "golden")
        #expect(windows.count == expected.count)
        for (window, node) in zip(windows, expected) {
            #expect(window.question == node["question"]?.integer)
            #expect(window.feature.inputIDs.map(Int.init) == node["ids"]?.integers)
            #expect(window.feature.tokenTypeIDs.map(Int.init) == node["types"]?.integers)
            let span = try #require(node["label"]?.integers)
            #expect(window.feature.label == .span(start: span[0], end: span[1]), "question \(window.question)")
            #expect(window.contextStart == node["start"]?.integer)
            #expect(window.ranges.flatMap { [Int($0.lowerBound), Int($0.upperBound)] } == node["offsets"]?.integers)
        }
    }

    static let layout = PairLayout(start: [1], separator: [2], end: [2], secondType: 1)
    static let question = Question(
        id: "q", text: "?", context: 0, answers: [], at: SourceLocation(file: "data.json", line: 3, column: 5))

    @Test("Neighbours share the stride, and the last one ends the context")
    func parts() throws {
        func parts(_ count: Int, _ length: Int, _ stride: Int) throws -> [Range<Int>] {
            try QuestionWindows(maxSequenceLength: length, stride: stride).parts(
                of: count, beside: 7, Self.question, Self.layout)
        }
        #expect(try parts(10, 20, 4) == [0..<10])
        #expect(try parts(11, 20, 4) == [0..<10, 6..<11])
        #expect(try parts(16, 20, 4) == [0..<10, 6..<16])
        #expect(try parts(17, 20, 0) == [0..<10, 10..<17])
        #expect(try parts(12, 20, 9) == [0..<10, 1..<11, 2..<12])
        #expect(try parts(0, 10, 4) == [0..<0])
        #expect(try parts(3, 13, 128) == [0..<3], "a context that fits needs no stride")
    }

    @Test("What does not fit is an error that names the question")
    func tooLong() throws {
        let tooLong = #expect(throws: DataError.self) {
            try QuestionWindows(maxSequenceLength: 10, stride: 0).parts(of: 1, beside: 7, Self.question, Self.layout)
        }
        #expect(
            tooLong?.description == """
                data.json:3:5: error: question 'q' is too long: its 7 tokens and 3 special ones leave no room for the \
                context in max_seq_length 10; raise task.max_seq_length
                """)
        let stride = #expect(throws: DataError.self) {
            try QuestionWindows(maxSequenceLength: 12, stride: 2).parts(of: 9, beside: 7, Self.question, Self.layout)
        }
        #expect(stride?.description.contains("question 'q' leaves 2 tokens of max_seq_length 12") == true)
        #expect(throws: DataError.self) {
            try QuestionWindows(maxSequenceLength: 5, stride: 2).parts(of: 0, beside: 7, Self.question, Self.layout)
        }
    }

    @Test("A span takes every token that the answer touches, and none where it leaves the window")
    func spans() {
        let ranges: [Range<Int32>] = [2..<5, 6..<8, 8..<9, 12..<14]
        func span(_ answer: Range<Int>) -> ClosedRange<Int>? { QuestionWindows.span(of: answer, in: ranges) }
        #expect(span(2..<5) == 0...0)
        #expect(span(3..<4) == 0...0)
        #expect(span(6..<9) == 1...2)
        #expect(span(7..<13) == 1...3)
        #expect(span(1..<5) == nil)
        #expect(span(12..<15) == nil)
        #expect(QuestionWindows.span(of: 0..<1, in: []) == nil)
    }

    @Test("What no token stands for is not a part of an answer")
    func covered() {
        let ranges: [Range<Int32>] = [2..<5, 6..<8, 8..<9, 12..<14]
        func covered(_ answer: Range<Int>) -> Range<Int>? { QuestionWindows.covered(answer, by: ranges) }
        #expect(covered(2..<9) == 2..<9)
        #expect(covered(3..<7) == 3..<7)
        #expect(covered(5..<8) == 6..<8)
        #expect(covered(6..<11) == 6..<9)
        #expect(covered(0..<20) == 2..<14)
        #expect(covered(9..<12) == nil)
        #expect(covered(14..<15) == nil)
        #expect(covered(0..<2) == nil)
        #expect(QuestionWindows.covered(0..<1, by: []) == nil)
    }
}
