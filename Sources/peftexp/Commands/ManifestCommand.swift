import Configuration
import Experiment
import Files
import Foundation
import Tensors

/// What the commands that read a manifest share.
enum ManifestCommand {
    static let manifest = CommandForm.Positional("MANIFEST", "the experiment: a YAML, JSON or property-list file")
    static let threads = CommandForm.Option.value(
        "threads", "N", "threads to compute with; all cores unless given, and no result depends on it")
    static let results = CommandForm.Option.value("results", "DIR", "folder of all results; ./results unless given")
    static let json = CommandForm.Option.flag("json", "write JSON to standard output")

    /// Reads the manifest that the arguments name and does `body` with it; mistakes in it are told, all of them.
    static func with(
        _ arguments: Arguments, _ console: Console, _ body: (ResolvedManifest, Workspace) throws -> Outcome
    ) throws -> Outcome {
        let file = arguments.positionals[0]
        return try reporting(arguments, console) { workspace in
            do {
                let resolved = try ResolvedManifest(file, overrides: arguments.overrides)
                if resolved.manifest.sweep.isPresent {
                    console.talk("note: this is the manifest alone; 'peftexp sweep \(file)' runs its trials\n")
                }
                return try body(resolved, workspace)
            } catch let error as FileError where error.path == file {
                throw UsageError("\(error)")
            }
        }
    }

    /// Does `body` with what the options say of threads and results; mistakes in what is written down are told, all of them.
    static func reporting(
        _ arguments: Arguments, _ console: Console, _ body: (Workspace) throws -> Outcome
    ) throws -> Outcome {
        let threads = try arguments.integer("threads", in: 1...1024)
        let results = arguments.value("results") ?? "results"
        if results.isEmpty { throw UsageError("--results needs the name of a folder") }
        let workspace = Workspace(
            results: results, cache: CacheDirectory(environment: environment))
        do {
            guard let threads else { return try body(workspace) }
            return try Parallel.$threadCount.withValue(threads) { try body(workspace) }
        } catch let mistakes as Diagnostics {
            let count = mistakes.errors.count
            console.talk("\(mistakes)\n\(count == 1 ? "1 mistake" : "\(count) mistakes"); nothing was started.\n")
            return .wrongInput
        }
    }

    private static var environment: [String: String] { ProcessInfo.processInfo.environment }
}
