import YAML

/// One thing that is measured: who does it, and what it is to show.
struct BenchCase: Sendable {
    /// Its name on the command line.
    let name: String
    /// What it is, in a sentence.
    let title: String
    /// The columns of its table.
    let measures: [Measure]
    /// What it is to show.
    var aims: [Aim] = []
    /// Who takes part.
    ///
    /// - Throws: `BenchPlace.Missing` where something is not there.
    let entrants: @Sendable (BenchPlace, BenchOptions) throws -> [Entrant]

    /// All cases, in their order. To add one, write it and add its line.
    static let all: [BenchCase] = [
        products, bertDropout, bert, sst2, gpt2, linear, top, start, writingGPT2, writingStories, growth,
    ]

    /// How many products a second the machine does, with nothing around them: what all trainings are held against.
    static let products = BenchCase(
        name: "products", title: "Large products alone, by each side's library", measures: [.productRate]
    ) { _, _ in
        Precision.allCases.map { Entrant(side: .peftexp, precision: $0, work: .products) }
            + Precision.allCases.map { Entrant(side: .peer, precision: $0, work: .products) }
    }

    static let ours32 = "peftexp float32", ours16 = "peftexp bfloat16"
    static let peer32 = "peer float32", peer16 = "peer bfloat16"
}

extension BenchOptions {
    /// The measured steps of a case that usually takes `count`.
    func steps(_ count: Int) -> Int { steps ?? (isQuick ? min(count, 2) : count) }
}
