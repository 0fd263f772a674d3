import Configuration
import Files
import Results
import Tasks
import Training
import Tuners
import YAML

/// A method and the name by which manifests ask for it.
public struct NamedTuner: Sendable {
    /// The `peft_type`.
    public let name: String
    /// The method with its settings.
    public let tuner: any Tuner
}

/// A manifest that was read and checked: every key has a value, every path is absolute, all parts fit one another.
public struct ResolvedManifest: Sendable {
    /// The values.
    public let manifest: Manifest
    /// What is learned, with its settings.
    public let task: any TaskType
    /// What it is learned from: how the files are laid out, and what is wanted of them.
    public let data: Tagged<FormatEntry>
    /// How the model is tuned, method by method.
    public let tuners: [NamedTuner]
    /// The adapter that training goes on from, if there is one.
    public let adapter: SavedAdapter?
    /// The manifest as it was read, and its lines.
    private let root: Node, source: Diagnostics
    /// The name of the task, as in the manifest.
    public let taskName: String
    /// The names of the methods, as in the manifest.
    public var tunerName: String { tuners.map(\.name).joined(separator: "+") }

    /// Reads the manifest in `file`, puts the overrides in, and checks everything that can be checked without reading weights or
    /// data.
    ///
    /// - Throws: `Diagnostics` with every mistake, located; `CheckpointError` when the model's configuration is damaged;
    ///   `FileError` when the manifest itself cannot be read.
    public init(_ file: String, overrides: [String] = []) throws {
        let bytes = try FileContents.data(at: file)
        var diagnostics = Diagnostics()
        let root = diagnostics.parse(bytes, file: file, overrides: overrides)
        guard let root else { throw diagnostics }
        try self.init(root, diagnostics)
    }

    /// Checks what was read; `diagnostics` has its text, and the mistakes that were found in it.
    init(_ root: Node, _ diagnostics: Diagnostics) throws {
        var diagnostics = diagnostics
        var manifest = Manifest(root, &diagnostics)
        if root["peft"] == nil, manifest.model.adapter == nil, !diagnostics.isInDoubt("peft") {
            diagnostics.error(at: root.location, "missing 'peft': how the model is tuned")
        }
        let adapter = Self.adapter(manifest, root, &diagnostics)
        if root["peft"] == nil, let adapter {
            // What is stored with the result says how the adapter was tuned, wherever the adapter may go.
            if let method = adapter.method {
                manifest.peft = [method]
            } else {
                diagnostics.error(
                    at: root.location(of: "model.adapter"),
                    "the files in '\(adapter.path)' do not say how the model was tuned; name the methods in 'peft'")
            }
        }
        try GenerationSection.complete(&manifest, root, &diagnostics)
        let tuners = manifest.peft.map { NamedTuner(name: $0.name, tuner: $0.entry.make($0.settings)) }
        if diagnostics.isEmpty || manifest.model.path != "" {
            try ManifestCheck(manifest, root, tuners, adapter).run(&diagnostics)
        }
        try diagnostics.check()
        guard let task = manifest.task, let data = manifest.data, !tuners.isEmpty else { throw diagnostics }
        self.manifest = manifest
        self.task = task.entry.make(task.settings)
        self.data = data
        self.tuners = tuners
        self.adapter = adapter
        taskName = task.name
        (self.root, source) = (root, diagnostics)
    }

    /// A mistake in what the manifest says at `key`, that was found when data or weights were read.
    func mistake(at key: String, _ message: String) -> Diagnostics {
        var mistakes = source
        mistakes.error(at: root.location(of: key), message)
        return mistakes
    }

    /// What `read` gives; a mistake that names a key of the manifest is told there.
    func reading<Value>(_ read: () throws(DataError) -> Value) throws -> Value {
        do throws(DataError) { return try read() } catch {
            guard let key = error.key else { throw error }
            throw mistake(at: key, error.message)
        }
    }

    /// The adapter that the manifest names; what is wrong with it is a mistake at its key.
    private static func adapter(_ manifest: Manifest, _ root: Node, _ diagnostics: inout Diagnostics) -> SavedAdapter? {
        guard let path = manifest.model.adapter else { return nil }
        do { return try SavedAdapter(path) } catch let mistakes as Diagnostics {
            for mistake in mistakes.errors { diagnostics.error(at: root.location(of: "model.adapter"), "\(mistake)") }
        } catch {
            diagnostics.error(at: root.location(of: "model.adapter"), "\(error)")
        }
        return nil
    }

    /// The canonical text, complete: what is stored with the result.
    public var text: String { manifest.node().yamlText }

    /// The text without paths, and without the keys that no result depends on: two runs with the same are the same when their files
    /// hold the same.
    public var identity: String {
        var root = manifest.node(paths: .omitted)
        guard case .mapping(var pairs) = root.content else { return root.yamlText }
        for index in pairs.indices where pairs[index].key == "train" {
            guard case .mapping(let keys) = pairs[index].value.content else { continue }
            pairs[index].value.content = .mapping(keys.filter { !TrainSettings.idleKeys.contains($0.key) })
        }
        root.content = .mapping(pairs)
        return root.yamlText
    }

    /// The training file and how much of it.
    public var trainingFile: DataFile {
        DataFile(path: manifest.files.train, format: data, limit: manifest.files.maxTrainSamples)
    }

    /// The evaluation file and how much of it, if there is one.
    public var evaluationFile: DataFile? {
        manifest.files.eval.map { DataFile(path: $0, format: data, limit: manifest.files.maxEvalSamples) }
    }
}
