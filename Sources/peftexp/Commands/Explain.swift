import Experiment

/// `peftexp explain`
let explainCommand = Command(
    CommandForm(
        "explain", "Tell what a key of a manifest means, its type, range and default.",
        [.init("KEY", "a dotted key, a section, or a method; everything unless given", .optional)],
        examples: ["explain", "explain train.lr_scheduler_type", "explain peft.PREFIX_TUNING"])
) { arguments, console in
    do {
        console.out(try Manifest.explain(arguments.positionals.first ?? ""))
        return .done
    } catch {
        throw UsageError("\(error)")
    }
}
