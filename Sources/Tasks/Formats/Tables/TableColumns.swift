import Configuration
import YAML

/// Which columns of a table hold what.
struct TableColumns {
    /// The text, its fields by their numbers from 0.
    private(set) var text = NumberedTemplate()
    /// The second text of a pair.
    private(set) var pair: NumberedTemplate?
    /// The target.
    private(set) var target: NumberedTemplate?
    /// The label.
    private(set) var label: Int?
    /// The choices.
    private(set) var choices: [Int] = []

    /// A template whose fields are columns.
    struct NumberedTemplate {
        var template = Template(field: "")
        var columns: [String: Int] = [:]
    }

    /// The columns of a table.
    ///
    /// - Parameters:
    ///   - header: the names of the columns, where they have any.
    ///   - count: the number of columns.
    ///   - location: where the first row stands.
    init(
        _ settings: TableSettings, header: [String]?, count: Int, kind: any DataRecords.Type,
        at location: SourceLocation
    ) throws(DataError) {
        let names = Names(header: header, count: count, location: location)
        let standard = Template(field: header == nil ? "1" : "text")
        text = try names.numbered(try settings.textKeys.parsed ?? standard, settings.textKeys.key)
        if kind == Documents.self { return }
        if kind == PromptExamples.self {
            let standard = Template(field: header == nil ? "2" : "target")
            target = try names.numbered(try settings.targetKeys.parsed ?? standard, settings.targetKeys.key)
            return
        }
        if kind == TextExamples.self {
            pair = try settings.pairKeys.parsed.map { (template) throws(DataError) in
                try names.numbered(template, settings.pairKeys.key)
            }
        } else {
            choices = try settings.choices.map { (name) throws(DataError) in
                try names.number(of: name, "choice_columns")
            }
        }
        label = try settings.label.map { (name) throws(DataError) in try names.number(of: name, "label_column") }
        if settings.label == nil {
            label = header.map { $0.firstIndex(of: "label") } ?? (kind == TextExamples.self && count > 1 ? 1 : nil)
        }
    }
}

/// The names of columns.
private struct Names {
    let header: [String]?
    let count: Int
    let location: SourceLocation

    func numbered(_ template: Template, _ key: String) throws(DataError) -> TableColumns.NumberedTemplate {
        var columns: [String: Int] = [:]
        for name in template.fields { columns[name] = try number(of: name, key) }
        return TableColumns.NumberedTemplate(template: template, columns: columns)
    }

    /// The number from 0 of the column that `key` calls `name`.
    func number(of name: String, _ key: String) throws(DataError) -> Int {
        if let header {
            let places = header.indices.filter { header[$0] == name }
            if places.count > 1 {
                throw DataError("two columns are called '\(name)'; give data.\(key) a number", at: location)
            }
            if let place = places.first { return place }
        }
        if let number = Int(name), number >= 1 {
            if number <= count { return number - 1 }
            throw DataError("there is no column \(number) for data.\(key); the row has \(count)", at: location)
        }
        guard let header else {
            throw DataError(
                "the columns have no names, since data.header is false; give data.\(key) a number from 1 to \(count) instead of '\(name)'",
                at: location)
        }
        let known = "the columns are \(header.prefix(12).joined(separator: ", "))\(header.count > 12 ? ", …" : "")"
        let meant = Suggestion.nearest(to: name, among: header).map { "did you mean '\($0)'?" }
        throw DataError("there is no column '\(name)' for data.\(key); \(meant ?? known)", at: location)
    }
}
