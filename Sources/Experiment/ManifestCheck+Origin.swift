import Configuration
import Files
import Tuners

extension ManifestCheck {
    /// The key that names the model.
    var originKey: String { manifest.model.config == nil ? "model.path" : "model.config" }

    /// Where the model comes from must be said once, and what is named must be there.
    ///
    /// - Returns: whether the model's configuration can be read.
    func checkOrigin(_ diagnostics: inout Diagnostics) -> Bool {
        let model = manifest.model
        checkStart(&diagnostics)
        if model.hasCharacters {
            if model.start != .random {
                report(
                    "model.tokenizer",
                    "no checkpoint was trained on the characters of this text; leave 'characters' to a model with 'init: random'",
                    &diagnostics)
            }
        } else if let tokenizer = model.tokenizer, !Folder.exists(tokenizer) {
            report("model.tokenizer", "there is no folder '\(tokenizer)'", &diagnostics)
        }
        guard let config = model.config else { return checkFolder(&diagnostics) }
        if !model.path.isEmpty {
            report(
                "model.config", "the checkpoint in model.path has a configuration of its own; leave one of them out",
                &diagnostics)
        } else if model.start != .random {
            report(
                "model.config",
                "a configuration has no weights; add 'init: random' to train them from nothing, or give a checkpoint in model.path",
                &diagnostics)
        } else if model.tokenizer == nil, !diagnostics.isInDoubt("model.tokenizer") {
            report(
                "model.config",
                "a configuration has no tokenizer; give the folder of one, or 'characters', in model.tokenizer",
                &diagnostics)
        }
        guard case .file(let path) = config else { return true }
        if FileContents.exists(path) { return true }
        report(
            "model.config",
            Folder.exists(path)
                ? "'\(path)' is a folder; give the file, config.json in it" : "there is no file '\(path)'",
            &diagnostics)
        return false
    }

    /// Weights that are drawn are of use only where all of them are trained.
    private func checkStart(_ diagnostics: inout Diagnostics) {
        guard manifest.model.start == .random else { return }
        if manifest.model.adapter != nil {
            report("model.adapter", "an adapter belongs to trained weights; leave out 'init: random'", &diagnostics)
        }
        if !tuners.isEmpty, !tuners.contains(where: { $0.tuner is FullFineTuning }) {
            report(
                "model.init",
                "with \(tuners.map(\.name).joined(separator: ", ")) most weights would stay random; train a model from nothing with "
                    + "peft_type \(FullFineTuning.name), then tune it", &diagnostics)
        }
    }

    private func checkFolder(_ diagnostics: inout Diagnostics) -> Bool {
        let path = manifest.model.path
        if path.isEmpty {
            if !diagnostics.isInDoubt("model"), !diagnostics.isInDoubt("model.path"),
                !diagnostics.isInDoubt("model.config")
            {
                report("model", "missing 'model.path': the folder of a checkpoint", &diagnostics)
            }
            return false
        }
        guard Folder.exists(path) else {
            let isFile = FileContents.exists(path)
            report(
                "model.path", isFile ? "'\(path)' is a file; give the folder it is in" : "there is no folder '\(path)'",
                &diagnostics)
            return false
        }
        if FileContents.exists("\(path)/config.json") { return true }
        report(
            "model.path",
            FileContents.exists("\(path)/model/config.json")
                ? "'\(path)' is the folder of a run; the model that it trained is '\(path)/model'"
                : "the folder '\(path)' has no config.json; is it a Hugging Face checkpoint?", &diagnostics)
        return false
    }
}
