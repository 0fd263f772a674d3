import Experiment
import Files
import Foundation
import Results
import Sweeps
import Tensors

/// `peftexp sweep`
let sweepCommand = Command(
    CommandForm(
        "sweep",
        "Run every trial of a manifest's 'sweep' section in worker processes; what is done already is found, not repeated.",
        [ManifestCommand.manifest],
        options: [
            .value("jobs", "N|auto", "worker processes; auto, the default, asks cores and memory"),
            .value("threads", "N", "threads of each worker; the cores divided by the workers unless given"),
            .value("retries", "N", "how often a failed trial is tried again; 1 unless given"),
            .value("time-limit", "TIME", "end an attempt at a trial after 90s, 30m, 2h; what it trained is kept"),
            .value("kill-after", "TIME", "kill an attempt that hangs so long after its time limit; 60s unless given"),
            .flag("plan", "tell the trials and what they need, and run nothing"),
            .flag("prepare", "write down what workers need, tell its folder, and run nothing"),
            ManifestCommand.results, ManifestCommand.json,
        ], takesOverrides: true,
        examples: [
            "sweep experiments/sst2-grid.yaml --plan", "sweep experiments/sst2-grid.yaml --jobs 2",
            "sweep experiments/sst2-grid.yaml 'sweep.grid.seed=[11, 12, 13]'",
        ])
) { arguments, console in
    let options = try SweepOptions(arguments)
    return try ManifestCommand.reporting(arguments, console) { workspace in
        let file = arguments.positionals[0]
        let manifest: SweepManifest
        do { manifest = try SweepManifest(file, overrides: arguments.overrides) } catch let error as FileError
            where error.path == file
        { throw UsageError("\(error)") }
        for note in manifest.notes { console.talk("note: \(note)\n") }
        // Times are estimated for as many threads as a worker will have; one, where that is not decided yet.
        let threads = options.threads ?? options.jobs.map { max(1, Parallel.threadCount / $0) } ?? 1
        let plan = try Parallel.$threadCount.withValue(threads) {
            try SweepPlan(
                manifest, workspace, retries: options.retries, timeLimit: options.timeLimit, killTime: options.killTime,
                isComplete: arguments.has("plan"))
        }
        let jobs = JobCount(plan, jobs: options.jobs, threads: options.threads)
        if arguments.has("plan") {
            let width = Terminal(descriptor: 1).width
            console.out(arguments.has("json") ? plan.json(jobs: jobs).prettyText : plan.text(jobs: jobs, width: width))
            return .done
        }
        try plan.prepare()
        if arguments.has("prepare") {
            console.talk("\(plan.summary)\n")
            console.out("\(plan.folder.path)\n")
            return .done
        }
        return try SweepRun(plan, jobs, console).run(json: arguments.has("json"))
    }
}

/// What the options of a sweep say.
private struct SweepOptions {
    /// Workers, and threads of each; nil finds the number.
    let jobs: Int?, threads: Int?
    let retries: Int
    let timeLimit: Double?, killTime: Double

    init(_ arguments: Arguments) throws(UsageError) {
        let text = arguments.value("jobs") ?? "auto"
        guard text == "auto" || Int(text) != nil else {
            throw UsageError("--jobs takes a number of workers, or auto, not '\(text)'")
        }
        jobs = text == "auto" ? nil : try arguments.integer("jobs", in: 1...1024)
        threads = try arguments.integer("threads", in: 1...1024)
        retries = try arguments.integer("retries", in: 0...1000) ?? 1
        timeLimit = try arguments.duration("time-limit")
        killTime = try arguments.duration("kill-after") ?? 60
        if arguments.value("kill-after") != nil, timeLimit == nil {
            throw UsageError("--kill-after needs --time-limit TIME")
        }
        if arguments.has("plan"), arguments.has("prepare") {
            throw UsageError("--plan writes nothing; give it or --prepare")
        }
    }
}
