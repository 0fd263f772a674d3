import Configuration
import Experiment
import Files
import Foundation
import Models
import Tasks
import Testing
import Tuners
import YAML

@Suite("Registries and committed files")
struct RegistryTests {
    @Test("Every task has a head, and every head a task")
    func headsAndTasks() {
        #expect(Set(taskTypes.map(\.name)) == Set(heads.map(\.name)))
    }

    @Test("Every task has a format that holds its records")
    func formatsAndTasks() {
        for task in taskTypes {
            #expect(formats.contains { $0.kind($0.section.defaults, task.records) != nil }, "\(task.name)")
        }
    }

    @Test("Names are told apart, and explained")
    func catalogues() {
        for catalogue in Catalogue.all {
            #expect(!catalogue.entries.isEmpty, "\(catalogue.kind)")
            #expect(Set(catalogue.entries.map(\.name)).count == catalogue.entries.count, "\(catalogue.kind)")
            #expect(catalogue.entries.allSatisfy { !$0.help.isEmpty }, "\(catalogue.kind)")
        }
    }

    @Test("Every method goes with the tiny experiment, but for one that needs a decoder", arguments: tuners.map(\.name))
    func methods(name: String) throws {
        let mistakes = try TinyExperiment.mistakes(["peft={peft_type: \(name)}"])
        #expect(mistakes.allSatisfy { $0.hasPrefix("\(name): it needs a decoder") }, "\(mistakes)")
    }

    @Test("The committed schema is the program's")
    func schema() throws {
        let file = "\(TinyExperiment.root)/schemas/manifest.schema.json"
        let current = Manifest.schemaDocument(title: "A peftexp experiment").prettyText
        #expect(try FileContents.text(at: file) == current, "run make schema")
    }

    /// The manifests in `experiments/`.
    static let experiments: [String] = {
        let folder = "\(TinyExperiment.root)/experiments"
        return ((try? Folder.names(in: folder)) ?? []).filter { $0.hasSuffix(".yaml") }.map { "\(folder)/\($0)" }
    }()

    @Test("Every committed experiment is right, but for a model or data to be fetched", arguments: experiments)
    func experiment(file: String) throws {
        do {
            if SweepManifest.isSweep(file) { _ = try SweepManifest(file) } else { _ = try ResolvedManifest(file) }
        } catch let mistakes as Diagnostics {
            let fetched = [
                "there is no folder '\(TinyExperiment.root)/models/",
                "there is no file '\(TinyExperiment.root)/experiments/data/",
            ]
            let left = mistakes.errors.filter { mistake in !fetched.contains { mistake.message.hasPrefix($0) } }
            #expect(left.isEmpty, "\(mistakes)")
        }
    }

    @Test("Every committed experiment begins with what it shows and how to run it", arguments: experiments)
    func comments(file: String) throws {
        let text = try FileContents.text(at: file)
        #expect(text.hasPrefix("# "))
        #expect(text.contains("#     peftexp \(SweepManifest.isSweep(file) ? "sweep" : "run") experiments/"))
    }
}
