import YAML

extension Differences {
    /// What differs, for people.
    ///
    /// - Parameter width: columns of the terminal; nil for lines of any length.
    public func text(width: Int? = nil) -> String {
        var text = ""
        for (place, comparison) in comparisons.enumerated() {
            if place > 0 { text += "\n" }
            text += comparison.text(heading: heading(comparison), width: width)
        }
        let count = comparisons.compactMap { $0.metrics.compactMap(\.overExamples?.count).max() }.max()
        if let count {
            text +=
                "\nover \(count) examples: paired bootstrap and randomisation, \(resampling.resamples) resamples, "
                + "seed \(resampling.seed)\n"
        }
        return text + notes.map { "\($0)\n" }.joined()
    }

    /// The same for scripts.
    public var json: JSON {
        .object([
            "a": .string(first.name), "b": .string(second.name), "resamples": .integer(resampling.resamples),
            "seed": .integer(Int(clamping: resampling.seed)), "notes": .array(notes.map(JSON.string)),
            "comparisons": .array(comparisons.map { $0.json(groupKeys) }),
        ])
    }

    /// What tells the pairs that are compared apart, as in `peft_type LORA, learning_rate 0.001`.
    private func heading(_ comparison: GroupDifference) -> String {
        let settings = comparison.first.runs.first?.settings
        return groupKeys.compactMap { key in
            settings?[key].flatMap { value in
                value == .null ? nil : "\(key.split(separator: ".").last ?? "") \(value.plainText)"
            }
        }.joined(separator: ", ")
    }
}

extension GroupDifference {
    fileprivate func text(heading: String, width: Int?) -> String {
        var text = (heading.isEmpty ? "" : "\(heading)\n") + "A  \(name(first))\nB  \(name(second))\n\n"
        if settings.isEmpty {
            text += "the manifests say the same\n"
        } else {
            var table = TextTable([.text("manifest"), .text("A"), .text("B")])
            for setting in settings { table.append([setting.key, setting.first, setting.second]) }
            text += table.text(width: width)
        }
        let hasSeeds = metrics.contains { $0.overSeeds != nil }
        var table = TextTable(
            [.text("metric"), .number("A"), .number("B"), .number("B - A"), .number("95% over examples"), .number("p")]
                + (hasSeeds ? [.number("95% over seeds"), .number("p")] : []) + [.text("better")])
        for metric in metrics { table.append(metric.cells(hasSeeds: hasSeeds)) }
        text += "\n\(table.text(width: width))"
        if hasSeeds {
            let isPaired = metrics.contains { $0.overSeeds?.isPaired == true }
            text += isPaired ? "over seeds: paired by seed, Student's t\n" : "over seeds: not paired, Welch's t\n"
        }
        return text + notes.map { "\($0)\n" }.joined()
    }

    private func name(_ group: RunGroup) -> String {
        let seeds = group.runs.compactMap { $0.seed?.plainText }
        let told = seeds.isEmpty ? "" : " (\(seeds.count == 1 ? "seed" : "seeds") \(seeds.joined(separator: " ")))"
        return group.place + told
    }

    fileprivate func json(_ groupKeys: [String]) -> JSON {
        func values(_ group: RunGroup) -> JSON {
            .array(group.runs.map { .string($0.path == nil ? $0.place : $0.record.runID.text) })
        }
        let settings = settings.map { ($0.key, JSON.object(["a": .string($0.first), "b": .string($0.second)])) }
        let own = groupKeys.compactMap { key in self.first.runs.first?.settings[key].map { (key, $0) } }
        return .object([
            "settings": .object(Dictionary(own) { first, _ in first }),
            "a": values(first), "b": values(second), "notes": .array(notes.map(JSON.string)),
            "manifest": .object(Dictionary(settings) { first, _ in first }),
            "metrics": .object(Dictionary(uniqueKeysWithValues: metrics.map { ($0.name, $0.json) })),
        ])
    }
}

extension MetricDifference {
    fileprivate func cells(hasSeeds: Bool) -> [String] {
        func signed(_ value: Double) -> String {
            let text = FigureText.fixed(value, decimals: max(first.magnitude, second.magnitude) <= 1 ? 4 : 2)
            return value > 0 ? "+\(text)" : text
        }
        func range(_ interval: Interval?) -> String {
            interval.map { "\(signed($0.lower)) to \(signed($0.upper))" } ?? ""
        }
        func chance(_ p: Double?) -> String {
            p.map { $0 < 0.0001 ? "<0.0001" : FigureText.fixed($0, decimals: 4) } ?? ""
        }
        let better = intervals.isEmpty ? "" : isNone ? "neither" : isBetter ? "B" : isWorse() ? "A" : "not sure"
        return [
            isHigherBetter ? name : "\(name) (less is better)", FigureText.metric(first), FigureText.metric(second),
            signed(value), range(overExamples?.interval), chance(overExamples?.significance?.p),
        ] + (hasSeeds ? [range(overSeeds?.interval), chance(overSeeds?.p)] : []) + [better]
    }

    fileprivate var json: JSON {
        var object: [String: JSON] = [
            "a": .number(first), "b": .number(second), "difference": .number(value),
            "greater_is_better": .boolean(isHigherBetter),
        ]
        if let known = overExamples {
            var examples: [String: JSON] = [
                "count": .integer(known.count), "lower": .number(known.interval.lower),
                "upper": .number(known.interval.upper),
            ]
            if let significance = known.significance {
                examples["p"] = .number(significance.p)
                examples["exact"] = .boolean(significance.isExact)
            }
            object["over_examples"] = .object(examples)
        }
        if let seeds = overSeeds {
            object["over_seeds"] = [
                "paired": .boolean(seeds.isPaired), "difference": .number(seeds.value),
                "lower": .number(seeds.interval.lower), "upper": .number(seeds.interval.upper), "p": .number(seeds.p),
                "freedom": .number(seeds.freedom),
            ]
        }
        return .object(object)
    }
}
