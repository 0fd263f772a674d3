/// The ways to write a manifest down.
public enum TextFormat: Sendable {
    /// YAML 1.2
    case yaml
    /// JSON
    case json
    /// A property list, XML or binary.
    case propertyList

    /// The format that a file's name tells: `.json`, `.plist`, and YAML for every other.
    public init(file: String) {
        if file.hasSuffix(".json") {
            self = .json
        } else if file.hasSuffix(".plist") {
            self = .propertyList
        } else {
            self = .yaml
        }
    }

    /// The value that `bytes` hold in this format; `file` names them in locations.
    public func parse(_ bytes: some Collection<UInt8>, file: String) throws(TextError) -> Node {
        switch self {
        case .yaml: try YAMLText.parse(bytes, file: file)
        case .json: try JSONText.parse(bytes, file: file)
        case .propertyList: try PropertyListText.parse(bytes, file: file)
        }
    }

    /// The value that `bytes` hold, with every mistake that could be found.
    ///
    /// - Returns: no root where the text cannot be read to its end; then the last mistake says why.
    public func read(_ bytes: some Collection<UInt8>, file: String) -> (root: Node?, mistakes: [TextError]) {
        var mistakes: [TextError] = []
        do throws(TextError) {
            let root =
                switch self {
                case .yaml: try YAMLText.parse(bytes, file: file, &mistakes)
                case .json: try JSONText.parse(bytes, file: file, &mistakes)
                case .propertyList: try PropertyListText.parse(bytes, file: file, &mistakes)
                }
            return (root, mistakes)
        } catch {
            return (nil, mistakes + [error])
        }
    }
}
