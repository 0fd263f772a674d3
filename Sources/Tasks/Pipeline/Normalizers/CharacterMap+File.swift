import Foundation
import YAML

extension CharacterMap {
    /// Reads one from a `tokenizer.json`.
    init(_ node: Node) throws(DataError) {
        let text = try node.text("precompiled_charsmap", of: "the normalizer")
        do throws(CharacterMapError) {
            guard let data = Data(base64Encoded: text) else { throw .notBase64 }
            try self.init(Array(data))
        } catch {
            throw DataError(
                "'precompiled_charsmap' of the normalizer cannot be read: \(error.message); take the file once more",
                at: node.location)
        }
    }
}
