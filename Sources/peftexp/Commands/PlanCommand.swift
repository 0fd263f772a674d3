import Experiment

/// `peftexp plan`
let planCommand = Command(
    CommandForm(
        "plan", "Tell what a run will do, train and need, without training.", [ManifestCommand.manifest],
        options: [ManifestCommand.json, ManifestCommand.threads], takesOverrides: true,
        examples: ["plan experiments/squad-ptv2.yaml", "plan experiments/squad-ptv2.yaml peft.num_virtual_tokens=64"])
) { arguments, console in
    try ManifestCommand.with(arguments, console) { resolved, workspace in
        let assembly = try Assembly(resolved, workspace)
        let plan = try Plan(assembly, ProductProbe(workspace, assembly.productPrecision))
        console.out(arguments.has("json") ? plan.json.prettyText : plan.text)
        return .done
    }
}
