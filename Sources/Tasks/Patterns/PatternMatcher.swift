/// Looks for an expression in one piece of a text, going back where a choice leads nowhere.
struct PatternMatcher {
    /// A place to go back to.
    private struct Choice {
        var step: Int
        /// The place to go on from; all down to `least` are tried, one after the other.
        var place: Int
        var least: Int
    }

    private let steps: [Pattern.Step]
    private let classes: [ScalarClass]
    private let scalars: [AlignedScalar]
    private let piece: Range<Int>
    private var choices: [Choice] = []
    /// Steps that may still be taken: an expression that goes back too often finds nothing more.
    private var budget: Int

    /// A matcher of `pattern` in `scalars[piece]`.
    init(_ pattern: Pattern, _ scalars: [AlignedScalar], _ piece: Range<Int>) {
        steps = pattern.steps
        classes = pattern.classes
        self.scalars = scalars
        self.piece = piece
        budget = 1_000_000 + 1000 * piece.count
    }

    /// Where the match ends that begins at `start`.
    mutating func end(of start: Int) -> Int? {
        end(from: 0, at: start)
    }

    private mutating func end(from first: Int, at start: Int) -> Int? {
        let base = choices.count
        defer { choices.removeSubrange(base...) }
        var step = first
        var place = start
        while budget > 0 {
            budget -= 1
            var isLost = false
            switch steps[step] {
            case .scalar(let index):
                if place < piece.upperBound, classes[index].contains(scalars[place].value) {
                    place += 1
                    step += 1
                } else {
                    isLost = true
                }
            case .run(let index, let lower, let upper, let kind):
                if let end = run(index, lower, kind == .lazy ? lower : upper, from: place) {
                    step += 1
                    if kind == .greedy, end - place > lower {
                        choices.append(Choice(step: step, place: end - 1, least: place + lower))
                    }
                    if kind == .lazy, upper > lower, end < piece.upperBound,
                        classes[index].contains(scalars[end].value)
                    {
                        // One more scalar, then the rest of the run as lazily as before.
                        choices.append(Choice(step: -step, place: place, least: end + 1))
                    }
                    place = end
                } else {
                    isLost = true
                }
            case .either(let one, let other):
                choices.append(Choice(step: other, place: place, least: place))
                step = one
            case .jump(let target): step = target
            case .look(let isNegated, let then):
                if (end(from: step + 1, at: place) == nil) == isNegated { step = then } else { isLost = true }
            case .atomic(let then):
                if let end = end(from: step + 1, at: place) {
                    place = end
                    step = then
                } else {
                    isLost = true
                }
            case .textStart: if place == piece.lowerBound { step += 1 } else { isLost = true }
            case .textEnd: if place == piece.upperBound { step += 1 } else { isLost = true }
            case .lineStart:
                let isStart = place < piece.upperBound && place > piece.lowerBound && scalars[place - 1].value == 0x0A
                if place == piece.lowerBound || isStart { step += 1 } else { isLost = true }
            case .lineEnd:
                if place == piece.upperBound || scalars[place].value == 0x0A { step += 1 } else { isLost = true }
            case .done: return place
            }
            guard isLost else { continue }
            guard choices.count > base, let choice = choices.last else { return nil }
            if choice.step < 0 {
                // A lazy run: it goes on with one scalar more.
                step = -choice.step
                place = choice.least
                choices.removeLast()
                if case .run(let index, _, let upper, _) = steps[step - 1], place - choice.place < upper,
                    place < piece.upperBound, classes[index].contains(scalars[place].value)
                {
                    choices.append(Choice(step: -step, place: choice.place, least: place + 1))
                }
            } else {
                step = choice.step
                place = choice.place
                if place > choice.least {
                    choices[choices.count - 1].place -= 1
                } else {
                    choices.removeLast()
                }
            }
        }
        return nil
    }

    /// Where a run of `lower` to `upper` scalars of a class ends that begins at `start`.
    private func run(_ index: Int, _ lower: Int, _ upper: Int, from start: Int) -> Int? {
        let known = classes[index]
        let limit = upper > piece.upperBound - start ? piece.upperBound : start + upper
        var end = start
        while end < limit, known.contains(scalars[end].value) { end += 1 }
        return end - start >= lower ? end : nil
    }
}
