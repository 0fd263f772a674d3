import Experiment
import Foundation
import Results
import Sweeps
import Synchronization

/// `peftexp worker`
let workerCommand = Command(
    CommandForm(
        "worker",
        "Work on a sweep that 'peftexp sweep' has prepared, beside any other workers, until no trial is left.",
        [.init("DIR", "the sweep's folder, results/<name>/.sweep/<id>, or results/<name> where it has one sweep")],
        options: [
            ManifestCommand.threads,
            .flag("attached", "write events as lines of JSON, and end when standard input does; for programs"),
        ],
        examples: ["worker results/sst2-grid", "worker results/sst2-grid/.sweep/7c9e1a5b20f4 --threads 4"])
) { arguments, console in
    Interrupt.install()
    return try ManifestCommand.reporting(arguments, console) { workspace in
        let folder: SweepFolder
        do { folder = try SweepFolder(existing: arguments.positionals[0]) } catch let error as SweepError {
            throw UsageError("\(error)")
        }
        let record = try folder.record()
        let isAttached = arguments.has("attached")
        if isAttached { StandardInput.watch() }
        let screen = SweepScreen(record, console, Terminal(isTerminal: false, width: nil, hasColors: false))
        let events = Console.events()
        var failed: Set<String> = []
        let worker = SweepWorker(folder, workspace.with(results: folder.results)) { event in
            if case .failed(let trial, _) = event { failed.insert(trial) }
            if case .finished(let trial, _, _) = event { failed.remove(trial) }
            if isAttached { events(event.line) } else { screen.show(event) }
        }
        switch try worker.run(isInterrupted: { Interrupt.outcome != nil || StandardInput.hasEnded }) {
        case .allEnded: return failed.isEmpty ? .done : .failed
        case .interrupted: return Interrupt.outcome ?? .terminated
        }
    }
}

/// The end of standard input, by which a process learns that the one which started it is gone.
enum StandardInput {
    private static let ended = Atomic<Bool>(false)

    /// Whether it has ended.
    static var hasEnded: Bool { ended.load(ordering: .relaxed) }

    /// Reads until the end, on a thread of its own.
    static func watch() {
        Thread {
            var bytes = [UInt8](repeating: 0, count: 256)
            while true {
                let count = unsafe bytes.withUnsafeMutableBytes { unsafe read(0, $0.baseAddress, $0.count) }
                if count == 0 || (count < 0 && errno != EINTR) { break }
            }
            ended.store(true, ordering: .relaxed)
        }.start()
    }
}
