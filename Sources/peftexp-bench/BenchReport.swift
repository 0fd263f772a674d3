import Experiment
import Results
import YAML

/// All measurements, and what is made of them.
struct BenchReport {
    private let options: BenchOptions
    private let machine = Machine.current()
    var ours: [Training] = []
    var peer: [Training] = []
    var validateSeconds: [Double] = []
    var planSeconds: [Double] = []
    var firstStepBegins: [Double] = []
    var firstStepEnds: [Double] = []
    /// What was measured of generation, and the rates.
    var written: [(what: String, rates: [Double])] = []

    init(_ options: BenchOptions) {
        self.options = options
    }

    /// A table of medians with the range beside them.
    var text: String {
        var table = TextTable([.text("what"), .number("median"), .number("least"), .number("most")])
        for (what, values, format) in rows where !values.isEmpty {
            table.append([what, format(median(values)), format(values.min() ?? 0), format(values.max() ?? 0)])
        }
        let system = [machine.processor, machine.cores.map { "\($0) cores" }, machine.system].compactMap { $0 }
        return "\(system.joined(separator: ", "))\n\(options.manifest) \(options.overrides.joined(separator: " "))\n\n"
            + table.text()
    }

    /// Every measured value.
    var json: JSON {
        var values: [String: JSON] = [
            "manifest": .string(options.manifest), "overrides": .array(options.overrides.map { .string($0) }),
            "steps": .integer(options.steps), "peer_command": options.peer.map { .string($0) } ?? .null,
            "processor": machine.processor.map { .string($0) } ?? .null,
            "cores": machine.cores.map { .integer($0) } ?? .null,
            "versions": .object(Versions.all.mapValues { .string($0) }),
        ]
        for (what, measured, _) in rows { values[what] = .array(measured.map { .number($0) }) }
        return .object(values)
    }

    private var rows: [(String, [Double], (Double) -> String)] {
        let rate: (Double) -> String = { FigureText.count(Int($0)) }
        let size: (Double) -> String = { FigureText.bytes(Int($0)) }
        let ratio: (Double) -> String = { FigureText.fixed($0, decimals: 2) }
        let products: (Double) -> String = { FigureText.operations($0) + "/s" }
        let pairs = zip(ours, peer)
        return [
            ("tokens/s", ours.map(\.tokensPerSecond), rate), ("peer tokens/s", peer.map(\.tokensPerSecond), rate),
            ("tokens/s, times the peer's", pairs.map { $0.tokensPerSecond / $1.tokensPerSecond }, ratio),
            ("peak memory", ours.map(\.peakBytes), size), ("peer peak memory", peer.map(\.peakBytes), size),
            ("peak memory, of the peer's", pairs.map { $0.peakBytes / $1.peakBytes }, ratio),
            ("useful operations", ours.compactMap(\.usefulRate), products),
            ("product rate", ours.compactMap(\.productRate), products),
            (
                "useful, of the product rate",
                ours.compactMap { training in
                    training.productRate.flatMap { rate in training.usefulRate.map { $0 / rate } }
                }, ratio
            ),
            ("validate", validateSeconds, FigureText.duration), ("plan, cached", planSeconds, FigureText.duration),
            ("first step begins, cached", firstStepBegins, FigureText.duration),
            ("first step done and written", firstStepEnds, FigureText.duration),
        ] + written.map { ($0.what, $0.rates, rate) }
    }

    private func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        let middle = sorted.count / 2
        return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
    }
}
