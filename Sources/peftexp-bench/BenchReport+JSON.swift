import YAML

extension BenchReport {
    /// Every value that was measured, and what was made of them.
    package var json: JSON {
        [
            "circumstances": .object(
                Dictionary(circumstances.map { ($0.name, JSON.string($0.value)) }) { first, _ in first }),
            "cases": .array(cases.map(Self.json)),
        ]
    }

    private static func json(_ record: CaseRecord) -> JSON {
        var keys: [String: JSON] = ["name": .string(record.name), "title": .string(record.title)]
        if let reason = record.skipped {
            keys["skipped"] = .string(reason)
            return .object(keys)
        }
        keys["entrants"] = .array(
            record.entries.map { entry in
                var keys: [String: JSON] = ["name": .string(entry.name)]
                if let problem = entry.problem { keys["problem"] = .string(problem) }
                for measure in Measure.allCases {
                    let values = entry.values(of: measure)
                    if !values.isEmpty { keys[measure.rawValue] = .array(values.map { .number($0) }) }
                }
                return .object(keys)
            })
        keys["aims"] = .array(
            record.aims.map { aim in
                let values = aim.values(in: record.entries)
                let spread = Spread(values)
                return [
                    "what": .string(aim.text), "aim": .string(aim.boundText),
                    "values": .array(values.map { .number($0) }),
                    "median": spread.map { .number($0.median) } ?? .null,
                    "reached": spread.map { .boolean(aim.bound.holds($0.median)) } ?? .null,
                ]
            })
        return .object(keys)
    }
}
