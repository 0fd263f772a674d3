import Configuration
import Generation
import NN
import Results
import Sweeps
import Tasks
import Training
import Tuners

/// Everything that is written down of one experiment.
public struct Manifest: Config {
    /// The experiment's name: a folder of the results.
    public var name = ""
    /// The seed of initialisation, shuffling and dropout.
    public var seed = 42
    /// The pretrained model.
    public var model = ModelSection()
    /// What is learned.
    public var task: Tagged<TaskEntry>?
    /// What it is learned from.
    public var data: Tagged<FormatEntry>?
    /// How the model is tuned.
    public var peft: [Tagged<TunerEntry>] = []
    /// How it is trained.
    public var train = TrainSettings()
    /// How texts are generated, where any are.
    public var generation: GenerationSettings?
    /// What a sweep varies; no part of the experiment itself.
    public var sweep = SweepSettings()

    /// The defaults.
    public init() {}

    /// The keys.
    public static let fields: [Field<Self>] = [
        .text("name", \.name, "Name of the experiment; its results stand in a folder of this name.", required: true),
        .integer("seed", \.seed, in: 0...Int(Int32.max), "Seed of initialisation, shuffling and dropout."),
        .section("model", \.model, "The pretrained model.", required: true),
        .tagged("task", \.task, tag: "task_type", taskTypes, "What is learned.", required: true),
        .tagged("data", \.data, tag: "format", formats, "What it is learned from.", required: true),
        .taggedList(
            "peft", \.peft, tag: "peft_type", tuners,
            "How the model is tuned: one method, or a list of several; without it, as model.adapter was."),
        .section("train", \.train, "How it is trained; the names are those of Hugging Face's TrainingArguments."),
        .section(
            "generation", \.generation,
            "How texts are generated; the names are those of Hugging Face's GenerationConfig, whose file in the checkpoint counts where a key is not given."
        ),
        .section(
            "sweep", \.sweep,
            "Values that `peftexp sweep` tries; strategies are multiplied. Keys are dotted, as in train.learning_rate."
        ).unwritten,
    ]
}

/// The pretrained model of a manifest.
public struct ModelSection: Config {
    /// Where the weights start.
    public enum Start: String, CaseIterable, Sendable {
        /// As they stand in the checkpoint.
        case checkpoint
        /// Drawn with the run's seed, as the family's models are before their pretraining.
        case random
    }

    /// The checkpoint's folder; empty where there is none.
    public var path = ""
    /// The checkpoint's folder, if there is one.
    var folder: String? {
        get { path.isEmpty ? nil : path }
        set { path = newValue ?? "" }
    }
    /// The configuration of a model that has no checkpoint.
    public var config: FileOrMapping?
    /// The folder of the tokenizer, where it is not the checkpoint's own; or `characters`.
    public var tokenizer: String?
    /// The characters of the training text, where they are the tokens: they are read before the model is built, and no key.
    var characters: CharacterVocabulary?
    /// Whether the tokens are the characters of the training text.
    public var hasCharacters: Bool { tokenizer == Self.characterName }
    private static let characterName = "characters"
    /// Where the weights start.
    public var start = Start.checkpoint
    /// The folder of an adapter whose training goes on.
    public var adapter: String?
    /// The precision of products.
    public var dtype = Precision.float32
    /// Replaces the checkpoint's dropout of hidden states.
    public var hiddenDropout: Double?
    /// Replaces the checkpoint's dropout of attention probabilities.
    public var attentionDropout: Double?
    /// Whether training drops elements below the lowest trained parameter too.
    public var frozenDropout = true

    /// The defaults.
    public init() {}

    /// The keys.
    public static let fields: [Field<Self>] = [
        .path(
            "path", \.folder, "Folder of a Hugging Face checkpoint: config.json, model.safetensors, vocabulary."),
        .fileOrMapping(
            "config", \.config,
            "Configuration of a model without a checkpoint: the path of a config.json, or its keys; vocab_size may be left to the tokenizer."
        ),
        .path(
            "tokenizer", \.tokenizer, or: characterName,
            "Folder of the tokenizer, or 'characters': those of the training text, for a model from nothing; the checkpoint's own unless given."
        ),
        .choice(
            "init", \.start, "Where the weights start: as in the checkpoint, or random, to train a model from nothing."),
        .path(
            "adapter", \.adapter,
            "Folder of an adapter, of PEFT's or this program's, whose values the trained parameters start with."),
        .choice(
            "dtype", \.dtype,
            "Precision of products with frozen weights; what is trained, and sums, are always in float32."),
        .number(
            "hidden_dropout_prob", \.hiddenDropout, in: 0..<1,
            "Dropout of embeddings and sub-layers in training; the checkpoint's own unless given."),
        .number(
            "attention_probs_dropout_prob", \.attentionDropout, in: 0..<1,
            "Dropout of attention probabilities in training; the checkpoint's own unless given."),
        .boolean(
            "frozen_dropout", \.frozenDropout,
            "Whether dropout acts also below everything that is trained; without it the layers there make the same of an example in "
                + "every epoch, which train.activation_cache keeps."),
    ]
}

extension Manifest {
    /// The keys of the data that every format has; the defaults where there is no data.
    var files: DataFiles { data.map { $0.entry.files($0.settings) } ?? DataFiles() }
}
