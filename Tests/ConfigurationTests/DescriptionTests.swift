import Configuration
import Foundation
import Testing
import YAML

@Suite struct DescriptionTests {
    @Test func schemaIsRecorded() throws {
        try expectGolden("manifest.schema.json", Manifest.schemaDocument(title: "A manifest").prettyText)
    }

    @Test(arguments: ["", "train", "train.learning_rate", "peft", "peft.LORA", "peft.r", "model.path", "data.note"])
    func explanationsAreRecorded(key: String) throws {
        try expectGolden("explain-\(key.isEmpty ? "all" : key).txt", try Manifest.explain(key))
    }

    @Test func keysBelowAnEntryCanBeNamedBothWays() throws {
        #expect(try Manifest.explain("peft.r") == Manifest.explain("peft.LORA.r"))
        #expect(try Manifest.explain("peft.peft_type") == Manifest.explain("peft"))
    }

    @Test(arguments: [
        ("train.lerning_rate", "there is no key 'train.lerning_rate'; did you mean 'train.learning_rate'?"),
        ("learning_rate", "there is no key 'learning_rate'; did you mean 'train.learning_rate'?"),
        ("bert", "there is no key 'bert'"),
    ])
    func unknownKeysAreSuggested(key: String, message: String) {
        let error = #expect(throws: UnknownKeyError.self) { try Manifest.explain(key) }
        #expect(error?.description == message)
    }
}

/// Compares `actual` with `Golden/<name>` beside the test; `RECORD_GOLDEN=1` rewrites it, and fails.
func expectGolden(
    _ name: String, _ actual: String, _ here: String = #filePath,
    at source: Testing.SourceLocation = #_sourceLocation
) throws {
    let file = URL(filePath: here).deletingLastPathComponent().appending(path: "Golden/\(name)")
    if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] != nil {
        try Data(actual.utf8).write(to: file)
        Issue.record("recorded \(name)", sourceLocation: source)
        return
    }
    #expect(actual == (try String(contentsOf: file, encoding: .utf8)), sourceLocation: source)
}
