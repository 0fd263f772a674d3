import Experiment
import Files
import Foundation
import Testing

@Suite("The identity of a run")
struct IdentityTests {
    private func id(_ resolved: ResolvedManifest, _ workspace: Workspace) throws -> String {
        try Assembly(resolved, workspace).id.text
    }

    @Test("Depends on what files hold, not on where they lie")
    func contentNotPlace() throws {
        try withWorkspace { workspace in
            let original = try id(TinyExperiment.resolved(), workspace)
            let (from, to) = (Folder.parent(of: TinyExperiment.manifest), Folder.parent(of: workspace.results))
            for name in ["train.json", "eval.json"] {
                try FileManager.default.copyItem(atPath: "\(from)/\(name)", toPath: "\(to)/other-\(name)")
            }
            let moved = ["data.train=\(to)/other-train.json", "data.eval=\(to)/other-eval.json"]
            #expect(try id(ResolvedManifest(TinyExperiment.manifest, overrides: moved), workspace) == original)

            let text = try FileContents.text(at: "\(to)/other-eval.json")
            try AtomicFile.write(text.replacing("letters", with: "LETTERS"), to: "\(to)/other-eval.json")
            #expect(try id(ResolvedManifest(TinyExperiment.manifest, overrides: moved), workspace) != original)
        }
    }

    @Test("Depends on every setting, and on no way of writing it")
    func settings() throws {
        try withWorkspace { workspace in
            let original = try id(TinyExperiment.resolved(), workspace)
            for same in [
                "train.learning_rate=0.01", "seed=7", "peft.prefix_projection=false", "train.save_steps=3",
                "train.save_strategy=no", "train.save_minutes=1",
            ] {
                #expect(try id(TinyExperiment.resolved(same), workspace) == original, "\(same)")
            }
            for other in [
                "train.learning_rate=0.02", "seed=8", "peft.prefix_projection=true", "data.max_eval_samples=3",
            ] {
                #expect(try id(TinyExperiment.resolved(other), workspace) != original, "\(other)")
            }
        }
    }

    @Test("The canonical manifest is read back as the same")
    func canonical() throws {
        try withWorkspace { workspace in
            let resolved = try TinyExperiment.resolved("seed=3", "model.hidden_dropout_prob=0.25")
            let file = Folder.parent(of: workspace.results) + "/manifest.yaml"
            try AtomicFile.write(resolved.text, to: file)
            let again = try ResolvedManifest(file)
            #expect(again.text == resolved.text)
            #expect(again.manifest == resolved.manifest)
        }
    }
}
