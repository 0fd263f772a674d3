import Files
import NN
import YAML

/// `labels.json` beside an adapter: what the head's logits mean, which PEFT's files do not say.
enum LabelFile {
    static let name = "labels.json"

    /// Whether a head of this task is a map to labels, which PEFT and transformers call `classifier` or `score`.
    static func hasNamedLabels(_ taskName: String) -> Bool { ["SEQ_CLS", "TOKEN_CLS"].contains(taskName) }

    /// The most labels that a head is believed to have.
    private static let limit = 1 << 20

    /// - Parameter task: the section `task` of the run.
    static func text(_ labels: LabelSpace, task: Node?) -> String {
        let kind =
            switch labels.kind {
            case .classes: "classes"
            case .flags: "flags"
            case .value: "value"
            }
        return JSON.object([
            "kind": .string(kind), "names": .array(labels.names.map { .string($0) }),
            "task": task.map { JSON($0) } ?? .null,
        ]).prettyText
    }

    /// The labels in a folder, and the task's section; nil where there are none.
    static func read(in folder: String) throws -> (labels: LabelSpace, task: Node?)? {
        let file = "\(folder)/\(name)"
        guard FileContents.exists(file) else { return nil }
        let node: Node
        do { node = try JSONText.parse(try FileContents.data(at: file), file: file) } catch let error as TextError {
            throw AdapterError(file, "\(error)")
        }
        let kinds: [String: LabelSpace.Kind] = ["classes": .classes, "flags": .flags, "value": .value]
        guard let kind = node["kind"]?.string.flatMap({ kinds[$0] }), let elements = node["names"]?.elements else {
            throw AdapterError(file, "it must have a 'kind' (classes, flags or value) and 'names'")
        }
        let names = elements.compactMap(\.string)
        guard names.count == elements.count, Set(names).count == names.count else {
            throw AdapterError(file, "'names' must be texts, each once")
        }
        return (LabelSpace(kind, names: names), node["task"].flatMap { $0.isNull ? nil : $0 })
    }

    /// Labels of a head with `count` outputs, named by `id2label` of a checkpoint's configuration where that has as many.
    static func labels(count: Int, taskName: String, _ config: Node) throws(AdapterError) -> LabelSpace {
        guard 1...limit ~= count else {
            throw AdapterError(config.location.file, "a head of \(count) labels is not possible")
        }
        let problem = config["problem_type"]?.string
        if taskName == "SEQ_CLS" && (problem == "regression" || (problem == nil && count == 1)) {
            return LabelSpace(.value)
        }
        var names = (0..<count).map { "LABEL_\($0)" }
        if case .mapping(let pairs)? = config["id2label"]?.content, pairs.count == count {
            for pair in pairs {
                if let index = Int(pair.key), names.indices.contains(index), let name = pair.value.string {
                    names[index] = name
                }
            }
        }
        return LabelSpace(problem == "multi_label_classification" ? .flags : .classes, names: names)
    }
}
