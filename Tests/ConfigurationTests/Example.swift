import Configuration
import YAML

/// A manifest with one of everything.
struct Manifest: Config {
    var name = ""
    var seed = 11
    var model = Model()
    var data = DataSection()
    var peft: Tagged<Method>?
    var train = Train(epochs: 5)

    static let fields: [Field<Self>] = [
        .text("name", \.name, "Names the folder of the results.", required: true),
        .integer("seed", \.seed, in: 0..., "Starts every stream of random numbers."),
        .section("model", \.model, "The backbone."),
        .section("data", \.data, "What is read."),
        .tagged("peft", \.peft, tag: "peft_type", methods, "The method.", required: true),
        .section("train", \.train, "How the parameters are trained."),
    ]
}

struct Model: Config {
    enum Precision: String, CaseIterable { case float32, bfloat16 }

    var path = ""
    var tokenizer: String?
    var precision = Precision.float32

    static let fields: [Field<Self>] = [
        .path("path", \.path, "The folder of the checkpoint.", required: true),
        .path("tokenizer", \.tokenizer, "The folder of the tokenizer, where it is another."),
        .choice("dtype", \.precision, "The precision of the frozen weights."),
    ]
}

struct DataSection: Config {
    var format = "squad"
    var limit: Int?
    var note: String?

    static let fields: [Field<Self>] = [
        .choice("format", \.format, from: ["squad", "csv"], "How the examples are written down."),
        .integer("max_train_samples", \.limit, in: 1..., "Trains on the first examples only."),
        .text("note", \.note, "Anything."),
    ]
}

struct Train: Config {
    var epochs = 3
    var learningRate = 5e-5
    var dropout: Double?
    var shuffle = true

    init() {}
    init(epochs: Int) { self.epochs = epochs }

    static let fields: [Field<Self>] = [
        .integer("num_train_epochs", \.epochs, in: 1...1000, "Passes over the examples."),
        .number("learning_rate", \.learningRate, in: .above(0), "The step size at its peak."),
        .number("dropout", \.dropout, in: 0..<1, "Part of the hidden values that is set to zero."),
        .boolean("shuffle", \.shuffle, "Whether the order of the examples changes."),
    ]
}

struct Method: RegistryEntry {
    let name: String
    let help: String
    let section: SectionDescription
    let trainedCount: @Sendable (any Config) -> Int

    init<Settings: MethodSettings>(_ name: String, _ help: String, _ settings: Settings.Type) {
        self.name = name
        self.help = help
        section = SectionDescription(settings)
        trainedCount = { Settings.unwrapping($0).trainedCount }
    }
}

protocol MethodSettings: Config {
    var trainedCount: Int { get }
}

let methods = [
    Method("LORA", "A low-rank update.", LoRASettings.self),
    Method("PREFIX_TUNING", "Trained keys and values.", PrefixSettings.self),
    Method("FULL", "Everything is trained.", NoSettings.self),
]

struct LoRASettings: MethodSettings {
    var rank = 8
    var alpha = 8.0
    var trainedCount: Int { rank }

    static let fields: [Field<Self>] = [
        .integer("r", \.rank, in: 1...1024, "Rank of the update; trained parameters grow with it."),
        .number("lora_alpha", \.alpha, in: 0.0..., "The update is scaled by lora_alpha / r."),
    ]
}

struct PrefixSettings: MethodSettings {
    var virtualTokenCount = 16
    var trainedCount: Int { virtualTokenCount }

    static let fields: [Field<Self>] = [
        .integer("num_virtual_tokens", \.virtualTokenCount, in: 1...4096, "Length of the prefix.")
    ]
}

struct NoSettings: MethodSettings {
    var trainedCount: Int { 0 }
    static let fields: [Field<Self>] = []
}

/// The manifest in `text`, and its mistakes.
func read(_ text: String, file: String = "/m/a.yaml", overrides: [String] = []) -> (Manifest, Diagnostics) {
    var diagnostics = Diagnostics()
    let root = diagnostics.parse(text.utf8, file: file, overrides: overrides)
    let manifest = root.map { Manifest($0, &diagnostics) }
    return (manifest ?? Manifest(), diagnostics)
}

/// A manifest without mistakes, to which lines can be added.
let sound = """
    name: squad
    model: {path: ../models/bert}
    peft: {peft_type: PREFIX_TUNING, num_virtual_tokens: 8}

    """
