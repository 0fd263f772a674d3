import Configuration
import YAML

/// A section with every kind of key that holds several values.
struct Adaptation: Config {
    enum Start: String, CaseIterable { case standard = "true", none = "false", gaussian, pissa }

    var targets: TextOrTexts?
    var required = TextOrTexts.names(["query"])
    var saved: [String]?
    var metrics = ["f1"]
    var layers: [Int]?
    var sizes = [2, 1]
    var ranks: ValuesByName<Int> = [:]
    var alphas: ValuesByName<Double> = ["value": 0.5]
    var start = Start.standard
    var methods = [Tagged(ConfigurationTests.methods[0])]
    var placement = Placement()

    static let fields: [Field<Self>] =
        [
            .textOrTexts("target_modules", \.targets, "Where it goes."),
            .textOrTexts("modules", \.required, "Where it goes, always."),
            .texts("modules_to_save", \.saved, "What is trained too."),
            .texts("metrics", \.metrics, "What is told."),
            .integers("layers_to_transform", \.layers, in: 0..., "In which layers."),
            .integers("sizes", \.sizes, in: 1...4, "Some sizes."),
            .integersByName("rank_pattern", \.ranks, in: 1..., "Other ranks."),
            .numbersByName("alpha_pattern", \.alphas, in: .above(0), "Other scales."),
            .booleanOrChoice("init_weights", \.start, "How it starts."),
            .taggedList("peft", \.methods, tag: "peft_type", ConfigurationTests.methods, "The methods."),
        ] + Field.within(\.placement)
}

/// A section whose keys stand among those of another.
struct Placement: Config {
    var folder = ""
    var depth = 2

    static let fields: [Field<Self>] = [
        .path("folder", \.folder, "The folder.", required: true),
        .integer("depth", \.depth, in: 0..., "How deep."),
    ]
}

/// The section in `text`, and its mistakes.
func adaptation(_ text: String, overrides: [String] = []) -> (value: Adaptation, diagnostics: Diagnostics) {
    var diagnostics = Diagnostics()
    let root = diagnostics.parse("folder: x\n\(text)".utf8, file: "/m/a.yaml", overrides: overrides)
    let value = root.map { Adaptation($0, &diagnostics) }
    return (value ?? Adaptation(), diagnostics)
}
