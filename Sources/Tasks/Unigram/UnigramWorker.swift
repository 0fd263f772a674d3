/// Finds the best tokens of pieces by dynamic programming (Viterbi).
struct UnigramWorker: SubwordWorker {
    /// The best way to reach a place of a piece.
    private struct Path {
        var score = 0.0
        /// Where its last token begins; -1 where none leads here.
        var start = -1
        var id: Int32 = 0
    }

    private let model: Unigram
    private var paths: [Path] = []

    /// A worker for `model`.
    init(_ model: Unigram) {
        self.model = model
    }

    mutating func append(_ piece: [UInt32], to tokens: inout [SubwordToken]) {
        guard let unknown = model.unknown else { return }
        findPaths(piece, unknown)
        var parts: [SubwordToken] = []
        var end = piece.count
        while end > 0, paths[end].start >= 0 {
            let start = paths[end].start
            let id = paths[end].id
            if id == unknown, let last = parts.last, last.id == unknown {
                parts[parts.count - 1].start = Int32(truncatingIfNeeded: start)
            } else {
                parts.append(SubwordToken(id, start..<end))
            }
            end = start
        }
        for part in parts.reversed() {
            if part.id == unknown { append(unknown: part, piece, to: &tokens) } else { tokens.append(part) }
        }
    }

    private mutating func findPaths(_ piece: [UInt32], _ unknown: Int32) {
        paths.removeAll(keepingCapacity: true)
        paths.append(contentsOf: repeatElement(Path(), count: piece.count + 1))
        for start in piece.indices {
            let score = paths[start].score
            var isReached = false
            var node = 0
            var end = start
            while end < piece.count, let next = model.trie.next(node, piece[end]) {
                node = next
                end += 1
                let id = model.trie.pieces[node]
                guard id >= 0 else { continue }
                isReached = isReached || end == start + 1
                offer(Path(score: score + model.scores[Int(id)], start: start, id: id), at: end)
            }
            if !isReached { offer(Path(score: score + model.unknownScore, start: start, id: unknown), at: start + 1) }
        }
    }

    private mutating func offer(_ path: Path, at end: Int) {
        if paths[end].start < 0 || path.score > paths[end].score { paths[end] = path }
    }

    /// Appends what unknown scalars become: together they may be a token after all, else their bytes are spelled.
    private func append(unknown part: SubwordToken, _ piece: [UInt32], to tokens: inout [SubwordToken]) {
        let range = Int(part.start)..<Int(part.end)
        if let id = model.vocabulary.id(of: piece[range]) {
            tokens.append(SubwordToken(id, range))
            return
        }
        var spelled: [SubwordToken] = []
        for value in piece[range] where !model.bytes.isEmpty {
            for byte in Unicode.Scalar(value).flatMap(UTF8.encode).map(Array.init) ?? [] {
                guard let id = model.bytes[Int(byte)] else {
                    tokens.append(part)
                    return
                }
                spelled.append(SubwordToken(id, range))
            }
        }
        tokens += spelled.isEmpty ? [part] : spelled
    }
}
