import Experiment

/// `peftexp validate`
let validateCommand = Command(
    CommandForm(
        "validate", "Check a manifest and the files it names, without reading weights or data.",
        [ManifestCommand.manifest],
        takesOverrides: true, examples: ["validate experiments/squad-ptv2.yaml"])
) { arguments, console in
    try ManifestCommand.with(arguments, console) { resolved, _ in
        console.out("\(arguments.positionals[0]): \(resolved.tunerName) for \(resolved.taskName), nothing wrong\n")
        return .done
    }
}
