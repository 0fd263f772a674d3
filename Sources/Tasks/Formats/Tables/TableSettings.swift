import Configuration

/// How a table is laid out, and which of its columns are read.
public struct TableSettings: Config {
    /// Whether the first row names the columns.
    public var hasHeader = true
    /// What stands between fields.
    public var delimiter = ","
    /// Whether a field may stand in double quotes.
    public var hasQuotes = true
    /// The column of the text, and of the second text of a pair.
    public var text: String?, pair: String?
    /// The text, and the second text, put together from columns.
    public var textTemplate: String?, pairTemplate: String?
    /// The column of the target, and the target put together from columns.
    public var target: String?, targetTemplate: String?
    /// The column of the label.
    public var label: String?
    /// What stands between the labels of a field that holds several.
    public var labelSeparator: String?
    /// The columns of the choices.
    public var choices: [String] = []

    /// The layout of CSV.
    public init() {}

    init(hasHeader: Bool, delimiter: String, hasQuotes: Bool) {
        self.hasHeader = hasHeader
        self.delimiter = delimiter
        self.hasQuotes = hasQuotes
    }

    /// The keys.
    public static let fields: [Field<Self>] = [
        .boolean("header", \.hasHeader, "Whether the first row names the columns."),
        .text("delimiter", \.delimiter, "The character between fields."),
        .boolean("quotes", \.hasQuotes, "Whether a field may stand in double quotes, as RFC 4180 says."),
        .text(
            "text_column", \.text,
            "Column of the text, by its name or its number from 1; 'text' or without a header the first unless given."),
        .text("text_pair_column", \.pair, "Column of the second text of a pair."),
        .text("text_template", \.textTemplate, "The text, put together from columns: '{title}: {body}'."),
        .text("text_pair_template", \.pairTemplate, "The second text of a pair, put together from columns."),
        .text(
            "target_column", \.target,
            "Column of what is to be written for a text; unless given, 'target' or without a header the second; a language model then reads prompts."
        ),
        .text("target_template", \.targetTemplate, "What is to be written, put together from columns: ' {target}'."),
        .text(
            "label_column", \.label,
            "Column of the label; unless given, 'label' or without a header the second where there is one."),
        .text("label_separator", \.labelSeparator, "What stands between the labels of a field that holds several."),
        .texts("choice_columns", \.choices, "Columns of the choices; the label counts them from 0."),
    ]

    /// The delimiter as a byte, where it may be one.
    var delimiterByte: UInt8? {
        guard let byte = delimiter.utf8.first, delimiter.utf8.count == 1, byte < 0x80, byte != 0 else { return nil }
        return ["\"", "\n", "\r"].contains(delimiter) ? nil : byte
    }
}

extension TableSettings {
    var textKeys: TemplateKeys {
        TemplateKeys(template: textTemplate, templateKey: "text_template", field: text, fieldKey: "text_column")
    }

    var targetKeys: TemplateKeys {
        TemplateKeys(
            template: targetTemplate, templateKey: "target_template", field: target, fieldKey: "target_column")
    }

    var pairKeys: TemplateKeys {
        TemplateKeys(
            template: pairTemplate, templateKey: "text_pair_template", field: pair, fieldKey: "text_pair_column")
    }
}
