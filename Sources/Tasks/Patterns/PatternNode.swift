/// A part of an expression.
indirect enum PatternNode: Sendable {
    case scalars(ScalarClass)
    case sequence([PatternNode])
    case choice([PatternNode])
    /// `upper` is `nil` where there is no limit.
    case repetition(PatternNode, lower: Int, upper: Int?, kind: Repetition)
    /// What stands next, without taking it.
    case lookahead(PatternNode, isNegated: Bool)
    case textStart
    case textEnd
    case lineStart
    case lineEnd

    /// How many a repetition takes.
    enum Repetition: Sendable {
        /// As many as possible, less where what follows needs it.
        case greedy
        /// As few as possible.
        case lazy
        /// As many as possible, never less.
        case possessive
    }

    /// The fewest scalars that it takes.
    var shortest: Int {
        switch self {
        case .scalars: 1
        case .sequence(let parts): parts.reduce(0) { min($0 + $1.shortest, 1 << 20) }
        case .choice(let parts): parts.map(\.shortest).min() ?? 0
        case .repetition(let part, let lower, _, _): min(part.shortest * lower, 1 << 20)
        case .lookahead, .textStart, .textEnd, .lineStart, .lineEnd: 0
        }
    }

    /// Whether there is one way at most to find it at a place.
    var isFixed: Bool {
        switch self {
        case .scalars, .textStart, .textEnd, .lineStart, .lineEnd, .lookahead: true
        case .sequence(let parts): parts.allSatisfy(\.isFixed)
        case .choice: false
        case .repetition(let part, let lower, let upper, _): lower == upper && part.isFixed
        }
    }

    /// Whether a repetition without limit stands in it.
    var isUnlimited: Bool {
        switch self {
        case .scalars, .textStart, .textEnd, .lineStart, .lineEnd: false
        case .sequence(let parts), .choice(let parts): parts.contains(where: \.isUnlimited)
        case .repetition(let part, _, let upper, _): upper == nil || part.isUnlimited
        case .lookahead(let part, _): part.isUnlimited
        }
    }
}
