import Configuration
import Files
import Models
import NN
import Tensors
import Tuners
import YAML

extension SavedAdapter {
    /// A bottleneck adapter, and its head where one was saved with it, in the files of the library `adapters`.
    static func contents(ofAdapters path: String, _ config: Node) throws -> Contents {
        let file = config.location.file
        guard let inner = config["config"], case .mapping = inner.content else {
            throw AdapterError(file, "'config' must be an object; save the adapter with its whole configuration")
        }
        if let other = inner["architecture"]?.string {
            throw AdapterError(
                file, "its architecture is '\(other)'; of the library 'adapters', bottleneck adapters are read")
        }
        guard let entry = tuners.first(where: { $0.name == Bottleneck.name }) else {
            throw AdapterError(file, "\(Bottleneck.name) is not among the methods")
        }
        let (settings, unknown) = try PEFTConfig.settings(of: entry, inner, .adapters)
        var tensors = try tensors(path, "adapter.safetensors", pickle: "pytorch_adapter.bin")
        let head = try object("\(path)/head_config.json")
        if let head {
            let values = try Self.tensors(path, "model_head.safetensors", pickle: "pytorch_model_head.bin")
            if let name = values.keys.sorted().first(where: { $0.hasPrefix("heads.") }) {
                throw AdapterError(
                    head.location.file,
                    "its tensor '\(name)' is of a flexible head, which no class of transformers has; save the adapter with a model such as BertForSequenceClassification"
                )
            }
            tensors.merge(values) { own, _ in own }
        }
        var contents = try Contents(entry, settings, tensors, file: file)
        contents.unknownKeys = unknown
        contents.labels = try head.flatMap(labels)
        if let name = config["model_class"]?.string {
            contents.taskName = HeadEntry.ofClass(name)?.name
        }
        return contents
    }

    /// The labels that a head's configuration names by their indices; nil where it names none.
    private static func labels(_ head: Node) throws(AdapterError) -> LabelSpace? {
        guard case .mapping(let pairs)? = head["label2id"]?.content, !pairs.isEmpty else { return nil }
        var names = [String?](repeating: nil, count: pairs.count)
        for pair in pairs {
            guard let index = pair.value.integer, names.indices.contains(index), names[index] == nil else {
                throw AdapterError(
                    head.location.file,
                    "'label2id' must give each label a number of its own, from 0 to \(pairs.count - 1)")
            }
            names[index] = pair.key
        }
        return LabelSpace(names: names.compactMap(\.self))
    }
}
