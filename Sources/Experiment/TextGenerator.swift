import Configuration
import Files
import Foundation
import Generation
import Models
import NN
import Tasks
import YAML

/// A model that writes texts: of a finished run, or a checkpoint with or without an adapter.
public struct TextGenerator {
    private let built: BuiltModel
    private let task: any GenerativeTask
    private let preparation: Preparation
    private let generator: Generator
    private let seed: UInt64
    /// How texts are generated.
    public let settings: GenerationSettings
    /// What is worth knowing about checkpoint and adapter: what of them was passed over.
    public let notes: [String]

    /// The model of a finished run.
    ///
    /// - Parameters:
    ///   - overrides: keys of `GenerationSettings`, which go before those of the run's `generation`.
    ///   - seed: of what is drawn; the run's own unless given.
    public init(run folder: String, overrides: [String], seed: Int?) throws {
        let trained = try TrainedRun(folder)
        let own = trained.manifest.generation
        try self.init(
            trained.built, trained.task, own.map { GenerationDefaults($0) } ?? trained.built.generationDefaults(),
            overrides,
            seed: seed ?? trained.manifest.seed, notes: [])
    }

    /// A checkpoint, with an adapter of PEFT's or this program's where one is given.
    ///
    /// - Parameter overrides: keys of `GenerationSettings`, which go before the checkpoint's `generation_config.json`.
    public init(model path: String, adapter: String?, overrides: [String], seed: Int?) throws {
        let adapter = try adapter.map { try SavedAdapter($0) }
        let (built, task) = try Self.built(path, adapter)
        try self.init(
            built, task, try built.generationDefaults(), overrides, seed: seed ?? Manifest().seed,
            notes: adapter?.notes ?? [])
    }

    private init(
        _ built: BuiltModel, _ task: any TaskType, _ defaults: GenerationDefaults, _ overrides: [String], seed: Int,
        notes: [String]
    ) throws {
        guard let task = task as? any GenerativeTask else {
            throw AdapterError(
                built.path, "a model for \(type(of: task).name) writes no texts; those for \(Self.tasks) do")
        }
        var diagnostics = Diagnostics()
        let given = diagnostics.parse(Data("{}".utf8), file: "generation", overrides: overrides)
        let settings = GenerationSettings(defaults.completed(given), &diagnostics)
        for contradiction in settings.contradictions where diagnostics.isEmpty {
            diagnostics.error(
                at: given?.location(of: contradiction.key) ?? .generated,
                "'\(contradiction.key)': \(contradiction.message)")
        }
        try diagnostics.check()
        let tokenizer = try built.tokenizer.tokenizer()
        try built.check(vocabulary: tokenizer.vocabularyCount)
        generator = try Generator(built.model, settings, endIDs: tokenizer.endID.map { [$0] } ?? []) {
            tokenizer.decode($0)
        }
        self.task = task.uncut
        preparation = Preparation(tokenizer: built.tokenizer, config: built.config, cache: nil)
        (self.built, self.settings, self.notes) = (built, settings, notes + built.unusedNotes)
        self.seed = UInt64(seed)
    }

    /// The tasks whose models write texts.
    private static var tasks: String { heads.filter(\.generates).map(\.name).joined(separator: " and ") }

    /// The checkpoint with the head that writes texts, by the adapter's task or the first that goes with the model.
    private static func built(_ path: String, _ adapter: SavedAdapter?) throws -> (BuiltModel, any TaskType) {
        let writing = heads.filter(\.generates).map(\.name)
        var section = ModelSection()
        section.path = path
        if let task = adapter?.taskName, !writing.contains(task) {
            throw AdapterError(
                adapter?.path ?? path, "it was made for \(task), which writes no texts; give one for \(tasks)")
        }
        var refusal: AttachmentError?
        for name in adapter?.taskName.map({ [$0] }) ?? writing {
            let built: BuiltModel
            do {
                built = try BuiltModel(section, taskName: name, labels: LabelSpace(), adapter: adapter)
            } catch let error as AttachmentError where error.key == nil {
                refusal = refusal ?? error
                continue
            }
            var diagnostics = Diagnostics()
            let node = adapter?.task ?? Node(.mapping([]), at: .generated)
            var pairs: [Node.Pair] = []
            if case .mapping(let given) = node.content { pairs = given.filter { $0.key != "task_type" } }
            pairs.append(Node.Pair(key: "task_type", at: node.location, value: Node(.string(name))))
            let tagged = Tagged(Node(.mapping(pairs), at: node.location), tag: "task_type", taskTypes, &diagnostics)
            guard let tagged, diagnostics.isEmpty else { throw diagnostics }
            return (built, tagged.entry.make(tagged.settings))
        }
        throw AdapterError(path, "it cannot write texts: \(refusal?.message ?? "no head does")")
    }

    /// What to say where the model's positions ended a text before its time; nil where they ended none.
    public func note(on texts: [PromptedTexts]) -> String? {
        let sequences = texts.flatMap(\.texts).map(\.sequence)
        let cut = sequences.count { $0.ending == .positions }
        guard cut > 0, let positions = built.model.backbone.maximumPositions else { return nil }
        let which = sequences.count == 1 ? "the text ends" : "\(cut) of \(sequences.count) texts end"
        return "\(which) early: no room is left in the model's \(positions) \(built.model.backbone.positionsName)"
    }

    /// The texts for one prompt.
    ///
    /// - Parameter onText: told the text as it grows, in whole characters; only where there is one text, and no beam search.
    public func texts(for prompt: String, onText: (String) throws -> Void = { _ in }) throws -> PromptedTexts {
        let prompts = try task.prompts(of: [prompt], preparation)
        let isStreamed = settings.beamCount == 1 && settings.sequenceCount == 1
        var stream = text(after: prompts.data.features[0], prompts.tokenizer)
        let found = try generator.generate(prompts.data.features, seed: seed) { _, _, token in
            guard isStreamed else { return }
            let text = stream.append(token)
            if !text.isEmpty { try onText(text) }
        }
        if isStreamed {
            let rest = stream.finish()
            if !rest.isEmpty { try onText(rest) }
        }
        return described(prompts, found)[0]
    }

    /// The texts for each line of a file of JSON lines, in their order.
    ///
    /// - Parameter report: told how many are done.
    public func texts(
        forFile input: String, report: (_ done: Int, _ total: Int) throws -> Void
    ) throws -> [PromptedTexts] {
        let prompts = try task.prompts(PredictionInputs.file(input), preparation)
        let count = prompts.texts.count
        let found = try generator.generate(
            prompts.data.features, seed: seed, onFinished: { try report($0, count) })
        return described(prompts, found)
    }

    /// What stands in front of a text that goes on from `prompt`; nothing for one that answers it.
    public func shown(_ prompt: String) -> String { built.model.readsSource ? "" : prompt }

    /// What is written behind a prompt; what an encoder reads stands in no line with that.
    private func text(after prompt: Feature, _ tokenizer: any Tokenizer) -> GenerationText {
        GenerationText(tokenizer, after: built.model.readsSource ? [] : prompt.inputIDs)
    }

    private func described(_ prompts: PreparedPrompts, _ found: [[GeneratedSequence]]) -> [PromptedTexts] {
        zip(zip(prompts.texts, prompts.data.features), found).map { prompt, sequences in
            let start = text(after: prompt.1, prompts.tokenizer)
            return PromptedTexts(
                prompt: prompt.0,
                texts: sequences.map { GeneratedText(text: start.text(of: $0.tokens), sequence: $0) })
        }
    }
}

extension BuiltModel {
    /// A line on tensors of the checkpoint's layers that nothing uses, as where `config.json` asks for fewer layers than there are.
    fileprivate var unusedNotes: [String] {
        let tables = [".attn.bias", ".attn.masked_bias", ".inv_freq"]
        let unused = store.unusedTensors.filter { name in
            name.split(separator: ".").contains { Int($0) != nil } && !tables.contains { name.hasSuffix($0) }
        }
        guard let first = unused.first else { return [] }
        let more = unused.count > 1 ? " and \(unused.count - 1) more" : ""
        return ["'\(first)'\(more) of the checkpoint are not used: config.json asks for less than there is"]
    }

    /// What the checkpoint says of generation.
    func generationDefaults() throws -> GenerationDefaults {
        let file = "\(path)/generation_config.json"
        return try GenerationDefaults(checkpoint: try SavedAdapter.object(file), config: config)
    }
}
