import Files
import Foundation
import Results
import YAML

/// `peftexp diff`
let diffCommand = Command(
    CommandForm(
        "diff",
        "Compare two runs, groups of runs, or tables: what differs in the manifests, then each metric.",
        details: """
            A group is runs of the same settings with other seeds. Of folders or tables with several groups, those with the same settings
            are compared.

            The 95% interval over examples is that of the paired bootstrap, from predictions.jsonl; its p is that of exchanging predictions
            between the sides, example by example (none where they have different numbers of runs). With several seeds on both sides there
            is also an interval over seeds, by Student's t: paired where both sides have the same seeds, else Welch's. 'better' names a side
            when no interval holds 0.

            --fail-if-worse serves a CI. B is worse when each 95% interval of B minus A that is known, over examples and over seeds, lies
            wholly on the worse side of 0, or further from 0 than --margin. Where no interval is known, that is an error (exit status 2).
            """,
        [
            .init(
                "A", "a run's folder or id, a folder of runs, the name of an experiment, or a table in .csv or .json"),
            .init("B", "the same; differences are B minus A"),
        ],
        options: [
            .value(
                "fail-if-worse", "METRIC",
                "exit with 1 when B is surely worse in this metric"),
            .value(
                "margin", "X", "by how much it must surely be worse to fail, in units of the metric; 0 unless given"),
            .value("seed", "N", "seed of the resampling; 1 unless given"),
            .value("resamples", "N", "how often the examples are resampled; 10000 unless given"),
            .value("results", "DIR", "where run ids and names are looked for; ./results unless given"),
            .flag("json", "write JSON to standard output"),
        ],
        examples: [
            "diff results/sst2-lora results/sst2-ia3", "diff 05646ae6e616 dac3bca977bb --json",
            "diff baseline.csv today.csv --fail-if-worse accuracy --margin 0.01",
        ])
) { arguments, console in
    let seed = try arguments.integer("seed", in: 0 ... .max) ?? 1
    let resamples = try arguments.integer("resamples", in: 100...10_000_000) ?? 10_000
    let margin = try margin(arguments)
    let results = arguments.value("results") ?? "results"
    return try ResultsCommand.asking(console) {
        let (first, second) = (arguments.positionals[0], arguments.positionals[1])
        let differences = try Differences(
            try DiffSide(first, results: results), try DiffSide(second, results: results), seed: UInt64(seed),
            resamples: resamples)
        // Whether the question can be answered is known before anything is said.
        let isWorse = try arguments.value("fail-if-worse").map { try differences.isWorse(in: $0, margin: margin) }
        console.out(
            arguments.has("json")
                ? differences.json.prettyText : differences.text(width: Terminal(descriptor: 1).width))
        guard isWorse == true, let metric = arguments.value("fail-if-worse") else { return .done }
        console.talk("'\(second)' is worse than '\(first)' in \(metric)\n")
        return .failed
    }
}

private func margin(_ arguments: Arguments) throws(UsageError) -> Double {
    guard let text = arguments.value("margin") else { return 0 }
    guard arguments.value("fail-if-worse") != nil else { throw UsageError("--margin needs --fail-if-worse METRIC") }
    guard let margin = Double(text), margin.isFinite, margin >= 0 else {
        throw UsageError("--margin takes a number that is not negative, not '\(text)'")
    }
    return margin
}
