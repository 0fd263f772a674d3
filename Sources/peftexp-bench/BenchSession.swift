import Results

/// One call of the benchmark: every case, round by round.
struct BenchSession {
    private let laboratory: Laboratory
    private let rounds: Int
    /// The entrants of each case, beside its record.
    private var entrants: [[Entrant]] = []
    /// What was measured.
    private(set) var records: [CaseRecord] = []
    /// Whether the program failed at something that it should do.
    private(set) var hasFailed = false

    init(_ place: BenchPlace, _ options: BenchOptions, _ peer: Peer?, threads: Int) {
        laboratory = Laboratory(place, peer, threads: threads)
        rounds = options.rounds
        for bench in BenchCase.all where options.cases?.contains(bench.name) ?? true {
            var taking: [Entrant] = []
            var skipped: String?
            do {
                taking = try bench.entrants(place, options).filter { $0.side == .peftexp || peer != nil }
            } catch let missing as BenchPlace.Missing {
                skipped = missing.message
            } catch {
                skipped = "\(error)"
                hasFailed = true
            }
            // Without a peer nothing is held against it.
            let aims = bench.aims.filter { peer != nil || $0.other?.hasPrefix("peer") != true }
            var record = CaseRecord(
                name: bench.name, title: bench.title, measures: bench.measures, aims: aims,
                entries: taking.map { Entry($0.name) })
            record.skipped = skipped
            if let skipped { Bench.talk("\(bench.name): skipped: \(skipped)\n") }
            entrants.append(taking)
            records.append(record)
        }
    }

    /// All rounds; what fails is told in the records, and the rest goes on.
    mutating func run() throws {
        for (place, taking) in entrants.enumerated() {
            for (index, entrant) in taking.enumerated() {
                do {
                    records[place].entries[index].problem = try laboratory.obstacle(to: entrant)
                } catch { fail(place, index, entrant, error) }
                if let problem = records[place].entries[index].problem {
                    Bench.talk("\(records[place].name), \(entrant.name): \(problem)\n")
                }
            }
        }
        for round in 0..<rounds {
            for (place, taking) in entrants.enumerated() {
                // Every other round the other way round, so that nobody always follows the same neighbour.
                let order = Array(taking.indices)
                for index in round % 2 == 0 ? order : order.reversed() { turn(place, index, taking[index], round) }
            }
        }
    }

    private mutating func turn(_ place: Int, _ index: Int, _ entrant: Entrant, _ round: Int) {
        var measured: [Measure: Double] = [:]
        if records[place].entries[index].problem == nil {
            do {
                measured = try laboratory.measure(entrant, round: round)
                let figures = records[place].measures.compactMap { measure in measured[measure].map(measure.text) }
                Bench.talk(
                    "round \(round + 1) of \(rounds), \(records[place].name), \(entrant.name): \(figures.joined(separator: ", "))\n"
                )
            } catch { fail(place, index, entrant, error) }
        }
        records[place].entries[index].rounds.append(measured)
    }

    private mutating func fail(_ place: Int, _ index: Int, _ entrant: Entrant, _ error: any Error) {
        records[place].entries[index].problem = "failed: \(error)"
        Bench.talk("\(records[place].name), \(entrant.name): failed: \(error)\n")
        if entrant.side == .peftexp { hasFailed = true }
    }
}
