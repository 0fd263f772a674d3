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
    private let tokenizer: any Tokenizer
    private let generator: Generator
    private let seed: UInt64
    /// How texts are generated.
    public let settings: GenerationSettings
    /// What is worth knowing about the adapter: keys of its configuration that were passed over.
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
            trained.built, own.map { GenerationDefaults($0) } ?? trained.built.generationDefaults(), overrides,
            seed: seed ?? trained.manifest.seed, notes: [])
    }

    /// A checkpoint, with an adapter of PEFT's or this program's where one is given.
    ///
    /// - Parameter overrides: keys of `GenerationSettings`, which go before the checkpoint's `generation_config.json`.
    public init(model path: String, adapter: String?, overrides: [String], seed: Int?) throws {
        let adapter = try adapter.map { try SavedAdapter($0) }
        let built = try Self.built(path, adapter)
        try self.init(
            built, try built.generationDefaults(), overrides, seed: seed ?? Manifest().seed, notes: adapter?.notes ?? [])
    }

    private init(
        _ built: BuiltModel, _ defaults: GenerationDefaults, _ overrides: [String], seed: Int, notes: [String]
    ) throws {
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
        (self.built, self.tokenizer, self.settings, self.notes) = (built, tokenizer, settings, notes)
        self.seed = UInt64(seed)
    }

    /// The checkpoint with the head that writes texts, by the adapter's task or the first that goes with the model.
    private static func built(_ path: String, _ adapter: SavedAdapter?) throws -> BuiltModel {
        let writing = heads.filter(\.generates).map(\.name)
        var section = ModelSection()
        section.path = path
        if let task = adapter?.taskName, !writing.contains(task) {
            throw AdapterError(
                adapter?.path ?? path,
                "it was made for \(task), which writes no texts; give one for \(writing.joined(separator: " or "))")
        }
        var refusal: AttachmentError?
        for name in adapter?.taskName.map({ [$0] }) ?? writing {
            do {
                return try BuiltModel(section, taskName: name, labels: LabelSpace(), adapter: adapter)
            } catch let error as AttachmentError where error.key == nil {
                refusal = refusal ?? error
            }
        }
        throw AdapterError(path, "it cannot write texts: \(refusal?.message ?? "no head does")")
    }

    /// The texts for one prompt.
    ///
    /// - Parameter onText: told the text as it grows, in whole characters; only where there is one text, and no beam search.
    public func texts(for prompt: String, onText: (String) throws -> Void = { _ in }) throws -> PromptedTexts {
        let ids = tokenizer.encode(prompt).ids
        var stream = GenerationText(tokenizer, after: built.model.readsSource ? [] : ids)
        let isStreamed = settings.beamCount == 1 && settings.sequenceCount == 1
        let found = try generator.generate([feature(ids)], seed: seed) { _, _, token in
            guard isStreamed else { return }
            let text = stream.append(token)
            if !text.isEmpty { try onText(text) }
        }
        if isStreamed {
            let rest = stream.finish()
            if !rest.isEmpty { try onText(rest) }
        }
        return described(prompt, ids, found[0])
    }

    /// What stands in front of a text that goes on from `prompt`; nothing for one that answers it.
    public func shown(_ prompt: String) -> String { built.model.readsSource ? "" : prompt }

    /// The texts for each line of a file of JSON lines, in their order.
    ///
    /// - Parameter report: told how many are done.
    public func texts(
        forFile input: String, report: (_ done: Int, _ total: Int) throws -> Void
    ) throws -> [PromptedTexts] {
        let prompts = try PromptFile.read(input)
        let ids = tokenizer.encode(prompts).map(\.ids)
        let found = try generator.generate(
            ids.map(feature), seed: seed, onFinished: { try report($0, prompts.count) })
        return zip(prompts, zip(ids, found)).map { described($0, $1.0, $1.1) }
    }

    /// What the model reads of a prompt.
    private func feature(_ ids: [Int32]) -> Feature {
        let layout = tokenizer.singleLayout
        let all = layout.start + ids + (built.model.readsSource ? layout.end : [])
        return Feature(inputIDs: all, tokenTypeIDs: all.map { _ in 0 })
    }

    private func described(_ prompt: String, _ ids: [Int32], _ sequences: [GeneratedSequence]) -> PromptedTexts {
        let text = GenerationText(tokenizer, after: built.model.readsSource ? [] : ids)
        return PromptedTexts(
            prompt: prompt, texts: sequences.map { GeneratedText(text: text.text(of: $0.tokens), sequence: $0) })
    }
}

extension BuiltModel {
    /// What the checkpoint says of generation.
    func generationDefaults() throws -> GenerationDefaults {
        let file = "\(path)/generation_config.json"
        return try GenerationDefaults(checkpoint: try SavedAdapter.object(file), config: config)
    }
}
