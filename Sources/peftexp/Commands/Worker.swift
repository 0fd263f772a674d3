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
        details: """
            The exit status is 1 when a trial of the sweep could not be brought to its end, here or elsewhere.
            """,
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
        let worker = SweepWorker(
            folder, workspace.with(results: folder.results),
            onHang: { trial, failure in
                // The thread that draws is the one that hangs.
                if isAttached {
                    events(WorkerEvent.failed(trial, message: failure.message).line)
                } else {
                    console.talk("failed: \(failure.message)  (run \(trial))\n")
                }
                Restart.run()
            },
            report: { event in if isAttached { events(event.line) } else { screen.show(event) } })
        switch try worker.run(isInterrupted: { Interrupt.outcome != nil || StandardInput.hasEnded }) {
        case .allEnded:
            let ledger = SweepLedger(folder, record)
            let hasFailed = try record.trials.contains {
                if case .failed = try ledger.state(of: $0) { true } else { false }
            }
            return hasFailed ? .failed : .done
        case .interrupted: return Interrupt.outcome ?? .terminated
        }
    }
}

/// Beginning anew, with the same words, in the same process: whatever hangs in it is gone, and whoever has started it does not notice.
enum Restart {
    static func run() -> Never {
        var words: [UnsafeMutablePointer<CChar>?] = unsafe CommandLine.arguments.map { unsafe strdup($0) }
        unsafe words.append(nil)
        unsafe execv("/proc/self/exe", words)
        _exit(Outcome.failed.rawValue)
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
