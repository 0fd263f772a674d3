import YAML

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension ValueType where Value == String {
    static var path: Self {
        ValueType(
            words: "a path", schema: ["type": "string"],
            read: { node, diagnostics in
                if let value = node.string, !node.isNull, !value.isEmpty {
                    return PathText.absolute(value, in: node.location.file)
                }
                diagnostics.reportWrong(node, expected: "a path")
                return nil
            },
            write: { Node(.string($0)) }, isPath: true)
    }
}

extension Field {
    /// The path of a file or folder: relative to the manifest's folder, or where it was typed on the command
    /// line to the working directory. What is read is absolute.
    public static func path(
        _ key: String, _ keyPath: any WritableKeyPath<Section, String> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self {
        Field(key, keyPath, .path, help, required: required)
    }

    /// The path of a file or folder, as above, or `word`, or none; a folder of that name is written `./word`.
    public static func path(
        _ key: String, _ keyPath: any WritableKeyPath<Section, String?> & Sendable, or word: String, _ help: String
    ) -> Self {
        var type = ValueType<String>.path
        let read = type.read
        type.words = "a path, or '\(word)'"
        type.read = { node, diagnostics in node.string == word ? word : read(node, &diagnostics) }
        return Field(key, keyPath, type.optional, help, required: false)
    }

    /// The path of a file or folder, as above, or none.
    public static func path(
        _ key: String, _ keyPath: any WritableKeyPath<Section, String?> & Sendable, _ help: String,
        required: Bool = false
    ) -> Self {
        Field(key, keyPath, ValueType.path.optional, help, required: required)
    }
}

/// Paths as texts.
enum PathText {
    /// `path`, which stands in `file`, from the root on, without `.` and `..`.
    static func absolute(_ path: String, in file: String) -> String {
        let folder = file.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
        var whole = path
        if !whole.hasPrefix("/") { whole = folder + "/" + whole }
        if folder.isEmpty, !file.hasPrefix("/"), !path.hasPrefix("/") { whole = path }
        if !whole.hasPrefix("/") { whole = FileManager.default.currentDirectoryPath + "/" + whole }

        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return "/" + parts.joined(separator: "/")
    }
}
