import Files
import Tasks
import YAML

/// JSON lines with what a model is to go on from.
enum PromptFile {
    /// The `prompt` or `text` of each line.
    ///
    /// - Throws: `AdapterError` for a line that has none, `FileError`, `TextError`.
    static func read(_ path: String) throws -> [String] {
        var prompts: [String] = []
        let lines = try FileContents.text(at: path).split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) {
            let node = try JSONText.parse(line.utf8, file: path, line: index + 1)
            guard let value = node["prompt"] ?? node["text"], !value.isNull, let text = value.string else {
                throw AdapterError(path, "line \(index + 1): there is neither 'prompt' nor 'text' to go on from")
            }
            prompts.append(text)
        }
        guard !prompts.isEmpty else { throw AdapterError(path, "it has no line with a prompt") }
        return prompts
    }
}
