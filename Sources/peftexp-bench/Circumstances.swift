import Experiment
import Foundation
import Results

/// Where, when and with what something was measured.
struct Circumstances {
    /// Names and values in the order in which they are told.
    let all: [(name: String, value: String)]

    /// - Parameter peer: the versions of the peer's libraries, or why there is none.
    init(_ options: BenchOptions, threads: Int, peer: String) {
        let machine = Machine.current()
        let parts = [
            machine.processor, machine.cores.map { FigureText.counted($0, "core") }, Self.units,
            machine.memoryBytes.map { "\(FigureText.bytes($0)) of memory" }, machine.system,
        ]
        let versions = Versions.all.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        all = [
            ("machine", parts.compactMap { $0 }.joined(separator: ", ")),
            ("load before", Self.load ?? "not known"),
            ("measured", Date.now.formatted(.iso8601)),
            (
                "how",
                "\(FigureText.counted(options.rounds, "round")), \(FigureText.counted(threads, "thread")) for each side, in turn"
                    + (options.isQuick ? "; a quick look, not a result" : "")
            ),
            ("program", versions.joined(separator: ", ")), ("peer", peer),
        ]
    }

    /// What the processor has for wide products.
    private static var units: String? {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("flags") || $0.hasPrefix("Features") })
        else { return nil }
        let flags = Set(line.split(whereSeparator: \.isWhitespace))
        let known = [("amx_bf16", "AMX"), ("avx512_bf16", "AVX512-BF16"), ("avx512f", "AVX-512"), ("avx2", "AVX2")]
        let names = known.filter { flags.contains(Substring($0.0)) }.map(\.1)
        return names.isEmpty
            ? nil : names.joined(separator: " ") + (flags.contains("amx_bf16") ? "" : ", no matrix unit")
    }

    /// Processes that wanted to compute in the last minute: above zero, other programs take part.
    private static var load: String? {
        (try? String(contentsOfFile: "/proc/loadavg", encoding: .utf8))?.split(separator: " ").first.map(String.init)
    }
}
