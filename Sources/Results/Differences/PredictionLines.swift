import Files
import YAML

/// What a run has predicted for each example of its evaluation set, as `predictions.jsonl` has it.
struct PredictionLines: Sendable {
    /// The file.
    let file: String
    /// One object for each example, in the order of the set.
    let lines: [Node]

    /// Reads the predictions of the run in `folder`; nil where it wrote none.
    /// - Throws: `TextError` where the file is damaged, `FileError` where it can not be read.
    init?(_ folder: String) throws {
        let file = "\(folder)/predictions.jsonl"
        guard FileContents.exists(file) else { return nil }
        try self.init(try FileContents.data(at: file), file: file)
    }

    /// The lines of `bytes`.
    init(_ bytes: some Collection<UInt8>, file: String) throws(TextError) {
        self.file = file
        var lines: [Node] = []
        for (place, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            if line.isEmpty { continue }
            let node = try JSONText.parse(line, file: file, line: place + 1)
            guard case .mapping = node.content else {
                throw TextError("a prediction must be an object", at: node.location)
            }
            lines.append(node)
        }
        self.lines = lines
    }

    private init(file: String, lines: [Node]) {
        self.file = file
        self.lines = lines
    }

    /// The ids of the examples, where all have one.
    var ids: [String]? {
        let ids = lines.compactMap { $0["id"]?.string }
        return ids.count == lines.count && !ids.isEmpty ? ids : nil
    }

    /// What is known of the example in a line and no model decides: the right answer, and the text.
    static func question(_ line: Node) -> [JSON?] {
        ["expected", "answers", "tokens"].map { line[$0].map { JSON($0) } }
    }

    /// These examples, in this order.
    func selecting(_ examples: [Int]) -> PredictionLines {
        PredictionLines(file: file, lines: examples.map { lines[$0] })
    }
}
