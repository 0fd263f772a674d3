import Configuration
import Files
import NN
import Tensors
import YAML

@testable import Tasks

/// Runs `body` with a file of `lines`, read as `format`, and the golden vocabulary.
func withTaskFile<Result>(
    _ lines: String, as format: FormatEntry = FormatEntry(JSONLines.self),
    _ body: (DataFile, Preparation) throws -> Result
) throws -> Result {
    let vocabulary = try FileContents.text(at: "\(Golden.folder)/vocab.txt")
    return try withFolder(["vocab.txt": vocabulary, "data": lines]) { folder in
        let preparation = Preparation(tokenizer: TokenizerFolder(folder), cache: nil)
        return try body(DataFile(path: "\(folder)/data", format: format), preparation)
    }
}

extension DataFile {
    /// The same file, where rows that cannot be read are left out.
    var skipping: DataFile {
        var settings = FormatSettings<JSONLines.Settings>()
        settings.files.onError = .skip
        return DataFile(path: path, format: Tagged(FormatEntry(JSONLines.self), settings: settings))
    }
}

/// One row of logits for each feature.
func outputs(_ rows: [[Float]]) -> [Tensor] { rows.map { Tensor([1, $0.count], $0) } }

extension JSON {
    /// The number that it is.
    var number: Double? {
        switch self {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    /// The elements of a list.
    var elements: [JSON] { if case .array(let values) = self { values } else { [] } }
}
