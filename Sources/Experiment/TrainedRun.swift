import Configuration
import Files
import Models
import NN
import Tasks
import Tensors
import Training
import Tuners
import YAML

/// A finished run read back: its model with the values that were trained.
struct TrainedRun {
    /// What the run was.
    let manifest: Manifest
    /// What it learned.
    let task: any TaskType
    /// The name of the task.
    let taskName: String
    /// How the model was tuned.
    let tuners: [NamedTuner]
    /// What the head distinguishes.
    let labels: LabelSpace
    /// The model.
    let built: BuiltModel
    /// The folder of the files that the run wrote of what it trained.
    let adapterPath: String

    /// Reads the run in `folder`.
    /// - Throws: `AdapterError` where it is no folder of a finished run.
    init(_ folder: String) throws {
        let file = "\(folder)/manifest.yaml"
        guard FileContents.exists(file) else {
            throw AdapterError(
                folder,
                Folder.exists(folder)
                    ? "there is no manifest.yaml in it; give the folder of one run, results/<name>/<run id>"
                    : "there is no such folder")
        }
        var diagnostics = Diagnostics()
        let root = diagnostics.parse(try FileContents.data(at: file), file: file, overrides: [])
        guard let root else { throw diagnostics }
        var manifest = Manifest(root, &diagnostics)
        try diagnostics.check()
        // A model that was trained from nothing stands whole beside its run.
        let whole = "\(folder)/model"
        if manifest.model.start == .random, FileContents.exists("\(whole)/config.json") {
            (manifest.model.path, manifest.model.start) = (whole, .checkpoint)
            (manifest.model.config, manifest.model.tokenizer) = (nil, nil)
        }
        self.manifest = manifest
        let saved = "\(folder)/adapter"
        let state = "\(saved)/\(AdapterFiles.stateFile)"
        guard let tagged = manifest.task, FileContents.exists(state) else {
            throw AdapterError(
                folder, "there is no \(AdapterFiles.stateFile) in its adapter folder; did the run finish?")
        }
        adapterPath = saved
        task = tagged.entry.make(tagged.settings)
        taskName = tagged.name
        tuners = manifest.peft.map { NamedTuner(name: $0.name, tuner: $0.entry.make($0.settings)) }
        guard let labels = try LabelFile.read(in: saved)?.labels else {
            throw AdapterError(
                saved,
                "there is no \(LabelFile.name) in it, which says what the outputs mean; run the experiment again")
        }
        self.labels = labels
        built = try BuiltModel(
            manifest.model, taskName: taskName, labels: labels, tuners: tuners.map(\.tuner), seed: manifest.seed,
            classifierPosition: task.classifierPosition)
        try built.load(try SavedAdapter.tensors(state), from: state)
    }
}
