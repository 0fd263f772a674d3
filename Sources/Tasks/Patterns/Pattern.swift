/// An expression, made ready to be looked for.
struct Pattern: Sendable {
    /// One step of looking.
    enum Step: Sendable {
        /// Takes one scalar of a class.
        case scalar(Int)
        /// Takes `lower` to `upper` scalars of a class.
        case run(Int, lower: Int, upper: Int, kind: PatternNode.Repetition)
        /// Goes on at the first place, and at the second where that leads nowhere.
        case either(Int, Int)
        case jump(Int)
        /// Goes on at `then` if what follows here, up to its `done`, is found, or is not.
        case look(isNegated: Bool, then: Int)
        /// Takes what follows, up to its `done`, for good, and goes on at `then`.
        case atomic(then: Int)
        case textStart
        case textEnd
        case lineStart
        case lineEnd
        case done
    }

    private static let stepLimit = 20_000

    /// The steps.
    private(set) var steps: [Step] = []
    /// The classes that they name.
    private(set) var classes: [ScalarClass] = []

    /// The expression of nothing, found everywhere.
    static let empty = Pattern()

    private init() {
        steps = [.done]
    }

    /// Reads an expression.
    init(_ text: String) throws(PatternError) {
        try emit(try PatternParser.parse(text))
        try add(.done)
    }

    private mutating func add(_ step: Step) throws(PatternError) {
        if steps.count >= Self.stepLimit { throw PatternError("it is too long") }
        steps.append(step)
    }

    private mutating func emit(_ node: PatternNode) throws(PatternError) {
        switch node {
        case .scalars(let scalars):
            try add(.scalar(classes.count))
            classes.append(scalars)
        case .sequence(let parts): for part in parts { try emit(part) }
        case .choice(let parts): try emit(choice: parts)
        case .repetition(.scalars(let scalars), let lower, let upper, let kind):
            try add(.run(classes.count, lower: lower, upper: upper ?? .max, kind: kind))
            classes.append(scalars)
        case .repetition(let part, let lower, let upper, .possessive):
            let start = steps.count
            try add(.done)
            try emit(.repetition(part, lower: lower, upper: upper, kind: .greedy))
            try add(.done)
            steps[start] = .atomic(then: steps.count)
        case .repetition(let part, let lower, let upper, let kind):
            for _ in 0..<lower { try emit(part) }
            try emit(optional: part, upper: upper.map { $0 - lower }, isLazy: kind == .lazy)
        case .lookahead(let part, let isNegated):
            let start = steps.count
            try add(.done)
            try emit(part)
            try add(.done)
            steps[start] = .look(isNegated: isNegated, then: steps.count)
        case .textStart: try add(.textStart)
        case .textEnd: try add(.textEnd)
        case .lineStart: try add(.lineStart)
        case .lineEnd: try add(.lineEnd)
        }
    }

    private mutating func emit(choice parts: [PatternNode]) throws(PatternError) {
        var jumps: [Int] = []
        for (place, part) in parts.enumerated() {
            let start = steps.count
            if place + 1 < parts.count { try add(.done) }
            try emit(part)
            guard place + 1 < parts.count else { break }
            jumps.append(steps.count)
            try add(.done)
            steps[start] = .either(start + 1, steps.count)
        }
        for jump in jumps { steps[jump] = .jump(steps.count) }
    }

    /// `part` up to `upper` times, each time only where what comes before was there.
    private mutating func emit(optional part: PatternNode, upper: Int?, isLazy: Bool) throws(PatternError) {
        var starts: [Int] = []
        for _ in 0..<(upper ?? 1) {
            starts.append(steps.count)
            try add(.done)
            try emit(part)
        }
        if upper == nil { try add(.jump(starts[0])) }
        for start in starts {
            steps[start] = isLazy ? .either(steps.count, start + 1) : .either(start + 1, steps.count)
        }
    }
}

extension Pattern {
    /// Appends the matches in `scalars[piece]`, from left to right; an empty one does not touch the one before.
    func find(_ scalars: [AlignedScalar], _ piece: Range<Int>, _ matches: inout [Range<Int>]) {
        var matcher = PatternMatcher(self, scalars, piece)
        var place = piece.lowerBound
        var last = -1
        while place <= piece.upperBound {
            guard let end = matcher.end(of: place), end > place || place != last else {
                place += 1
                continue
            }
            matches.append(place..<end)
            last = end
            place = max(end, place + (end == place ? 1 : 0))
        }
    }
}
