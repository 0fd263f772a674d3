import Experiment

/// `peftexp validate`
let validateCommand = Command(
    CommandForm(
        "validate", "Check a manifest and the files it names, without reading weights or data.",
        [ManifestCommand.manifest],
        takesOverrides: true, examples: ["validate experiments/squad-ptv2.yaml"])
) { arguments, console in
    let file = arguments.positionals[0]
    if SweepManifest.isSweep(file, overrides: arguments.overrides) {
        return try ManifestCommand.reporting(arguments, console) { _ in
            let sweep = try SweepManifest(file, overrides: arguments.overrides)
            for note in sweep.notes { console.talk("note: \(note)\n") }
            let dropped = sweep.droppedCount > 0 ? " (\(sweep.droppedCount) dropped by conditions)" : ""
            console.out("\(file): a sweep of \(sweep.trials.count) trials\(dropped), nothing wrong\n")
            return .done
        }
    }
    return try ManifestCommand.with(arguments, console) { resolved, _ in
        console.out("\(file): \(resolved.tunerName) for \(resolved.taskName), nothing wrong\n")
        return .done
    }
}
