import Configuration
import Foundation
import Testing
import YAML

@testable import Tasks

/// The section `data:` of a manifest.
private struct Holder: Config {
    var data: Tagged<FormatEntry>?
    static let fields: [Field<Self>] = [.tagged("data", \.data, tag: "format", formats, "The data.")]
}

/// A format with its settings, as a manifest gives them: `csv, text_column: a`.
func format(_ settings: String) throws -> Tagged<FormatEntry> {
    var diagnostics = Diagnostics()
    let root = diagnostics.parse("data: {train: x, format: \(settings)}".utf8, file: "m.yaml")
    let holder = root.map { Holder($0, &diagnostics) }
    try diagnostics.check()
    return try #require(holder?.data)
}

/// What is wrong with the settings of a format, when examples of a kind are to be read.
func contradictions(_ settings: String, for kind: any DataRecords.Type) throws -> [String] {
    let format = try format(settings)
    return format.entry.contradictions(format.settings, kind).map { "\($0.key): \($0.message)" }
}

/// The examples in `bytes`, read in a format.
func examples<Records: DataRecords>(
    _ bytes: some Sequence<UInt8>, _ settings: String, as kind: Records.Type, limit: Int? = nil
) throws -> Records {
    try withFolder([:]) { folder in
        let path = "\(folder)/data"
        try Data(bytes).write(to: URL(filePath: path))
        return try DataFile(path: path, format: try format(settings), limit: limit).read(kind, for: "TASK")
    }
}

/// The same, of a text.
func examples<Records: DataRecords>(
    _ text: String, _ settings: String, as kind: Records.Type, limit: Int? = nil
) throws -> Records {
    try examples(text.utf8, settings, as: kind, limit: limit)
}

/// The mistake that reading `bytes` ends in, without the folder; what it gives where it does not.
func mistake(
    _ bytes: some Sequence<UInt8>, _ settings: String, as kind: any DataRecords.Type
) -> String {
    func read<Records: DataRecords>(_ kind: Records.Type) -> String {
        do {
            return "no mistake: \(try examples(bytes, settings, as: kind))"
        } catch {
            return short("\(error)")
        }
    }
    return read(kind)
}

/// A message without the folders in it.
func short(_ message: String) -> String {
    message.replacing(#/[^ ']*\/peftexp-[^\/]*\/data/#, with: "data")
}

extension TextExample {
    /// `text|pair|label`, for comparing.
    var flat: String {
        let labels =
            switch label {
            case .one(let label): label
            case .several(let labels): labels.joined(separator: "+")
            case nil: "-"
            }
        return "\(text)|\(pair ?? "-")|\(labels)"
    }

    /// The line and column.
    var place: [Int] { [location.position?.line ?? 0, location.position?.column ?? 0] }
}
