import Configuration
import Files
import NN
import Tasks
import Tensors
import YAML

/// Where a model comes from: its configuration, its weights unless they are drawn, and its tokenizer.
struct ModelOrigin {
    /// `config.json`, or what a manifest has in its place.
    let config: Node
    /// The weights; nil where they are drawn.
    let checkpoint: Checkpoint?
    /// What messages call it.
    let path: String
    /// The folder of its tokenizer.
    let tokenizer: TokenizerFolder

    /// What `section` names.
    ///
    /// - Parameter vocabulary: the number of tokens, for a configuration that leaves it to the tokenizer.
    init(_ section: ModelSection, vocabulary: Int?) throws(CheckpointError) {
        config = try Self.config(section, vocabulary: vocabulary)
        checkpoint = section.start == .random ? nil : try Checkpoint(section.path)
        path = section.path.isEmpty ? config.location.file : section.path
        tokenizer = section.tokenizerFolder
    }

    /// The configuration alone.
    static func config(_ section: ModelSection, vocabulary: Int?) throws(CheckpointError) -> Node {
        let config: Node
        switch section.config {
        case .file(let path): config = try Checkpoint.config(file: path)
        case .mapping(let node): config = node
        case nil: config = try Checkpoint.config(in: section.path)
        }
        guard let vocabulary, config["vocab_size"].map(\.isNull) ?? true, case .mapping(var pairs) = config.content
        else { return config }
        pairs.removeAll { $0.key == "vocab_size" }
        pairs.append(
            Node.Pair(key: "vocab_size", at: config.location, value: Node(.integer(vocabulary), at: config.location)))
        return Node(.mapping(pairs), at: config.location)
    }
}

extension ModelSection {
    /// The folder with the tokenizer's files, or the tokenizer that was made of characters.
    var tokenizerFolder: TokenizerFolder {
        characters.map { TokenizerFolder($0) } ?? TokenizerFolder(tokenizer ?? path)
    }
}
