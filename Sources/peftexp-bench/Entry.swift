/// What was measured of one entrant of a case, round by round.
package struct Entry {
    /// The entrant's name, as in `peer bfloat16`.
    package let name: String
    /// One element for each round; empty where nothing came of it.
    package var rounds: [[Measure: Double]] = []
    /// Why there is nothing, or less than was asked for.
    package var problem: String?

    /// Nothing measured yet.
    package init(_ name: String) { self.name = name }

    /// The values of the rounds that have one.
    package func values(of measure: Measure) -> [Double] { rounds.compactMap { $0[measure] } }
}

/// What was measured in one case.
package struct CaseRecord {
    /// Its name on the command line.
    package let name: String
    /// What it is, in a sentence.
    package let title: String
    /// Why it was not run.
    package var skipped: String?
    /// The columns of its table.
    package let measures: [Measure]
    /// What it is to show.
    package let aims: [Aim]
    /// What was measured, entrant by entrant.
    package var entries: [Entry]

    /// A case in which nothing is measured yet.
    package init(name: String, title: String, measures: [Measure], aims: [Aim], entries: [Entry]) {
        (self.name, self.title, self.measures, self.aims, self.entries) = (name, title, measures, aims, entries)
    }
}
