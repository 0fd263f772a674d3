import Configuration
import Files
import Generation
import Models
import NN
import Tasks
import YAML

/// The section `generation` of a manifest: what the checkpoint says of it, and whether it goes with the task.
enum GenerationSection {
    /// Completes the section by the checkpoint's `generation_config.json`, where there is one or the task generates; notes what does
    /// not fit.
    static func complete(_ manifest: inout Manifest, _ root: Node, _ diagnostics: inout Diagnostics) throws {
        guard let task = manifest.task else { return }
        let isGiven = root["generation"].map { !$0.isNull } ?? false
        let generates = task.settings.node()["predict_with_generate"]?.boolean ?? false
        guard isGiven || generates else { return }
        guard task.entry.make(task.settings) is any GenerativeTask else {
            let writing = heads.filter(\.generates).map(\.name).joined(separator: " and ")
            diagnostics.error(
                at: root.location(of: "generation"),
                "a model for \(task.name) writes no texts; leave 'generation' out, which belongs to \(writing)")
            return
        }
        let folder = manifest.model.path
        if !folder.isEmpty, FileContents.exists("\(folder)/config.json") {
            do throws(GenerationError) {
                let defaults = try GenerationDefaults(
                    checkpoint: try? SavedAdapter.object("\(folder)/generation_config.json"),
                    config: (try? Checkpoint.config(in: folder)) ?? Node(.mapping([]), at: .generated))
                // What the user wrote was read before, mistakes and all.
                var mistakes = Diagnostics()
                let settings = GenerationSettings(defaults.completed(root["generation"]), &mistakes)
                if !diagnostics.isInDoubt("generation") { manifest.generation = settings }
            } catch {
                diagnostics.error(at: root.location(of: "model.path"), "\(error)")
            }
        } else if manifest.generation == nil {
            manifest.generation = GenerationSettings()
        }
        for contradiction in manifest.generation?.contradictions ?? [] {
            let keys = ["generation.\(contradiction.key)", "generation.\(contradiction.other)"]
            if keys.contains(where: diagnostics.isInDoubt) { continue }
            diagnostics.error(at: root.location(of: keys[0]), "'\(keys[0])': \(contradiction.message)")
        }
    }
}
