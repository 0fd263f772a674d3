import Configuration
import Testing
import YAML

@testable import Tasks

@Suite("What a manifest can name")
struct RegistryTests {
    @Test("Every task has a format to learn from", arguments: taskTypes.map(\.name))
    func tasksHaveFormats(name: String) throws {
        let task = try #require(taskTypes.first { $0.name == name })
        for kind in task.records {
            #expect(formats.contains { $0.records.contains { $0 == kind } })
        }
        #expect(!task.metrics(task.section.defaults).isEmpty)
        #expect(task.contradictions(task.section.defaults).isEmpty)
        #expect(task.maxSequenceLength(task.section.defaults) > 0)
    }

    @Test("Names are unique and everything is explained")
    func namesAndHelp() {
        for (names, help) in [
            (taskTypes.map(\.name), taskTypes.map(\.help)), (formats.map(\.name), formats.map(\.help)),
        ] {
            #expect(Set(names).count == names.count)
            #expect(help.allSatisfy { $0.hasSuffix(".") })
        }
    }

    @Test("Settings of question answering have the reference's names and defaults")
    func questionAnswering() throws {
        let text = """
            {max_seq_length: 384, doc_stride: 128, n_best_size: 20, max_answer_length: 30, version_2_with_negative: false, \
            null_score_diff_threshold: 0}
            """
        var diagnostics = Diagnostics()
        let settings = QuestionAnswering.Settings(try YAMLText.parse(text, file: "m.yaml"), &diagnostics)
        #expect(diagnostics.isEmpty)
        #expect(settings == QuestionAnswering.Settings())
    }

    @Test("Settings that do not go together")
    func contradictions() {
        var settings = QuestionAnswering.Settings()
        settings.stride = 384
        settings.nullThreshold = 1
        let found = QuestionAnswering(settings).contradictions
        #expect(found.map(\.key) == ["doc_stride", "null_score_diff_threshold"])
        #expect(found.first?.message == "384 is not less than max_seq_length 384")
        settings.allowsNone = true
        settings.stride = 383
        #expect(QuestionAnswering(settings).contradictions.isEmpty)
    }
}
