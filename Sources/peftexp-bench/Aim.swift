import Results

/// What a case is to show: a measure of one entrant, or how it stands to another's, and the bound it is held against.
package struct Aim: Sendable {
    /// On which side of a bound a value is to lie.
    package enum Bound: Equatable, Sendable {
        case atLeast(Double), atMost(Double)

        /// Whether `value` lies there.
        package func holds(_ value: Double) -> Bool {
            switch self {
            case .atLeast(let bound): value >= bound
            case .atMost(let bound): value <= bound
            }
        }
    }

    /// What is compared.
    package let measure: Measure
    /// The entrant it is about.
    package let entrant: String
    /// The entrant it is held against; nil where the measure itself has a bound.
    package let other: String?
    /// The bound.
    package let bound: Bound

    /// Of `entrant` as `other`: how many times as good (`atLeast`), or what share of it (`atMost`).
    package init(_ measure: Measure, of entrant: String, against other: String? = nil, _ bound: Bound) {
        (self.measure, self.entrant, self.other, self.bound) = (measure, entrant, other, bound)
    }

    /// The value of each round in which all that it needs was measured.
    ///
    /// A ratio is formed within a round, so that a machine whose speed drifts does not matter.
    package func values(in entries: [Entry]) -> [Double] {
        guard let own = entries.first(where: { $0.name == entrant }) else { return [] }
        guard let other else { return own.values(of: measure) }
        guard let rival = entries.first(where: { $0.name == other }) else { return [] }
        return zip(own.rounds, rival.rounds).compactMap { own, rival in
            guard let own = own[measure], let rival = rival[measure], own > 0, rival > 0 else { return nil }
            if case .atLeast = bound, measure.isCost { return rival / own }
            return own / rival
        }
    }

    /// What is told of it, as in `peftexp bfloat16 against peer bfloat16, tokens/s`.
    package var text: String {
        "\(entrant)\(other.map { " against \($0)" } ?? ""), \(measure.title)"
    }

    /// A value as people read it.
    package func text(_ value: Double) -> String {
        other == nil ? measure.text(value) : FigureText.fixed(value, decimals: 2)
    }

    /// The bound, as in `at least 4.00`.
    package var boundText: String {
        switch bound {
        case .atLeast(let value): "at least \(text(value))"
        case .atMost(let value): "at most \(text(value))"
        }
    }
}
