import Configuration
import Files
import Results
import Tasks
import Tuners
import YAML

/// A manifest that was read and checked: every key has a value, every path is absolute, all parts fit one another.
public struct ResolvedManifest: Sendable {
    /// The values.
    public let manifest: Manifest
    /// What is learned, with its settings.
    public let task: any TaskType
    /// What it is learned from: how the files are laid out, and what is wanted of them.
    public let data: Tagged<FormatEntry>
    /// How the model is tuned.
    public let tuner: any Tuner
    /// The names of task and method, as in the manifest.
    public let taskName: String, tunerName: String

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
        let manifest = Manifest(root, &diagnostics)
        if diagnostics.isEmpty || manifest.model.path != "" {
            try ManifestCheck(manifest, root).run(&diagnostics)
        }
        try diagnostics.check()
        guard let task = manifest.task, let peft = manifest.peft, let data = manifest.data else { throw diagnostics }
        self.manifest = manifest
        self.task = task.entry.make(task.settings)
        self.data = data
        tuner = peft.entry.make(peft.settings)
        (taskName, tunerName) = (task.name, peft.name)
    }

    /// The canonical text, complete: what is stored with the result.
    public var text: String { manifest.node().yamlText }

    /// The text without paths: two runs with the same are the same when their files hold the same.
    public var identity: String { manifest.node(paths: .omitted).yamlText }

    /// The training file and how much of it.
    public var trainingFile: DataFile {
        DataFile(path: manifest.files.train, format: data, limit: manifest.files.maxTrainSamples)
    }

    /// The evaluation file and how much of it, if there is one.
    public var evaluationFile: DataFile? {
        manifest.files.eval.map { DataFile(path: $0, format: data, limit: manifest.files.maxEvalSamples) }
    }
}
